"""Deliveries when the network plays up: each is sent once where its destination can be asked, at
least once where it cannot, and nothing is lost."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from functools import partial
from random import Random

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap.outbound import outbound_ports
from chalicelib.errors import Conflict, UpstreamFailed
from chalicelib.events import Event, ReportChanged, ReportSubmitted
from chalicelib.kernel.delivery_retry import LEASE
from chalicelib.outbound.model import State
from chalicelib.outbound.ports import Ports
from chalicelib.outbound.usecases.create_deliveries import open_deliveries
from chalicelib.outbound.usecases.manage_deliveries import keep, resend
from chalicelib.outbound.usecases.send_deliveries import send, wake_due
from infra.local.cloud import Cloud
from tests.support.fakes import Clock
from tests.support.fakes_outbound import OutboundWorld, delivery, outbound_report, receiver
from tests.support.seam import (
    ALL_TRIES,
    Try,
    every_interleaving,
    lose_reply,
    record_tries,
    refuse_call,
)

ID = delivery().delivery_id
REPORT = delivery().service_request_id
Strike = Callable[[int], AbstractContextManager[list[Try]]]
STRIKES: dict[str, Strike] = {
    "reply lost once": lose_reply,
    "reply lost for good": lambda nth: lose_reply(nth, times=ALL_TRIES),
    "throttled": lambda nth: refuse_call(nth, kind="throttle", times=ALL_TRIES),
    "never reached": lambda nth: refuse_call(nth, kind="connect timeout", times=ALL_TRIES),
}


class World:
    """The slice on moto's table, with the world outside and the reports in memory."""

    def __init__(self) -> None:
        self.outside = OutboundWorld(Clock())
        real = outbound_ports()
        self.ports: Ports = replace(
            self.outside.ports(), deliveries=real.deliveries, receivers=real.receivers
        )

    @property
    def there(self) -> list[str]:
        return self.outside.sender.there

    def go_on(self, hours: int = 1) -> None:
        """Minute by minute, as the schedule wakes what is due and messages are read."""
        for _ in range(hours * 60):
            self.outside.clock.now += timedelta(minutes=1)
            wake_due(self.ports)
            waiting, self.outside.queue.sent = self.outside.queue.sent, []
            for delivery_id in waiting:
                send(delivery_id, self.ports)
            if not self._is_anything_left():
                return

    def _is_anything_left(self) -> bool:
        found = [self.ports.deliveries.in_state(s, None, limit=1, after=None) for s in LEFT]
        return any(page.deliveries for page in found)


LEFT: tuple[State, ...] = ("waiting", "sending")


@pytest.fixture
def world(cloud: Cloud) -> World:
    return World()


def test_delivery_is_sent_once_when_two_senders_claim_it_at_any_moments(world: World) -> None:
    for number, here in enumerate(every_interleaving(at_most=50)):
        fresh = f"{number:032x}"
        world.there.clear()
        world.ports.deliveries.create(delivery(delivery_id=fresh))
        sender = partial(send, fresh, world.ports)
        here.run(sender, sender)
        stored = world.ports.deliveries.get(fresh)
        assert world.there == [fresh], here.turns
        assert stored and stored.state == "sent"


def told_of_conflict(asked: Callable[[str, Ports], object], delivery_id: str, ports: Ports) -> None:
    with suppress(Conflict):
        asked(delivery_id, ports)


@pytest.mark.parametrize("asked", [keep, resend])
def test_delivery_is_sent_once_or_not_at_all_when_an_officer_decides_meanwhile(
    asked: Callable[[str, Ports], object], world: World
) -> None:
    for number, here in enumerate(every_interleaving(at_most=50)):
        fresh = f"{number:032x}"
        world.there.clear()
        world.ports.deliveries.create(delivery(delivery_id=fresh))
        officer = partial(told_of_conflict, asked, fresh, world.ports)
        here.run(partial(send, fresh, world.ports), officer)
        stored = world.ports.deliveries.get(fresh)
        assert stored
        assert (stored.state, world.there) in (
            ("sent", [fresh]),
            ("kept" if asked is keep else "waiting", []),
        ), here.turns


def calls_of_a_send(world: World) -> int:
    world.ports.deliveries.create(delivery())
    with record_tries() as made:
        send(ID, world.ports)
    return len({this.call for this in made})


@pytest.mark.parametrize("kind", STRIKES)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_delivery_is_sent_once_when_any_call_to_our_store_fails(
    kind: str, nth: int, world: World
) -> None:
    world.ports.deliveries.create(delivery())
    again = False
    with STRIKES[kind](nth) as struck:
        try:
            send(ID, world.ports)
        except UpstreamFailed:
            again = True
    assert struck
    world.outside.clock.now += LEASE
    if again:
        # A message that was not dealt with comes again.
        send(ID, world.ports)
    world.go_on()
    assert world.there == [ID]
    stored = world.ports.deliveries.get(ID)
    assert stored and (stored.state, stored.external_id) == ("sent", "X-dddd")
    assert list(world.outside.reports.notes) == [ID]


def test_every_call_of_a_send_fails_in_one_case(world: World) -> None:
    assert calls_of_a_send(world) == 3


@pytest.mark.parametrize("kind", STRIKES)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_delivery_is_sent_twice_only_when_it_could_not_be_marked_and_nobody_can_be_asked(
    kind: str, nth: int, world: World
) -> None:
    world.outside.sender.forgets = True
    world.ports.deliveries.create(delivery())
    with STRIKES[kind](nth), suppress(UpstreamFailed):
        send(ID, world.ports)
    world.outside.clock.now += LEASE
    world.go_on()
    never_marked = nth == 3 and kind in ("throttled", "never reached")
    assert world.there == [ID] * (2 if never_marked else 1)


SUBMITTED = ReportSubmitted(event_id="1", service_request_id=REPORT, version=1, tile=None)


@pytest.mark.parametrize("kind", STRIKES)
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_fact_is_sent_once_to_each_receiver_when_any_call_of_opening_fails(
    kind: str, nth: int, world: World
) -> None:
    receivers = [world.ports.receivers.create(receiver(receiver_id=n * 32)) for n in "ab"]
    world.outside.reports.known[REPORT] = outbound_report()
    with STRIKES[kind](nth) as struck, suppress(UpstreamFailed):
        open_deliveries([SUBMITTED], world.ports)
    assert struck
    open_deliveries([SUBMITTED], world.ports)
    world.go_on()
    assert len(world.there) == len(set(world.there)) == len(receivers) + 1


def facts() -> list[Event]:
    changes = [
        ReportChanged(
            event_id=str(number),
            service_request_id=REPORT,
            version=number,
            old_tile=None,
            tile=None,
        )
        for number in range(2, 8)
    ]
    return [SUBMITTED, *changes]


@pytest.mark.parametrize("seed", range(3))
def test_each_receiver_gets_each_fact_once_in_concurrent_repeats(seed: int, world: World) -> None:
    for name in "abc":
        world.ports.receivers.create(receiver(receiver_id=name * 32))
    world.outside.reports.known[REPORT] = outbound_report(may_be_passed_on=False)
    random, told = Random(seed), facts() * 3
    random.shuffle(told)
    in_two_threads([partial(open_deliveries, [each], world.ports) for each in told])
    messages = world.outside.queue.sent * 3
    random.shuffle(messages)
    in_two_threads([partial(send, each, world.ports) for each in messages])
    assert len(world.there) == len(set(world.there)) == 3 * len(facts())


def in_two_threads(work: list[Callable[[], object]]) -> None:
    waiting: Iterator[Callable[[], object]] = iter(work)
    lock = threading.Lock()

    def worker() -> None:
        while True:
            with lock:
                todo = next(waiting, None)
            if todo is None:
                return
            todo()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
