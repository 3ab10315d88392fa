"""Letters by Amazon SES, as mail in MIME.

Sources: RFC 5322 (mail), RFC 3834 (what machines send says so, and is not answered by machines);
docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html, read 2026-11: SES puts a
Message-ID of its own in the place of ours.
"""

from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
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
from chalicelib.letter import Letter

FROM = "reports"
"""Before the @ of the address that letters come from."""
TAG = "alert"
"""Under which name SES gives a letter's tag back."""
MOST_IN_A_LINE = 998
_NEVER = ("MessageRejected", "BadRequestException")
_NOT_SENT = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError)
_MAYBE = 500


class SesPost:
    """The Post port. `name` is who writes, `domain` where the mail is from, `receipts` the
    configuration set that tells what becomes of tagged letters, empty where none does; give it a
    client that makes one try of each call: a second one may send the letter twice."""

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

    def send(self, letter: Letter) -> str:
        try:
            answer = self._client.send_email(
                FromEmailAddress=self._from.addr_spec,
                FeedbackForwardingEmailAddress=self._comes_back_to(letter),
                Destination={"ToAddresses": [letter.to]},
                Content={"Raw": {"Data": mime(letter, self._from, self._now())}},
                **self._tagged(letter),
            )
        except ClientError as error:
            raise _told(error) from error
        except _NOT_SENT as error:
            raise UpstreamFailed("The mail service could not be reached.") from error
        except (BotoCoreError, ResponseParserError) as error:
            raise NoReply("The mail service did not answer.") from error
        called: str | None = answer.get("MessageId")
        if not called:
            raise NoReply("The mail service answered nothing that can be read.")
        return called

    def _comes_back_to(self, letter: Letter) -> str:
        """A letter that comes back is an answer too: somebody has to see it. Of a tagged one we are
        told otherwise, and it names an address that is nothing to a case."""
        return self._from.addr_spec if letter.tag else letter.reply_to or self._from.addr_spec

    def _tagged(self, letter: Letter) -> dict[str, Any]:
        if not letter.tag or not self._receipts:
            return {}
        return {
            "ConfigurationSetName": self._receipts,
            "EmailTags": [{"Name": TAG, "Value": letter.tag}],
        }


def mime(letter: Letter, sender: Address, at: datetime) -> bytes:
    """The letter as it travels: ASCII lines of at most 998 characters that end in CRLF."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = sender
    message["To"] = letter.to
    # A header is one line: what would begin another one is left out.
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(at)
    message["Auto-Submitted"] = "auto-generated"
    message["References"] = f"<{letter.thread}@{sender.domain}>"
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    for name, value in letter.headers:
        message[name] = value
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for attachment in letter.attachments:
        kind, _, subtype = attachment.content_type.partition("/")
        message.add_attachment(
            attachment.body, maintype=kind, subtype=subtype, filename=attachment.name
        )
    # Folded at 78, a long address would be written as words that no mail program takes for one.
    return message.as_bytes(policy=SMTP.clone(cte_type="7bit", max_line_length=MOST_IN_A_LINE))


def _told(error: ClientError) -> AddressRefused | UpstreamFailed:
    if error.response.get("Error", {}).get("Code") in _NEVER:
        return AddressRefused("The mail service refuses this letter.")
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", _MAYBE) >= _MAYBE:
        return NoReply("The mail service failed.")
    return UpstreamFailed("The mail service did not take the letter.")
