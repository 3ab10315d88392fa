"""Access of the forms to prices and calendars, for one caller."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from chalicelib.bookings import usecases as bookings
from chalicelib.bookings.free_days import free_slots
from chalicelib.bootstrap.bookings import bookings_ports
from chalicelib.bootstrap.reports import garden_purchases, reports_ports
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.catalogue.price_lists import Offer
from chalicelib.catalogue.prices import OrderInput, Quote
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import FreeSlot
from chalicelib.forms.ports import FreeDay, SlotHold
from chalicelib.handlers.http import request_language
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.new_orders import quote_order


class Orders:
    """The Orders port. `admit` counts a hold of so many units."""

    def __init__(self, author: Author, admit: Callable[[int], None] | None) -> None:
        self._author, self._admit = author, admit

    def quote(self, service: ServiceDefinition, premises_id: str, wanted: OrderInput) -> Quote:
        language = request_language.current_language()
        return quote_order(service, premises_id or None, wanted, reports_ports(), language)

    def offers(self, service: ServiceDefinition, premises_id: str) -> Sequence[Offer]:
        today = reports_ports().now().astimezone(reports_ports().council.zone).date()
        return garden_purchases().offers(service, premises_id, today)

    def free_days(self, calendar: str, units: int) -> Sequence[FreeDay]:
        of, ports = request_language.council().by_calendar[calendar], bookings_ports()
        return [
            FreeDay(
                day=day,
                title=day_words(day),
                month=_month(day),
                slots=[(each.slot, each.name) for each in slots],
                has_one_slot=len(of.slots) == 1,
            )
            for day, slots in free_slots(of, units, ports)
            if slots
        ]

    def date_words(self, day: date) -> str:
        return request_language.current_language().day(day)

    def slot_words(self, calendar: str, slot: FreeSlot) -> str:
        return slot_words(SlotOfDay(calendar, slot.day, slot.slot))

    def hold(self, key: str, calendar: str, slot: FreeSlot, units: int) -> SlotHold:
        if self._admit:
            self._admit(units)
        place = SlotOfDay(calendar, slot.day, slot.slot)
        held = bookings.hold(place, units, self._author.scope, key, bookings_ports())
        return SlotHold(held.hold_id, time_of_day(held.until) if held.until else "")

    def give_up(self, hold_id: str) -> None:
        bookings.give_up_hold(hold_id, bookings_ports())


def slot_words(place: SlotOfDay) -> str:
    """The day and the slot in words."""
    name = request_language.council().slot_name(place)
    return f"{request_language.current_language().day(place.day)}, {name}"


def day_words(day: date) -> str:
    """Such as Monday 3 June."""
    language = request_language.current_language()
    return f"{language.weekday(day)} {day.day} {language.month(day)}"


def _month(day: date) -> str:
    return f"{request_language.current_language().month(day)} {day.year}"


def time_of_day(moment: datetime) -> str:
    return f"{moment.astimezone(request_language.council().zone):%H:%M}"
