"""Answers about a repair are erased, and exported to the person who gave them."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.reports.drafts import AnswerDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import Visibility
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.lifecycle.forgetting import REMOVED, forget_answers
from chalicelib.reports.usecases.resident.exporting import export
from chalicelib.reports.usecases.resident.repair_feedback import FeedbackRequest, answer_question
from chalicelib.reports.usecases.updating import add_update
from tests.support.builders import report, update_draft
from tests.support.fakes import MemoryPhotos, MemoryRepository

ID = "R00000000001"
FOLLOWER, OTHER = "subscription", "another"
WORDS = "It is not fixed."


class CrashError(BaseException):
    """The process ends."""


class Counting(MemoryRepository):
    """A store that is unreachable after so many changes."""

    left = 1000

    def __getattribute__(self, name: str) -> Any:
        if name in ("save", "rewrite_archived_update", "drop_answer"):
            if self.left == 0:
                raise CrashError
            self.left -= 1
        return super().__getattribute__(name)


@pytest.fixture
def repository() -> Counting:
    return Counting()


@pytest.fixture(autouse=True)
def answered(repository: Counting, ports: Ports) -> None:
    """Two say no of the same repair, with words and a photo; the report is somebody else's."""
    repository.create(report(1, state="fixed", repairs=1, reporter="somebody"))
    for number, (person, words) in enumerate(((FOLLOWER, WORDS), (OTHER, "Nor do I think so."))):
        asked = FeedbackRequest(
            service_request_id=ID, repair=1, person=person, answer_id=f"a{number}", is_own=False
        )
        repository.save(replace(stored(repository), state="fixed", repairs=1))
        answer_question(asked, AnswerDraft(answer="no", text=words), (b"photo",), ports)


def stored(repository: MemoryRepository) -> ServiceRequest:
    found = repository.get(ID)
    assert found
    return found


def texts(repository: MemoryRepository) -> list[str]:
    return [
        each.text for each in (*repository.list_archived_updates(ID), *stored(repository).updates)
    ]


def test_answer_is_erased_and_not_counted_and_its_public_text_stays(
    repository: Counting, ports: Ports
) -> None:
    before = stored(repository)
    forget_answers(FOLLOWER, redact=False, ports=ports)
    after = stored(repository)
    assert (before.said_not_fixed, after.said_not_fixed) == (2, 1)
    assert [each.person for each in repository.list_answers(ID)] == [OTHER]
    assert (after.updates, after.photos) == (before.updates, before.photos)
    forget_answers(FOLLOWER, redact=False, ports=ports)
    assert stored(repository) == after


def test_only_the_persons_text_and_photo_are_erased_on_request(
    repository: Counting, ports: Ports
) -> None:
    mine, others = stored(repository).photos
    forget_answers(FOLLOWER, redact=True, ports=ports)
    after = stored(repository)
    assert texts(repository) == [REMOVED, "Nor do I think so."]
    assert after.photos == (others,) and after.redactions == 1
    assert isinstance(ports.photos, MemoryPhotos) and ports.photos.let == {mine.photo_id}


@pytest.mark.parametrize("visibility", ["private", "hidden", "waiting"])
def test_non_public_text_is_erased(
    visibility: Visibility, repository: Counting, ports: Ports
) -> None:
    repository.save(replace(stored(repository), visibility=visibility))
    forget_answers(FOLLOWER, redact=False, ports=ports)
    assert texts(repository) == [REMOVED, "Nor do I think so."]


def grown(repository: Counting, ports: Ports) -> None:
    """So many updates that the person's is kept beside the report."""
    for number in range(30):
        add_update(ID, update_draft(text="x" * 1900), f"{number}", Author("officer-2"), ports)
    assert any(each.text == WORDS for each in repository.list_archived_updates(ID))


def test_archived_text_is_erased(repository: Counting, ports: Ports) -> None:
    grown(repository, ports)
    forget_answers(FOLLOWER, redact=True, ports=ports)
    assert WORDS not in texts(repository) and texts(repository).count(REMOVED) == 1


def test_erasure_is_complete_after_an_interruption_anywhere(ports: Ports) -> None:
    for changes in range(10):
        repository = Counting()
        here = replace(ports, repository=repository)
        answered.__wrapped__(repository, here)  # type: ignore[attr-defined]
        grown(repository, here)
        repository.left = changes
        try:
            forget_answers(FOLLOWER, redact=True, ports=here)
            break
        except CrashError:
            repository.left = 1000
        forget_answers(FOLLOWER, redact=True, ports=here)
        assert WORDS not in texts(repository) and repository.list_answer_ids(FOLLOWER) == []
        assert stored(repository).said_not_fixed == 1
    assert changes == 4


def test_export_has_the_answer_with_text_and_photo_and_nothing_of_the_report(
    repository: Counting, ports: Ports
) -> None:
    mine, _ = stored(repository).photos
    held = export(Author("officer-1"), people=[FOLLOWER], limit=3, after=None, ports=ports).held
    (answer,) = held["answer"]
    assert (answer["person"], answer["is_fixed"], answer["record"]) == (
        FOLLOWER,
        False,
        "answer#a0",
    )
    (said,) = held["report"]
    assert set(said) == {"service_request_id", "updates"}
    assert [each["text"] for each in said["updates"]] == [WORDS]
    assert [each["photo_id"] for each in held["pictures"]] == [mine.photo_id]


def test_export_has_the_text_once_when_the_report_is_the_persons_own(
    repository: Counting, ports: Ports
) -> None:
    repository.save(replace(stored(repository), photos=(Photo(photo_id="P", state="shown"),)))
    held = export(Author("somebody"), people=[FOLLOWER], limit=3, after=None, ports=ports).held
    assert len(held["answer"]) == len(held["report"]) == len(held["pictures"]) == 1


def test_answers_are_only_in_the_first_part(repository: Counting, ports: Ports) -> None:
    first = export(Author("somebody"), people=[FOLLOWER], limit=1, after=None, ports=ports)
    assert first.next
    second = export(Author("somebody"), people=[FOLLOWER], limit=1, after=first.next, ports=ports)
    assert "answer" in first.held and "answer" not in second.held
