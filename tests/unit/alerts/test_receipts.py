"""What becomes of alerts, as those who carry them tell: in whatever order that comes, an alert's
state goes on and never back, and where nothing arrives nothing more is sent."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest

from chalicelib.alerts.delivery import PROGRESS, Alert, DeliveryOutcome, Wake
from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.receipts import Receipt, messages_in_log, parse_receipt
from chalicelib.alerts.usecases.failed import resend
from chalicelib.alerts.usecases.receipts import TooSoon, process_receipt
from chalicelib.alerts.usecases.sending import process_request as send_tell
from chalicelib.alerts.usecases.sending import process_wake, wake_due_alerts
from chalicelib.errors import NoReply
from tests.support.builders import NOON
from tests.support.fakes_delivery import DeliveryWorld, alert_request, report_news, text_log

NAME = "0123456789abcdef-fedcba9876543210-00112233445566778899"


def mail_event(kind: str, **values: Any) -> str:
    tags = {"alert": [NAME], "ses:configuration-set": ["ginnel-alerts"]}
    mail = {"messageId": "0100018f", "destination": ["sam@example.org"], "tags": tags}
    return json.dumps({"eventType": kind, "mail": mail, **values})


def bounce(kind: str) -> str:
    told = {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": []}
    return mail_event("Bounce", bounce=told)


def text_event(status: str, response: str) -> str:
    return json.dumps(
        {
            "notification": {"messageId": "34d9b400", "timestamp": "2026-06-01 12:00:00.000"},
            "delivery": {"destination": "+447700900123", "providerResponse": response},
            "status": status,
        }
    )


@pytest.mark.parametrize(
    ("body", "receipt"),
    [
        (mail_event("Delivery", delivery={}), Receipt(NAME, None, "delivered")),
        (bounce("Permanent"), Receipt(NAME, None, "bounced", True)),
        (bounce("Transient"), Receipt(NAME, None, "bounced")),
        (bounce("Undetermined"), Receipt(NAME, None, "bounced")),
        (mail_event("Reject", reject={}), Receipt(NAME, None, "bounced")),
        (mail_event("Complaint", complaint={}), Receipt(NAME, None, "complained", True)),
        (mail_event("Send"), None),
        (json.dumps({"eventType": "Bounce", "mail": {"tags": {}}}), None),
        (
            text_event("SUCCESS", "Message has been accepted by phone carrier"),
            Receipt(None, "34d9b400", "delivered", sent_at=NOON),
        ),
        (
            text_event("FAILURE", "Unknown error attempting to reach phone"),
            Receipt(None, "34d9b400", "bounced", sent_at=NOON),
        ),
        (
            text_event("FAILURE", "Invalid phone number"),
            Receipt(None, "34d9b400", "bounced", True, NOON),
        ),
    ],
)
def test_receipt_is_read_from_what_carriers_send(body: str, receipt: Receipt | None) -> None:
    assert parse_receipt(body) == receipt


@pytest.mark.parametrize("body", ["", "no json", "[]", "{}", '{"eventType": 1, "mail": {}}'])
def test_receipt_is_refused_when_it_cannot_be_read(body: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        parse_receipt(body)


SENT = "sent"
HAPPENINGS: dict[str, tuple[DeliveryOutcome, bool]] = {
    "delivered": ("delivered", False),
    "delivered again": ("delivered", False),
    "soft bounce": ("bounced", False),
    "hard bounce": ("bounced", True),
    "complaint": ("complained", True),
}


@pytest.mark.parametrize(
    ("first", "channel"), [*((name, "email") for name in (SENT, *HAPPENINGS)), (SENT, "sms")]
)
def test_state_never_goes_back_in_any_order_of_receipts(first: str, channel: str) -> None:
    """`sent` is when our own mark is written: a receipt for an email may be faster than that."""
    for order in permutations([SENT, *HAPPENINGS]):
        if order[0] == first:
            furthest = _states_in_order(order, channel)
            assert furthest == sorted(furthest), order


def _states_in_order(order: Sequence[str], channel: str) -> list[int]:
    """How far the alert had got after each of these; in the end it is given up for good."""
    world = DeliveryWorld()
    ports = world.ports()
    world.subscribe(channel=channel)
    world.knows(report_news())
    before = list(order[: order.index(SENT)])
    furthest: list[int] = []

    def receipts(names: Sequence[str]) -> None:
        for name in names:
            outcome, is_permanent = HAPPENINGS[name]
            alert = world.the_alert()
            called, carried = (
                (alert.try_name, None) if channel == "email" else (None, alert.external_id)
            )
            process_receipt(Receipt(called, carried, outcome, is_permanent), ports)
            furthest.append(PROGRESS[world.the_alert().state])

    class Slow(type(world.sender)):  # type: ignore[misc]
        def send(self, message: Any, to: Any) -> str | None:
            carried: str | None = super().send(message, to)
            receipts(before)
            return carried

    slow = Slow()
    world.sender = slow
    ports = world.ports()
    send_tell(alert_request(), ports)
    furthest.append(PROGRESS[world.the_alert().state])
    receipts(order[order.index(SENT) + 1 :])
    assert world.the_alert().state == "failed", order
    (ended,) = world.subscriptions.stored.values()
    assert ended.state == "stopped" and ended.to is None
    assert list(world.suppressed_addresses.stored) == ["a" * 32]
    world.subscribe(subscription_id="anew", channel=channel)
    send_tell(alert_request(subscription_id="anew", version=3), ports)
    assert len(slow.there) == 1, "the next one is not sent there"
    return furthest


def test_unknown_receipt_is_ignored(world: DeliveryWorld, ports: Ports) -> None:
    for unknown in (
        Receipt(NAME, None, "bounced", True),
        Receipt("none", None, "bounced", True),
        Receipt(None, "34d9b400", "delivered"),
        Receipt(None, None, "delivered"),
    ):
        assert process_receipt(unknown, ports) is None
    assert world.suppressed_addresses.stored == {} and world.alerts.stored == {}


def test_delivered_alert_is_not_resent(world: DeliveryWorld, ports: Ports) -> None:
    world.subscribe()
    world.knows(report_news())
    world.sender.raises = [NoReply("timed out")]
    send_tell(alert_request(), ports)
    process_receipt(Receipt(world.the_alert().try_name, None, "delivered"), ports)
    world.clock.now = NOON + timedelta(days=1)
    assert wake_due_alerts(ports) == 0 and world.the_alert().state == "delivered"
    for wake in world.wake_queue.sent:
        process_wake(wake, ports)
    assert world.sender.there == []


def test_subscription_continues_after_a_temporary_bounce(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe()
    world.knows(report_news())
    send_tell(alert_request(), ports)
    process_receipt(Receipt(world.the_alert().try_name, None, "bounced"), ports)
    (own,) = world.subscriptions.stored.values()
    assert own.state == "active" and world.suppressed_addresses.stored == {}
    assert (world.the_alert().state, world.the_alert().last_error) == ("failed", "bounced")


CARRIED = Receipt(None, "carried-1", "bounced", True, NOON)


def test_receipt_of_a_text_is_retried_when_it_precedes_our_own_mark(
    world: DeliveryWorld,
) -> None:
    world.subscribe(channel="sms")
    world.knows(report_news())
    early: list[Receipt] = []

    class Slow(type(world.sender)):  # type: ignore[misc]
        def send(self, message: Any, to: Any) -> str | None:
            carried: str | None = super().send(message, to)
            with pytest.raises(TooSoon):
                process_receipt(CARRIED, world.ports())
            early.append(CARRIED)
            return carried

    world.sender = Slow()
    send_tell(alert_request(), world.ports())
    (late,) = early
    process_receipt(late, world.ports())
    assert (world.the_alert().state, list(world.suppressed_addresses.stored)) == (
        "failed",
        ["a" * 32],
    )


@pytest.mark.parametrize(
    ("passed", "is_waited_for"), [(-1, True), (299, True), (300, False), (301, False)]
)
def test_receipt_of_an_unknown_text_is_dropped_after_five_minutes(
    passed: int, is_waited_for: bool, world: DeliveryWorld, ports: Ports
) -> None:
    world.clock.now = NOON + timedelta(seconds=passed)
    with pytest.raises(TooSoon) if is_waited_for else nullcontext():
        assert process_receipt(CARRIED, ports) is None


def said_of(alert: Alert, outcome: DeliveryOutcome) -> Receipt:
    """What carriers say of its last try."""
    if alert.channel == "email":
        return Receipt(alert.try_name, None, outcome)
    return Receipt(None, alert.external_id, outcome)


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_resent_alert_is_not_changed_by_a_receipt_of_the_earlier_try(
    channel: str, world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(channel=channel)
    world.knows(report_news())
    send_tell(alert_request(), ports)
    first = world.the_alert()
    bounced = said_of(first, "bounced")
    process_receipt(bounced, ports)
    assert world.the_alert().state == "failed"
    resend(first.name, ports)
    process_receipt(bounced, ports)
    assert world.the_alert().state == "waiting"
    for wake in world.wake_queue.sent:
        process_wake(wake, ports)
    process_receipt(bounced, ports)
    assert (len(world.sender.there), world.the_alert().state) == (2, "sent")
    process_receipt(said_of(world.the_alert(), "delivered"), ports)
    assert world.the_alert().state == "delivered"


def test_address_is_suppressed_when_a_complaint_is_about_an_earlier_try(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe()
    world.knows(report_news())
    world.sender.raises = [NoReply("timed out")]
    send_tell(alert_request(), ports)
    first = world.the_alert()
    world.clock.now = first.next_try_at
    process_wake(Wake(subscription_id=first.subscription_id, alert_id=first.alert_id), ports)
    process_receipt(Receipt(first.try_name, None, "complained", True), ports)
    assert list(world.suppressed_addresses.stored) == ["a" * 32]
    assert world.the_alert().state == "sent"


def test_receipts_of_texts_are_found_in_a_piece_of_the_log() -> None:
    arrived = text_event("SUCCESS", "Message has been accepted by phone carrier")
    failed = text_event("FAILURE", "Invalid phone number")
    found = [
        parse_receipt(bytes(each).decode()) for each in messages_in_log(piece(arrived, failed))
    ]
    assert found == [
        Receipt(None, "34d9b400", "delivered", sent_at=NOON),
        Receipt(None, "34d9b400", "bounced", True, NOON),
    ]


def test_control_message_of_the_log_has_no_receipts() -> None:
    asks = "CWL CONTROL MESSAGE: Checking health of destination Lambda function."
    assert messages_in_log(piece(asks, kind="CONTROL_MESSAGE")) == []


def piece(*lines: str, kind: str = "DATA_MESSAGE") -> str:
    return str(text_log(*lines, kind=kind)["awslogs"]["data"])
