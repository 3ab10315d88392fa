"""An entry of the audit log, which `accounts/audit.py` writes and the desk shows."""

from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

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
    "garden.look",
    "garden.change",
    "crews.look",
    "jobs.create",
    "jobs.change",
    "jobs.plan",
    "jobs.settle",
    "jobs.link",
    "jobs.drop_link",
    "rounds.look",
    "rounds.correct",
    "calendars.change",
    "payments.refund",
    "payments.take",
    "payments.waive",
    "payments.concession",
    "bookings.move",
    "bookings.cancel",
    "bookings.no_show",
]


class Entry(Struct, frozen=True, kw_only=True):
    """An action or an attempt: `actor` and `subject` are ids; `details` describe the action and
    hold nothing that was typed."""

    entry_id: str
    at: datetime
    actor: str
    action: Action
    subject: str
    details: str

    @property
    def place(self) -> str:
        """The entry's place in the log, from which a list continues after it."""
        moment = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return f"{moment.replace('+00:00', 'Z')}#{self.entry_id}"
