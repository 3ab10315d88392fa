"""Routes of the days of calendars, for officers: who has booked, and how much can be booked."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.bookings.staff_days import StaffDay, calendar_of, day_for_staff, set_capacity
from chalicelib.bootstrap.bookings import bookings_ports
from chalicelib.errors import Invalid, NotFound
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.audit import note
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import day_of
from chalicelib.handlers.http.routes import Routes
from chalicelib.texts import Text

routes = Routes(__name__)
PATH = "/api/calendars/{calendar}/days/{day}"


class CapacityChange(msgspec.Struct, frozen=True, kw_only=True):
    """How many units each slot of the day has."""

    capacity: Annotated[int, Meta(ge=0, le=1_000)]


@routes.endpoint(
    PATH,
    method="GET",
    auth=auth.may("calendars.change"),
    summary="Get a day of a calendar with its bookings",
)
def read(call: Call, calendar: str, day: str) -> StaffDay:
    return day_for_staff(calendar, _day(day), bookings_ports())


@routes.endpoint(
    PATH,
    method="PATCH",
    auth=auth.may("calendars.change"),
    summary="Change how much of each slot of a day can be booked; nobody loses a booking",
    versioned=True,
)
def change(call: Call, calendar: str, day: str, changes: CapacityChange) -> StaffDay:
    on, version, ports = _day(day), call.version, bookings_ports()
    calendar_of(calendar, ports)
    note("calendars.change", f"{calendar} {on}", f"capacity={changes.capacity}", call.caller)
    return set_capacity(calendar, on, changes.capacity, version, ports)


def _day(text: str) -> date:
    try:
        on = day_of(text)
    except Invalid as error:
        raise NotFound(Text("There is no such day.")) from error
    assert on
    return on
