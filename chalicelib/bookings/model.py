"""A day of a calendar, and who has claimed units of its slots.

A day is one stored item that is changed on its version: a claim is the conditional write itself, so
that no unit is given twice. A claim is held until a moment, and lapses at that moment without
anybody doing anything, or it is confirmed.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

HELD_FOR = timedelta(minutes=30)
"""How long units are held for somebody who types."""
NOTED_FOR = timedelta(days=8)
"""How long a claim that was given back is noted: longer than a payment for it can be unfinished."""


class Claim(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Units of a slot. `until`: when the hold lapses, None if it is confirmed. A claim that was
    given back stays as `is_over` until then, so that a late confirmation is refused.
    `service_request_id`: the request that is booked, or that somebody began to pay for."""

    hold_id: str
    slot: str
    units: int
    until: datetime | None = None
    is_over: bool = False
    service_request_id: str | None = None

    def is_live(self, now: datetime) -> bool:
        return not self.is_over and (self.until is None or now < self.until)


class BookingDay(Struct, frozen=True, kw_only=True):
    """One day of a calendar. `capacity` is an officer's number of units of each slot in place of
    the calendar's; it may be less than what is claimed."""

    calendar: str
    day: date
    version: int = 0
    claims: tuple[Claim, ...] = ()
    capacity: int | None = None

    def claim(self, hold_id: str) -> Claim | None:
        """The claim of that hold, live or lapsed."""
        return next((each for each in self.claims if each.hold_id == hold_id), None)


class Full(Exception):
    """The slot does not have so many free units."""


def free_units(of: BookingDay, slot: str, capacity: int, now: datetime) -> int:
    """How many units of a slot nobody has; `capacity` is the calendar's."""
    taken = sum(each.units for each in _live(of, now) if each.slot == slot)
    return max(0, (capacity if of.capacity is None else of.capacity) - taken)


def with_claim(of: BookingDay, new: Claim, capacity: int, now: datetime) -> BookingDay:
    """The day with a claim added, or in place of the one with its id. Raises Full."""
    others = dropped(of, new.hold_id, now)
    if new.units > free_units(others, new.slot, capacity, now):
        raise Full
    return replace(others, claims=(*others.claims, new))


def changed_claim(of: BookingDay, claim: Claim, now: datetime) -> BookingDay:
    """The day with a live claim changed. Its units are its own already, whatever the capacity."""
    others = dropped(of, claim.hold_id, now)
    return replace(others, claims=(*others.claims, claim))


def without_claim(of: BookingDay, hold_id: str, now: datetime) -> BookingDay:
    """The day with the units of a claim given back."""
    over = Claim(hold_id=hold_id, slot="", units=0, is_over=True, until=now + NOTED_FOR)
    return changed_claim(of, over, now)


def dropped(of: BookingDay, hold_id: str, now: datetime) -> BookingDay:
    """The day without a trace of one claim, and of those that lapsed."""
    kept = (each for each in of.claims if each.until is None or now < each.until)
    return replace(of, claims=tuple(each for each in kept if each.hold_id != hold_id))


def _live(of: BookingDay, now: datetime) -> Iterator[Claim]:
    return (each for each in of.claims if each.is_live(now))
