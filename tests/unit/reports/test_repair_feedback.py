"""Those who were asked say whether a repair holds."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import Invalid, NotFound
from chalicelib.reports.drafts import AnswerDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Answer
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.resident.repair_feedback import (
    MOST_PHOTOS,
    NOT_FIXED,
    FeedbackRequest,
    FeedbackStatus,
    answer_question,
    feedback_status,
)
from chalicelib.reports.usecases.updating import add_update
from tests.support.builders import NOON, report, update_draft
from tests.support.fakes import MemoryPhotos, MemoryRepository

OFFICER = Author("officer", staff_in=EVERYWHERE)
PNG = b"a picture"


@pytest.fixture
def request_id(repository: MemoryRepository, ports: Ports) -> str:
    """A report that was said to be fixed once."""
    made = repository.create(report()).service_request_id
    said("fixed", made, ports)
    return made


def said(state: Any, request_id: str, ports: Ports, author: Author = OFFICER) -> ServiceRequest:
    draft = update_draft(state=state)
    before = ports.repository.get(request_id)
    key = f"{state} {before.version if before else 0}"
    return add_update(request_id, draft, key, author, ports)[1]


def asked(request_id: str, who: str = "follower", **values: Any) -> FeedbackRequest:
    return FeedbackRequest(
        **{
            "service_request_id": request_id,
            "repair": 1,
            "person": f"subscription of {who}",
            "answer_id": who,
            "is_own": False,
            **values,
        }
    )


def answer(
    request_id: str,
    ports: Ports,
    says: Any = "no",
    *,
    who: str = "follower",
    text: str | None = None,
    files: tuple[bytes, ...] = (),
    **values: Any,
) -> FeedbackStatus:
    draft = AnswerDraft(answer=says, text=text)
    return answer_question(asked(request_id, who, **values), draft, files, ports)


def test_yes_is_counted_and_leaves_the_report_unchanged(request_id: str, ports: Ports) -> None:
    standing = answer(request_id, ports, "yes")
    assert standing.is_new and standing.answer and standing.answer.is_fixed
    after = standing.report
    assert (after.said_fixed, after.said_not_fixed, after.failed_repairs) == (1, 0, 0)
    assert (after.state, len(after.updates)) == ("fixed", 1)


def test_no_reopens_the_report_with_text_and_photos_and_counts_as_a_failed_repair(
    request_id: str, ports: Ports
) -> None:
    after = answer(request_id, ports, text="The hole is back.", files=(PNG, PNG)).report
    assert (after.state, after.failed_repairs, after.said_not_fixed) == ("reopen", 1, 1)
    update = after.updates[-1]
    assert (update.text, update.state, update.by) == ("The hole is back.", "reopen", "resident")
    assert [photo.update_id for photo in after.photos] == [update.update_id] * 2


def test_no_without_text_says_that_it_is_not_fixed(request_id: str, ports: Ports) -> None:
    assert answer(request_id, ports).report.updates[-1].text == NOT_FIXED


def test_repeated_answer_counts_once(request_id: str, ports: Ports) -> None:
    first, second = (answer(request_id, ports, text=text) for text in ("Not so.", "Not at all."))
    assert first.is_new and not second.is_new and second.answer == first.answer
    assert second.report == first.report


def test_first_answer_stays_when_another_follows(request_id: str, ports: Ports) -> None:
    answer(request_id, ports, "yes")
    standing = answer(request_id, ports, "no", files=(PNG,))
    assert isinstance(ports.photos, MemoryPhotos) and ports.photos.taken == []
    assert standing.answer and standing.answer.is_fixed and not standing.is_new
    assert standing.report.state == "fixed"


def test_interrupted_no_is_completed_by_its_repeat(request_id: str, ports: Ports) -> None:
    noted = Answer(answer_id="follower", person="person", repair=1, is_fixed=False, datetime=NOON)
    ports.repository.add_answer(request_id, noted)
    after = answer(request_id, ports, text="Not so.").report
    assert (after.state, after.failed_repairs, after.said_not_fixed) == ("reopen", 1, 1)


def test_each_of_several_answers_is_counted_and_the_first_no_reopens(
    request_id: str, ports: Ports
) -> None:
    for who, says in (("one", "yes"), ("two", "no")):
        answer(request_id, ports, says, who=who)
    late = answer(request_id, ports, who="three")
    assert late.answer is None and not late.is_open
    after = late.report
    assert (after.said_fixed, after.said_not_fixed, after.failed_repairs) == (1, 1, 1)


@pytest.mark.parametrize("state", ["reopen", "duplicate"])
def test_answer_is_refused_when_the_report_has_changed_meanwhile(
    state: str, request_id: str, ports: Ports
) -> None:
    moved = said(state, request_id, ports)
    standing = answer(request_id, ports)
    assert (standing.answer, standing.is_open) == (None, False)
    assert standing.report == moved


def test_question_about_an_earlier_repair_expires_after_another_repair(
    request_id: str, ports: Ports
) -> None:
    answer(request_id, ports)
    said("fixed", request_id, ports)
    assert not feedback_status(asked(request_id, "another"), ports).is_open
    assert feedback_status(asked(request_id, repair=2, answer_id="anew"), ports).is_open
    after = answer(request_id, ports, who="anew", repair=2).report
    assert (after.failed_repairs, after.repairs) == (2, 2)


def test_reopening_by_a_resident_is_a_failed_repair_and_by_an_officer_is_not(
    request_id: str, ports: Ports
) -> None:
    assert said("reopen", request_id, ports).failed_repairs == 0
    said("closed", request_id, ports)
    assert said("not_fixed", request_id, ports, Author()).failed_repairs == 1


def test_correcting_the_reason_is_not_another_repair(request_id: str, ports: Ports) -> None:
    assert said("closed", request_id, ports).repairs == 1


@pytest.mark.parametrize(
    ("visibility", "own", "others"),
    [
        ("public", True, True),
        ("private", True, False),
        ("hidden", False, False),
        ("withdrawn", False, False),
    ],
)
def test_question_is_only_for_those_who_may_see_the_report_now(
    visibility: Any, own: bool, others: bool, request_id: str, ports: Ports
) -> None:
    stored = ports.repository.get(request_id)
    assert stored
    ports.repository.save(replace(stored, visibility=visibility))
    for is_own, is_seen in ((True, own), (False, others)):
        if is_seen:
            assert answer(request_id, ports, "yes", who=str(is_own), is_own=is_own).is_new
        else:
            with pytest.raises(NotFound):
                answer(request_id, ports, is_own=is_own)


def test_invalid_or_too_many_photos_are_refused_first(request_id: str, ports: Ports) -> None:
    assert isinstance(ports.photos, MemoryPhotos)
    ports.photos.refused.add(b"no picture")
    for files in ((PNG,) * (MOST_PHOTOS + 1), (b"no picture",)):
        with pytest.raises(Invalid):
            answer(request_id, ports, files=files)
    assert feedback_status(asked(request_id), ports).answer is None
