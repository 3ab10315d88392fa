"""Routes for officers to read the bookings of a calendar's days and to change their capacity."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.bookings.offers import calendar_of
from chalicelib.bookings.staff_days import (
    day_for_staff,
    set_capacity,
    week_for_staff,
)
from chalicelib.bookings.staff_views import StaffDay, StaffDaySummary
from chalicelib.bootstrap import container
from chalicelib.bootstrap.bookings import bookings_ports, staff_ports
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import DAY, day_of
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import copy_fields
from chalicelib.texts import Text

routes = Routes(__name__)
PATH = "/api/calendars/{calendar}/days/{day}"


class CalendarView(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar by its code and name. `is_visited`: people come to a place of the council;
    otherwise the council comes to them."""

    calendar: str
    name: str
    is_visited: bool


class Calendars(msgspec.Struct, frozen=True, kw_only=True):
    """All calendars of the council."""

    items: list[CalendarView]
    next: None = None


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """Seven days of a calendar."""

    items: list[StaffDaySummary]
    next: None = None


class CapacityChange(msgspec.Struct, frozen=True, kw_only=True):
    """The number of units that each slot of the day has from now on; 0 closes the day."""

    capacity: Annotated[int, Meta(ge=0, le=1_000)]


@routes.endpoint(
    "/api/calendars",
    method="GET",
    auth=auth.may("calendars.change"),
    summary="List the calendars of the council",
)
def list_calendars(call: Call) -> Calendars:
    return Calendars(
        items=[
            copy_fields(CalendarView, each, is_visited=each.place is not None)
            for each in container.council().calendars
        ]
    )


@routes.endpoint(
    "/api/calendars/{calendar}/days",
    method="GET",
    auth=auth.may("calendars.change"),
    summary="List seven days of a calendar, with the taken and free units of each slot",
    query=(Query("from", "the first day, such as 2026-06-01", required=True, schema=DAY),),
)
def get_week(call: Call, calendar: str) -> Week:
    first = day_of(call.parameter("from"), "from")
    if first is None:
        raise Invalid.field("from", "is required")
    return Week(items=list(week_for_staff(calendar, first, bookings_ports())))


@routes.endpoint(
    PATH,
    method="GET",
    auth=auth.may("calendars.change"),
    summary="Get a day of a calendar with its bookings",
)
def get_day(call: Call, calendar: str, day: str) -> StaffDay:
    return day_for_staff(calendar, _parse_day(day), staff_ports())


@routes.endpoint(
    PATH,
    method="PATCH",
    auth=auth.may("calendars.change"),
    summary=(
        "Change how many units of each slot of a day can be booked; bookings stay. If-Match "
        "names the version"
    ),
    versioned=True,
    raises=(Conflict,),
)
def change_capacity(call: Call, calendar: str, day: str, changes: CapacityChange) -> StaffDay:
    on, version, ports = _parse_day(day), call.version, staff_ports()
    calendar_of(calendar, ports.bookings)
    record_action(
        "calendars.change", f"{calendar} {on}", f"capacity={changes.capacity}", call.caller
    )
    return set_capacity(calendar, on, changes.capacity, version, ports)


def _parse_day(text: str) -> date:
    try:
        on = day_of(text)
    except Invalid as error:
        raise NotFound(Text("There is no such day.")) from error
    assert on
    return on
