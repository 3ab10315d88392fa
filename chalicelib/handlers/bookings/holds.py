"""Routes of holds, which keep units of a slot while a person fills in the form and pays."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.bookings import usecases
from chalicelib.bootstrap.bookings import bookings_ports
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.catalogue.words import Code
from chalicelib.errors import Conflict, NotFound, SlotFull, TooMany
from chalicelib.handlers.http import auth, rate_limits
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.routes import Routes

routes = Routes(__name__)


class HoldRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A slot of a calendar on a day, and how many of its units to hold."""

    calendar: Code
    day: date
    slot: Code
    units: Annotated[int, Meta(ge=1, le=1_000)] = 1


class HoldReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """The hold of a slot. A report books the slot with `hold_id`. `until` is when the hold ends;
    None once the slot is booked."""

    hold_id: str
    until: datetime | None


class HoldGivenUp(msgspec.Struct, frozen=True, kw_only=True):
    """A hold that was released: its units can be booked again."""

    hold_id: str


@routes.endpoint(
    "/api/holds",
    method="POST",
    auth=auth.anyone,
    summary="Hold units of a slot for 30 minutes; a full slot is answered with 409 and `free`, the "
    "nearest slots with enough units",
    success=HTTPStatus.CREATED,
    keyed=True,
    raises=(Conflict, NotFound, SlotFull, TooMany),
)
def create_hold(call: Call, draft: HoldRequest) -> HoldReceipt:
    key = call.idempotency_key
    rate_limits.check_hold(draft.units, call)
    place = SlotOfDay(draft.calendar, draft.day, draft.slot)
    hold = usecases.hold(place, draft.units, call.caller.author().scope, key, bookings_ports())
    return HoldReceipt(hold_id=hold.hold_id, until=hold.until)


@routes.endpoint(
    "/api/holds/{hold_id}",
    method="DELETE",
    auth=auth.anyone,
    summary="Release a hold, by the id that only its owner knows",
    raises=(Conflict,),
)
def delete_hold(call: Call, hold_id: str) -> HoldGivenUp:
    usecases.give_up_hold(hold_id, bookings_ports())
    return HoldGivenUp(hold_id=hold_id)
