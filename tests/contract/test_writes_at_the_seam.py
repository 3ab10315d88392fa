"""Writes keep their promises whatever the network and other writers do in between."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from chalicelib import bootstrap
from chalicelib.errors import Conflict, UpstreamFailed
from chalicelib.reports.dynamo import DynamoRepository
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases import Author, add_update, submit, view
from chalicelib.reports.views import UpdateView, update_view
from infra.local.cloud import Cloud
from tests import builders
from tests.builders import draft, update_draft
from tests.seam import (
    ALL_TRIES,
    LOSSES,
    REFUSALS,
    Interleaving,
    Loss,
    Refusal,
    Try,
    every_interleaving,
    lose_reply,
    record,
    refuse,
    some_interleavings,
)

ANYBODY = Author()
RESIDENT = Author("resident")
OFFICER = Author("officer", is_staff=True)
AUTHORS = (RESIDENT, OFFICER, ANYBODY)
SHORT, OTHER_SHORT, THIRD_SHORT = "Still there.", "It grows.", "We are on it."
LONG, OTHER_LONG = "x" * 2000, "z" * 2000
"""Updates of this length push an older one out of a timeline that is nearly full."""


class Action(NamedTuple):
    """Something that a client sends: `send` gives its answer, `effects` what is stored of it in
    the shape of that answer."""

    send: Callable[[], Any]
    effects: Callable[[], list[Any]]


ActionOf = Callable[[Ports], Action]
Fault = Callable[[int], AbstractContextManager[list[Try]]]


def submission(ports: Ports) -> Action:
    return Action(
        send=lambda: submit(draft(), "key", RESIDENT, ports),
        effects=lambda: list(ports.repository.many(list(ports.repository.ids())).values()),
    )


def short_update(ports: Ports) -> Action:
    return _update_of(a_report(ports), SHORT, ports)


def archiving_update(ports: Ports) -> Action:
    return _update_of(nearly_full_report(ports), LONG, ports)


each_action = pytest.mark.parametrize("action_of", [submission, short_update, archiving_update])
once_and_always = pytest.mark.parametrize("times", [1, ALL_TRIES])


@pytest.fixture
def ports(cloud: Cloud) -> Ports:
    return bootstrap.reports_ports()


# One key, one effect


@each_action
def test_write_has_one_effect_and_one_answer_when_it_is_sent_ten_times_five_at_once(
    action_of: ActionOf, ports: Ports
) -> None:
    action = action_of(ports)
    with ThreadPoolExecutor(max_workers=5) as pool:
        answers = list(pool.map(lambda _: action.send(), range(5)))
    answers += [action.send() for _ in range(5)]
    assert answers == [answers[0]] * 10
    assert action.effects() == [answers[0]]


def test_report_has_version_one_in_every_answer_when_it_is_sent_again(ports: Ports) -> None:
    assert [submit(draft(), "key", RESIDENT, ports).version for _ in range(3)] == [1, 1, 1]


# Faults


@each_action
@once_and_always
@pytest.mark.parametrize("loss", LOSSES)
def test_write_has_one_effect_when_a_reply_is_lost_and_the_client_sends_again(
    action_of: ActionOf, times: int, loss: Loss
) -> None:
    check_each_call(action_of, lambda nth: lose_reply(nth, times, loss))


@each_action
@once_and_always
@pytest.mark.parametrize("kind", REFUSALS)
def test_write_has_one_effect_when_a_call_is_refused_and_the_client_sends_again(
    action_of: ActionOf, times: int, kind: Refusal
) -> None:
    check_each_call(action_of, lambda nth: refuse(nth, kind, times))


@each_action
def test_write_is_answered_at_once_when_a_reply_is_lost_a_single_time(action_of: ActionOf) -> None:
    for nth, ports in fresh_stores(calls_of(action_of)):
        action = action_of(ports)
        with lose_reply(nth):
            answer = action.send()
        assert action.effects() == [answer], f"reply {nth} was lost"


@each_action
def test_write_has_one_effect_when_the_call_after_a_lost_reply_fails_too(
    action_of: ActionOf,
) -> None:
    for nth, ports in fresh_stores(calls_of(action_of)):
        action = action_of(ports)
        with lose_reply(nth), refuse(nth + 1, "503", ALL_TRIES):
            first = attempt(action)
        answer = action.send()
        assert first in (None, answer), f"reply {nth} was lost"
        assert action.effects() == [answer], f"reply {nth} was lost"


# Writers at once


def test_one_report_is_stored_in_any_interleaving_when_two_submit_it_with_one_key(
    ports: Ports,
) -> None:
    for number, interleaving in enumerate(every_interleaving(at_most=50)):
        first, second = interleaving.run(
            *[lambda: submit(draft(), f"{number}", ANYBODY, ports)] * 2
        )
        assert first == second == ports.repository.get(first.service_request_id)
        assert first.version == 1
    assert len(list(ports.repository.ids())) == number + 1 >= 2


def test_one_is_stored_and_the_other_a_conflict_in_any_interleaving_when_two_share_a_key(
    ports: Ports,
) -> None:
    for number, interleaving in enumerate(every_interleaving(at_most=50)):

        def sending(description: str, key: str = f"{number}") -> Callable[[], ServiceRequest]:
            return lambda: submit(draft(description=description), key, ANYBODY, ports)

        answers = interleaving.run(sending("A hole."), sending("Another hole."))
        (stored,) = [answer for answer in answers if isinstance(answer, ServiceRequest)]
        (refused,) = [answer for answer in answers if answer is not stored]
        assert isinstance(refused, Conflict)
        assert ports.repository.get(stored.service_request_id) == stored
    assert len(list(ports.repository.ids())) == number + 1 >= 2


@pytest.mark.parametrize(
    ("report_of", "texts", "at_least"),
    [
        pytest.param("short", (SHORT, OTHER_SHORT), 6, id="neither archives"),
        pytest.param("nearly full", (LONG, SHORT), 10, id="one archives"),
        pytest.param("nearly full", (LONG, OTHER_LONG), 20, id="both archive"),
    ],
)
def test_no_update_is_lost_in_any_interleaving_when_two_write_to_one_report(
    report_of: str, texts: Sequence[str], at_least: int, ports: Ports
) -> None:
    make = REPORTS[report_of]
    count = 0
    for count, interleaving in enumerate(every_interleaving(at_most=300), start=1):
        check_no_update_is_lost(interleaving, make(ports, count), texts, ports)
    assert count >= at_least


@pytest.mark.parametrize("seed", range(6))
def test_no_update_is_lost_when_three_write_to_one_report(seed: int, ports: Ports) -> None:
    for number, interleaving in enumerate(some_interleavings(10, of=3, seed=seed), start=1):
        make, texts = (
            (a_report, (SHORT, OTHER_SHORT, THIRD_SHORT))
            if number % 2
            else (nearly_full_report, (LONG, OTHER_LONG, THIRD_SHORT))
        )
        check_no_update_is_lost(interleaving, make(ports, number), texts, ports)


class ForgetfulRepository(DynamoRepository):
    """Saves whatever the stored version is: the defect that the checks above are there for."""

    def save(self, report: ServiceRequest) -> ServiceRequest:
        stored = self.get(report.service_request_id)
        return super().save(replace(report, version=stored.version if stored else 0))


def test_lost_update_is_found_when_a_repository_saves_without_its_version(
    cloud: Cloud, ports: Ports
) -> None:
    broken = replace(ports, repository=ForgetfulRepository(cloud.environment["REPORTS_TABLE"]))
    found = 0
    for number, interleaving in enumerate(every_interleaving(at_most=200), start=1):
        try:
            check_no_update_is_lost(
                interleaving, a_report(broken, number), (SHORT, OTHER_SHORT), broken
            )
        except AssertionError:
            found += 1
    assert found > 0


# How it is checked


def check_each_call(action_of: ActionOf, fault: Fault) -> None:
    """The fault at each call of the action in turn: it may fail with UpstreamFailed and nothing
    else, and sent again without the fault it has been done once."""
    for nth, ports in fresh_stores(calls_of(action_of)):
        action = action_of(ports)
        with fault(nth) as struck:
            first = attempt(action)
        assert struck, f"call {nth} was not reached"
        answer = action.send()
        assert first in (None, answer), f"call {nth}"
        assert action.effects() == [answer], f"call {nth}"


def attempt(action: Action) -> Any:
    """The answer, or None for UpstreamFailed; whatever else is raised fails the test."""
    try:
        return action.send()
    except UpstreamFailed:
        return None


def calls_of(action_of: ActionOf) -> int:
    """How many AWS calls the action makes when nothing goes wrong."""
    count = 0
    for _, ports in fresh_stores(1):
        action = action_of(ports)
        with record() as made:
            action.send()
        assert made and {this.attempt for this in made} == {1}
        count = len(made)
    return count


def fresh_stores(count: int) -> Iterator[tuple[int, Ports]]:
    """The numbers from 1, with an empty store each, whose clients have all their retries left."""
    for number in range(1, count + 1):
        here = Cloud()
        try:
            yield number, bootstrap.reports_ports()
        finally:
            here.stop()


def check_no_update_is_lost(
    interleaving: Interleaving, service_request_id: str, texts: Sequence[str], ports: Ports
) -> None:
    """Each text is sent by an author of its own: all are acknowledged, and the timeline holds
    each of them once, and each that was there before, in the order of before."""
    before = [update.text for update in timeline(service_request_id, ports)]
    answers = interleaving.run(
        *(
            lambda text=text, author=author: _write(service_request_id, text, author, ports)
            for text, author in zip(texts, AUTHORS, strict=False)
        )
    )
    assert [getattr(answer, "text", answer) for answer in answers] == list(texts)
    after = [update.text for update in timeline(service_request_id, ports)]
    assert after[: len(before)] == before, interleaving.turns
    assert Counter(after[len(before) :]) == Counter(texts), interleaving.turns


def timeline(service_request_id: str, ports: Ports) -> Sequence[UpdateView]:
    return view(service_request_id, OFFICER, ports).updates


def a_report(ports: Ports, number: int = 1) -> str:
    return ports.repository.create(builders.report(number)).service_request_id


def nearly_full_report(ports: Ports, number: int = 1) -> str:
    """A report whose item takes a short update, but no long one without moving one out."""
    many = tuple(builders.update(n, text=f"{n} ".ljust(2000, "y")) for n in range(1, 31))
    full, left_over = builders.report(number, updates=many).trimmed()
    assert left_over
    return ports.repository.create(replace(full, archived=0)).service_request_id


REPORTS = {"short": a_report, "nearly full": nearly_full_report}


def _update_of(service_request_id: str, text: str, ports: Ports) -> Action:
    return Action(
        send=lambda: update_view(_write(service_request_id, text, RESIDENT, ports)),
        effects=lambda: [u for u in timeline(service_request_id, ports) if u.text == text],
    )


def _write(service_request_id: str, text: str, author: Author, ports: Ports) -> Any:
    return add_update(service_request_id, update_draft(text=text), "key", author, ports)
