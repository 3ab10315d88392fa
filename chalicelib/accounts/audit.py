"""The audit log: who changed permissions, and who read or changed personal data.

An entry is written before the action it describes, so every action has an entry. An entry without
its action, after a crash or a refusal, records an attempt. Entries name accounts by id, never by
address or name, so that they identify nobody once the account is erased.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from msgspec import Struct

from chalicelib.kernel.audit_entry import Action, Entry

OPERATOR = "operator"
"""The actor when a command was run on the deployment."""
NOBODY = "nobody"
"""The actor when nobody is signed in."""


class Page(NamedTuple):
    """Some entries of the log, newest first; `next` is the place to continue from, None at the
    end."""

    entries: Sequence[Entry]
    next: str | None


class AuditStore(Protocol):
    """The store of entries. No method changes or removes an entry. Every method raises
    UpstreamFailed if the store does not answer."""

    def add(self, entry: Entry) -> None:
        """Stores a new entry."""

    def newest(self, *, limit: int, before: str | None) -> Sequence[Entry]:
        """The newest entries before that place, newest first (a consistent read)."""

    def entries_about(self, subject: str, *, limit: int) -> Sequence[Entry]:
        """The entries about that subject, newest first; may lag a second behind."""


class Ports(Struct, frozen=True):
    """All external dependencies of the log; `new_id` makes 128 random bits."""

    trail: AuditStore
    new_id: Callable[[], str]
    now: Callable[[], datetime]


def record_action(actor: str, action: Action, subject: str, details: str, ports: Ports) -> None:
    """Records an action before it is done. Raises UpstreamFailed: then the action must not be
    done."""
    entry = Entry(
        entry_id=ports.new_id(),
        at=ports.now(),
        actor=actor,
        action=action,
        subject=subject,
        details=details,
    )
    ports.trail.add(entry)


def entries_about(subject: str, *, limit: int, ports: Ports) -> Sequence[Entry]:
    """The actions on a subject, newest first."""
    return ports.trail.entries_about(subject, limit=limit)


def page(*, limit: int, before: str | None, ports: Ports) -> Page:
    """A page of the log."""
    entries = ports.trail.newest(limit=limit, before=before)
    return Page(entries, entries[-1].place if len(entries) == limit else None)
