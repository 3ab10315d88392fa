"""Stream and queue handlers: a batch comes in, what failed is named, the rest is done.

A blueprint's event handler is deployed by its own module's name and runs without app.py: the log
is the standard library's.
"""

import logging
from collections.abc import Iterable
from typing import Any

log = logging.getLogger(__name__)

BatchAnswer = dict[str, list[dict[str, str]]]


def batch_failures(identifiers: Iterable[str]) -> BatchAnswer:
    """Lambda's partial batch response: those that are to come again."""
    return {"batchItemFailures": [{"itemIdentifier": each} for each in identifiers]}


def failed_from(records: list[dict[str, Any]], at: int) -> BatchAnswer:
    """For a stream, whose order holds: this record and all that follow come again."""
    return batch_failures([records[at]["dynamodb"]["SequenceNumber"]])
