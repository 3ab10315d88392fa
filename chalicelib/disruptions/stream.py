"""Converts records of the table's stream to facts: each change of a disruption is a fact."""

from collections.abc import Mapping
from typing import Any

from chalicelib.events import DisruptionChanged, DisruptionEnded, DisruptionPosted

OWNER = "disruptions"
DISRUPTION = "disruption#"
"""The prefix of a disruption's record."""


def fact_of(
    record: Mapping[str, Any],
) -> DisruptionPosted | DisruptionChanged | DisruptionEnded | None:
    """The fact in a record of the table's stream; None if the record is not about a disruption, or
    says that one was deleted."""
    change = record["dynamodb"]
    new, old = change.get("NewImage"), change.get("OldImage")
    if new is None or not new["record"]["S"].startswith(DISRUPTION):
        return None
    about = {
        "event_id": record["eventID"],
        "notice_id": new["record"]["S"].removeprefix(DISRUPTION),
        "request_id": new["request_id"]["S"],
        "stored_at_ms": int(change.get("ApproximateCreationDateTime", 0) * 1000),
    }
    if "S" in new.get("withdrawn_at", {}):
        return DisruptionEnded(**about)
    news = int(new["news"]["N"])
    if old is None:
        return DisruptionPosted(news=news, **about)
    return DisruptionChanged(news=news, is_news=news > int(old["news"]["N"]), **about)
