"""The audit log: who changed what people may do, and who looked at or changed what is personal.

An entry is written before what it tells of is done: what was done always has its entry. An entry
without its deed, after a crash or a refusal, tells of somebody who tried. It names accounts by id,
never by address or name, so that it says nothing of anybody once her account is erased.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple, Protocol

Action = Literal[
    "people.invite",
    "people.grants",
    "people.disable",
    "people.enable",
    "account.erase",
    "account.sign_in",
    "account.sign_in_failed",
    "blocks.add",
    "blocks.remove",
    "reports.look",
    "reports.change",
    "reports.assist",
    "reports.update",
    "cases.note",
    "cases.ask",
    "cases.settle",
    "cases.unmerge",
    "cases.undo",
    "cases.redact_photo",
    "templates.add",
    "templates.change",
    "templates.remove",
    "views.add",
    "views.remove",
    "keys.make",
    "keys.revoke",
    "receivers.add",
    "receivers.change",
    "receivers.remove",
    "receivers.replay",
    "deliveries.resend",
    "deliveries.keep",
    "disruptions.post",
    "disruptions.change",
    "disruptions.withdraw",
    "crews.look",
    "jobs.create",
    "jobs.change",
    "jobs.plan",
    "jobs.settle",
    "jobs.link",
    "jobs.drop_link",
]
OPERATOR = "operator"
"""Who acts where a command was run on the deployment."""
NOBODY = "nobody"
"""Who acts where nobody is signed in."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What somebody did, or tried: `actor` and `subject` are ids; `details` say what, and hold
    nothing that was typed."""

    entry_id: str
    at: datetime
    actor: str
    action: Action
    subject: str
    details: str

    @property
    def place(self) -> str:
        """Where it stands in the log, and where a list goes on after it."""
        moment = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return f"{moment.replace('+00:00', 'Z')}#{self.entry_id}"


class Page(NamedTuple):
    """Some of the log, the newest first; `next` is where to go on, None at its end."""

    entries: Sequence[Entry]
    next: str | None


class Trail(Protocol):
    """Where entries are kept. There is no way to change or remove one. Every method raises
    UpstreamFailed when the store does not answer."""

    def add(self, entry: Entry) -> None:
        """Stores a new entry."""

    def newest(self, *, limit: int, before: str | None) -> Sequence[Entry]:
        """The newest first, from before that place on (a consistent read)."""

    def about(self, subject: str, *, limit: int) -> Sequence[Entry]:
        """Those of that subject, the newest first; may lag a second behind."""


@dataclass(frozen=True)
class Ports:
    """Everything that the log reaches outside for; `new_id` makes 128 random bits."""

    trail: Trail
    new_id: Callable[[], str]
    now: Callable[[], datetime]


def note(actor: str, action: Action, subject: str, details: str, ports: Ports) -> None:
    """Writes down what is about to be done. Raises UpstreamFailed: then it may not be done."""
    entry = Entry(
        entry_id=ports.new_id(),
        at=ports.now(),
        actor=actor,
        action=action,
        subject=subject,
        details=details,
    )
    ports.trail.add(entry)


def about(subject: str, *, limit: int, ports: Ports) -> Sequence[Entry]:
    """What was done with something, the newest first."""
    return ports.trail.about(subject, limit=limit)


def page(*, limit: int, before: str | None, ports: Ports) -> Page:
    """A page of the log."""
    entries = ports.trail.newest(limit=limit, before=before)
    return Page(entries, entries[-1].place if len(entries) == limit else None)
