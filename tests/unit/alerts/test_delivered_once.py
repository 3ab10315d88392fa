"""Each subscriber hears of each event once, whatever comes often, late, or in any order; and after
a crash as often as is promised: mail and notifications at least once, texts at most once."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.model import Confirm, QuietHours
from chalicelib.alerts.usecases.sending import process_confirmation, process_wake, wake_due_alerts
from chalicelib.alerts.usecases.sending import process_request as send_tell
from chalicelib.errors import UpstreamFailed
from tests.support.call_hooks import ProcessKilled, Turns, hook_ports, kill_at, record_names
from tests.support.effort import effort
from tests.support.fakes_delivery import DeliveryWorld, alert_request, report_news, subscription

CHANNELS = ("email", "sms", "push")
OUTSIDE = (
    "subscriptions",
    "alerts",
    "suppressed_addresses",
    "budget",
    "reports",
    "notices",
    "senders",
    "wake_queue",
)
"""The ports in which a process can die."""
CLAIM, SEND = "alerts.save", "senders.send"


def go_on(world: DeliveryWorld) -> None:
    """For more than a day, as the schedule wakes what is due and messages are read."""
    ports = world.ports()
    for _ in range(26 * 4):
        world.clock.now += timedelta(minutes=15)
        wake_due_alerts(ports)
        woken, world.wake_queue.sent = world.wake_queue.sent, []
        for message in woken:
            process_wake(message, ports)


@pytest.mark.parametrize("seed", range(effort(8, 20)))
def test_each_event_reaches_each_subscriber_once_when_messages_are_repeated_in_any_order(
    seed: int,
) -> None:
    world, turns = DeliveryWorld(), Turns(seed)
    ports = hook_ports(world.ports(), OUTSIDE, turns.hook)
    subscribers = [f"{channel}{number}" for channel in CHANNELS for number in range(5)]
    for each in subscribers:
        world.subscribe(subscription_id=each, channel=each[:-1])
    for number in range(50):
        world.knows(report_news(service_request_id=f"R{number}", version=1))
    messages = [
        alert_request(subscription_id=each, service_request_id=f"R{number}", version=1)
        for number in range(50)
        for each in subscribers
    ]
    waiting = iter(Random(seed).sample(messages * 5, k=len(messages) * 5))

    def worker() -> None:
        for message in waiting:
            send_tell(message, ports)

    turns.run(worker, worker)
    counted = Counter(world.sender.names)
    assert len(counted) == 50 * 5 * 3 and set(counted.values()) == {1}


@pytest.mark.parametrize("seed", range(effort(8, 20)))
def test_older_event_changes_nothing_when_it_arrives_after_a_newer_one(seed: int) -> None:
    world, turns = DeliveryWorld(), Turns(seed)
    ports = hook_ports(world.ports(), OUTSIDE, turns.hook)
    world.subscribe()
    world.knows(report_news(version=0))
    waiting = iter(Random(seed).sample([alert_request(version=v) for v in range(1, 6)] * 5, k=25))
    told: list[int] = []

    def worker() -> None:
        for message in waiting:
            after = send_tell(message, ports)
            told.extend([after.version] if after and after.state == "sent" else [])

    turns.run(worker)
    assert told == sorted(set(told)) and told[-1] == 5
    assert len(world.sender.there) == len(told)


def test_event_is_not_repeated_when_a_newer_state_was_sent(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe()
    world.knows(report_news(version=3, state="fixed"))
    send_tell(alert_request(version=2), ports)
    send_tell(alert_request(version=3, what="fixed"), ports)
    assert [message.subject for message, _ in world.sender.there] == [
        "Pothole: Fixed [7K3M-2QXV-9HTD]"
    ]


NOBODYS = report_news(version=4, state="fixed")
"""With a version, the last, that nobody is told of: somebody follows the report, or noted it."""


def test_older_event_changes_nothing_after_later_silent_changes(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe()
    world.knows(replace(NOBODYS, version=3))
    send_tell(alert_request(version=3, what="fixed"), ports)
    world.knows(NOBODYS)
    send_tell(alert_request(version=2), ports)
    assert len(world.sender.there) == 1


def test_older_event_changes_nothing_when_it_is_retried_after_a_newer_one(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe()
    world.knows(report_news(version=2))
    world.sender.raises = [UpstreamFailed("cannot be reached")]
    send_tell(alert_request(version=2), ports)
    world.knows(replace(NOBODYS, version=3))
    send_tell(alert_request(version=3, what="fixed"), ports)
    world.knows(NOBODYS)
    go_on(world)
    assert [message.what for message, _ in world.sender.there] == ["fixed"]


def at_once(channel: Any, world: DeliveryWorld) -> Callable[[Ports], object]:
    world.subscribe(channel=channel)
    return partial(send_tell, alert_request())


def after_quiet_hours(channel: Any, world: DeliveryWorld) -> Callable[[Ports], object]:
    world.subscribe(channel=channel, quiet=QuietHours(begin="12:00", end="14:00"))
    return partial(send_tell, alert_request())


def in_a_digest(channel: Any, world: DeliveryWorld) -> Callable[[Ports], object]:
    world.subscribe(channel=channel, frequency="daily")
    return partial(send_tell, alert_request())


def to_confirm(channel: Any, world: DeliveryWorld) -> Callable[[Ports], object]:
    world.subscribe(channel=channel, state="unconfirmed")
    return partial(process_confirmation, Confirm(subscription_id=subscription().subscription_id))


def all_of(begun: Callable[[Ports], object], world: DeliveryWorld, ports: Ports) -> None:
    """The message is read, and what waits is woken when it is due."""
    begun(ports)
    for moment in (timedelta(hours=2), timedelta(hours=24)):
        world.clock.now += moment
        wake_due_alerts(ports)
        for message in world.wake_queue.sent:
            process_wake(message, ports)
        world.wake_queue.sent.clear()


WAYS = {
    "at once": at_once,
    "after quiet hours": after_quiet_hours,
    "in a digest": in_a_digest,
    "to confirm": to_confirm,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("channel", CHANNELS)
def test_subscriber_gets_the_guaranteed_number_of_messages_when_the_process_dies_at_any_call(
    channel: str, way: str
) -> None:
    made: list[str] = []
    whole = fresh()
    all_of(WAYS[way](channel, whole), whole, hook_ports(whole.ports(), OUTSIDE, record_names(made)))
    assert len(whole.sender.there) == 1
    for nth in range(1, len(made) + 1):
        for after in (False, True):
            there = told_in_spite_of(nth, after, channel, way)
            sent_at = made.index(SEND) + 1
            in_window = (nth, after) in ((sent_at, True), (sent_at + 1, False))
            where = f"{'after' if after else 'before'} call {nth}, {made[nth - 1]}"
            if channel == "sms":
                claimed_at = sent_at - 1 - made[sent_at - 2 :: -1].index(CLAIM)
                in_hand = claimed_at < nth + after <= sent_at
                assert there <= 1 and (there == 1 or in_hand), where
            else:
                assert there == (2 if in_window else 1), where


def told_in_spite_of(nth: int, after: bool, channel: str, way: str) -> int:
    world = fresh()
    begun = WAYS[way](channel, world)
    with suppress(ProcessKilled):
        all_of(begun, world, hook_ports(world.ports(), OUTSIDE, kill_at(nth, after=after)))
    # Its message was not acknowledged, so it comes again; and so does the schedule.
    begun(world.ports())
    world.wake_queue.sent.clear()
    go_on(world)
    begun(world.ports())
    go_on(world)
    assert not [
        each for each in world.alerts.stored.values() if each.backlog in ("waiting", "sending")
    ]
    if channel == "sms" and not world.sender.there:
        assert any(each.backlog == "unclear" for each in world.alerts.stored.values())
    return len(world.sender.there)


def fresh() -> DeliveryWorld:
    world = DeliveryWorld()
    world.knows(report_news())
    return world
