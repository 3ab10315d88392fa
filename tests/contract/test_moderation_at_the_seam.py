"""Following, flagging, withdrawing and changing keep their promises whatever happens in between."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Conflict, NotFound
from chalicelib.reports.drafts import FlagDraft, ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Note
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import status_of
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.following import follow_report
from chalicelib.reports.usecases.reading import view_report
from chalicelib.reports.usecases.resident.flagging import flag_report
from chalicelib.reports.usecases.resident.own_reports import withdraw_own_report
from chalicelib.reports.usecases.resident.withdrawing import withdraw_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from infra.local.cloud import Cloud
from tests.contract.test_writes_at_the_seam import (
    Action,
    ActionOf,
    attempt,
    check_each_call,
    each_call_of,
)
from tests.support.builders import NOON, draft, update_draft
from tests.support.seam import (
    ALL_TRIES,
    LOSSES,
    REFUSALS,
    Interleaving,
    Loss,
    Refusal,
    Try,
    every_interleaving,
    lose_reply,
    refuse_call,
)

ANYBODY = Author()
RESIDENT = Author("resident")
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
MOST_CALLS = 14
"""More AWS calls than a merge of two reports makes."""


@pytest.fixture
def ports(cloud: Cloud) -> Ports:
    return reports_ports()


def a_report(ports: Ports, key: str) -> str:
    return submit(draft(), key, ANYBODY, ports).service_request_id


def stored(request_id: str, ports: Ports) -> ServiceRequest:
    report = ports.repository.get(request_id)
    assert report
    return report


def following(ports: Ports, number: int) -> Action:
    request_id = a_report(ports, f"followed {number}")
    return Action(
        send=lambda: follow_report(request_id, "phone", ANYBODY, ports).followers,
        effects=lambda: [stored(request_id, ports).followers],
    )


def flagging(ports: Ports, number: int) -> Action:
    request_id = a_report(ports, f"flagged {number}")
    draft = FlagDraft(reason="other")
    return Action(
        send=lambda: flag_report(request_id, draft, "phone", ANYBODY, ports).flags[0].flag_id,
        effects=lambda: [each.flag_id for each in stored(request_id, ports).flags],
    )


def withdrawing(ports: Ports, number: int) -> Action:
    key = f"withdrawn {number}"
    request_id = a_report(ports, key)
    return Action(
        send=lambda: withdraw_report(request_id, key, ANYBODY, ports),
        effects=lambda: [stored(request_id, ports)],
    )


each_action = pytest.mark.parametrize("action_of", [following, flagging, withdrawing])


@each_action
@pytest.mark.parametrize("loss", LOSSES)
def test_write_has_one_effect_when_a_reply_is_lost_and_the_client_sends_again(
    action_of: ActionOf, loss: Loss, ports: Ports
) -> None:
    check_each_call(action_of, ports, partial(lose_reply, loss=loss))


@each_action
@pytest.mark.parametrize("kind", REFUSALS)
def test_write_has_one_effect_when_a_call_is_refused_and_the_client_sends_again(
    action_of: ActionOf, kind: Refusal, ports: Ports
) -> None:
    check_each_call(action_of, ports, partial(refuse_call, kind=kind))


def withdrawing_all(author: Author, ports: Ports, number: int) -> Action:
    """Of a report with a photo, and a note beside it."""
    key = f"all of {number}"
    photo_id = ports.photos.photo_ids_for(author.scope, key, 1)[0]
    request_id = submit(draft(photo_ids=[photo_id]), key, author, ports).service_request_id
    note = Note(
        note_id="note", datetime=NOON, sender="team@example.org", text="We rang the reporter."
    )
    ports.repository.add_note(request_id, note)
    sending = (
        partial(withdraw_own_report, request_id)
        if author.account
        else partial(withdraw_report, request_id, key)
    )
    return Action(
        send=lambda: sending(author, ports),
        effects=lambda: [stored(request_id, ports), *ports.repository.list_notes(request_id)],
    )


@pytest.mark.parametrize("author", [ANYBODY, RESIDENT], ids=["by key", "own"])
@pytest.mark.parametrize(
    "fault", [partial(refuse_call, kind="503"), lose_reply], ids=["before", "after"]
)
def test_nothing_remains_beside_a_withdrawn_report_after_a_crash_at_any_call(
    author: Author, fault: Callable[..., Any], ports: Ports
) -> None:
    action_of, ended = partial(withdrawing_all, author), set()
    for nth in each_call_of(action_of, ports):
        action = action_of(ports, nth)
        with fault(nth, times=ALL_TRIES):
            attempt(action)
        report, *notes = action.effects()
        ended.add(report.visibility)
        assert report.visibility == "public" or notes == [], f"nobody asked again, call {nth}"
        assert [action.send()] == action.effects(), f"call {nth}"
    assert ended == {"public", "withdrawn"}


def test_change_is_answered_when_its_reply_is_lost_a_single_time(ports: Ports) -> None:
    for nth in (1, 2):
        request_id = a_report(ports, f"changed {nth}")
        with lose_reply(nth) as struck:
            after = change_report(request_id, ReportChanges(state="fixed"), 1, OFFICER, ports)
        assert struck and after == stored(request_id, ports)
        assert (after.state, after.version, len(after.updates)) == ("fixed", 2, 1)


def test_followers_are_all_counted_in_any_interleaving_of_two(ports: Ports) -> None:
    """Of what they write and of the counting; the reads before it only make them start over."""
    parked_at = _at("dynamodb.PutItem", "dynamodb.Query")
    for count, interleaving in enumerate(
        every_interleaving(parked_at=parked_at, at_least=20, at_most=300), start=1
    ):
        request_id = a_report(ports, f"{count}")
        interleaving.run(
            partial(follow_report, request_id, "phone-1", ANYBODY, ports),
            partial(follow_report, request_id, "phone-2", ANYBODY, ports),
        )
        assert stored(request_id, ports).followers == 2, interleaving.turns


def _at(*operations: str) -> Callable[[Try], bool]:
    return lambda this: this.operation in operations


def merge(one: str, into: str, ports: Ports) -> Any:
    """As an officer does it: a conflict is read again and decided again."""
    while True:
        version = stored(one, ports).version
        try:
            return change_report(one, ReportChanges(duplicate_of=into), version, OFFICER, ports)
        except Conflict:
            continue


def each_overtaking() -> Iterator[Interleaving]:
    """One of two is held up after each of its calls in turn until the other has finished. All
    interleavings of these would be too many."""
    for held_up, number in product((0, 1), range(MOST_CALLS)):
        yield Interleaving([held_up] * number + [1 - held_up] * 100)


def test_followers_are_complete_when_one_follows_during_a_merge(ports: Ports) -> None:
    """The follower ends with the report that survives."""
    for count, interleaving in enumerate(each_overtaking()):
        one, two = a_report(ports, f"one {count}"), a_report(ports, f"two {count}")
        interleaving.run(
            partial(follow_report, one, "phone", ANYBODY, ports), partial(merge, one, two, ports)
        )
        person = ports.ids.person_id(ANYBODY.scope, "phone")
        assert person in ports.repository.list_followers(two), interleaving.turns
        # This follower, and the reporter of the one.
        assert stored(two, ports).followers == 2, interleaving.turns


def test_two_reports_are_never_each_others_duplicates_after_concurrent_merges(
    ports: Ports,
) -> None:
    for count, interleaving in enumerate(each_overtaking()):
        one, two = a_report(ports, f"one {count}"), a_report(ports, f"two {count}")
        interleaving.run(
            partial(change_report, one, ReportChanges(duplicate_of=two), 1, OFFICER, ports),
            partial(change_report, two, ReportChanges(duplicate_of=one), 1, OFFICER, ports),
        )
        merged = [stored(each, ports).duplicate_of for each in (one, two)]
        assert None in merged, interleaving.turns
        is_open = [status_of(stored(each, ports).state) == "open" for each in (one, two)]
        assert True in is_open, interleaving.turns


def test_no_update_survives_a_withdrawal_and_none_is_half_written_in_any_interleaving(
    ports: Ports,
) -> None:
    outcomes = set()
    for count, interleaving in enumerate(every_interleaving(at_most=300), start=1):
        key = f"withdrawn {count}"
        request_id = a_report(ports, key)
        _, added = interleaving.run(
            partial(withdraw_report, request_id, key, ANYBODY, ports),
            partial(add_update, request_id, update_draft(), "u", ANYBODY, ports),
        )
        after = stored(request_id, ports)
        assert (after.visibility, after.updates) == ("withdrawn", ()), interleaving.turns
        outcomes.add(isinstance(added, NotFound))
    assert outcomes == {True, False}


def test_change_and_update_are_both_there_or_the_change_is_a_conflict_in_any_interleaving(
    ports: Ports,
) -> None:
    outcomes = set()
    for count, interleaving in enumerate(every_interleaving(at_most=300), start=1):
        request_id = a_report(ports, f"{count}")

        changed, _ = interleaving.run(
            partial(
                change_report, request_id, ReportChanges(description="[removed]"), 1, OFFICER, ports
            ),
            partial(add_update, request_id, update_draft(), "u", ANYBODY, ports),
        )
        seen = view_report(request_id, ANYBODY, ports)
        assert [update.text for update in seen.updates] == ["Still there."], interleaving.turns
        refused = isinstance(changed, Conflict)
        assert (seen.description == "[removed]") != refused, interleaving.turns
        outcomes.add(refused)
    assert outcomes == {True, False}


def test_lost_follower_is_detected_when_following_does_not_check_again(ports: Ports) -> None:
    """The defect that the interleavings above are there for: the duplicate is noted, and nobody
    looks whether it was merged meanwhile."""

    def careless(request_id: str) -> None:
        ports.repository.add_follower(request_id, ports.ids.person_id(ANYBODY.scope, "phone"))
        report = stored(request_id, ports)
        ports.repository.save(replace(report, followers=report.followers + 1))

    left_behind = 0
    for count, interleaving in enumerate(each_overtaking()):
        one, two = a_report(ports, f"one {count}"), a_report(ports, f"two {count}")
        interleaving.run(partial(careless, one), partial(merge, one, two, ports))
        person = ports.ids.person_id(ANYBODY.scope, "phone")
        left_behind += person not in ports.repository.list_followers(two)
    assert left_behind > 0
