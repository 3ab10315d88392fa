"""A day of a calendar with the claims to units of its slots.

A day is one stored item that is changed on its version: a claim is the conditional write itself, so
that no unit is given twice. A claim is either confirmed, or held until a moment at which it lapses
by itself.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

HELD_FOR = timedelta(minutes=30)
"""How long units are held while a person fills in the form."""
RELEASE_NOTED_FOR = timedelta(days=8)
"""How long a released claim is noted: longer than a payment for it can be unfinished."""


class Claim(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Units of a slot. `until`: when the hold lapses, None if it is confirmed. A released claim
    stays stored as `is_over` until then, so that a late confirmation is refused.
    `service_request_id`: the request that was sent with the hold. `is_extended`: a payment for it
    has begun, and the hold was extended until that has ended."""

    hold_id: str
    slot: str
    units: int
    until: datetime | None = None
    is_over: bool = False
    service_request_id: str | None = None
    is_extended: bool = False

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


class NotEnoughUnits(Exception):
    """The slot has too few free units."""


def free_units(day: BookingDay, slot: str, capacity: int, now: datetime) -> int:
    """The number of units of a slot without a live claim; `capacity` is the calendar's."""
    taken = sum(each.units for each in _live_claims(day, now) if each.slot == slot)
    return max(0, (capacity if day.capacity is None else day.capacity) - taken)


def with_claim(day: BookingDay, new: Claim, capacity: int, now: datetime) -> BookingDay:
    """The day with a claim added, or in place of the one with its id. Raises NotEnoughUnits."""
    others = erase_claim(day, new.hold_id, now)
    if new.units > free_units(others, new.slot, capacity, now):
        raise NotEnoughUnits
    return replace(others, claims=(*others.claims, new))


def replace_claim(day: BookingDay, claim: Claim, now: datetime) -> BookingDay:
    """The day with a live claim changed. The capacity is not checked: the claim has its units
    already."""
    others = erase_claim(day, claim.hold_id, now)
    return replace(others, claims=(*others.claims, claim))


def without_claim(day: BookingDay, hold_id: str, now: datetime) -> BookingDay:
    """The day after the units of a claim were released."""
    over = Claim(hold_id=hold_id, slot="", units=0, is_over=True, until=now + RELEASE_NOTED_FOR)
    return replace_claim(day, over, now)


def erase_claim(day: BookingDay, hold_id: str, now: datetime) -> BookingDay:
    """The day without any trace of one claim, or of lapsed claims."""
    unlapsed = (each for each in day.claims if each.until is None or now < each.until)
    return replace(day, claims=tuple(each for each in unlapsed if each.hold_id != hold_id))


def _live_claims(day: BookingDay, now: datetime) -> Iterator[Claim]:
    return (each for each in day.claims if each.is_live(now))
