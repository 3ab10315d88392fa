"""Parses receipts: a carrier's later report of the outcome of an alert.

Sources, read 2026-11: docs.aws.amazon.com/ses/latest/dg, "Contents of event data that Amazon SES
publishes to Amazon SNS" (an email's tags come back with each event);
docs.aws.amazon.com/sns/latest/dg, "Viewing metrics and logs for SMS deliveries" (a text message's
record, and the reasons why one fails), which SNS writes only into a log;
docs.aws.amazon.com/AmazonCloudWatch/latest/logs, "Log group-level subscription filters" (how a
function receives a piece of a log).
"""

import gzip
from base64 import b64decode
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from chalicelib.alerts.delivery import DeliveryOutcome

_UNREACHABLE = (
    "Destination is on a blocked list",
    "Invalid phone number",
    "Phone has blocked SMS",
    "Phone is on a blocked list",
    "Phone number is opted out",
)
"""Reasons why no text will ever arrive at the number. A landline is an invalid number."""
_OUTCOMES: dict[str, DeliveryOutcome] = {
    "Delivery": "delivered",
    "Bounce": "bounced",
    "Reject": "bounced",
    "Complaint": "complained",
}


class Receipt(NamedTuple):
    """The outcome of an alert. `name` is the name of the try to send it, `external_id` the
    carrier's own id. `is_permanent`: nothing will ever arrive at that address. `sent_at` is known
    for texts only."""

    name: str | None
    external_id: str | None
    outcome: DeliveryOutcome
    is_permanent: bool = False
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


def parse_receipt(body: str) -> Receipt | None:
    """The receipt in a message; None if the message is about no alert or states no outcome. Raises
    msgspec.DecodeError if it does not have an expected form."""
    raw = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    if "eventType" in raw:
        return _receipt_of_mail(msgspec.json.decode(body, type=_MailEvent))
    return _receipt_of_text(msgspec.json.decode(body, type=_TextEvent))


def messages_in_log(data: str) -> list[msgspec.Raw]:
    """The messages for `parse_receipt` in a base64 piece of the log of texts. Skips the pieces with
    which CloudWatch only checks that the function exists."""
    log = msgspec.json.decode(gzip.decompress(b64decode(data)), type=_Log)
    return [msgspec.Raw(line.message.encode()) for line in log.lines if log.kind == "DATA_MESSAGE"]


def _receipt_of_mail(event: _MailEvent) -> Receipt | None:
    outcome, names = _OUTCOMES.get(event.kind), event.mail.tags.get(TAG)
    if outcome is None or not names:
        return None
    is_hard = event.bounce is not None and event.bounce.kind == "Permanent"
    return Receipt(names[0], None, outcome, is_hard or outcome == "complained")


def _receipt_of_text(event: _TextEvent) -> Receipt:
    external_id, timestamp = event.notification.message_id, event.notification.timestamp
    # The timestamp has no time zone, and is in UTC.
    sent_at = timestamp.replace(tzinfo=UTC) if timestamp else None
    if event.status == "SUCCESS":
        return Receipt(None, external_id, "delivered", sent_at=sent_at)
    is_permanent = event.delivery.response.startswith(_UNREACHABLE)
    return Receipt(None, external_id, "bounced", is_permanent, sent_at)
