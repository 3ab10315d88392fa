"""The page of a case offers what the officer may do with it, and nothing that would be refused."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import Order
from chalicelib.reports.parts import Photo, Question
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author, Remit
from chalicelib.reports.usecases.case_acts import CaseAct, case_acts
from chalicelib.reports.usecases.orders.change_booking import cancel_order
from chalicelib.reports.usecases.staff.casework import change_case, write_note
from chalicelib.reports.usecases.staff.questions import (
    MOST_QUESTIONS,
    ask_reporter,
    settle_question,
    why_not_asked,
)
from chalicelib.reports.usecases.staff.unmerging import unmerge
from tests.support.builders import NOON, report
from tests.support.fakes import MemoryRepository
from tests.support.fakes_orders import OrderWorld

HERE, THIS_WARD = Remit(teams=("highways",)), Remit(wards=("W1",))
PARKS, OTHER_WARD = Remit(teams=("parks",)), Remit(wards=("W2",))
ACTS: tuple[CaseAct, ...] = ("change", "note", "ask", "settle", "unmerge", "cancel_order")
ALWAYS: set[CaseAct] = {"change", "note", "ask"}

OFFICERS = {
    "of every team": Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE),
    "of the team": Author("officer", staff_in=(HERE,), officer_in=(HERE,)),
    "of the ward": Author("officer", staff_in=(THIS_WARD,), officer_in=(THIS_WARD,)),
}
OTHERS = {
    "officer of another team": Author("other", staff_in=(PARKS,), officer_in=(PARKS,)),
    "officer of another ward": Author("other", staff_in=(OTHER_WARD,), officer_in=(OTHER_WARD,)),
    "crew of the team": Author("crew", staff_in=(HERE,)),
    "crew who is an officer elsewhere": Author("both", staff_in=(HERE,), officer_in=(PARKS,)),
    "reporter": Author("ann"),
    "nobody": Author(),
}


def asked(number: int, **values: Any) -> Question:
    return Question(
        question_id=f"Q{number}",
        number=number,
        text="Where?",
        asked_at=NOON,
        asked_by="officer",
        fingerprint="f",
        **values,
    )


def ordered(**values: Any) -> dict[str, Any]:
    """A request with an order, which is never public. It has no sender: one could cancel the order
    without the desk."""
    return {"order": Order(**values), "visibility": "private", "reporter": None}


CASES: Mapping[str, dict[str, Any]] = {
    "open": {},
    "private": {"visibility": "private"},
    "waiting for review": {"visibility": "waiting"},
    "hidden": {"visibility": "hidden"},
    "withdrawn": {"visibility": "withdrawn"},
    "forgotten": {"forgotten": True},
    "fixed": {"state": "fixed"},
    "duplicate": {"state": "duplicate"},
    "without a place": {"lat": None, "long": None},
    "merged": {"state": "duplicate", "duplicate_of": "R00000000009"},
    "merged and withdrawn": {"visibility": "withdrawn", "duplicate_of": "R00000000009"},
    "with an open question": {"questions": (asked(1),)},
    "with an answer": {"questions": (asked(1, answer="There.", answered_at=NOON),)},
    "with a settled question": {"questions": (asked(1, settled_at=NOON),)},
    "with an order": ordered(),
    "with a paid order": ordered(amount_pence=100, state="settled", paid_by="card"),
    "with a lost slot": ordered(state="lost"),
    "with an order that is over": ordered(state="cancelled", undone_pence=0),
    "with all questions": {"questions": tuple(asked(1 + n) for n in range(MOST_QUESTIONS))},
}


def do(act: CaseAct, request_id: str, author: Author, ports: Ports, *, reached: bool) -> None:
    """Does it as the routes do. Raises as they answer."""
    if act == "note":
        write_note(request_id, "I rang.", "key", author, ports)
    elif act == "ask":
        ask_reporter(request_id, "Where?", "key", author, ports, reaches=lambda _: reached)
    elif act == "settle":
        settle_question(request_id, "Q1", author, ports)
    elif act == "unmerge":
        unmerge(request_id, 1, author, ports)
    elif act == "cancel_order":
        cancel_order(request_id, author, OrderWorld(ports).ports)
    else:
        change_case(request_id, ReportChanges(priority="high"), 1, author, ports)


def refusal(act: CaseAct, request_id: str, author: Author, ports: Ports, *, reached: bool) -> Any:
    """The type of the error, "nothing" if there was nothing left to do, None if it was done."""
    before = of(request_id, ports)
    try:
        do(act, request_id, author, ports, reached=reached)
    except AppError as error:
        return type(error)
    return None if act == "note" or of(request_id, ports) != before else "nothing"


def of(request_id: str, ports: Ports) -> ServiceRequest:
    stored = ports.repository.get(request_id)
    assert stored
    return stored


def shown(request_id: str, author: Author, ports: Ports, *, reached: bool = True) -> set[CaseAct]:
    stored = of(request_id, ports)
    why = why_not_asked(stored, lambda _: reached)
    return set(case_acts(stored, author, why, OrderWorld(ports).ports))


@pytest.mark.parametrize("reached", [True, False])
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("who", [*OFFICERS, *OTHERS])
def test_act_is_offered_exactly_when_it_is_not_refused(
    who: str, case: str, act: CaseAct, reached: bool, ports: Ports, repository: MemoryRepository
) -> None:
    author = (OFFICERS | OTHERS)[who]
    values = {"ward_code": "W1", "reporter": "ann", **CASES[case]}
    request_id = repository.create(report(**values)).service_request_id
    is_offered = act in shown(request_id, author, ports, reached=reached)
    refused = refusal(act, request_id, author, ports, reached=reached)
    errors = (Forbidden, Conflict, NotFound, Invalid, "nothing")
    assert refused is None if is_offered else refused in errors


@pytest.mark.parametrize("who", OFFICERS)
@pytest.mark.parametrize(
    ("values", "more"),
    [
        ({}, set()),
        ({"photos": (Photo(photo_id="P", state="hidden"),)}, {"black_out"}),
        (CASES["with an open question"], {"settle"}),
        (CASES["with a paid order"], {"cancel_order"}),
    ],
)
def test_officer_is_offered_what_an_open_case_has(
    who: str, values: Any, more: set[CaseAct], ports: Ports, repository: MemoryRepository
) -> None:
    request_id = repository.create(report(ward_code="W1", **values)).service_request_id
    assert shown(request_id, OFFICERS[who], ports) == ALWAYS | more


@pytest.mark.parametrize("who", OTHERS)
def test_nothing_is_offered_outside_the_officers_teams_and_wards(
    who: str, ports: Ports, repository: MemoryRepository
) -> None:
    everything = CASES["merged"] | CASES["with an open question"] | CASES["with an order"]
    photos = (Photo(photo_id="P", state="shown"),)
    stored = report(**everything | {"ward_code": "W1", "reporter": "ann", "photos": photos})
    request_id = repository.create(stored).service_request_id
    assert shown(request_id, OTHERS[who], ports) == set()


@pytest.mark.parametrize(
    ("values", "reached", "why"),
    [
        ({}, True, None),
        ({}, False, "We cannot ask the reporter"),
        ({"visibility": "withdrawn"}, True, "has withdrawn this report"),
        ({"visibility": "hidden"}, True, "hidden or not confirmed"),
        ({"state": "fixed"}, True, "Open it again to ask a question"),
        (CASES["with all questions"], True, "You have already asked"),
    ],
)
def test_page_says_why_the_reporter_cannot_be_asked(
    values: dict[str, Any], reached: bool, why: str | None
) -> None:
    found = why_not_asked(report(**values), lambda _: reached)
    assert found is None if why is None else why in str(found)
