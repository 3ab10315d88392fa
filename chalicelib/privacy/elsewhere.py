"""What is kept about people and does not come with their export, and why not."""

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.privacy.registry import load

REASONS: Mapping[str, str] = {
    "photo": "An address that another system gave for a photo: it goes within a day, and the "
    "picture that was made is in the export.",
    "audit": "It names people by the number of their account alone. Ask us for what it says of "
    "you.",
    "mail": "Answers of other bodies become notes beside a report, and those are in the export.",
    "entry": "The same as your subscriptions, which are in the export.",
    "job": "It says what was done in the street, and of our own people but the numbers of their "
    "accounts. Ask us for what it says of you.",
    "crew-device": "Which phones of ours are told of a day: they are the council's.",
    "days": "The same as jobs, for 14 days.",
    "template": "Words of the council, and the number of the account that wrote them last.",
    "view": "Filters that an officer saved for her work: she sees them all at her desk.",
    "undo": "What an officer may take back: it goes within minutes.",
    "uploads": "A file goes once the picture is made of it, and the picture is in the export.",
    "published": "The same as your public reports, which are in the export.",
    "stream": "Copies of what is in the export, for 24 hours.",
    "messages": "What became of a mail, on its way to what it changes: it goes within days.",
    "backups": "Copies of what is in the export, for 35 days.",
    "texts": "Which numbers got a text: it goes within a day.",
    "browser": "It is in your own browser, and nowhere else.",
}
"""By store of the registry."""
SENDER = "Who of another body wrote it is that person's own affair."


class Elsewhere(NamedTuple):
    """A store by its title, and why it is not in the export."""

    what: str
    why: str


def elsewhere() -> list[Elsewhere]:
    """Every store that holds something personal and is not in the export."""
    titles = {store.store: store.title for store in load().stores}
    return [Elsewhere(titles[store], why) for store, why in REASONS.items()]
