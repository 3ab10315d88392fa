"""Converts a message to a notification in a browser, with its urgency for the push service.

A push service takes 4,096 bytes encrypted (RFC 8030, 7.2). The service worker (web/src/sw/sw.ts)
reads the payload.
"""

from typing import Literal

import msgspec

from chalicelib.alerts.delivery import AlertKind
from chalicelib.alerts.messages import Message

Urgency = Literal["low", "normal", "high"]
"""Source: RFC 8030, 5.3: low waits until a phone is on power or Wi-Fi, high wakes one whose battery
is low."""
MOST_TITLE, MOST_BODY = 120, 300
_DAY_S = 24 * 3600
_SOON_OVER: tuple[AlertKind, ...] = (
    *("disruption", "roadworks"),
    *("collection_reminder", "collection_change", "booking_reminder"),
)


def payload_of(message: Message) -> bytes:
    """The message as JSON, at most 3,000 bytes. A notification replaces one with the same `tag`
    that is already shown."""
    return msgspec.json.encode(
        {
            "title": _shorten(message.subject, MOST_TITLE),
            "body": _shorten(" ".join(message.paragraphs) or message.short, MOST_BODY),
            "url": message.url,
            "tag": message.thread,
        }
    )


def urgency_of(what: AlertKind) -> Urgency:
    """How much of a phone's battery the message is worth."""
    if what == "disruption":
        return "high"
    return "low" if what == "digest" else "normal"


def time_to_live_s(what: AlertKind) -> int:
    """For how many seconds the message may wait for a browser that is off: a day for disruptions
    and collections, which are soon over, else a week."""
    return _DAY_S if what in _SOON_OVER else 7 * _DAY_S


def _shorten(text: str, most: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
