"""Hold units of a slot, confirm, release and move them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from chalicelib.bookings.model import (
    HELD_FOR,
    BookingDay,
    Claim,
    Full,
    changed_claim,
    dropped,
    with_claim,
    without_claim,
)
from chalicelib.bookings.offers import bookable, calendar_of, calendar_of_late, nearest
from chalicelib.bookings.places import Hold
from chalicelib.bookings.ports import Ports
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.errors import Conflict, Invalid, NotFound, SlotFull
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.texts import Text

WHAT = Text("this day")
_TAKEN = Text("This slot is booked with another request.")
_OVER = Text("This booking was cancelled or moved.")
_FULL = Text("This slot is full. Choose another one.")


def hold(place: SlotOfDay, units: int, scope: str, key: str, ports: Ports) -> Hold:
    """Hold units of a slot for 30 minutes. A repeat with the same key gets the same hold; another
    slot under that key is another hold.

    Raises: NotFound, Invalid for a slot that cannot be booked, SlotFull, Conflict if that hold was
    given back, UpstreamFailed.
    """
    calendar = bookable(place, units, ports)
    hold_id = ports.hold_id(scope, key, place, units)

    def attempt() -> Claim:
        now = ports.now()
        day = ports.days.get(place.calendar, place.day)
        mine = day.claim(hold_id)
        if mine and mine.is_over:
            raise Conflict(_OVER)
        if mine and mine.is_live(now):
            return mine
        new = Claim(hold_id=hold_id, slot=place.slot, units=units, until=now + HELD_FOR)
        ports.days.save(with_claim(day, new, calendar.capacity, now))
        return new

    try:
        claim = retry_on_conflict(attempt, what=WHAT)
    except Full:
        raise SlotFull(_FULL, nearest(calendar, place, units, ports)) from None
    at = replace(place, slot=claim.slot)
    return Hold(hold_id=hold_id, place=at, units=claim.units, until=claim.until)


def keep_until(
    hold_id: str, place: SlotOfDay, until: datetime, service_request_id: str, ports: Ports
) -> None:
    """Let a hold lapse later: after the payment for that request, which alone can have it from now
    on. Raises Conflict if it has lapsed or another request has it, UpstreamFailed."""

    def kept(day: BookingDay, now: datetime) -> BookingDay:
        mine = day.claim(hold_id)
        if mine is None or not mine.is_live(now):
            raise Conflict(Text("Your slot is no longer held. Choose one again."))
        _refuse_others(mine, service_request_id)
        if mine.until is None:
            return day
        later = max(mine.until, until)
        kept = replace(mine, until=later, service_request_id=service_request_id)
        return day if kept == mine else changed_claim(day, kept, now)

    _change(place, kept, ports)


def confirm(
    hold_id: str, place: SlotOfDay, units: int, ports: Ports, service_request_id: str | None = None
) -> None:
    """Confirm a hold for good, for that request; one that has lapsed only if its units are still
    free and its day has not begun. A repeat changes nothing.

    Raises: Conflict if it was given back, another request has it or it is too late, SlotFull,
    UpstreamFailed.
    """
    mine = Claim(
        hold_id=hold_id, slot=place.slot, units=units, service_request_id=service_request_id
    )

    def confirmed(day: BookingDay, now: datetime) -> BookingDay:
        held = day.claim(hold_id)
        if held is None or not (held.is_over or held.is_live(now)):
            return with_claim(day, mine, calendar_of_late(place, ports).capacity, now)
        if held.is_over:
            raise Conflict(_OVER)
        _refuse_others(held, service_request_id)
        return day if held.until is None else changed_claim(day, mine, now)

    try:
        _change(place, confirmed, ports)
    except Full:
        free = nearest(calendar_of(place.calendar, ports), place, units, ports)
        raise SlotFull(_FULL, free) from None


def _refuse_others(claim: Claim, service_request_id: str | None) -> None:
    """Raises Conflict if the claim is for another request."""
    if claim.service_request_id not in (None, service_request_id):
        raise Conflict(_TAKEN)


def release(
    hold_id: str, place: SlotOfDay, ports: Ports, service_request_id: str | None = None
) -> None:
    """Give the units back, unless another request has them or is being paid for. A repeat changes
    nothing. Raises UpstreamFailed."""

    def released(day: BookingDay, now: datetime) -> BookingDay:
        mine = day.claim(hold_id)
        is_others = mine and mine.service_request_id not in (None, service_request_id)
        if mine and (mine.is_over or is_others):
            return day
        return without_claim(day, hold_id, now)

    _change(place, released, ports)


def give_up(hold_id: str, ports: Ports) -> None:
    """Give back the units of a hold that is not confirmed. A repeat changes nothing. Raises
    NotFound if the id is not ours, Conflict if it is confirmed, UpstreamFailed."""
    try:
        place, _ = ports.read_hold_id(hold_id)
    except Invalid as error:
        raise NotFound(Text("There is no such hold. Choose a slot again.")) from error

    def given_up(day: BookingDay, now: datetime) -> BookingDay:
        mine = day.claim(hold_id)
        if mine is None or not mine.is_live(now):
            return day
        if mine.until is None:
            raise Conflict(Text("This booking is confirmed. Cancel the request in its place."))
        return dropped(day, hold_id, now)

    _change(place, given_up, ports)


def move(hold_id: str, here: SlotOfDay, to: SlotOfDay, ports: Ports) -> None:
    """Move a confirmed booking to another slot of its calendar, in one write: nobody has both slots
    or neither. A repeat changes nothing.

    Raises: NotFound if nothing is booked there, Invalid, SlotFull, UpstreamFailed.
    """
    units = 1

    calendar = bookable(to, 1, ports)

    def attempt() -> None:
        nonlocal units
        source = ports.days.get(here.calendar, here.day)
        target = source if to.day == here.day else ports.days.get(to.calendar, to.day)
        there = target.claim(hold_id)
        if there and there.slot == to.slot:
            return
        mine = source.claim(hold_id)
        if mine is None or mine.is_over or mine.until:
            raise NotFound(Text("There is no such booking. It may have been cancelled."))
        units = mine.units
        ports.days.save(
            *_moved(replace(mine, slot=to.slot), source, target, calendar.capacity, ports.now())
        )

    try:
        retry_on_conflict(attempt, what=WHAT)
    except Full:
        raise SlotFull(_FULL, nearest(calendar, to, units, ports)) from None


def _moved(
    moved: Claim, source: BookingDay, target: BookingDay, capacity: int, now: datetime
) -> Sequence[BookingDay]:
    """The days to save. Raises Full."""
    made = with_claim(target, moved, capacity, now)
    return [made] if target is source else [without_claim(source, moved.hold_id, now), made]


def _change(
    place: SlotOfDay, change: Callable[[BookingDay, datetime], BookingDay], ports: Ports
) -> None:
    def attempt() -> None:
        day = ports.days.get(place.calendar, place.day)
        changed = change(day, ports.now())
        if changed is not day:
            ports.days.save(changed)

    retry_on_conflict(attempt, what=WHAT)
