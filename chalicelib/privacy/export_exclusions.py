"""The personal data that an export does not contain, with the reasons."""

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.kernel.languages import translatable
from chalicelib.privacy.registry import load_registry

REASONS: Mapping[str, str] = {
    "photo": translatable(
        "The address of a photo that another system sent: we delete it within a day. The "
        "picture is in the export."
    ),
    "audit": translatable(
        "It identifies people only by the number of their account. Ask us for what it says "
        "about you."
    ),
    "mail": translatable(
        "Replies from other organisations become notes on a report, and those are in the export."
    ),
    "entry": translatable("The same as your subscriptions, which are in the export."),
    "job": translatable(
        "It says what was done on site, and identifies our staff only by the number of their "
        "account. Ask us for what it says about you."
    ),
    "round-log": translatable(
        "It says what was done on collection rounds, and identifies our staff only by the number "
        "of their account. Ask us for what it says about you."
    ),
    "booking-day": translatable("The same as your requests, which are in the export."),
    "charge": translatable(
        "Payments for your requests: numbers, amounts and outcomes. Your requests are in the "
        "export."
    ),
    "ledger": translatable(
        "The council's accounts: amounts and the references of requests. Your requests are in "
        "the export."
    ),
    "first-request": translatable("The same as your requests, which are in the export."),
    "crew-device": translatable(
        "Which of our crews' phones get notifications. They are the council's phones."
    ),
    "days": translatable("The same as jobs, for 14 days."),
    "template": translatable(
        "Text by the council, and the number of the account that wrote it last."
    ),
    "view": translatable(
        "Filters that an officer saved for their work. They see all of them at their desk."
    ),
    "undo": translatable("What an officer can undo: we delete it within minutes."),
    "uploads": translatable(
        "We delete the file once we have made the picture from it. The picture is in the export."
    ),
    "published": translatable("The same as your public reports, which are in the export."),
    "stream": translatable("Copies of what is in the export, for 24 hours."),
    "messages": translatable(
        "What happened to an email, until it is recorded: we delete it within days."
    ),
    "backups": translatable("Copies of what is in the export, for 35 days."),
    "texts": translatable("Which numbers we sent a text message: we delete it within a day."),
    "browser": translatable("It is only in your own browser."),
}
"""By store of the registry."""
SENDER = "Which member of another organisation wrote it is not about you."


class Exclusion(NamedTuple):
    """A store by its title, and the reason why it is not in the export."""

    data: str
    reason: str


def exclusions() -> list[Exclusion]:
    """Every store with personal data that is not in the export."""
    titles = {store.store: store.title for store in load_registry().stores}
    return [Exclusion(titles[store], reason) for store, reason in REASONS.items()]
