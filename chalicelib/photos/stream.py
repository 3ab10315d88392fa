"""Reads facts about photos from the stream of the reports' table."""

from collections.abc import Mapping
from typing import Any

from chalicelib.events import PhotoTaken, PhotoWanted

PHOTO = "photo#"
"""The prefix of a photo's record."""


def fact_of(record: Mapping[str, Any]) -> PhotoTaken | PhotoWanted | None:
    """The fact in a record of the table's stream; None if it is not about a photo."""
    change = record["dynamodb"]
    image = change.get("NewImage")
    if image is None or not image["record"]["S"].startswith(PHOTO):
        return None
    kind = PhotoWanted if "media_url" in image else PhotoTaken
    return kind(
        event_id=record["eventID"],
        service_request_id=image["service_request_id"]["S"],
        request_id=image.get("request_id", {}).get("S", ""),
        stored_at_ms=int(change.get("ApproximateCreationDateTime", 0) * 1000),
        photo_id=image["record"]["S"].removeprefix(PHOTO),
    )
