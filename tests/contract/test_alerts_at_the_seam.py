"""Alerts when the network plays up between us and our store: nobody is told twice outside of the
named window, and nothing is lost."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from functools import partial
from random import Random

import pytest
from msgspec.structs import replace

from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.model import AlertRequested, Channel
from chalicelib.alerts.usecases.sending import process_request as send_tell
from chalicelib.alerts.usecases.sending import process_wake, wake_due_alerts
from chalicelib.bootstrap.alerts import delivery_ports
from chalicelib.errors import UpstreamFailed
from tests.support.fakes_delivery import DeliveryWorld, alert_request, report_news, subscription
from tests.support.seam import (
    ALL_TRIES,
    Try,
    lose_reply,
    record_tries,
    refuse_call,
    some_interleavings,
)

Strike = Callable[[int], AbstractContextManager[list[Try]]]
STRIKES: dict[str, Strike] = {
    "reply lost once": lose_reply,
    "reply lost for good": lambda nth: lose_reply(nth, times=ALL_TRIES),
    "never reached": lambda nth: refuse_call(nth, kind="connect timeout", times=ALL_TRIES),
}
CALLS = 7
"""Of telling somebody by mail: reads of the subscription, the alert and the block on its address,
the claim, what was told, and the mark. A text costs two more at most."""


class Seam:
    """The tables are on moto, the world outside and the reports in memory."""

    def __init__(self) -> None:
        self.world = DeliveryWorld()
        real = delivery_ports()
        kept = ("subscriptions", "alerts", "suppressed_addresses", "budget")
        self.ports: Ports = replace(
            self.world.ports(), **{name: getattr(real, name) for name in kept}
        )
        self.world.knows(report_news())

    def subscribe(self, number: int, channel: Channel) -> AlertRequested:
        owner = f"{number:032x}"
        self.ports.subscriptions.add(subscription(subscription_id=owner, channel=channel))
        return alert_request(subscription_id=owner)

    def go_on(self) -> None:
        """For a day, as the schedule wakes what is due and messages are read."""
        for hours in (1, 23):
            self.world.clock.now += timedelta(hours=hours)
            wake_due_alerts(self.ports)
            woken, self.world.wake_queue.sent = self.world.wake_queue.sent, []
            for message in woken:
                process_wake(message, self.ports)

    @property
    def there(self) -> list[str]:
        return self.world.sender.names


@pytest.fixture
def seam(cloud: object) -> Seam:
    return Seam()


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_subscriber_is_notified_once_when_two_senders_take_a_message_concurrently(
    channel: Channel, seam: Seam
) -> None:
    for number, here in enumerate(some_interleavings(15, of=2, seed=7)):
        message = seam.subscribe(number, channel)
        seam.world.sender.there.clear()
        here.run(partial(send_tell, message, seam.ports), partial(send_tell, message, seam.ports))
        assert len(seam.there) == 1, here.turns


@pytest.mark.parametrize("seed", range(3))
def test_each_event_is_sent_once_when_messages_arrive_repeatedly_and_in_any_order(
    seed: int, seam: Seam
) -> None:
    random = Random(seed)
    channels: tuple[Channel, ...] = ("email", "sms", "push")
    owners = [seam.subscribe(number, channel) for number, channel in enumerate(channels)]
    for number in range(3):
        seam.world.knows(report_news(service_request_id=f"R{number}", version=1))
    messages = [
        alert_request(
            subscription_id=each.subscription_id, service_request_id=f"R{number}", version=1
        )
        for each in owners
        for number in range(3)
    ] * 3
    random.shuffle(messages)
    waiting = iter(messages)

    def worker() -> None:
        for message in waiting:
            send_tell(message, seam.ports)

    (here,) = some_interleavings(1, of=2, seed=seed)
    here.run(worker, worker)
    assert len(seam.there) == len(set(seam.there)) == 9


@pytest.mark.parametrize("kind", STRIKES)
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_subscriber_is_notified_once_when_any_call_to_our_store_fails(
    channel: Channel, kind: str, seam: Seam
) -> None:
    message = seam.subscribe(0, channel)
    with record_tries() as made:
        send_tell(message, seam.ports)
    count = len({this.call for this in made})
    assert CALLS <= count <= CALLS + 2
    for nth in range(1, count + 1):
        message = seam.subscribe(nth, channel)
        seam.world.sender.there.clear()
        with STRIKES[kind](nth) as struck, suppress(UpstreamFailed):
            send_tell(message, seam.ports)
        assert struck
        seam.go_on()
        send_tell(message, seam.ports)
        last = nth == count
        most = 2 if channel == "email" and last else 1
        assert 1 <= len(seam.there) <= most or (channel == "sms" and not seam.there), nth
