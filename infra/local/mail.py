"""Email of the local stack: sent email is in moto, received email in the mail bucket."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import RawMessage, ses_backends

from infra.local.aws import REGION
from infra.local.texts import texts

DOMAIN = "mail.demo.example"
RECEIPTS = "ginnel-alerts"
"""The configuration set for receipts: there are none here."""


def allow_domain() -> None:
    """Allows emails from the domain, without loading a client."""
    ses_backends[DEFAULT_ACCOUNT_ID][REGION].create_email_identity_v2(DOMAIN, None, None, None)


def emails() -> list[EmailMessage]:
    """All mail that was sent, the oldest first."""
    return [_parse_email(each) for each in _sent_messages()]


def outbox(pushed: Iterable[dict[str, str]] = ()) -> dict[str, Any]:
    """All sent messages, with texts and notifications, newest first; `body` is the text part."""
    sent = [*map(_outbox_entry, _sent_messages()), *texts(), *pushed]
    return {"items": sorted(sent, key=lambda each: each["sent_at"])[::-1]}


def deliver(raw: bytes, bucket: str) -> str:
    """Receives an email as SES does: with a header that verifies its sender, unless it has one.
    Returns its key."""
    key = uuid4().hex
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=_with_verdict(raw))
    return key


def _with_verdict(raw: bytes) -> bytes:
    mail = message_from_bytes(raw, policy=policy.default)
    senders = mail["From"].addresses if mail["From"] else ()
    if mail["Authentication-Results"] or not senders:
        return raw
    domain = senders[-1].domain
    found = f"spf=pass; dkim=pass header.i=@{domain}; dmarc=pass header.from={domain}"
    return f"Authentication-Results: amazonses.com; {found}\r\n".encode() + raw


def answer_to(email: EmailMessage, text: str, sender: str) -> bytes:
    """A reply from that sender to the email's reply address, with the email quoted below."""
    answer = EmailMessage()
    answer["From"], answer["To"] = sender, email["Reply-To"]
    answer["Subject"] = f"Re: {email['Subject']}"
    answer.set_content(f"{text}\n\nOn Monday, the council wrote:\n{''.join(_quoted_lines(email))}")
    return answer.as_bytes()


def _sent_messages() -> list[str]:
    sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    return [each.raw_data for each in list(sent) if isinstance(each, RawMessage)]


def _parse_email(raw: str) -> EmailMessage:
    return message_from_string(raw, policy=policy.default)


@lru_cache(maxsize=1000)
def _outbox_entry(raw: str) -> dict[str, str]:
    """The parts of an email that the outbox shows; cached, as they are requested repeatedly."""
    email = _parse_email(raw)
    at = parsedate_to_datetime(email["Date"]).astimezone(UTC)
    return {
        "channel": "email",
        "to": str(email["To"]),
        "subject": str(email["Subject"]),
        "body": text_of(email),
        "sent_at": _moment(at),
    }


def text_of(email: EmailMessage) -> str:
    """The email's plain-text part."""
    part = email.get_body(("plain",))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _quoted_lines(email: EmailMessage) -> Iterator[str]:
    for line in text_of(email).splitlines():
        yield f"> {line}\n"


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
