"""Capture log lines in tests, and check the rules of CloudWatch's embedded metric format."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.kernel.observability import logs

Line = dict[str, Any]
NAMESPACE = re.compile(r"[A-Za-z0-9._/#:-]{1,256}")
"""What alarms and the console take. Source: Amazon CloudWatch User Guide, "Metrics concepts".
"""


class CollectingHandler(logging.Handler):
    """A log handler that collects the formatted lines."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))


@contextmanager
def capture_lines(formatter: logging.Formatter | None = None) -> Iterator[list[str]]:
    """Capture the lines that are logged inside the context."""
    handler = CollectingHandler(formatter or logs.JsonLine())
    log = logging.getLogger(logs.NAME)
    log.addHandler(handler)
    try:
        yield handler.written
    finally:
        log.removeHandler(handler)


def decode_lines(written: list[str], **wanted: Any) -> list[Line]:
    """The decoded lines that have all these values."""
    lines: list[Line] = [json.loads(line) for line in written]
    return [line for line in lines if line.items() >= wanted.items()]


def metric_faults(line: Line) -> Iterator[str]:
    """The faults because of which CloudWatch would not read the metrics of a line. Source: Amazon
    CloudWatch User Guide, "Specification: Embedded metric format"."""
    metadata = line["_aws"]
    if type(metadata.get("Timestamp")) is not int or metadata["Timestamp"] < 10**12:
        yield "Timestamp is milliseconds since 1970"
    if not metadata.get("CloudWatchMetrics"):
        yield "CloudWatchMetrics is a list of directives"
    for directive in metadata.get("CloudWatchMetrics", []):
        name = directive["Namespace"]
        if not NAMESPACE.fullmatch(name) or name.startswith("AWS/"):
            yield "Namespace has 1 to 256 characters, letters and digits among them"
        for dimensions in directive["Dimensions"]:
            yield from _dimension_faults(line, dimensions)
        if not 1 <= len(directive["Metrics"]) <= 100:
            yield "a directive has 1 to 100 metrics"
        for metric in directive["Metrics"]:
            yield from _metric_faults(line, metric)


def _dimension_faults(line: Line, dimensions: list[str]) -> Iterator[str]:
    if len(dimensions) > 30:
        yield "a set has at most 30 dimensions"
    for name in dimensions:
        value = line.get(name)
        if not isinstance(value, str) or not 1 <= len(value) <= 1024:
            yield f"the dimension {name} is a text at the root"


def _metric_faults(line: Line, metric: Line) -> Iterator[str]:
    if type(line.get(metric["Name"])) not in (int, float):
        yield f"the metric {metric['Name']} is a number at the root"
    if metric.get("Unit", "None") not in ("None", "Count", "Milliseconds", "Bytes", "Percent"):
        yield f"{metric['Unit']} is no unit"
