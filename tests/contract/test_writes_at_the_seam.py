"""Writes keep their promises whatever the network and other writers do in between."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from itertools import product
from typing import Any, NamedTuple, Protocol

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Conflict, UpstreamFailed
from chalicelib.reports.dynamo.repository import DynamoRepository
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import UpdateView
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.reading import view_report
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from chalicelib.reports.views import update_view
from infra.local.cloud import Cloud
from tests.support import builders
from tests.support.builders import draft, update_draft
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
    record_tries,
    refuse_call,
    some_interleavings,
)

ANYBODY = Author()
RESIDENT = Author("resident")
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
AUTHORS = (RESIDENT, OFFICER, ANYBODY)
SHORT, OTHER_SHORT, THIRD_SHORT = "Still there.", "It grows.", "We are on it."
LONG, OTHER_LONG = "x" * 2000, "z" * 2000
"""Updates of this length push an older one out of a timeline that is nearly full."""


class Action(NamedTuple):
    """Something that a client sends: `send` gives its answer, `effects` what is stored of it in
    the shape of that answer."""

    send: Callable[[], Any]
    effects: Callable[[], list[Any]]


ActionOf = Callable[[Ports, int], Action]
"""Makes the action with that number: each is about a report of its own."""


def submission(ports: Ports, number: int) -> Action:
    mine = draft(description=f"Hole {number}")
    return Action(
        send=lambda: submit(mine, f"{number}", RESIDENT, ports),
        effects=lambda: [r for r in stored(ports) if r.description == mine.description],
    )


def short_update(ports: Ports, number: int) -> Action:
    return _update_of(a_report(ports, number), SHORT, ports)


def archiving_update(ports: Ports, number: int) -> Action:
    return _update_of(nearly_full_report(ports, number), LONG, ports)


each_action = pytest.mark.parametrize("action_of", [submission, short_update, archiving_update])


@pytest.fixture
def ports(cloud: Cloud) -> Ports:
    return reports_ports()


# One key, one effect


@each_action
def test_write_has_one_effect_and_one_answer_when_it_is_sent_ten_times_five_at_once(
    action_of: ActionOf, ports: Ports
) -> None:
    action = action_of(ports, 1)
    with ThreadPoolExecutor(max_workers=5) as pool:
        answers = list(pool.map(lambda _: action.send(), range(5)))
    answers += [action.send() for _ in range(5)]
    assert answers == [answers[0]] * 10
    assert action.effects() == [answers[0]]


def test_report_has_version_one_in_every_answer_when_it_is_sent_again(ports: Ports) -> None:
    assert [submit(draft(), "key", RESIDENT, ports).version for _ in range(3)] == [1, 1, 1]


# Faults


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


@each_action
def test_write_is_answered_at_once_when_one_reply_is_lost(
    action_of: ActionOf, ports: Ports
) -> None:
    for nth in each_call_of(action_of, ports):
        action = action_of(ports, nth)
        with lose_reply(nth):
            answer = action.send()
        assert action.effects() == [answer], f"reply {nth} was lost"


@each_action
def test_write_has_one_effect_when_the_call_after_a_lost_reply_fails_too(
    action_of: ActionOf, ports: Ports
) -> None:
    for nth in each_call_of(action_of, ports):
        action = action_of(ports, nth)
        with lose_reply(nth), refuse_call(nth + 1, kind="503", times=ALL_TRIES):
            first = attempt(action)
        answer = action.send()
        assert first in (None, answer), f"reply {nth} was lost"
        assert action.effects() == [answer], f"reply {nth} was lost"


# Writers at once


def test_one_report_is_stored_in_any_interleaving_when_two_submit_it_with_one_key(
    ports: Ports,
) -> None:
    for count, interleaving in enumerate(every_interleaving(at_least=2, at_most=50), start=1):
        action = submission(ports, count)
        first, second = interleaving.run(action.send, action.send)
        assert action.effects() == [first] == [second]
        assert first.version == 1


def test_one_is_stored_and_the_other_a_conflict_in_any_interleaving_when_two_share_a_key(
    ports: Ports,
) -> None:
    count = 0
    for count, interleaving in enumerate(every_interleaving(at_most=50), start=1):

        def sending(description: str, key: str = f"{count}") -> Callable[[], ServiceRequest]:
            return lambda: submit(draft(description=description), key, ANYBODY, ports)

        answers = interleaving.run(sending("A hole."), sending("Another hole."))
        (accepted,) = [answer for answer in answers if isinstance(answer, ServiceRequest)]
        (refused,) = [answer for answer in answers if answer is not accepted]
        assert isinstance(refused, Conflict)
        assert ports.repository.get(accepted.service_request_id) == accepted
    assert len(stored(ports)) == count >= 2


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
    ways = every_interleaving(at_least=at_least, at_most=300)
    for number, interleaving in enumerate(ways, start=1):
        check_no_update_is_lost(interleaving, make(ports, number), texts, ports)


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


def test_lost_update_is_detected_when_a_repository_saves_without_its_version(
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


class Fault(Protocol):
    """Strikes the nth call, in its first `times` tries; gives the tries that were struck."""

    def __call__(self, nth: int, *, times: int) -> AbstractContextManager[list[Try]]: ...


def check_each_call(action_of: ActionOf, ports: Ports, fault: Fault) -> None:
    """The fault at each call of the action in turn, once and in every try of the SDK: the action
    may fail with UpstreamFailed and nothing else, and sent again it has been done once."""
    cases = product(each_call_of(action_of, ports), (1, ALL_TRIES))
    for number, (nth, times) in enumerate(cases, start=1):
        action = action_of(ports, number)
        with fault(nth, times=times) as struck:
            first = attempt(action)
        assert struck, f"call {nth} was not reached"
        answer = action.send()
        assert first in (None, answer), f"call {nth}, {times} times"
        assert action.effects() == [answer], f"call {nth}, {times} times"


def attempt(action: Action) -> Any:
    """The answer, or None for UpstreamFailed; whatever else is raised fails the test."""
    try:
        return action.send()
    except UpstreamFailed:
        return None


def each_call_of(action_of: ActionOf, ports: Ports) -> range:
    """The numbers of the AWS calls that the action makes when nothing goes wrong."""
    action = action_of(ports, 0)
    with record_tries() as made:
        action.send()
    assert made and {this.attempt for this in made} == {1}
    return range(1, len(made) + 1)


def stored(ports: Ports) -> list[ServiceRequest]:
    return list(ports.repository.get_many(list(ports.repository.list_ids())).values())


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
    return view_report(service_request_id, OFFICER, ports).updates


def a_report(ports: Ports, number: int = 1) -> str:
    return ports.repository.create(builders.report(number)).service_request_id


def nearly_full_report(ports: Ports, number: int = 1) -> str:
    """A report whose item takes a short update, but no long one without moving one out."""
    many = tuple(
        builders.update(n, datetime=builders.NOON, text=f"{n} ".ljust(2000, "y"))
        for n in reversed(range(1, 31))
    )
    full, left_over = builders.report(number, updates=many).split_timeline()
    assert left_over
    return ports.repository.create(replace(full, archived=0)).service_request_id


REPORTS = {"short": a_report, "nearly full": nearly_full_report}


def _update_of(service_request_id: str, text: str, ports: Ports) -> Action:
    return Action(
        send=lambda: _write(service_request_id, text, RESIDENT, ports),
        effects=lambda: [u for u in timeline(service_request_id, ports) if u.text == text],
    )


def _write(service_request_id: str, text: str, author: Author, ports: Ports) -> UpdateView:
    update, report = add_update(service_request_id, update_draft(text=text), "key", author, ports)
    return update_view(update, report, (), ports)
