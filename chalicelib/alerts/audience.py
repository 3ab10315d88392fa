"""Counts the subscriptions of each channel in each area, and computes how long it takes to notify
them all.

A subscription counts in the first of its areas. A batch of the stream that comes twice is counted
twice, so the numbers are close, not exact. `python -m infra index-subscriptions` corrects them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import ceil

import msgspec

from chalicelib.alerts.index import AreaQuery, entries_of
from chalicelib.alerts.model import Channel, Subscription

Counts = Mapping[tuple[str, Channel], int]
"""The number of subscriptions by area and channel, or the change of that number."""
NOTICES_SHARE = 0.8
"""The share of a day's emails that may be about disruptions and road works: the rest is for codes
to sign in and for reports."""


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """How many emails the provider sends for this deployment."""

    emails_a_second: int
    emails_a_day: int

    @property
    def notice_emails_a_day(self) -> int:
        """How many emails about disruptions and road works may be sent a day."""
        return int(self.emails_a_day * NOTICES_SHARE)


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """About how many messages a disruption sends, and how many seconds and days the emails take.
    `texts_left` and `emails_left` are the segments of text messages and the emails that may still
    be sent today; the rest waits for the next day."""

    emails: int
    texts: int
    notifications: int
    emails_a_second: int
    emails_left: int
    texts_left: int
    seconds: int
    days: int


def count_changes(changes: Iterable[tuple[Subscription | None, Subscription | None]]) -> Counts:
    """The changes of the numbers after each subscription was changed from `before` to `after`."""
    counts: Counter[tuple[str, Channel]] = Counter()
    for before, after in changes:
        counts.subtract(_keys_of(before))
        counts.update(_keys_of(after))
    return {key: change for key, change in counts.items() if change}


def _keys_of(subscription: Subscription | None) -> list[tuple[str, Channel]]:
    entries = entries_of(subscription) if subscription else ()
    return [(entries[0].area, subscription.channel)] if subscription and entries else []


def counts_in(areas: Sequence[AreaQuery], counts: Counts) -> Mapping[Channel, int]:
    """The numbers of subscriptions in these areas, by channel."""
    names = {area.name for area in areas}
    total: Counter[Channel] = Counter()
    for (area, channel), number in counts.items():
        total[channel] += max(0, number) if area in names else 0
    return total


def audience_of(
    recipients: Mapping[Channel, int], quota: Quota, *, emails_sent: int, texts_left: int
) -> Audience:
    """The audience of a disruption with so many recipients by channel."""
    emails = recipients.get("email", 0)
    emails_left = max(0, quota.notice_emails_a_day - emails_sent)
    waiting = max(0, emails - emails_left)
    return Audience(
        emails=emails,
        texts=recipients.get("sms", 0),
        notifications=recipients.get("push", 0),
        emails_a_second=quota.emails_a_second,
        emails_left=emails_left,
        texts_left=texts_left,
        seconds=ceil(emails / quota.emails_a_second),
        days=1 + ceil(waiting / max(1, quota.notice_emails_a_day)),
    )
