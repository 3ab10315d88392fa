"""A team answers a letter of ours: its mail becomes a note on the case, for officers alone.

Whoever knows the address that the letter named may answer; all other mail stays where it is, for
somebody to look at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from chalicelib.derived_ids import derived_id
from chalicelib.errors import Conflict, NotFound
from chalicelib.outbound.received import MailRefused, named_in, reply_in


class Inbox(Protocol):
    """Mail that arrived, each under a key. Every method raises UpstreamFailed."""

    def read(self, key: str) -> bytes | None:
        """The mail as it came, at most MOST_BYTES + 1 of it; None where it is gone."""

    def discard(self, key: str) -> None:
        """Removes the mail; nothing happens where it is gone."""


class Notes(Protocol):
    """Reports, as an answer about one sees them."""

    def __call__(self, service_request_id: str, note_id: str, sender: str, text: str, /) -> None:
        """Keeps a note beside the report, once for each note_id. Raises NotFound, Conflict (it
        has too many), UpstreamFailed."""


@dataclass(frozen=True)
class Ports:
    """Everything that taking an answer reaches outside for; `holds` says whether a token is that
    of a report."""

    inbox: Inbox
    note: Notes
    holds: Callable[[str, str], bool]


def take(key: str, ports: Ports) -> str | None:
    """Puts an answer on its case, once, and forgets the mail. Answers the service_request_id;
    None where the mail is gone, so that this was done before.

    Raises MailRefused (the mail stays where it is), UpstreamFailed.
    """
    raw = ports.inbox.read(key)
    if raw is None:
        return None
    service_request_id, token = named_in(raw)
    if not ports.holds(service_request_id, token):
        raise MailRefused("wrong_token")
    reply = reply_in(raw)
    note_id = derived_id("mail", key)
    try:
        ports.note(service_request_id, note_id, reply.sender, reply.text)
    except NotFound as error:
        raise MailRefused("no_report") from error
    except Conflict as error:
        raise MailRefused("too_many_notes") from error
    ports.inbox.discard(key)
    return service_request_id
