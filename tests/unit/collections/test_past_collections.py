"""Which of the last collections of a premises may be reported as missed."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import pytest

from chalicelib.collections.missed import (
    NOT_DUE,
    NOT_OVER,
    REPORTED,
    TOO_LATE,
    CollectionKey,
    Missed,
)
from chalicelib.collections.past_collections import check_missed
from chalicelib.collections.round_days import RoundOperation
from chalicelib.collections.round_events import Sender
from chalicelib.collections.round_operations import apply_operations
from chalicelib.collections.usecases import collections_of
from tests.support.fakes_collections import HOME, MORNING, STREET, TODAY, CollectionsWorld, round_of

NUMBERS = count(1)
SECOND = timedelta(seconds=1)
CLOSES = MORNING.replace(hour=20)
TOO_LATE_AT = datetime(2026, 12, 24, tzinfo=UTC)
"""The collection is on a Monday."""


def depot() -> CollectionsWorld:
    days = [TODAY + timedelta(weeks=week) for week in range(-3, 2)]
    return CollectionsWorld(
        (round_of("R1", *days), round_of("G1", TODAY + timedelta(days=1), container="g"))
    )


def tell(here: CollectionsWorld, kind: str, **values: Any) -> None:
    sent = {"op_id": f"operation-{next(NUMBERS)}", "round": "R1", "day": TODAY, "kind": kind}
    sent |= {"base_version": 0, "at": here.now, **values}
    operation = msgspec.convert(sent, RoundOperation)
    (outcome,) = apply_operations([operation], Sender("ann", "phone-1"), here.ports)
    assert outcome.result == "applied"


def listed(here: CollectionsWorld) -> list[Missed]:
    return list(collections_of(HOME, here.ports).missed)


def of_today(here: CollectionsWorld) -> Missed:
    (found,) = [each for each in listed(here) if each.container == "rubbish" and each.date == TODAY]
    return found


def checked(here: CollectionsWorld, container: str = "rubbish", day: date = TODAY) -> Missed:
    return check_missed(CollectionKey(HOME, container, day), here.ports).missed


@pytest.mark.parametrize(
    ("now", "why_not"),
    [
        (CLOSES - SECOND, NOT_OVER),
        (CLOSES, None),
        (TOO_LATE_AT - SECOND, None),
        (TOO_LATE_AT, TOO_LATE),
    ],
)
def test_round_that_nobody_closed_is_over_at_the_councils_hour(
    now: datetime, why_not: str | None
) -> None:
    here = depot()
    here.now = now
    assert of_today(here).why_not == why_not
    assert checked(here) == of_today(here)


def test_collection_may_be_reported_once_the_crew_has_finished() -> None:
    here = depot()
    here.now = MORNING.replace(hour=12)
    tell(here, "out")
    assert of_today(here).why_not == NOT_OVER
    tell(here, "finished", base_version=1)
    assert of_today(here).may_report
    assert of_today(here).until == TOO_LATE_AT


def test_last_collection_of_each_container_is_listed_and_nothing_of_the_future() -> None:
    here = depot()
    assert [(each.date, each.why_not) for each in listed(here)] == [(TODAY, NOT_OVER)]
    here.now += timedelta(days=1)
    assert [each.container for each in listed(here)] == ["g", "rubbish"]


def test_reason_of_the_crew_is_said_and_may_be_disputed() -> None:
    here = depot()
    here.now = CLOSES
    tell(here, "not_emptied", premises_id=HOME, reason="not_out")
    found = of_today(here)
    assert (found.may_report, found.may_dispute) == (False, True)
    assert found.why_not == "The crew said that it was not out."
    tell(here, "emptied", premises_id=HOME, base_version=1)
    assert of_today(here).may_report


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "parked_cars",
            "The crew did not reach your street because parked cars were in the way.",
        ),
        ("other", "did not reach your street."),
    ],
)
def test_reason_for_a_street_is_said_and_may_be_disputed_once(reason: str, said: str) -> None:
    here = depot()
    here.now = CLOSES
    tell(here, "street_missed", street=STREET, reason=reason)
    found = of_today(here)
    assert (found.may_report, found.may_dispute) == (False, True)
    assert found.why_not and said in found.why_not
    assert checked(here) == found
    here.reported = frozenset((CollectionKey(HOME, "rubbish", TODAY),))
    assert not of_today(here).may_dispute


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("weather", "The round did not go out because of the weather."),
        ("other", "The round did not go out."),
    ],
)
def test_reason_for_a_round_is_said_and_needs_no_report(reason: str, said: str) -> None:
    here = depot()
    here.now = CLOSES
    tell(here, "off", reason=reason)
    found = of_today(here)
    assert (found.may_report, found.may_dispute) == (False, False)
    assert found.why_not and said in found.why_not


def test_reported_collection_is_listed_as_reported() -> None:
    here = depot()
    here.now = CLOSES
    here.reported = frozenset((CollectionKey(HOME, "rubbish", TODAY),))
    assert of_today(here).why_not == REPORTED
    # Two requests at once are told apart when they are stored.
    assert checked(here).may_report


@pytest.mark.parametrize(
    ("container", "day"),
    [
        ("rubbish", TODAY - timedelta(days=1)),
        ("rubbish", TODAY + timedelta(weeks=1)),
        ("rubbish", TODAY - timedelta(weeks=3)),
        ("recycling", TODAY),
    ],
)
def test_container_that_was_not_due_cannot_be_reported(container: str, day: date) -> None:
    here = depot()
    here.now = CLOSES
    assert checked(here, container, day).why_not == NOT_DUE


def test_unknown_premises_have_nothing_due() -> None:
    key = CollectionKey("999", "rubbish", TODAY)
    assert check_missed(key, depot().ports).missed.why_not == NOT_DUE
