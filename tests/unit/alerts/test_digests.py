"""Digests: one email for each subscription and due time, with all that happened until then."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.model import AlertRequested, Frequency
from chalicelib.alerts.usecases.sending import process_request as send_tell
from chalicelib.alerts.usecases.sending import process_wake, wake_due_alerts
from chalicelib.reports.reference import format_reference
from tests.support.builders import NOON
from tests.support.fakes_delivery import DeliveryWorld, alert_request, notice, report_news

SECOND = timedelta(seconds=1)
EIGHT = NOON + timedelta(hours=19)
"""8:00 on the next day by the council's clock; NOON is on a Monday."""


def woken(world: DeliveryWorld, ports: Ports) -> int:
    count = wake_due_alerts(ports)
    messages, world.wake_queue.sent = world.wake_queue.sent, []
    for message in messages:
        process_wake(message, ports)
    return count


def about(number: int, version: int = 1) -> AlertRequested:
    return alert_request(service_request_id=f"R{number}", version=version)


@pytest.mark.parametrize(
    ("frequency", "due"), [("daily", EIGHT), ("weekly", EIGHT + timedelta(days=6))]
)
def test_digest_is_sent_once_at_its_exact_time(
    frequency: Frequency, due: datetime, world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(frequency=frequency)
    for number in range(3):
        world.knows(report_news(service_request_id=f"R{number}", version=1))
        send_tell(about(number), ports)
        send_tell(about(number), ports)
    assert world.sender.there == []
    world.clock.now = due - SECOND
    assert woken(world, ports) == 0
    world.clock.now += SECOND
    assert woken(world, ports) == 1
    ((message, _),) = world.sender.there
    assert message.what == "digest" and len(message.links) == 3
    world.clock.now += timedelta(days=8)
    assert woken(world, ports) == 0


def test_digest_has_each_report_once_in_its_present_state(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(frequency="daily")
    for version in (1, 2, 3):
        send_tell(about(1, version), ports)
    world.knows(report_news(service_request_id="R1", version=4, state="fixed"))
    world.clock.now = EIGHT
    woken(world, ports)
    ((message, _),) = world.sender.there
    assert [link.label for link in message.links] == [f"Pothole: Fixed [{format_reference('R1')}]"]


def test_digest_leaves_out_events_that_were_sent_at_once(
    world: DeliveryWorld, ports: Ports
) -> None:
    own = world.subscribe()
    world.knows(report_news(service_request_id="R1", version=1))
    world.knows(report_news(service_request_id="R2", version=1))
    send_tell(about(1), ports)
    world.subscriptions.save(replace(own, frequency="daily"))
    send_tell(about(1), ports)
    send_tell(about(2), ports)
    world.clock.now = EIGHT
    woken(world, ports)
    assert [len(message.links) for message, _ in world.sender.there] == [1, 1]
    assert [message.what for message, _ in world.sender.there] == ["state_changed", "digest"]


def test_empty_digest_is_not_sent(world: DeliveryWorld, ports: Ports) -> None:
    world.subscribe(frequency="daily")
    send_tell(about(1), ports)
    world.knows(report_news(service_request_id="R1", visibility="hidden"))
    world.clock.now = EIGHT
    woken(world, ports)
    assert world.sender.there == [] and world.the_alert().state == "dropped"


def test_event_waits_for_the_next_digest_when_one_was_just_sent(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(frequency="daily")
    for number in (1, 2):
        world.knows(report_news(service_request_id=f"R{number}", version=1, page_url=f"R{number}"))
    send_tell(about(1), ports)
    world.clock.now = EIGHT
    woken(world, ports)
    # Its due time was made out before, and what it wrote came after the digest was read.
    world.clock.now = EIGHT - SECOND
    send_tell(about(2), ports)
    world.clock.now = EIGHT + timedelta(days=1)
    woken(world, ports)
    assert [len(message.links) for message, _ in world.sender.there] == [1, 1]
    first, second = (message.links[0].url for message, _ in world.sender.there)
    assert (first, second) == ("R1", "R2")


def test_event_is_not_repeated_when_its_message_arrives_after_its_digest(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(frequency="daily")
    world.knows(report_news(service_request_id="R1", version=1))
    send_tell(about(1), ports)
    world.clock.now = EIGHT
    woken(world, ports)
    send_tell(about(1), ports)
    world.clock.now = EIGHT + timedelta(days=1)
    woken(world, ports)
    assert len(world.sender.there) == 1


def test_event_is_not_repeated_after_its_digest_and_later_silent_changes(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(frequency="daily")
    world.knows(report_news(service_request_id="R1", version=1))
    send_tell(about(1), ports)
    world.clock.now = EIGHT
    woken(world, ports)
    world.knows(report_news(service_request_id="R1", version=2))
    send_tell(about(1), ports)
    world.clock.now = EIGHT + timedelta(days=1)
    woken(world, ports)
    assert len(world.sender.there) == 1
    send_tell(about(1, version=3), ports)
    world.clock.now = EIGHT + timedelta(days=2)
    woken(world, ports)
    assert len(world.sender.there) == 2


@pytest.mark.parametrize(("others", "told"), [((), 0), ((about(1, 1), about(1, 3)), 1)])
def test_digest_does_not_say_fixed_when_the_report_was_reopened(
    others: tuple[AlertRequested, ...], told: int, world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(frequency="daily")
    for each in (alert_request(service_request_id="R1", version=2, what="fixed"), *others):
        send_tell(each, ports)
    world.knows(report_news(service_request_id="R1", version=3, state="reopen"))
    world.clock.now = EIGHT
    woken(world, ports)
    assert [len(message.links) for message, _ in world.sender.there] == [1] * told


def test_digest_includes_notices(world: DeliveryWorld, ports: Ports) -> None:
    world.subscribe(frequency="daily")
    world.knows(notice())
    send_tell(
        alert_request(what="disruption", service_request_id=None, notice_id="n1", version=1), ports
    )
    world.clock.now = EIGHT
    woken(world, ports)
    ((message, _),) = world.sender.there
    assert message.links[0].label == "No collections on Acomb side today. Today until 18:00"


def test_long_digest_says_how_many_it_leaves_out(world: DeliveryWorld, ports: Ports) -> None:
    world.subscribe(frequency="weekly")
    for number in range(60):
        world.knows(report_news(service_request_id=f"R{number}", version=1))
        send_tell(about(number), ports)
    world.clock.now = EIGHT + timedelta(days=6)
    woken(world, ports)
    ((message, _),) = world.sender.there
    assert len(message.links) == 50 and "10 more" in message.afterwards[0]
