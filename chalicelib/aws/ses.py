"""Sends emails by Amazon SES, as MIME messages. Only `serialise_email` serialises emails. Python
3.11 decodes the encoded words of a header value when the value is set and writes the decoded text
unchecked, so a line break within an encoded word would begin another header. `serialise_email`
breaks up anything like an encoded word, and refuses an email whose headers do not read back as they
were set.

Sources: RFC 5322 (mail), RFC 2047 (encoded words), RFC 3834 (automatic emails are marked, and not
answered automatically); docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html, read
2026-11: SES replaces our Message-ID with its own.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)
from botocore.parsers import ResponseParserError

from chalicelib.errors import AddressRefused, NoReply, UpstreamFailed
from chalicelib.kernel.email import Email

FROM = "reports"
"""The local part of the sender's address."""
TAG = "alert"
"""The name under which SES returns an email's tag."""
MOST_IN_A_LINE = 998
MOST_IN_A_WORD = 75
ENCODED = "=?"
"""The beginning of an encoded word (RFC 2047)."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NEVER = ("MessageRejected", "BadRequestException")
_NOT_SENT = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError)
_MAYBE = 500


class SesEmailSender:
    """Sends emails with Amazon SES. `name` and `domain` are the sender's, `receipts` is the
    configuration set for receipts of tagged emails, empty if there is none; use a client that tries
    each call once: a retry may send the email twice."""

    def __init__(
        self,
        client: Any,
        *,
        name: str,
        domain: str,
        receipts: str,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._from = Address(name, FROM, domain)
        self._receipts = receipts
        self._now = now

    def send(self, email: Email) -> str:
        try:
            answer = self._client.send_email(
                FromEmailAddress=self._from.addr_spec,
                FeedbackForwardingEmailAddress=self._bounce_address(email),
                Destination={"ToAddresses": [email.to]},
                Content={"Raw": {"Data": serialise_email(email, self._sender(email), self._now())}},
                **self._tag_options(email),
            )
        except ClientError as error:
            raise _translate_error(error) from error
        except _NOT_SENT as error:
            raise UpstreamFailed("The mail service could not be reached.") from error
        except (BotoCoreError, ResponseParserError) as error:
            raise NoReply("The mail service did not answer.") from error
        message_id: str | None = answer.get("MessageId")
        if not message_id:
            raise NoReply("The mail service sent an answer that cannot be read.")
        return message_id

    def _sender(self, email: Email) -> Address:
        if email.sender is None:
            return self._from
        return Address(email.sender, self._from.username, self._from.domain)

    def _bounce_address(self, email: Email) -> str:
        """A bounced email is a reply too, which an officer has to see. A tagged one is reported by
        a receipt instead, and its bounce would name an address that does not belong on a case."""
        return self._from.addr_spec if email.tag else email.reply_to or self._from.addr_spec

    def _tag_options(self, email: Email) -> dict[str, Any]:
        if not email.tag or not self._receipts:
            return {}
        return {
            "ConfigurationSetName": self._receipts,
            "EmailTags": [{"Name": TAG, "Value": email.tag}],
        }


class _LinePolicy(EmailPolicy):
    """Folds the names of the sender and the subject, whose encoded words have at most 75 characters
    (RFC 2047, 2). Other headers are one line: folded at 78, a long address would be written as
    encoded words, which no mail program reads as an address."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == "Subject" and not value.isascii():
            return f"{name}: {_encode_words(value, name)}\r\n".encode()
        if name == "From" and not value.addresses[0].display_name.isascii():
            sender = value.addresses[0]
            words = _encode_words(sender.display_name, name)
            return f"{name}: {words}\r\n <{sender.addr_spec}>\r\n".encode()
        return super().fold_binary(name, value)


def _encode_words(text: str, name: str) -> str:
    return Header(text, "utf-8", MOST_IN_A_WORD, name).encode(linesep="\r\n")


_LINES = _LinePolicy(linesep="\r\n", cte_type="7bit", max_line_length=MOST_IN_A_LINE)


def serialise_email(email: Email, sender: Address, at: datetime) -> bytes:
    """Serialise an email: ASCII lines of at most 998 characters that end in CRLF.

    Raises: AddressRefused if the headers would not reach the receiver as they were set.
    """
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    for name, value in _headers(email, sender, at):
        message[name] = value
    message.set_content(email.text)
    message.add_alternative(email.html, subtype="html")
    for attachment in email.attachments:
        kind, _, subtype = attachment.content_type.partition("/")
        message.add_attachment(
            attachment.body, maintype=kind, subtype=subtype, filename=_one_line(attachment.name)
        )
    raw = message.as_bytes(policy=_LINES)
    _check_reads_back(raw, message, email)
    return raw


def _headers(email: Email, sender: Address, at: datetime) -> Iterator[tuple[str, str | Address]]:
    yield "From", Address(_one_line(sender.display_name), sender.username, sender.domain)
    yield "To", _check_address(email.to)
    yield "Subject", _one_line(email.subject)
    yield "Date", format_datetime(at)
    yield "Auto-Submitted", "auto-generated"
    yield "References", _one_line(f"<{email.thread}@{sender.domain}>")
    if email.reply_to:
        yield "Reply-To", _check_address(email.reply_to)
    for name, value in email.headers:
        yield name, _one_line(value)


def _one_line(value: str) -> str:
    """The value as one line without encoded words: "=?" becomes "= ?"."""
    return _CONTROL.sub(" ", " ".join(value.split())).replace(ENCODED, "= ?")


def _check_address(value: str) -> str:
    """Raises: AddressRefused if the value would not be read as exactly that one address."""
    if ENCODED in value or _CONTROL.search(value):
        raise AddressRefused("The email names an address that mail programs cannot read.")
    return value


def _check_reads_back(raw: bytes, message: EmailMessage, email: Email) -> None:
    """Raises: AddressRefused if a receiver would find other headers, addresses or parts."""
    read = message_from_bytes(raw, policy=SMTP)
    parts, parts_read = list(message.walk()), list(read.walk())
    names = [[name.lower() for name in part] for part in parts]
    names_read = [[name.lower() for name in part] for part in parts_read]
    values = [str(value) for part in parts_read for value in part.values()]
    addresses = [each.addr_spec for name in ("To", "Reply-To") for each in _addresses(read, name)]
    wanted = [each for each in (email.to, email.reply_to) if each]
    if names != names_read or any(map(_CONTROL.search, values)) or addresses != wanted:
        raise AddressRefused("Mail programs would misread the headers of the email.")


def _addresses(message: EmailMessage, name: str) -> tuple[Address, ...]:
    header = message[name]
    return header.addresses if header else ()


def _translate_error(error: ClientError) -> AddressRefused | UpstreamFailed:
    if error.response.get("Error", {}).get("Code") in _NEVER:
        return AddressRefused("The mail service refused the email.")
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", _MAYBE) >= _MAYBE:
        return NoReply("The mail service failed.")
    return UpstreamFailed("The mail service did not accept the email.")
