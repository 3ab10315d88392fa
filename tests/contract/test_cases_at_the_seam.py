"""Two writers of one case: neither loses what the other did, whatever the order of their calls;
and a click whose reply got lost has one effect."""

from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from PIL import Image

from chalicelib.bootstrap.desk import desk_ports
from chalicelib.bootstrap.reports import photos_ports, reports_ports
from chalicelib.desk.model import TemplateChanges, TemplateDraft, ViewDraft
from chalicelib.desk.usecases import reply_templates, saved_views
from chalicelib.errors import Conflict, NotFound
from chalicelib.photos.model import PictureArea
from chalicelib.photos.picture import rebuild
from chalicelib.photos.ports import PhotoKey
from chalicelib.photos.usecases import blackening
from chalicelib.reports.cases import UndoRecord
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.following import follow_report
from chalicelib.reports.usecases.lifecycle.forgetting import forget_sender
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.staff.casework import change_case, write_note
from chalicelib.reports.usecases.staff.questions import (
    QuestionKey,
    QuestionStatus,
    ask_reporter,
    reply_to_question,
    settle_question,
)
from chalicelib.reports.usecases.staff.undo import undo_change
from chalicelib.reports.usecases.staff.unmerging import list_merged_reports, unmerge
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from infra.local.cloud import Cloud
from tests.contract.test_writes_at_the_seam import Action, ActionOf, check_each_call
from tests.support.attack_photos import save_image
from tests.support.builders import draft, update_draft
from tests.support.seam import Interleaving, Try, every_interleaving, lose_reply, refuse_call

ANYBODY = Author()
FIRST_OFFICER = Author("first", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
SECOND_OFFICER = Author("second", staff_in=EVERYWHERE, officer_in=EVERYWHERE)


@pytest.fixture
def ports(cloud: Cloud) -> Ports:
    return reports_ports()


def a_report(ports: Ports, key: Any) -> str:
    return submit(draft(), f"{key}", ANYBODY, ports).service_request_id


def stored(request_id: str, ports: Ports) -> ServiceRequest:
    report = ports.repository.get(request_id)
    assert report
    return report


def ask(request_id: str, author: Author, ports: Ports) -> int:
    question, _ = ask_reporter(request_id, "Where?", "k", author, ports, reaches=lambda _: True)
    return question.number


def reply(request_id: str, text: str, ports: Ports) -> QuestionStatus:
    return reply_to_question(QuestionKey(service_request_id=request_id, number=1), text, ports)


def merged(one: str, into: str, ports: Ports) -> int:
    """As an officer does it: a conflict is read again and decided again. Answers the version."""
    while True:
        version = stored(one, ports).version
        try:
            return change_report(
                one, ReportChanges(duplicate_of=into), version, FIRST_OFFICER, ports
            ).version
        except Conflict:
            continue


def writes(this: Try) -> bool:
    return this.operation in ("dynamodb.PutItem", "dynamodb.DeleteItem")


def writes_or_counts(this: Try) -> bool:
    """What is read before a write only makes that start over."""
    return writes(this) or this.operation == "dynamodb.Query"


def each_overtaking() -> Iterator[Interleaving]:
    """One of two is held up after each of its calls in turn until the other has finished. All
    interleavings of these would be too many."""
    for held_up in (0, 1):
        for number in count():
            order = [held_up] * number + [1 - held_up] * 100
            overtaking = Interleaving(order, parked_at=writes_or_counts)
            yield overtaking
            if overtaking.turns[:number] != [held_up] * number:
                # It makes no more calls than that.
                break


# Clicks that are sent again


def asking(ports: Ports, number: int) -> Action:
    request_id = a_report(ports, f"asked {number}")
    return Action(
        send=lambda: ask(request_id, FIRST_OFFICER, ports),
        effects=lambda: [each.number for each in stored(request_id, ports).questions],
    )


def replying(ports: Ports, number: int) -> Action:
    request_id = a_report(ports, f"replied {number}")
    ask(request_id, FIRST_OFFICER, ports)
    return Action(
        send=lambda: reply(request_id, "There.", ports).question.answer,
        effects=lambda: [each.answer for each in stored(request_id, ports).questions],
    )


def noting(ports: Ports, number: int) -> Action:
    request_id = a_report(ports, f"noted {number}")
    return Action(
        send=lambda: write_note(request_id, "I rang.", "k", FIRST_OFFICER, ports)[0],
        effects=lambda: list(ports.repository.list_notes(request_id)),
    )


def putting_back(ports: Ports, number: int) -> Action:
    request_id = a_report(ports, f"undone {number}")
    left = change_case(
        request_id, ReportChanges(state="fixed"), 1, FIRST_OFFICER, ports, reply="Done."
    ).undo
    assert left

    def undone() -> str:
        after = stored(request_id, ports)
        return "undone" if (after.state, after.updates) == ("open", ()) else "not_undone"

    return Action(send=lambda: result_of(left, FIRST_OFFICER, ports), effects=lambda: [undone()])


each_action = pytest.mark.parametrize("action_of", [asking, replying, noting, putting_back])


@each_action
@pytest.mark.parametrize(
    "fault",
    [partial(refuse_call, kind="503"), partial(lose_reply, loss="read timeout")],
    ids=["refused", "lost"],
)
def test_click_has_one_effect_when_it_is_repeated(
    action_of: ActionOf, fault: Callable[..., Any], ports: Ports
) -> None:
    check_each_call(action_of, ports, fault)


# Two of one report


def test_two_questions_are_both_asked_in_any_interleaving(ports: Ports) -> None:
    for nth, interleaving in enumerate(every_interleaving(at_most=300)):
        request_id = a_report(ports, nth)
        numbers = interleaving.run(
            partial(ask, request_id, FIRST_OFFICER, ports),
            partial(ask, request_id, SECOND_OFFICER, ports),
        )
        assert sorted(numbers) == [1, 2], interleaving.turns
        kept = stored(request_id, ports).questions
        assert {each.asked_by for each in kept} == {"first", "second"}, interleaving.turns


def test_one_of_two_answers_stays_and_only_that_one_is_thanked(ports: Ports) -> None:
    for nth, interleaving in enumerate(every_interleaving(at_most=300)):
        request_id = a_report(ports, nth)
        ask(request_id, FIRST_OFFICER, ports)
        said: list[QuestionStatus] = interleaving.run(
            partial(reply, request_id, "Left.", ports),
            partial(reply, request_id, "Right.", ports),
        )
        answer = stored(request_id, ports).questions[0].answer
        thanked = [
            text for text, each in zip(("Left.", "Right."), said, strict=True) if each.is_new
        ]
        assert thanked == [answer], interleaving.turns


def test_answer_is_stored_or_the_question_is_settled_but_never_both(ports: Ports) -> None:
    outcomes = set()
    for nth, interleaving in enumerate(every_interleaving(at_most=300)):
        request_id = a_report(ports, nth)
        ask(request_id, FIRST_OFFICER, ports)
        question_id = stored(request_id, ports).questions[0].question_id
        said, _ = interleaving.run(
            partial(reply, request_id, "Left.", ports),
            partial(settle_question, request_id, question_id, SECOND_OFFICER, ports),
        )
        (question,) = stored(request_id, ports).questions
        assert (question.answer is None) == (question.settled_at is not None), interleaving.turns
        assert said.is_new == (question.answer == "Left."), interleaving.turns
        outcomes.add(said.is_new)
    assert outcomes == {True, False}


def test_answer_is_not_kept_when_its_sender_was_erased_meanwhile(ports: Ports) -> None:
    for nth, interleaving in enumerate(each_overtaking()):
        request_id = a_report(ports, nth)
        ask(request_id, FIRST_OFFICER, ports)
        interleaving.run(
            partial(reply, request_id, "Left.", ports),
            partial(forget_sender, request_id, redact=False, ports=ports),
        )
        assert stored(request_id, ports).questions == (), interleaving.turns


def test_one_of_two_changes_is_made_and_the_other_is_a_conflict(ports: Ports) -> None:
    for nth, interleaving in enumerate(every_interleaving(at_most=300)):
        request_id = a_report(ports, nth)
        done = interleaving.run(
            partial(
                change_case,
                request_id,
                ReportChanges(state="fixed"),
                1,
                FIRST_OFFICER,
                ports,
                reply="Done.",
            ),
            partial(change_case, request_id, ReportChanges(team="parks"), 1, SECOND_OFFICER, ports),
        )
        (refused,) = [each for each in done if isinstance(each, Exception)]
        assert isinstance(refused, Conflict), interleaving.turns
        after = stored(request_id, ports)
        assert (after.state == "fixed") != (after.team == "parks"), interleaving.turns


def a_change(request_id: str, ports: Ports) -> UndoRecord:
    left = change_case(
        request_id, ReportChanges(state="fixed"), 1, FIRST_OFFICER, ports, reply="Done."
    ).undo
    assert left
    return left


def result_of(left: UndoRecord, author: Author, ports: Ports) -> str:
    back = undo_change(left, author, ports)
    assert back
    return back.result


def test_residents_update_is_never_removed_by_a_change(ports: Ports) -> None:
    for nth, interleaving in enumerate(every_interleaving(at_most=300)):
        request_id = a_report(ports, nth)
        left = a_change(request_id, ports)
        result, _ = interleaving.run(
            partial(result_of, left, FIRST_OFFICER, ports),
            partial(add_update, request_id, update_draft(), "u", ANYBODY, ports),
        )
        after = stored(request_id, ports)
        assert (result, after.state) == ("undone", "open"), interleaving.turns
        assert "Still there." in [each.text for each in after.updates], interleaving.turns


def test_change_is_undone_once_in_two_concurrent_requests(ports: Ports) -> None:
    for nth, interleaving in enumerate(every_interleaving(at_most=300)):
        request_id = a_report(ports, nth)
        left = a_change(request_id, ports)
        results = interleaving.run(*[partial(result_of, left, FIRST_OFFICER, ports)] * 2)
        after = stored(request_id, ports)
        assert results == ["undone"] * 2, interleaving.turns
        assert (after.state, after.updates, after.repairs) == ("open", (), 0), interleaving.turns


def test_newer_change_stays_when_an_older_one_is_undone(ports: Ports) -> None:
    outcomes = set()
    for nth, interleaving in enumerate(every_interleaving(at_most=300)):
        request_id = a_report(ports, nth)
        left = a_change(request_id, ports)
        result, done = interleaving.run(
            partial(result_of, left, FIRST_OFFICER, ports),
            partial(
                change_report,
                request_id,
                ReportChanges(state="in_progress"),
                2,
                SECOND_OFFICER,
                ports,
            ),
        )
        after, was_refused = stored(request_id, ports), isinstance(done, Exception)
        assert was_refused == (result == "undone"), interleaving.turns
        # From fixed it can only be opened again, so this one is refused where it comes first.
        assert after.state in ("open", "fixed"), interleaving.turns
        outcomes.add(type(done))
    assert outcomes


# Merging and taking apart


def people(request_id: str, ports: Ports) -> set[str]:
    found = set(ports.repository.list_followers(request_id))
    assert stored(request_id, ports).followers == len(found)
    return found


def test_followers_are_neither_lost_nor_counted_twice_during_an_unmerge(
    ports: Ports,
) -> None:
    for nth, interleaving in enumerate(each_overtaking()):
        one, two = a_report(ports, f"one {nth}"), a_report(ports, f"two {nth}")
        follow_report(one, "before", ANYBODY, ports)
        version = merged(one, two, ports)
        interleaving.run(
            partial(unmerge, one, version, FIRST_OFFICER, ports),
            partial(follow_report, one, "p", ANYBODY, ports),
        )
        before, person = (ports.ids.person_id(ANYBODY.scope, each) for each in ("before", "p"))
        at_one, at_two = people(one, ports), people(two, ports)
        assert (before in at_one, before in at_two) == (True, False), interleaving.turns
        assert (person in at_one) + (person in at_two) == 1, interleaving.turns


def test_followers_stay_with_a_report_that_stays_merged(ports: Ports) -> None:
    outcomes = set()
    for nth, interleaving in enumerate(each_overtaking()):
        one, two = a_report(ports, f"one {nth}"), a_report(ports, f"two {nth}")
        follow_report(one, "p", ANYBODY, ports)
        version = merged(one, two, ports)
        apart, _ = interleaving.run(
            partial(unmerge, one, version, FIRST_OFFICER, ports),
            partial(
                change_report, one, ReportChanges(priority="low"), version, SECOND_OFFICER, ports
            ),
        )
        is_merged = stored(one, ports).duplicate_of == two
        assert is_merged == isinstance(apart, Conflict), interleaving.turns
        person = ports.ids.person_id(ANYBODY.scope, "p")
        assert (person in people(two, ports)) == is_merged, interleaving.turns
        found = [each.service_request_id for each in list_merged_reports(stored(two, ports), ports)]
        assert found == ([one] if is_merged else []), interleaving.turns
        outcomes.add(is_merged)
    assert outcomes == {True, False}


def test_followers_of_another_report_stay_when_one_is_unmerged_during_its_merge(
    ports: Ports,
) -> None:
    for nth, interleaving in enumerate(each_overtaking()):
        one, two, into = (a_report(ports, f"{each} {nth}") for each in ("one", "two", "into"))
        follow_report(one, "p", ANYBODY, ports)
        follow_report(two, "p", ANYBODY, ports)
        version = merged(one, into, ports)
        interleaving.run(
            partial(unmerge, one, version, FIRST_OFFICER, ports), partial(merged, two, into, ports)
        )
        person = ports.ids.person_id(ANYBODY.scope, "p")
        assert person in people(into, ports), interleaving.turns
        found = [
            each.service_request_id for each in list_merged_reports(stored(into, ports), ports)
        ]
        assert found == [two], interleaving.turns
        # This follower, and the reporter of that one.
        assert stored(into, ports).followers == 2, interleaving.turns


# What lies beside a report


def test_both_areas_are_black_after_two_concurrent_redactions(ports: Ports) -> None:
    photos, page = photos_ports(), rebuild(save_image("JPEG")).page
    left, right = (PictureArea(x=x, y=0, width=0.1, height=0.2) for x in (0, 0.9))
    for nth, interleaving in enumerate(every_interleaving(at_most=100)):
        photo = PhotoKey(f"R{nth:011}", "0" * 26)
        photos.gallery.keep_page(photo, page)
        interleaving.run(
            partial(blackening.blacken, photo, [left], photos),
            partial(blackening.blacken, photo, [right], photos),
        )
        held = photos.gallery.read_page(photo)
        assert held
        image = Image.open(BytesIO(held.page)).convert("L")
        row = image.tobytes()[2 * image.width : 3 * image.width]
        assert max(row[2], row[-3]) < 10, interleaving.turns


def test_one_of_two_changes_of_a_template_is_made(cloud: Cloud) -> None:
    here = desk_ports()
    for nth, interleaving in enumerate(every_interleaving(at_most=100, parked_at=writes)):
        draft = TemplateDraft(name="A", text="B")
        template = reply_templates.add_template(draft, f"{nth}", "first", here)
        key = template.template_id
        done = interleaving.run(
            partial(
                reply_templates.change_template, key, TemplateChanges(name="N"), 1, "first", here
            ),
            partial(reply_templates.remove_template, key, 1, "second", here),
        )
        refused = [each for each in done if isinstance(each, Exception)]
        assert len(refused) == 1 and isinstance(refused[0], Conflict | NotFound), interleaving.turns
        found = here.store.find_template(key)
        assert (found is None) == isinstance(done[0], Exception), interleaving.turns


def test_template_and_view_are_stored_once_when_a_reply_is_lost(cloud: Cloud) -> None:
    here = desk_ports()
    for nth in range(1, 4):
        with lose_reply(nth):
            reply_templates.add_template(TemplateDraft(name="A", text="B"), "k", "first", here)
        with lose_reply(nth):
            saved_views.save_view(ViewDraft(name="A"), "k", "first", here)
    assert (len(here.store.list_templates()), len(here.store.list_views("first"))) == (1, 1)
