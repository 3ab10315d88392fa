"""An officer asks the reporter a question, and the case waits for the answer. The reporter gets the
question where they get alerts, and answers by a link that only they have. Nobody else sees either.
"""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import Need, mark_settled, with_need
from chalicelib.reports.parts import Question
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import LABELS, OPEN_STATES
from chalicelib.reports.usecases.access import (
    WITHDRAWN,
    Author,
    entry_key_conflict,
    get_report,
    get_visible_report,
    is_withdrawn,
    require_team_access,
    update_report,
)
from chalicelib.reports.usecases.attention import SETTLED_BY_QUESTION
from chalicelib.reports.usecases.staff.officer_changes import record_officer_change
from chalicelib.texts import Text

MOST_QUESTIONS = 10
"""The most questions about one report: an officer who needs more should ring the reporter."""
SEEN_BY_SENDER = ("public", "waiting", "held", "private")

CanBeAsked = Callable[[ServiceRequest], bool]
"""True if the reporter can be asked something."""


class QuestionKey(Struct, frozen=True, kw_only=True):
    """Names a question that the reporter was asked about their report."""

    service_request_id: str
    number: int


class QuestionStatus(NamedTuple):
    """A question, and whether it was answered just now."""

    report: ServiceRequest
    question: Question
    is_new: bool = False

    @property
    def is_open(self) -> bool:
        """True while the report waits for an answer."""
        return self.question.is_open and self.report.waits_for == "reporter"


def ask_reporter(
    service_request_id: str,
    text: str,
    key: str,
    author: Author,
    ports: Ports,
    *,
    reaches: CanBeAsked,
    change_id: str | None = None,
) -> tuple[Question, ServiceRequest]:
    """Asks the reporter a question; the same text under the same key is asked once.

    Raises NotFound, Forbidden, Conflict (nobody can be asked, or too many questions were asked).
    """
    question_id = ports.ids.update_id(f"question:{author.scope}", service_request_id, key)
    fingerprint = ports.ids.fingerprint(text.encode())

    def change(report: ServiceRequest) -> ServiceRequest:
        require_team_access(report, author)
        if earlier := _find_question(report, question_id):
            if earlier.fingerprint != fingerprint:
                raise entry_key_conflict(report, ports)
            return report
        if why := why_not_asked(report, reaches):
            raise Conflict(why, version=report.version)
        question = _new_question(question_id, text, fingerprint, author, ports)
        return record_officer_change(report, _with_new_question(report, question), change_id, ports)

    report = update_report(
        lambda: get_visible_report(service_request_id, author, ports), change, ports
    )
    asked = _find_question(report, question_id)
    assert asked, "A question that was stored is there."
    return asked, report


def _new_question(
    question_id: str, text: str, fingerprint: str, author: Author, ports: Ports
) -> Question:
    assert author.account, "Only who is signed in asks."
    return Question(
        question_id=question_id,
        number=1,
        text=text,
        asked_at=truncate_to_second(ports.now()),
        asked_by=author.account,
        fingerprint=fingerprint,
    )


def _with_new_question(report: ServiceRequest, question: Question) -> ServiceRequest:
    """The report with a new question, which gets the next number and settles what it is about."""
    number = max((each.number for each in report.questions), default=0) + 1
    numbered = replace(question, number=number)
    needs = mark_settled(report.needs, question.asked_at, reasons=SETTLED_BY_QUESTION)
    return replace(report, questions=(*report.questions, numbered), needs=needs)


def settle_question(
    service_request_id: str, question_id: str, author: Author, ports: Ports
) -> ServiceRequest:
    """Stops waiting for an answer; a repeat gets the same result. Raises NotFound, Forbidden,
    Invalid."""

    def change(report: ServiceRequest) -> ServiceRequest:
        require_team_access(report, author)
        question = _find_question(report, question_id)
        if question is None:
            raise Invalid.field("question_id", "is not a question about this report")
        settled = replace(question, settled_at=truncate_to_second(ports.now()))
        return _replace_question(report, settled) if question.is_open else report

    return update_report(
        lambda: get_visible_report(service_request_id, author, ports), change, ports
    )


def question_status(asked: QuestionKey, ports: Ports) -> QuestionStatus:
    """The question. Raises NotFound if the reporter may no longer see the report."""
    return _status_of(get_report(asked.service_request_id, ports), asked)


def reply_to_question(asked: QuestionKey, text: str, ports: Ports) -> QuestionStatus:
    """Takes the answer, unless there is one already or the report waits for none. Raises NotFound,
    UpstreamFailed."""
    now = truncate_to_second(ports.now())

    def change(report: ServiceRequest) -> ServiceRequest:
        reply = _status_of(report, asked)
        if not reply.is_open:
            return report
        answered = _replace_question(report, replace(reply.question, answer=text, answered_at=now))
        need = Need(need_id=reply.question.question_id, reason="answered", since=now)
        return replace(answered, needs=with_need(report.needs, need))

    before = question_status(asked, ports)
    report = update_report(lambda: get_report(asked.service_request_id, ports), change, ports)
    after = _status_of(report, asked)
    is_own = after.question.answer == text and after.question.answered_at == now
    return after._replace(is_new=before.is_open and is_own)


def _status_of(report: ServiceRequest, asked: QuestionKey) -> QuestionStatus:
    found = next((each for each in report.questions if each.number == asked.number), None)
    if found is None or report.visibility not in SEEN_BY_SENDER:
        raise NotFound("This question does not exist any more.")
    return QuestionStatus(report, found)


def why_not_asked(report: ServiceRequest, reaches: CanBeAsked) -> str | None:
    """Why the reporter cannot be asked something now; None if they can. Raises as `reaches`
    does."""
    if is_withdrawn(report):
        return WITHDRAWN
    if report.visibility not in SEEN_BY_SENDER:
        return Text(
            "This report is hidden or not confirmed, so the reporter gets no messages about it."
        )
    if report.state not in OPEN_STATES:
        label = Text(LABELS[report.state])
        return Text("This report is '{state}'. Open it again to ask a question.", state=label)
    if len(report.questions) >= MOST_QUESTIONS:
        return Text("You have already asked {most} questions.", most=MOST_QUESTIONS)
    if not reaches(report):
        return Text(
            "We cannot ask the reporter: they left no address, or stopped the alerts about this "
            "report. Write a public reply instead."
        )
    return None


def _find_question(report: ServiceRequest, question_id: str) -> Question | None:
    return next((each for each in report.questions if each.question_id == question_id), None)


def _replace_question(report: ServiceRequest, question: Question) -> ServiceRequest:
    questions = (
        question if each.question_id == question.question_id else each for each in report.questions
    )
    return replace(report, questions=tuple(questions))
