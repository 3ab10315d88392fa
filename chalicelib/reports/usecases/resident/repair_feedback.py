"""Stores a follower's answer to the question whether a repair holds: once for each repair, through
a link that only the follower has."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.errors import Invalid, NotFound
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.drafts import AnswerDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Answer
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import DONE_STATES
from chalicelib.reports.usecases.access import Author, get_report, update_report
from chalicelib.reports.usecases.updating import NewEntry, append_entry
from chalicelib.texts import Text

MOST_PHOTOS = 3
NOT_FIXED = "This is not fixed."
"""The timeline entry for an answer without a text."""
SEEN_BY_SENDER = ("waiting", "held", "private")


class FeedbackRequest(Struct, frozen=True, kw_only=True):
    """A question to one follower, `person`. `answer_id` is the follower's answer for this repair.
    `is_own`: the follower sent the report, so it does not have to be public."""

    service_request_id: str
    repair: int
    person: str
    answer_id: str
    is_own: bool


class FeedbackStatus(NamedTuple):
    """The status of the question. `answer` is None if the follower has not answered; `is_new`: the
    follower answered just now. `is_open`: the repair in question is the last thing that was
    done."""

    report: ServiceRequest
    answer: Answer | None
    is_open: bool
    is_new: bool = False


def feedback_status(asked: FeedbackRequest, ports: Ports) -> FeedbackStatus:
    """The status of the question. Raises NotFound if the follower may no longer see the report."""
    report = get_report(asked.service_request_id, ports)
    is_seen = report.visibility == "public"
    if not is_seen and not (asked.is_own and report.visibility in SEEN_BY_SENDER):
        raise NotFound(Text("There is no report {reference}.", reference=asked.service_request_id))
    answer = ports.repository.get_answer(asked.service_request_id, asked.answer_id)
    return FeedbackStatus(report, answer, _awaits_feedback(report, asked))


def answer_question(
    asked: FeedbackRequest, draft: AnswerDraft, files: Sequence[bytes], ports: Ports
) -> FeedbackStatus:
    """Stores an answer, unless the follower has answered or the report has changed since. The
    answer "no" opens the report again; a repeat of the same answer completes an interrupted one.

    Raises NotFound, Invalid, UpstreamFailed.
    """
    status, is_fixed = feedback_status(asked, ports), draft.answer == "yes"
    earlier = status.answer
    is_accepted = earlier.is_fixed == is_fixed if earlier else status.is_open
    if not is_accepted:
        return status
    photo_ids = () if is_fixed else _take_photos(files, asked, ports)
    mine = Answer(
        answer_id=asked.answer_id,
        person=asked.person,
        repair=asked.repair,
        is_fixed=is_fixed,
        datetime=truncate_to_second(ports.now()),
    )
    kept = ports.repository.add_answer(asked.service_request_id, mine)
    if not is_fixed and not kept.is_fixed:
        _reopen(asked, draft.text or NOT_FIXED, photo_ids, ports)
    report = update_report(
        lambda: get_report(asked.service_request_id, ports),
        lambda each: recount_answers(each, ports),
        ports,
    )
    return FeedbackStatus(report, kept, status.is_open, is_new=earlier is None and kept == mine)


def update_id_of(service_request_id: str, answer_id: str, ports: Ports) -> str:
    """The id of the timeline entry for the answer "no"."""
    return ports.ids.update_id("mended", service_request_id, answer_id)


def recount_answers(
    report: ServiceRequest, ports: Ports, *, but: str | None = None
) -> ServiceRequest:
    """The report with its answers counted again, without the answer `but`. Counting again repairs
    counts that a lost reply left wrong."""
    answers = ports.repository.list_answers(report.service_request_id)
    said = [each.is_fixed for each in answers if each.answer_id != but]
    recounted = replace(report, said_fixed=said.count(True), said_not_fixed=said.count(False))
    return report if recounted == report else recounted


def _awaits_feedback(report: ServiceRequest, asked: FeedbackRequest) -> bool:
    return report.state in DONE_STATES and report.repairs == asked.repair


def _take_photos(files: Sequence[bytes], asked: FeedbackRequest, ports: Ports) -> Sequence[str]:
    if len(files) > MOST_PHOTOS:
        raise Invalid.field("photos", Text("choose at most {most} photos", most=MOST_PHOTOS))
    photo_ids: list[str] = []
    for raw in files:
        photo_ids.append(
            ports.photos.add_file(
                raw, asked.answer_id, "mended", photo_ids, about=asked.service_request_id
            )
        )
    return photo_ids


def _reopen(asked: FeedbackRequest, text: str, photo_ids: Sequence[str], ports: Ports) -> None:
    request_id = asked.service_request_id
    entry = NewEntry(
        update_id=update_id_of(request_id, asked.answer_id, ports),
        fingerprint=asked.answer_id,
        text=text,
        photo_ids=photo_ids,
        state_after=lambda report: "reopen" if _awaits_feedback(report, asked) else report.state,
    )
    # A follower who was asked may add to the report, as a person with its link may.
    append_entry(request_id, entry, Author(token=ports.ids.link_token(request_id)), ports)
