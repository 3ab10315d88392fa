"""Read the stream of the jobs' table: each change of a round's log is an event. A change of a
premises' log is none, because nothing of it is published."""

from collections.abc import Mapping
from typing import Any

from chalicelib.collections.keys import is_round
from chalicelib.events import RoundDayChanged


def fact_of(record: Mapping[str, Any]) -> RoundDayChanged | None:
    """The event of a record of the stream; None if it is not about a round's log, or the log was
    deleted."""
    change = record["dynamodb"]
    new = change.get("NewImage")
    if new is None or not is_round(new["owner"]["S"]):
        return None
    return RoundDayChanged(
        event_id=record["eventID"],
        round=new["record"]["S"],
        request_id=new["request_id"]["S"],
        stored_at_ms=int(change.get("ApproximateCreationDateTime", 0) * 1000),
    )
