"""Emails, and the port that sends them."""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct


class Attachment(NamedTuple):
    """An attached file; `content_type` such as application/json."""

    name: str
    content_type: str
    body: bytes


class Email(Struct, frozen=True, kw_only=True):
    """An email with the same content in plain text and HTML. Emails with the same `thread` are
    grouped in a mailbox; `reply_to` is the address for replies, None if replies are not read.
    `headers` are additional headers; a later receipt names the email's `tag`. `sender` is the
    sender's name, if it differs from the usual one."""

    to: str
    sender: str | None = None
    subject: str
    text: str
    html: str
    thread: str
    reply_to: str | None = None
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    tag: str | None = None


SendEmail = Callable[[Email], str | None]
"""Sends an email once. Returns the message id, if the mail service gives one. Raises AddressRefused
(it will never be accepted), NoReply (it may have been accepted), UpstreamFailed (it was not), and
ConfigurationError if no emails are sent."""
