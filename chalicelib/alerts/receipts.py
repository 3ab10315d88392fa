"""Reads the receipts in which a carrier says later the outcome of an alert.

Sources, read 2026-11: docs.aws.amazon.com/ses/latest/dg, "Contents of event data that Amazon SES
publishes to Amazon SNS" (an email's tags come back with each event);
docs.aws.amazon.com/sns/latest/dg, "Viewing metrics and logs for SMS deliveries" (a text message's
record, and the reasons why one fails), which SNS writes into a log and nowhere else;
docs.aws.amazon.com/AmazonCloudWatch/latest/logs, "Log group-level subscription filters" (how a
piece of a log comes to a function).
"""

import gzip
from base64 import b64decode
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from chalicelib.alerts.delivery import DeliveryOutcome

_NEVER = (
    "Destination is on a blocked list",
    "Invalid phone number",
    "Phone has blocked SMS",
    "Phone is on a blocked list",
    "Phone number is opted out",
)
"""Reasons for which no text ever arrives at the number. A landline is an invalid number."""
_OUTCOMES: dict[str, DeliveryOutcome] = {
    "Delivery": "delivered",
    "Bounce": "bounced",
    "Reject": "bounced",
    "Complaint": "complained",
}


class Receipt(NamedTuple):
    """The outcome of an alert. `name` is our name for one of its tries, `external_id` the carrier's
    own id. `is_for_good`: nothing will ever arrive at that address. `sent_at` is known for texts
    only."""

    name: str | None
    external_id: str | None
    outcome: DeliveryOutcome
    is_for_good: bool = False
    sent_at: datetime | None = None


class _Bounce(msgspec.Struct):
    kind: str = msgspec.field(name="bounceType", default="")


class _Mail(msgspec.Struct):
    tags: dict[str, list[str]] = {}


class _MailEvent(msgspec.Struct):
    kind: str = msgspec.field(name="eventType")
    mail: _Mail
    bounce: _Bounce | None = None


class _Notification(msgspec.Struct):
    message_id: str = msgspec.field(name="messageId")
    timestamp: datetime | None = None


class _TextDelivery(msgspec.Struct):
    response: str = msgspec.field(name="providerResponse", default="")


class _TextEvent(msgspec.Struct):
    status: str
    notification: _Notification
    delivery: _TextDelivery


class _Line(msgspec.Struct):
    message: str


class _Log(msgspec.Struct):
    kind: str = msgspec.field(name="messageType")
    lines: list[_Line] = msgspec.field(name="logEvents")


TAG = "alert"


def read(body: str) -> Receipt | None:
    """The receipt in a message; None if it is about no alert, or says nothing new. Raises
    msgspec.DecodeError if the message does not have an expected form."""
    raw = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    if "eventType" in raw:
        return _of_mail(msgspec.json.decode(body, type=_MailEvent))
    return _of_text(msgspec.json.decode(body, type=_TextEvent))


def of_log(data: str) -> list[msgspec.Raw]:
    """The messages in a piece of the log of texts, each for `read`. Skips pieces of another kind,
    with which CloudWatch checks that the function is there."""
    log = msgspec.json.decode(gzip.decompress(b64decode(data)), type=_Log)
    return [msgspec.Raw(line.message.encode()) for line in log.lines if log.kind == "DATA_MESSAGE"]


def _of_mail(event: _MailEvent) -> Receipt | None:
    outcome, names = _OUTCOMES.get(event.kind), event.mail.tags.get(TAG)
    if outcome is None or not names:
        return None
    is_hard = event.bounce is not None and event.bounce.kind == "Permanent"
    return Receipt(names[0], None, outcome, is_hard or outcome == "complained")


def _of_text(event: _TextEvent) -> Receipt:
    called, timestamp = event.notification.message_id, event.notification.timestamp
    # The timestamp has no time zone, and is in UTC.
    sent_at = timestamp.replace(tzinfo=UTC) if timestamp else None
    if event.status == "SUCCESS":
        return Receipt(None, called, "delivered", sent_at=sent_at)
    is_for_good = event.delivery.response.startswith(_NEVER)
    return Receipt(None, called, "bounced", is_for_good, sent_at)
