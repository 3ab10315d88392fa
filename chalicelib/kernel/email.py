"""A letter: one mail to one address, before it is put into the form that mail has on its way."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Attachment(NamedTuple):
    """A file that goes with a letter; `content_type` such as application/json."""

    name: str
    content_type: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The same in plain text and in HTML. Letters with the same `thread` stand together in a
    mailbox; `reply_to` is where an answer goes, None where nobody reads one. `headers` are more
    lines of its head; what becomes of a letter with a `tag` is told under that, later."""

    to: str
    subject: str
    text: str
    html: str
    thread: str
    reply_to: str | None = None
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    tag: str | None = None


class Post(Protocol):
    """The way that letters leave."""

    def send(self, letter: Letter) -> str | None:
        """Sends it once. Returns the message id, if the mail service gives one.

        Raises AddressRefused (it will never be taken), NoReply (it may have been taken),
        UpstreamFailed (it was not).
        """
