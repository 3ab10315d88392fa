"""The page of a case offers what the officer may do with it, and nothing that would be refused."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.errors import AppError, Conflict, Forbidden, NotFound
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.parts import Question
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author, Remit
from chalicelib.reports.usecases.staff.case_acts import CaseAct, case_acts
from chalicelib.reports.usecases.staff.casework import change_case, write_note
from chalicelib.reports.usecases.staff.questions import (
    MOST_QUESTIONS,
    ask_reporter,
    why_not_asked,
)
from tests.support.builders import NOON, report
from tests.support.fakes import MemoryRepository

HERE, THIS_WARD = Remit(teams=("highways",)), Remit(wards=("W1",))
PARKS, OTHER_WARD = Remit(teams=("parks",)), Remit(wards=("W2",))
ACTS: tuple[CaseAct, ...] = ("change", "note", "ask")

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


def asked(number: int) -> Question:
    return Question(
        question_id=f"Q{number}",
        number=number,
        text="Where?",
        asked_at=NOON,
        asked_by="officer",
        fingerprint="f",
    )


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
    "with all questions": {"questions": tuple(asked(1 + n) for n in range(MOST_QUESTIONS))},
}


def do(act: CaseAct, request_id: str, author: Author, ports: Ports, *, reached: bool) -> None:
    """Does it as the routes do. Raises as they answer."""
    if act == "note":
        write_note(request_id, "I rang.", "key", author, ports)
    elif act == "ask":
        ask_reporter(request_id, "Where?", "key", author, ports, reaches=lambda _: reached)
    else:
        change_case(request_id, ReportChanges(priority="high"), 1, author, ports)


def refusal(act: CaseAct, request_id: str, author: Author, ports: Ports, *, reached: bool) -> Any:
    try:
        do(act, request_id, author, ports, reached=reached)
    except AppError as error:
        return type(error)
    return None


def shown(request_id: str, author: Author, ports: Ports, *, reached: bool = True) -> set[CaseAct]:
    stored = ports.repository.get(request_id)
    assert stored
    return set(case_acts(stored, author, why_not_asked(stored, lambda _: reached)))


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
    assert refused is None if is_offered else refused in (Forbidden, Conflict, NotFound)


@pytest.mark.parametrize("who", OFFICERS)
def test_officer_is_offered_everything_with_an_open_case(
    who: str, ports: Ports, repository: MemoryRepository
) -> None:
    request_id = repository.create(report(ward_code="W1")).service_request_id
    assert shown(request_id, OFFICERS[who], ports) == set(ACTS)


@pytest.mark.parametrize("who", OTHERS)
def test_nothing_is_offered_outside_the_officers_teams_and_wards(
    who: str, ports: Ports, repository: MemoryRepository
) -> None:
    request_id = repository.create(report(ward_code="W1", reporter="ann")).service_request_id
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
