"""Routes for officers to read the bookings of a calendar's days and to change their capacity."""

from collections.abc import Collection
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from chalicelib.bookings.offers import calendar_of
from chalicelib.bookings.staff_days import (
    day_for_staff,
    set_capacity,
    week_for_staff,
)
from chalicelib.bookings.staff_views import BookingView, StaffDay, StaffDaySummary
from chalicelib.bootstrap import container
from chalicelib.bootstrap.bookings import bookings_ports, staff_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import DAY, day_of
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.usecases.access import select_in_remits
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
            if _is_in_remit(each.calendar, call)
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
    _require_calendar(calendar, call)
    return Week(items=list(week_for_staff(calendar, first, bookings_ports())))


@routes.endpoint(
    PATH,
    method="GET",
    auth=auth.may("calendars.change"),
    summary="Get a day of a calendar with its bookings",
)
def get_day(call: Call, calendar: str, day: str) -> StaffDay:
    _require_calendar(calendar, call)
    return _limit_bookings(day_for_staff(calendar, _parse_day(day), staff_ports()), call)


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
    _require_calendar(calendar, call)
    if not _is_in_remit(calendar, call, of_all_wards=True):
        raise Forbidden(
            Text("All wards share this calendar: ask an officer who is not limited to some wards.")
        )
    record_action(
        "calendars.change", f"{calendar} {on}", f"capacity={changes.capacity}", call.caller
    )
    return _limit_bookings(set_capacity(calendar, on, changes.capacity, version, ports), call)


def _is_in_remit(calendar: str, call: Call, *, of_all_wards: bool = False) -> bool:
    """True if a service of one of the officer's teams books the calendar, by a grant `of_all_wards`
    if that is set."""
    teams = {each.team for each in container.council().services if each.calendar == calendar}
    remits = call.caller.remits("calendars.change")
    return any(
        (not remit.teams or teams & set(remit.teams)) and not (of_all_wards and remit.wards)
        for remit in remits
    )


def _require_calendar(calendar: str, call: Call) -> None:
    """Raises NotFound if there is no such calendar, Forbidden if it is another team's."""
    calendar_of(calendar, bookings_ports())
    if not _is_in_remit(calendar, call):
        raise Forbidden(Text("This calendar is another team's: ask an officer there."))


def _limit_bookings(day: StaffDay, call: Call) -> StaffDay:
    """The day with what the officer may know of its bookings: the units of all, and the requests of
    the officer's teams and wards."""
    ids = [
        each.service_request_id
        for slot in day.slots
        for each in slot.bookings
        if each.service_request_id
    ]
    shown = select_in_remits(ids, call.caller.remits("calendars.change"), reports_ports())
    slots = [
        replace(slot, bookings=tuple(_limit_booking(each, shown) for each in slot.bookings))
        for slot in day.slots
    ]
    return replace(day, slots=tuple(slots))


def _limit_booking(booking: BookingView, shown: Collection[str]) -> BookingView:
    is_shown = booking.service_request_id is None or booking.service_request_id in shown
    return booking if is_shown else replace(booking, service_request_id=None, request=None)


def _parse_day(text: str) -> date:
    try:
        on = day_of(text)
    except Invalid as error:
        raise NotFound(Text("There is no such day.")) from error
    assert on
    return on
