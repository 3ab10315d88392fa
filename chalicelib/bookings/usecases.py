"""Hold, confirm, release and move units of a slot."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from chalicelib.bookings.hold_ids import Hold
from chalicelib.bookings.model import (
    HELD_FOR,
    BookingDay,
    Claim,
    NotEnoughUnits,
    erase_claim,
    replace_claim,
    with_claim,
    without_claim,
)
from chalicelib.bookings.offers import (
    bookable_calendar,
    calendar_of,
    calendar_of_lapsed_hold,
    holdable_calendar,
    nearest_free_slots,
)
from chalicelib.bookings.ports import Ports
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.errors import Conflict, Invalid, NotFound, SlotFull
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.texts import Text

WHAT = Text("this day")
_BOOKED_BY_ANOTHER = Text("This slot is booked with another request.")
_BOOKING_OVER = Text("This booking was cancelled or moved.")
_SLOT_FULL = Text("This slot is full. Choose another one.")


def hold(place: SlotOfDay, units: int, scope: str, key: str, ports: Ports) -> Hold:
    """Hold units of a slot for 30 minutes. A repeat with the same key gets the same hold; another
    slot under that key is another hold.

    Raises: NotFound, Invalid for a slot that cannot be booked or more units than one order can
    take, SlotFull, Conflict if that hold was released, UpstreamFailed.
    """
    calendar = holdable_calendar(place, units, ports)
    hold_id = ports.hold_id(scope, key, place, units)

    def attempt() -> Claim:
        now = ports.now()
        day = ports.days.get(place.calendar, place.day)
        stored = day.claim(hold_id)
        if stored and stored.is_over:
            raise Conflict(_BOOKING_OVER)
        if stored and stored.is_live(now):
            return stored
        new = Claim(hold_id=hold_id, slot=place.slot, units=units, until=now + HELD_FOR)
        ports.days.save(with_claim(day, new, calendar.capacity, now))
        return new

    try:
        claim = retry_on_conflict(attempt, what=WHAT)
    except NotEnoughUnits:
        raise SlotFull(_SLOT_FULL, nearest_free_slots(calendar, place, units, ports)) from None
    at = replace(place, slot=claim.slot)
    return Hold(hold_id=hold_id, place=at, units=claim.units, until=claim.until)


def reserve_hold(hold_id: str, place: SlotOfDay, service_request_id: str, ports: Ports) -> None:
    """Reserve a hold for a request. A repeat changes nothing. Raises Conflict if the hold has
    lapsed or another request has it, UpstreamFailed."""

    def reserve(claim: Claim) -> Claim:
        return replace(claim, service_request_id=service_request_id)

    _change_hold(hold_id, place, service_request_id, reserve, ports)


def extend_hold(
    hold_id: str, place: SlotOfDay, until: datetime, service_request_id: str, ports: Ports
) -> None:
    """Extend the hold of a request until after its first payment; further payments do not extend
    it. Raises as `reserve_hold` does."""

    def extend(claim: Claim) -> Claim:
        if claim.until is None or claim.is_extended:
            return claim
        return replace(
            claim,
            until=max(claim.until, until),
            is_extended=True,
            service_request_id=service_request_id,
        )

    _change_hold(hold_id, place, service_request_id, extend, ports)


def _change_hold(
    hold_id: str,
    place: SlotOfDay,
    service_request_id: str,
    change_claim: Callable[[Claim], Claim],
    ports: Ports,
) -> None:
    """Change a live claim that no other request has. Raises Conflict, UpstreamFailed."""

    def change(day: BookingDay, now: datetime) -> BookingDay:
        claim = day.claim(hold_id)
        if claim is None or not claim.is_live(now):
            raise Conflict(Text("Your slot is no longer held. Choose one again."))
        _refuse_other_requests(claim, service_request_id)
        changed = change_claim(claim)
        return day if changed == claim else replace_claim(day, changed, now)

    _change_day(place, change, ports)


def confirm(
    hold_id: str, place: SlotOfDay, units: int, ports: Ports, service_request_id: str | None = None
) -> None:
    """Confirm a hold for a request. A lapsed hold is confirmed only if its units are still free and
    its day has not begun. A repeat changes nothing.

    Raises: Conflict if the hold was released, another request has it or it is too late, SlotFull,
    UpstreamFailed.
    """
    confirmed = Claim(
        hold_id=hold_id, slot=place.slot, units=units, service_request_id=service_request_id
    )

    def change(day: BookingDay, now: datetime) -> BookingDay:
        held = day.claim(hold_id)
        if held is None or not (held.is_over or held.is_live(now)):
            return with_claim(day, confirmed, calendar_of_lapsed_hold(place, ports).capacity, now)
        if held.is_over:
            raise Conflict(_BOOKING_OVER)
        _refuse_other_requests(held, service_request_id)
        return day if held.until is None else replace_claim(day, confirmed, now)

    try:
        _change_day(place, change, ports)
    except NotEnoughUnits:
        free = nearest_free_slots(calendar_of(place.calendar, ports), place, units, ports)
        raise SlotFull(_SLOT_FULL, free) from None


def _refuse_other_requests(claim: Claim, service_request_id: str | None) -> None:
    """Raises Conflict if the claim is for another request."""
    if claim.service_request_id not in (None, service_request_id):
        raise Conflict(_BOOKED_BY_ANOTHER)


def release(
    hold_id: str, place: SlotOfDay, ports: Ports, service_request_id: str | None = None
) -> None:
    """Release the units of a hold, unless another request has booked them or is being paid for. A
    repeat changes nothing. Raises UpstreamFailed."""

    def change(day: BookingDay, now: datetime) -> BookingDay:
        claim = day.claim(hold_id)
        is_of_another = claim and claim.service_request_id not in (None, service_request_id)
        if claim and (claim.is_over or is_of_another):
            return day
        return without_claim(day, hold_id, now)

    _change_day(place, change, ports)


def give_up_hold(hold_id: str, ports: Ports) -> None:
    """Give up a hold that is not confirmed. A repeat changes nothing. Raises NotFound if this
    system did not make the id, Conflict if the hold is confirmed, UpstreamFailed."""
    try:
        place, _ = ports.read_hold_id(hold_id)
    except Invalid as error:
        raise NotFound(Text("There is no such hold. Choose a slot again.")) from error

    def change(day: BookingDay, now: datetime) -> BookingDay:
        claim = day.claim(hold_id)
        if claim is None or not claim.is_live(now):
            return day
        if claim.until is None:
            raise Conflict(Text("This booking is confirmed. Cancel the request in its place."))
        return erase_claim(day, hold_id, now)

    _change_day(place, change, ports)


def move(hold_id: str, place: SlotOfDay, to: SlotOfDay, ports: Ports) -> None:
    """Move a confirmed booking to another slot of its calendar, in one write, so that it never has
    both slots or neither. A repeat changes nothing.

    Raises: NotFound if nothing is booked at `place`, Invalid, SlotFull, UpstreamFailed.
    """
    units = 1
    calendar = bookable_calendar(to, 1, ports)

    def attempt() -> None:
        nonlocal units
        source = ports.days.get(place.calendar, place.day)
        target = source if to.day == place.day else ports.days.get(to.calendar, to.day)
        moved = target.claim(hold_id)
        if moved and moved.slot == to.slot:
            return
        claim = source.claim(hold_id)
        if claim is None or claim.is_over or claim.until:
            raise NotFound(Text("There is no such booking. It may have been cancelled."))
        units = claim.units
        new = replace(claim, slot=to.slot)
        ports.days.save(*_days_after_move(new, source, target, calendar.capacity, ports.now()))

    try:
        retry_on_conflict(attempt, what=WHAT)
    except NotEnoughUnits:
        raise SlotFull(_SLOT_FULL, nearest_free_slots(calendar, to, units, ports)) from None


def _days_after_move(
    claim: Claim, source: BookingDay, target: BookingDay, capacity: int, now: datetime
) -> Sequence[BookingDay]:
    """The days to save if a claim moves from one to the other. Raises NotEnoughUnits."""
    new = with_claim(target, claim, capacity, now)
    return [new] if target is source else [without_claim(source, claim.hold_id, now), new]


def _change_day(
    place: SlotOfDay, change: Callable[[BookingDay, datetime], BookingDay], ports: Ports
) -> None:
    def attempt() -> None:
        day = ports.days.get(place.calendar, place.day)
        changed = change(day, ports.now())
        if changed is not day:
            ports.days.save(changed)

    retry_on_conflict(attempt, what=WHAT)
