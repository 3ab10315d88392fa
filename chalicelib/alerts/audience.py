"""How many subscriptions of each channel there are in each area, and how long it takes to tell all
of them.

A subscription counts in the first of its areas. A batch of the stream that comes twice is counted
twice, so the numbers are close, not exact. `python -m infra index-subscriptions` corrects them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import ceil

import msgspec

from chalicelib.alerts.index import Area, entries_of
from chalicelib.alerts.model import Channel, Subscription

Counts = Mapping[tuple[str, Channel], int]
"""The number of subscriptions by area and channel, or by how much it changes."""
MAILS_SHARE = 0.8
"""Emails about disruptions and road works take at most this share of what the provider sends a day:
the rest is for codes to sign in and for reports."""


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """What the providers send for this deployment."""

    emails_a_second: int
    emails_a_day: int

    @property
    def of_notices(self) -> int:
        """How many emails about disruptions and road works are sent a day."""
        return int(self.emails_a_day * MAILS_SHARE)


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """About how many messages a disruption sends, and how long the emails take. `texts_left` are
    the parts of text messages that are left today; `emails_left` are the emails. What is over that
    waits for the next day."""

    emails: int
    texts: int
    notifications: int
    emails_a_second: int
    emails_left: int
    texts_left: int
    seconds: int
    days: int


def counted(changes: Iterable[tuple[Subscription | None, Subscription | None]]) -> Counts:
    """By how much the numbers change with these subscriptions, as they were and as they are."""
    found: Counter[tuple[str, Channel]] = Counter()
    for before, after in changes:
        found.subtract(_places(before))
        found.update(_places(after))
    return {place: by for place, by in found.items() if by}


def _places(subscription: Subscription | None) -> list[tuple[str, Channel]]:
    entries = entries_of(subscription) if subscription else ()
    return [(entries[0].area, subscription.channel)] if subscription and entries else []


def found_in(areas: Sequence[Area], counts: Counts) -> Mapping[Channel, int]:
    """How many subscriptions of each channel are counted in these areas."""
    names = {area.name for area in areas}
    found: Counter[Channel] = Counter()
    for (area, channel), number in counts.items():
        found[channel] += max(0, number) if area in names else 0
    return found


def audience(
    found: Mapping[Channel, int], quota: Quota, *, emails_sent: int, texts_left: int
) -> Audience:
    """What it means to tell so many of each channel."""
    emails, left = found.get("email", 0), max(0, quota.of_notices - emails_sent)
    later = max(0, emails - left)
    return Audience(
        emails=emails,
        texts=found.get("sms", 0),
        notifications=found.get("push", 0),
        emails_a_second=quota.emails_a_second,
        emails_left=left,
        texts_left=texts_left,
        seconds=ceil(emails / quota.emails_a_second),
        days=1 + ceil(later / max(1, quota.of_notices)),
    )
