"""The views of cases for officers: one for the list, and one for a single case."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import match_ports, reporters
from chalicelib.bootstrap.desk import desk_ports
from chalicelib.bootstrap.jobs import job_views
from chalicelib.bootstrap.payments import order_ports
from chalicelib.catalogue.decisions import Opens, Priority
from chalicelib.desk.usecases import history
from chalicelib.handlers.cases.booked_names import BookedNames, booked_names
from chalicelib.handlers.cases.case_links import (
    JobShort,
    MergedCase,
    NearCase,
    cases_near,
    jobs_of_case,
    may_open_survivor,
    merged_cases,
)
from chalicelib.handlers.http.identity import Caller
from chalicelib.jobs.people import Staff
from chalicelib.jobs.usecases.job_reports import can_create_job
from chalicelib.jobs.views import WorkPhotoView
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.cases import Case, Target, case_of
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import NeedReason, open_needs
from chalicelib.reports.parts import Attention, Note, Question
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import Visibility
from chalicelib.reports.states import State, Status, status_of
from chalicelib.reports.usecases import reading
from chalicelib.reports.usecases.access import PARTNER, Author
from chalicelib.reports.usecases.case_acts import CaseAct, case_acts
from chalicelib.reports.usecases.find_published import published_report_of
from chalicelib.reports.usecases.notes import UNVERIFIED
from chalicelib.reports.usecases.staff.casework import OFFICER
from chalicelib.reports.usecases.staff.questions import why_not_asked
from chalicelib.reports.views import FullView

JobAct = Literal["create_job"]
UNKNOWN: dict[str, str] = {
    "crew": "A crew",
    "contractor": "A contractor",
    "office": "The office",
    "service": "This service",
}
"""The names for senders that are known only by their role."""


class NeedView(msgspec.Struct, frozen=True, kw_only=True):
    """Why an officer has to look at a case: a contractor's text waits for review, a crew or a
    contractor could not do the job or handed it over, the reporter answered, or a resident added to
    the timeline. `by` and `why` give the author and what they wrote."""

    need_id: str
    reason: NeedReason
    since: datetime
    job_id: str | None
    by: str | None
    why: str


class CaseItem(msgspec.Struct, frozen=True, kw_only=True):
    """A case in the queue. `hours_left` until its target are less than 0 after the target has
    passed; `jobs` is the number of crews' jobs for it; `needs` are reasons to look at it that no
    officer has handled."""

    service_request_id: str
    version: int
    title: str | None
    service_code: str
    service_name: str
    state: State
    status: Status
    visibility: Visibility
    priority: Priority
    team: str
    ward_code: str | None
    address: str | None
    lat: float | None
    long: float | None
    requested_datetime: datetime
    expected_datetime: datetime | None
    target: Target
    hours_left: int | None
    opens: Opens
    attention: Attention | None
    review_on: date | None
    needs: tuple[NeedView, ...]
    followers: int
    waits_for: str | None
    jobs: int


class CaseList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the queue, which may be empty; `next` is the cursor of the next page."""

    items: list[CaseItem]
    next: str | None


class QuestionView(msgspec.Struct, frozen=True, kw_only=True):
    """A question to the reporter; `settled_at` is when an officer stopped waiting for the
    answer."""

    question_id: str
    text: str
    asked_at: datetime
    asked_by: str
    answered_at: datetime | None
    answer: str | None
    settled_at: datetime | None


class CaseNote(msgspec.Struct, frozen=True, kw_only=True):
    """A note; `by` is an officer's name, a crew, a contractor, the office of a team, another
    system, or the address that a team answered from. "Not verified" precedes an address that
    belongs to no team."""

    note_id: str
    datetime: datetime
    by: str
    text: str


class CaseEventView(msgspec.Struct, frozen=True, kw_only=True):
    """An action on the report, with its author."""

    at: datetime
    action: str
    by: str


class CaseView(FullView, frozen=True, kw_only=True):
    """A report with everything that belongs to it. `merged` are the reports that were merged into
    it and still are; `may_open_survivor`: it was merged into another report, which this officer may
    open; `may` lists what this officer may do with it now; `why_not_ask` is why the reporter cannot
    be asked a question; `needs` are reasons to look at it that no officer has dealt with;
    `work_photos` are those of crews and contractors. `placeless`: its service needs no place.
    `booked` has the names of its calendar and slot."""

    placeless: bool
    booked: BookedNames | None
    notes: tuple[CaseNote, ...]  # type: ignore[assignment]
    target: Target
    hours_left: int | None
    attention: Attention | None
    needs: tuple[NeedView, ...]
    waits_for: str | None
    may: tuple[CaseAct | JobAct, ...]
    why_not_ask: str | None
    jobs: tuple[JobShort, ...]
    nearby: tuple[NearCase, ...]
    questions: tuple[QuestionView, ...]
    history: tuple[CaseEventView, ...]
    merged: tuple[MergedCase, ...]
    may_open_survivor: bool
    work_photos: tuple[WorkPhotoView, ...]


def case_item(case: Case) -> CaseItem:
    """The case as the queue shows it."""
    report = case.report
    service = container.council().by_code.get(report.service_code)
    return copy_fields(
        CaseItem,
        report,
        service_name=service.service_name if service else report.service_code,
        status=status_of(report.state),
        target=case.target,
        hours_left=case.hours_left,
        needs=_needs(report),
        jobs=len(desk_ports().jobs_of(report.service_request_id)),
    )


def case_view(report: ServiceRequest, caller: Caller, ports: Ports) -> CaseView:
    """The whole case as this officer sees it."""
    seen, case = reading.full_view_of(report, ports), case_of(report, ports.now())
    author, planner = caller.author(), caller.staff("jobs.plan")
    names, why = _names_in(report.questions, seen.notes), why_not_asked(report, can_be_asked)
    return copy_fields(
        CaseView,
        seen,
        placeless=report.placeless,
        booked=booked_names(report),
        notes=tuple(_note(each, names) for each in seen.notes),
        target=case.target,
        hours_left=case.hours_left,
        attention=report.attention,
        needs=_needs(report),
        waits_for=report.waits_for,
        may=tuple(_acts(report, author, planner, why)),
        why_not_ask=str(why) if why else None,
        jobs=jobs_of_case(report, planner),
        nearby=cases_near(report, author, ports),
        questions=tuple(question_view(each, names) for each in report.questions),
        history=tuple(
            CaseEventView(**each._asdict())
            for each in history.history_of(report.service_request_id, desk_ports())
        ),
        merged=merged_cases(report, author, ports),
        may_open_survivor=may_open_survivor(report, author, ports),
        work_photos=tuple(
            msgspec.structs.replace(each, by=sender_name(each.by))
            for each in job_views().work_photos(report)
        ),
    )


def question_view(question: Question, names: dict[str, str]) -> QuestionView:
    """The question with the name of the officer who asked."""
    return copy_fields(
        QuestionView, question, asked_by=history.staff_name(question.asked_by, names)
    )


def note_view(note: Note) -> CaseNote:
    """The note with the name of its author."""
    return _note(note, _names_in((), (note,)))


def names_of(*account_ids: str) -> dict[str, str]:
    """The names that staff see for these accounts."""
    return dict(desk_ports().names(account_ids)) if account_ids else {}


def _names_in(questions: Sequence[Question], notes: Sequence[Note]) -> dict[str, str]:
    writers = (each.sender for each in notes if each.sender.startswith(OFFICER))
    asking = {each.asked_by for each in questions}
    return names_of(*sorted(asking | {each.removeprefix(OFFICER) for each in writers}))


def _note(note: Note, names: dict[str, str]) -> CaseNote:
    by = sender_name(note.sender)
    if by.startswith(OFFICER):
        by = history.staff_name(by.removeprefix(OFFICER), names)
    elif by.startswith(UNVERIFIED):
        by = f"Not verified: {by.removeprefix(UNVERIFIED)}"
    elif by.startswith(PARTNER):
        by = "Another system's full text"
    return copy_fields(CaseNote, note, by=by)


def sender_name(sender: str) -> str:
    """The name of a crew, a contractor or an office that signs with its role and its code, such as
    crew:north; any other author is unchanged."""
    here = container.council()
    role, _, name = sender.partition(":")
    if role not in UNKNOWN or not name:
        return UNKNOWN.get(role, sender)
    match role:
        case "crew":
            crew = here.by_crew.get(name)
            return f"{crew.name} (crew)" if crew else UNKNOWN[role]
        case "office":
            return f"{here.team_names.get(name, name)} (office)"
        case _:
            return f"{name} (contractor)"


def _needs(report: ServiceRequest) -> tuple[NeedView, ...]:
    return tuple(
        copy_fields(
            NeedView, each, job_id=each.about or None, by=sender_name(each.by) if each.by else None
        )
        for each in open_needs(report.needs)
    )


def can_be_asked(report: ServiceRequest) -> bool:
    """True if the reporter can be asked something. Raises UpstreamFailed."""
    return reporters().can_be_asked(report, match_ports())


def _acts(
    report: ServiceRequest, author: Author, planner: Staff, why_not_ask: str | None
) -> Iterator[CaseAct | JobAct]:
    yield from case_acts(report, author, why_not_ask, order_ports())
    if can_create_job(published_report_of(report), planner):
        yield "create_job"
