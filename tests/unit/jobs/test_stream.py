"""Every change of a job is a fact: which days it touches, and whether reports have to follow."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.events import JobChanged
from chalicelib.jobs.stream import fact_of

EVENT = Path(__file__).parents[2] / "events" / "fan_out_jobs.json"
BEFORE, AFTER = ("north", "2026-06-01"), ("north", "2026-06-02")


def record(**new: Any) -> Any:
    """The event's record, with other values after the change; None is a value that went."""
    (found,) = json.loads(EVENT.read_text(encoding="utf-8"))["Records"]
    image = found["dynamodb"]["NewImage"]
    image |= {name: {"S": value} for name, value in new.items()}
    found["dynamodb"]["NewImage"] = {
        name: value for name, value in image.items() if value != {"S": None}
    }
    return found


def test_fact_names_the_days_before_and_after() -> None:
    fact = fact_of(record())
    assert fact == JobChanged(
        event_id="c81e728d9d4c2f636f067f89cc14862c",
        job_id="4B9Z2QXV9HTD",
        version=2,
        request_id="1-6a1d7f00-0123456789abcdef01234567",
        stored_at_ms=1790000000000,
        days=(BEFORE, AFTER),
    )


@pytest.mark.parametrize(
    ("new", "days"),
    [
        ({"crew": "south"}, (BEFORE, ("south", "2026-06-02"))),
        ({"crew": None, "planned_day": None}, (BEFORE,)),
        ({"crew": None}, (BEFORE,)),
        ({"planned_day": "2026-06-01"}, (BEFORE,)),
    ],
)
def test_day_is_named_once_and_only_with_its_crew(new: Any, days: Any) -> None:
    fact = fact_of(record(**new))
    assert fact and fact.days == days


def test_new_job_is_announced_as_new() -> None:
    first = record()
    del first["dynamodb"]["OldImage"]
    fact = fact_of(first)
    assert fact and fact.is_new and fact.for_reports and fact.days == (AFTER,)


def test_reports_do_not_follow_a_change_of_the_days_order() -> None:
    fact = fact_of(record(planned_day="2026-06-01", position="2", minutes="40"))
    assert fact and not fact.for_reports
    told = fact_of(record(planned_day="2026-06-01", events='[{"op_id":"1"}]'))
    assert told and told.for_reports


def test_stream_record_is_ignored_when_it_is_not_a_job_or_was_deleted() -> None:
    assert fact_of(record(record="device#1")) is None
    gone = record()
    del gone["dynamodb"]["NewImage"]
    assert fact_of(gone) is None
