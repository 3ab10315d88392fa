"""Read the stream of the jobs' table: each change of a job is an event."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.events import JobChanged
from chalicelib.jobs.keys import JOB, job_id_in

FOLLOWED = ("state", "events", "disputes", "crew", "planned_day", "service_request_ids")
"""The attributes whose changes can affect reports."""


def fact_of(record: Mapping[str, Any]) -> JobChanged | None:
    """The event of a record of the table's stream; None if it is not about a stored job.

    `record` has the shape that DynamoDB Streams gives to Lambda, with both images.
    """
    change = record["dynamodb"]
    new, old = change.get("NewImage"), change.get("OldImage")
    if new is None or new["record"]["S"] != JOB:
        return None
    return JobChanged(
        event_id=record["eventID"],
        job_id=job_id_in(new["owner"]["S"]),
        version=int(new["version"]["N"]),
        request_id=new["request_id"]["S"],
        stored_at_ms=int(change.get("ApproximateCreationDateTime", 0) * 1000),
        days=tuple(sorted({*_day_of(old or {}), *_day_of(new)})),
        is_new=old is None,
        for_reports=old is None or any(old.get(name) != new.get(name) for name in FOLLOWED),
    )


def _day_of(image: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The crew and day of an image, if the job is planned."""
    crew, day = (image.get(name, {}).get("S") for name in ("crew", "planned_day"))
    if crew and day:
        yield crew, day
