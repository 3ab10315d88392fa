"""Whoever follows a report says whether it is mended: once for each repair, by a link that only she
has."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from chalicelib.errors import Invalid, NotFound
from chalicelib.reports.model import Answer, AnswerDraft, ServiceRequest, to_the_second
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import SAID_TO_BE_DONE
from chalicelib.reports.usecases.access import Author, stored, update_report
from chalicelib.reports.usecases.updating import Entry, append

MOST_PHOTOS = 3
NOT_FIXED = "This is not fixed."
"""What the timeline says where she has no more to say."""
SEEN_BY_SENDER = ("waiting", "held", "private")


@dataclass(frozen=True, kw_only=True)
class FeedbackRequest:
    """Somebody who was asked: `person`, and `answer_id` is hers for this repair; `is_own`: it is
    her report, so nobody else needs to see it."""

    service_request_id: str
    repair: int
    person: str
    answer_id: str
    is_own: bool


class FeedbackStatus(NamedTuple):
    """How far the question has got: what she answered, None where she has not. `is_new`: just now.
    `is_open`: the repair that she was asked about is what was done last."""

    report: ServiceRequest
    answer: Answer | None
    is_open: bool
    is_new: bool = False


def question(asked: FeedbackRequest, ports: Ports) -> FeedbackStatus:
    """How far it has got. Raises NotFound where she may not see the report, by now."""
    report = stored(asked.service_request_id, ports)
    is_seen = report.visibility == "public"
    if not is_seen and not (asked.is_own and report.visibility in SEEN_BY_SENDER):
        raise NotFound(f"There is no report {asked.service_request_id}.")
    answer = ports.repository.answer(asked.service_request_id, asked.answer_id)
    return FeedbackStatus(report, answer, _is_open(report, asked))


def answer_question(
    asked: FeedbackRequest, draft: AnswerDraft, files: Sequence[bytes], ports: Ports
) -> FeedbackStatus:
    """Takes an answer, unless she has given one or the report has moved on. With no it is opened
    again, and with the same answer once more what was left undone of that is done.

    Raises NotFound, Invalid, UpstreamFailed.
    """
    standing, is_fixed = question(asked, ports), draft.answer == "yes"
    earlier = standing.answer
    can_be_taken = earlier.is_fixed == is_fixed if earlier else standing.is_open
    if not can_be_taken:
        return standing
    photo_ids = () if is_fixed else _taken(files, asked, ports)
    mine = Answer(
        answer_id=asked.answer_id,
        person=asked.person,
        repair=asked.repair,
        is_fixed=is_fixed,
        datetime=to_the_second(ports.now()),
    )
    kept = ports.repository.add_answer(asked.service_request_id, mine)
    if not is_fixed and not kept.is_fixed:
        _reopen(asked, draft.text or NOT_FIXED, photo_ids, ports)
    report = update_report(
        lambda: stored(asked.service_request_id, ports), lambda each: counted(each, ports), ports
    )
    return FeedbackStatus(report, kept, standing.is_open, is_new=earlier is None and kept == mine)


def update_id_of(service_request_id: str, answer_id: str, ports: Ports) -> str:
    """The id of what the timeline says after that answer, if it is no."""
    return ports.ids.update_id("mended", service_request_id, answer_id)


def counted(report: ServiceRequest, ports: Ports, *, but: str | None = None) -> ServiceRequest:
    """With the answers as they are, but that one; counting anew makes good whatever a lost reply
    left behind."""
    answers = ports.repository.answers(report.service_request_id)
    said = [each.is_fixed for each in answers if each.answer_id != but]
    recounted = replace(report, said_fixed=said.count(True), said_not_fixed=said.count(False))
    return report if recounted == report else recounted


def _is_open(report: ServiceRequest, asked: FeedbackRequest) -> bool:
    return report.state in SAID_TO_BE_DONE and report.repairs == asked.repair


def _taken(files: Sequence[bytes], asked: FeedbackRequest, ports: Ports) -> Sequence[str]:
    if len(files) > MOST_PHOTOS:
        raise Invalid.field("photos", f"choose at most {MOST_PHOTOS} photos")
    photo_ids: list[str] = []
    for raw in files:
        photo_ids.append(
            ports.photos.take(
                raw, asked.answer_id, "mended", photo_ids, about=asked.service_request_id
            )
        )
    return photo_ids


def _reopen(asked: FeedbackRequest, text: str, photo_ids: Sequence[str], ports: Ports) -> None:
    request_id = asked.service_request_id
    entry = Entry(
        update_id=update_id_of(request_id, asked.answer_id, ports),
        fingerprint=asked.answer_id,
        text=text,
        photo_ids=photo_ids,
        state_after=lambda report: "reopen" if _is_open(report, asked) else report.state,
    )
    # Who was asked may add to it as whoever has its link.
    append(request_id, entry, Author(token=ports.ids.link_token(request_id)), ports)
