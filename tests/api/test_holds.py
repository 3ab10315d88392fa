"""Holding a slot over HTTP."""

import json
from datetime import timedelta

import pytest

from chalicelib.bootstrap import container
from chalicelib.kernel.time import utc_now
from tests.api.conftest import Api

COUNTER = "counter"


@pytest.fixture(scope="module")
def days(here: Api) -> list[str]:
    """The days of the calendar that can be booked, one for each test."""
    council = container.council()
    calendar = council.by_calendar[COUNTER]
    return [f"{each}" for each in calendar.bookable_days(utc_now(), council.calendar)]


def sent(day: str, units: int = 1) -> dict[str, object]:
    return {"calendar": COUNTER, "day": day, "slot": "0900", "units": units}


def test_a_hold_lasts_thirty_minutes_and_a_repeat_gets_the_same(here: Api, days: list[str]) -> None:
    before = utc_now()
    answer = here.post("/api/holds", sent(days[0]), key="one")
    assert answer.status_code == 201
    assert answer.json_body["hold_id"].startswith(f"counter.{days[0]}.0900.1.")
    assert answer.json_body["until"] >= f"{before + timedelta(minutes=29):%Y-%m-%dT%H:%M:%SZ}"
    assert here.post("/api/holds", sent(days[0]), key="one").json_body == answer.json_body


def test_a_full_slot_is_answered_with_the_nearest_free_ones(here: Api, days: list[str]) -> None:
    for key in ("first", "second"):
        here.post("/api/holds", sent(days[1]), key=key)
    refused = here.post("/api/holds", sent(days[1]), key="late")
    assert refused.status_code == 409
    assert refused.json_body["detail"] == "This slot is full. Choose another one."
    slots = [{"day": days[1], "slot": slot} for slot in ("0920", "0940", "1000")]
    assert refused.json_body["free"] == slots


def test_a_hold_that_is_given_up_is_free_at_once(here: Api, days: list[str]) -> None:
    held, _ = (
        here.post("/api/holds", sent(days[2]), key=key).json_body["hold_id"] for key in ("a", "b")
    )
    for _ in range(2):
        assert here.client.http.delete(f"/api/holds/{held}").status_code == 200
    assert here.post("/api/holds", sent(days[2]), key="c").status_code == 201


def test_an_id_that_is_not_ours_gives_nothing_up(here: Api, days: list[str]) -> None:
    refused = here.client.http.delete(f"/api/holds/counter.{days[0]}.0900.1.{'0' * 32}")
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"calendar": "unknown"}, 404, None),
        ({"day": "2020-01-01"}, 400, "day"),
        ({"slot": "2359"}, 400, "slot"),
        ({"units": 2}, 400, "units"),
        ({"units": 0}, 400, "units"),
    ],
)
def test_request_for_no_slot_is_refused_by_its_field(
    here: Api, days: list[str], changes: dict[str, object], status: int, field: str | None
) -> None:
    refused = here.post("/api/holds", sent(days[3]) | changes)
    assert refused.status_code == status
    assert [each["field"] for each in refused.json_body.get("errors", [])] == [field][: bool(field)]


def test_a_key_is_required(here: Api, days: list[str]) -> None:
    assert here.post("/api/holds", sent(days[3]), key=None).status_code == 400


def test_a_hold_is_published_as_taken(here: Api, days: list[str]) -> None:
    here.post("/api/holds", sent(days[4]), key="published")
    here.cloud.pump.run_until_idle()
    document = json.loads(container.read_published("data/bookings/counter.json") or b"{}")
    assert document["calendar"] == COUNTER and document["known_until"] == days[-1]
    (slots,) = [each["slots"] for each in document["days"] if each["day"] == days[4]]
    assert slots[:2] == [{"slot": "0900", "free": 1}, {"slot": "0920", "free": 2}]
