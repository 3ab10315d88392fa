"""Ports of orders in memory."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.errors import Conflict, FreeSlot, Invalid, NotFound, SlotFull
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import BookingDeadlines, OrderPorts
from chalicelib.reports.orders import BookedSlot
from chalicelib.reports.ports import Ports
from tests.support.builders import NOON

DAY = date(2026, 6, 8)
PLACE = SlotOfDay(calendar="bulky", day=DAY, slot="day")
LIMITS = BookingDeadlines(*(NOON + timedelta(days=days) for days in (3, 4, 2)))
"""Until when a booking can be changed, cancelled, and cancelled with its money back."""


class MemorySlots:
    """Slots with room for two units each, and who has them. `held` are holds that have not lapsed,
    `over` those that were given back."""

    def __init__(self) -> None:
        self.room = 2
        self.confirmed: dict[str, BookedSlot] = {}
        self.held: dict[str, BookedSlot] = {}
        self.over: set[str] = set()
        self.reserved: dict[str, str] = {}

    def hold(self, hold_id: str, place: SlotOfDay = PLACE, units: int = 1) -> str:
        self.held[hold_id] = BookedSlot(hold_id=hold_id, place=place, units=units)
        return hold_id

    def read(self, hold_id: str) -> BookedSlot:
        if hold_id not in self.held:
            raise Conflict("Your slot is no longer held. Choose one again.")
        return self.held[hold_id]

    def check_place(self, place: SlotOfDay, units: int) -> None:
        if place.slot != "day" or units > self.room:
            raise Invalid.field("slot", "There is no such slot on this day.")

    def reserve(self, service_request_id: str, booking: BookedSlot) -> None:
        if self.reserved.setdefault(booking.hold_id, service_request_id) != service_request_id:
            raise Conflict("This slot is booked with another request.")

    def keep(self, service_request_id: str, booking: BookedSlot) -> None:
        if booking.hold_id not in self.held:
            raise Conflict("Your slot is no longer held. Choose one again.")

    def confirm(self, service_request_id: str, booking: BookedSlot) -> None:
        if booking.hold_id in self.over:
            raise Conflict("This booking was cancelled or moved.")
        if booking.hold_id not in self.confirmed and not self._has_room(booking):
            raise SlotFull("This slot is full.", [FreeSlot(DAY, "day")])
        self.confirmed[booking.hold_id] = booking

    def release(self, service_request_id: str, booking: BookedSlot) -> None:
        self.confirmed.pop(booking.hold_id, None)
        self.held.pop(booking.hold_id, None)
        self.over.add(booking.hold_id)

    def move(self, booking: BookedSlot) -> None:
        assert booking.moving_to
        present = self.confirmed.get(booking.hold_id)
        if present is None:
            raise NotFound("There is no such booking.")
        there = replace(booking, place=booking.moving_to, moving_to=None)
        if present.place != there.place and not self._has_room(there):
            raise SlotFull("This slot is full.", [FreeSlot(DAY, "day")])
        self.confirmed[booking.hold_id] = there

    def units_taken(self, place: SlotOfDay) -> int:
        """The confirmed units of a place."""
        return sum(each.units for each in self.confirmed.values() if each.place == place)

    def _has_room(self, booking: BookedSlot) -> bool:
        held = self.held.get(booking.hold_id)
        if held and held.place == booking.place:
            return True
        return self.units_taken(booking.place) + booking.units <= self.room


class OrderWorld:
    """The dependencies of orders: `refunds` are the pence sent back for each request, `fulfilled`
    the requests whose service did its part, which it no longer can if `cannot_fulfil`."""

    def __init__(self, reports: Ports) -> None:
        self.slots = MemorySlots()
        self.refunds: dict[str, int] = {}
        self.fulfilled: list[str] = []
        self.cannot_fulfil = False
        self.limits: Callable[[SlotOfDay], BookingDeadlines] = lambda place: LIMITS
        self.reports = replace(reports, read_hold=self.slots.read, reserve_hold=self.slots.reserve)

    @property
    def ports(self) -> OrderPorts:
        return OrderPorts(
            reports=self.reports,
            deadlines_of=self.limits,
            check_place=self.slots.check_place,
            keep_hold=self.slots.keep,
            confirm_booking=self.slots.confirm,
            release_booking=self.slots.release,
            move_booking=self.slots.move,
            refund=self._refund,
            has_fulfilment=lambda _: True,
            fulfil=self._fulfil,
            undo_fulfilment=self._take_back,
        )

    def stored_request(self, service_request_id: str) -> ServiceRequest:
        found = self.reports.repository.get(service_request_id)
        assert found
        return found

    def _refund(self, service_request_id: str, amount_pence: int) -> None:
        self.refunds.setdefault(service_request_id, amount_pence)

    def _fulfil(self, report: ServiceRequest) -> None:
        if self.cannot_fulfil:
            raise Conflict("Another request came first.")
        if report.service_request_id not in self.fulfilled:
            self.fulfilled.append(report.service_request_id)

    def _take_back(self, report: ServiceRequest) -> None:
        if report.service_request_id in self.fulfilled:
            self.fulfilled.remove(report.service_request_id)


def orders_at(moment: datetime, world: OrderWorld) -> OrderPorts:
    """The dependencies at that moment."""
    return replace(world.ports, reports=replace(world.reports, now=lambda: moment))
