"""Deliveries to other systems: one sender at a time holds a delivery, and failed ones are retried
after increasing waits.

    waiting ──claimed──▶ sending ──▶ the slice's own ends
       ▲                    │
       └────rescheduled─────┘──▶ failed, after the last try

Source of the waits: Amazon Builders' Library, "Timeouts, retries, and backoff with jitter".
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

LONGEST_WAITS_S = (30, 120, 480, 1_800, 7_200, 21_600, 43_200)
"""The longest wait after each try. Their sum is under 21 hours: eight tries in a day."""
MOST_TRIES = len(LONGEST_WAITS_S) + 1
MOST_ASKED_FOR_S = 3_600
"""The longest `Retry-After` that is respected."""
LEASE = timedelta(seconds=90)
"""The duration of a sender's lease: longer than its function may run."""


class LeasedDelivery(Struct, frozen=True, kw_only=True):
    """A delivery to send. `is_unclear`: it may have arrived. `last_error` is a code, never text
    that another system wrote."""

    state: str = "waiting"
    tries: int = 0
    next_try_at: datetime
    lease_until: datetime | None = None
    is_unclear: bool = False
    last_error: str | None = None
    updated_at: datetime

    @property
    def due_at(self) -> datetime:
        """When it is due, its lease expires, or it ended."""
        match self.state:
            case "waiting":
                return self.next_try_at
            case "sending":
                return self.lease_until or self.updated_at
            case _:
                return self.updated_at


L = TypeVar("L", bound=LeasedDelivery)
T = TypeVar("T")
PARTS = 10
"""How many minutes' deliveries are looked at, so that they can take turns."""


def take_turns(due: Sequence[T], most: int, now: datetime) -> Sequence[T]:
    """At most so many of what is due, in its order; if more is due, another part in each minute.
    Then those that break their sender do not stop the ones behind them."""
    parts = max(1, ceil(len(due) / most))
    part = int(now.timestamp()) // 60 % parts
    return due[part * most : (part + 1) * most]


def claim_delivery(delivery: L, now: datetime) -> L | None:
    """The delivery with a lease for one sender; None if it is not due or has another sender.

    If the lease of its last sender has expired, the delivery may have arrived.
    """
    if delivery.state == "waiting" and delivery.next_try_at <= now:
        is_unclear = delivery.is_unclear
    elif delivery.state == "sending" and delivery.lease_until and delivery.lease_until <= now:
        is_unclear = True
    else:
        return None
    return replace(
        delivery,
        state="sending",
        tries=delivery.tries + 1,
        lease_until=now + LEASE,
        is_unclear=is_unclear,
        updated_at=now,
    )


def reschedule(delivery: L, code: str, now: datetime, *, chance: float, asked_for_s: int = 0) -> L:
    """The delivery after a failed try: it waits, or has failed after the last try.

    `chance` from 0 to 1 is the share of the longest wait (full jitter).
    """
    if delivery.tries >= MOST_TRIES:
        return mark_failed(delivery, code, now)
    wait_s = max(chance * LONGEST_WAITS_S[delivery.tries - 1], min(asked_for_s, MOST_ASKED_FOR_S))
    return replace(
        delivery,
        state="waiting",
        last_error=code,
        lease_until=None,
        next_try_at=now + timedelta(seconds=wait_s),
        updated_at=now,
    )


def mark_failed(delivery: L, code: str, now: datetime) -> L:
    """The delivery after it failed for good."""
    return replace(delivery, state="failed", last_error=code, lease_until=None, updated_at=now)


def retry_after_s(headers: Mapping[str, str]) -> int:
    """The seconds of another system's `Retry-After`, 0 if it is not in seconds; the headers' names
    are in lower case."""
    asked = re.fullmatch(r"[0-9]{1,6}", headers.get("retry-after", ""))
    return int(asked[0]) if asked else 0
