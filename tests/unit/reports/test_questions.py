"""An officer asks the reporter, and the case waits for the answer."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Question
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author, Remit
from chalicelib.reports.usecases.lifecycle.forgetting import forget_sender
from chalicelib.reports.usecases.reading import full_view_of
from chalicelib.reports.usecases.resident.exporting import export
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.staff.questions import (
    MOST_QUESTIONS,
    QuestionKey,
    ask_reporter,
    question_status,
    reply_to_question,
    settle_question,
)
from chalicelib.reports.usecases.updating import add_update
from tests.support.builders import NOON, report, update_draft
from tests.support.fakes import Clock, MemoryRepository

OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
ELSEWHERE = Author("other", officer_in=(Remit(teams=("parks",)),))
TEXT = "Which side of the road is it on?"


@pytest.fixture
def request_id(repository: MemoryRepository) -> str:
    return repository.create(report(contact=None, reporter="ann")).service_request_id


def ask(request_id: str, ports: Ports, text: str = TEXT, **values: Any) -> Question:
    given = {"key": "k", "author": OFFICER, "reaches": lambda _: True, **values}
    return ask_reporter(
        request_id, text, given["key"], given["author"], ports, reaches=given["reaches"]
    )[0]


def stored(request_id: str, ports: Ports) -> ServiceRequest:
    found = ports.repository.get(request_id)
    assert found
    return found


def reply(request_id: str, ports: Ports, text: str = "The left one.", number: int = 1) -> Any:
    return reply_to_question(QuestionKey(service_request_id=request_id, number=number), text, ports)


def test_case_waits_from_the_question_to_the_answer(request_id: str, ports: Ports) -> None:
    assert stored(request_id, ports).waits_for is None
    ask(request_id, ports)
    assert stored(request_id, ports).waits_for == "reporter"
    answered = reply(request_id, ports)
    assert answered.is_new and not answered.is_open
    after = stored(request_id, ports)
    assert after.waits_for is None
    assert (after.questions[0].answer, after.questions[0].answered_at) == ("The left one.", NOON)
    assert after.updates == ()


def test_case_waits_for_the_last_of_several_answers(request_id: str, ports: Ports) -> None:
    ask(request_id, ports)
    assert ask(request_id, ports, key="k2", text="How deep is it?").number == 2
    reply(request_id, ports)
    assert stored(request_id, ports).waits_for == "reporter"
    reply(request_id, ports, number=2)
    assert stored(request_id, ports).waits_for is None


def test_question_is_asked_once_when_it_is_repeated(request_id: str, ports: Ports) -> None:
    assert ask(request_id, ports) == ask(request_id, ports)
    assert len(stored(request_id, ports).questions) == 1
    with pytest.raises(Conflict, match="Something else"):
        ask(request_id, ports, text="How deep is it?")


def test_first_of_two_answers_stays(request_id: str, ports: Ports, clock: Clock) -> None:
    ask(request_id, ports)
    reply(request_id, ports)
    clock.now += timedelta(minutes=1)
    for text in ("The right one.", "The left one."):
        assert not reply(request_id, ports, text).is_new
    assert stored(request_id, ports).questions[0].answer == "The left one."


def test_answer_is_refused_when_no_question_is_open(request_id: str, ports: Ports) -> None:
    ask(request_id, ports)
    add_update(request_id, update_draft(state="closed"), "k", OFFICER, ports)
    assert stored(request_id, ports).waits_for is None
    assert not reply(request_id, ports).is_new
    assert stored(request_id, ports).questions[0].answer is None


def test_question_is_settled_when_the_answer_is_known_otherwise(
    request_id: str, ports: Ports
) -> None:
    question_id = ask(request_id, ports).question_id
    settled = settle_question(request_id, question_id, OFFICER, ports)
    assert settled.waits_for is None and settled.questions[0].settled_at == NOON
    assert settle_question(request_id, question_id, OFFICER, ports) == settled
    assert not reply(request_id, ports).is_new
    with pytest.raises(Invalid):
        settle_question(request_id, "another", OFFICER, ports)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"visibility": "hidden"}, "hidden"),
        ({"visibility": "unconfirmed"}, "not confirmed"),
        ({"visibility": "withdrawn"}, "withdrawn"),
        ({"state": "closed"}, "Open it again"),
    ],
)
def test_unreachable_reporter_is_not_asked(
    values: Any, says: str, request_id: str, ports: Ports
) -> None:
    ports.repository.save(replace(stored(request_id, ports), **values))
    with pytest.raises(Conflict, match=says):
        ask(request_id, ports)


def test_question_is_refused_when_no_message_can_be_sent(request_id: str, ports: Ports) -> None:
    with pytest.raises(Conflict, match="We cannot ask the reporter"):
        ask(request_id, ports, reaches=lambda _: False)


def test_officer_of_another_team_cannot_ask(request_id: str, ports: Ports) -> None:
    with pytest.raises(Forbidden):
        ask(request_id, ports, author=ELSEWHERE)


def test_questions_have_a_maximum_number(request_id: str, ports: Ports) -> None:
    for number in range(MOST_QUESTIONS):
        ask(request_id, ports, key=f"k{number}")
    with pytest.raises(Conflict, match="10 questions"):
        ask(request_id, ports, key="one more")
    assert ask(request_id, ports, key="k0").number == 1


@pytest.mark.parametrize("visibility", ["hidden", "withdrawn"])
def test_question_is_not_found_when_its_report_was_withdrawn(
    visibility: Any, request_id: str, ports: Ports
) -> None:
    ask(request_id, ports)
    ports.repository.save(replace(stored(request_id, ports), visibility=visibility))
    asked = QuestionKey(service_request_id=request_id, number=1)
    with pytest.raises(NotFound):
        question_status(asked, ports)
    with pytest.raises(NotFound):
        reply(request_id, ports)


def test_only_the_answer_is_redacted(request_id: str, ports: Ports) -> None:
    question_id = ask(request_id, ports).question_id
    with pytest.raises(Invalid, match="not an answered question"):
        redact(request_id, question_id, ports)
    reply(request_id, ports, "Ring my neighbour on 01904 960999.")
    redact(request_id, question_id, ports)
    question = stored(request_id, ports).questions[0]
    assert (question.answer, question.text) == ("[removed]", TEXT)


def redact(request_id: str, question_id: str, ports: Ports) -> None:
    changes = ReportChanges(questions={question_id: "[removed]"})
    change_report(request_id, changes, stored(request_id, ports).version, OFFICER, ports)


def test_question_and_answer_are_erased_with_the_reporters_data(
    request_id: str, ports: Ports
) -> None:
    ask(request_id, ports)
    reply(request_id, ports)
    (held,) = export(Author("ann"), people=(), limit=1, after=None, ports=ports).held["report"]
    (told,) = held["questions"]
    assert (told["text"], told["answer"]) == (TEXT, "The left one.")
    assert "officer" not in str(told)
    forget_sender(request_id, redact=False, ports=ports)
    assert stored(request_id, ports).questions == ()


def test_answer_is_not_public(request_id: str, ports: Ports) -> None:
    ask(request_id, ports)
    reply(request_id, ports)
    assert "left one" not in str(full_view_of(stored(request_id, ports), ports).updates)
