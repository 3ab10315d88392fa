"""An order of a booking, its payments and its slot in memory: every call to a store or to the
provider goes through the same faults."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from msgspec.structs import replace

from chalicelib.bookings.hold_ids import HoldIds
from chalicelib.bookings.ports import BookingDays
from chalicelib.bookings.ports import Ports as BookingPorts
from chalicelib.bookings.usecases import hold
from chalicelib.bootstrap.payments import MARGIN
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.catalogue.model import Council
from chalicelib.catalogue.prices import OrderItem
from chalicelib.geo.point import Point
from chalicelib.integrations.bookings_for_reports import (
    BookingsForReports,
    read_hold,
    reserve_hold,
)
from chalicelib.integrations.payments_for_reports import refund_cancelled_order
from chalicelib.payments.model import EXPIRES
from chalicelib.payments.ports import Ports
from chalicelib.reports import ports as reports
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.orders import Order
from chalicelib.reports.ports import PremisesAddress
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.orders.settling import settle_order
from chalicelib.reports.usecases.submission import submit
from tests.support.builders import MARKET_PLACE, draft
from tests.support.councils import council_named
from tests.support.fakes import MemoryRepository
from tests.support.fakes_bookings import MemoryDays
from tests.support.fakes_payments import FaultyPort, PaymentsWorld

OWNER = Author("account-1")
PLACE = SlotOfDay("bulky", date(2026, 6, 15), "day")
ELSEWHERE = replace(PLACE, day=date(2026, 6, 16))
HOME = PremisesAddress("2 Dial Row, YO1 7HH", Point(**MARKET_PLACE))
DEMO: Council = council_named("demo")
REFUND = "refund-of-cancellation"
LATE = EXPIRES + MARGIN + timedelta(minutes=5)
"""So long after a payment began its slot is no longer held."""


class StreamedReports(reports.Repository, Protocol):
    """A store of reports and the stream of the changes of their orders."""

    def changed_parts(self) -> list[str]:
        """The ids of the reports whose changes wait to be carried out."""

    def was_settled(self) -> bool:
        """True if an order was settled, at least for some time."""


class StreamedRepository(MemoryRepository):
    """Reports in memory, and all of their changes."""

    def __init__(self) -> None:
        super().__init__()
        self._was_settled = False
        self._changed: list[str] = []

    def changed_parts(self) -> list[str]:
        return self._changed

    def was_settled(self) -> bool:
        return self._was_settled

    def create(self, report: ServiceRequest) -> ServiceRequest:
        self._changed.append(report.service_request_id)
        return super().create(report)

    def save(self, report: ServiceRequest) -> ServiceRequest:
        saved = super().save(report)
        self._changed.append(report.service_request_id)
        self._was_settled |= bool(report.order and report.order.state == "settled")
        return saved


@dataclass
class PaidOrder(PaymentsWorld):
    """Money that settles the order of one booking. `service_request_id` is that of the booking,
    once it was ordered."""

    template: reports.Ports = field(kw_only=True)
    service_request_id: str = ""
    is_fulfilled_too_early: bool = False
    has_service: bool = False
    is_taken_back: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.receives: Counter[str] = Counter()
        self.repository: StreamedReports = StreamedRepository()
        self.days: BookingDays = MemoryDays()
        self.ids = HoldIds(digest=lambda *parts: f"{abs(hash(parts)):032x}"[-32:])

    def place_order(self) -> "PaidOrder":
        """The same with a booking that nobody has paid; nothing goes wrong with ordering."""
        ports = self.bookings(self.days)
        place = hold(PLACE, 1, "account-1", "hold", ports)
        sent = draft(
            service_code="bulky-waste",
            premises_id="100",
            items=[OrderItem(code="mattress", count=1)],
            hold_id=place.hold_id,
            lat=None,
            long=None,
        )
        report = submit(sent, "key-1", OWNER, self.reports(self.repository, self.days))
        self.service_request_id = report.service_request_id
        return self

    @property
    def report(self) -> ServiceRequest:
        """The request as it is stored."""
        found = self.repository.get(self.service_request_id)
        assert found
        return found

    @property
    def order(self) -> Order:
        found = self.report.order
        assert found
        return found

    def others_take_the_slot(self) -> None:
        """Others book all that is free of the slot."""
        calendar = next(each for each in DEMO.calendars if each.calendar == PLACE.calendar)
        day = self.days.get(PLACE.calendar, PLACE.day)
        live = (each for each in day.claims if each.is_live(self.clock()))
        left = calendar.capacity - sum(each.units for each in live)
        if left > 0:
            of_many = replace(self.bookings(self.days), most_units=lambda _: left)
            hold(PLACE, left, "others", "hold", of_many)

    def slots(self) -> int:
        """The number of slots that are confirmed for the booking."""
        booking = self.order.booking
        assert booking
        days = (self.days.get(each.calendar, each.day) for each in (PLACE, ELSEWHERE))
        claims = (each.claim(booking.hold_id) for each in days)
        return sum(bool(each and not each.is_over and each.until is None) for each in claims)

    def bookings(self, days: Any) -> BookingPorts:
        return BookingPorts(
            days=days,
            calendars={each.calendar: each for each in DEMO.calendars}.get,
            most_units=DEMO.most_units_of_order,
            working=DEMO.calendar,
            hold_id=self.ids.make,
            read_hold_id=self.ids.read,
            now=self.clock,
        )

    def reports(self, repository: Any, days: Any) -> reports.Ports:
        return replace(
            self.template,
            repository=repository,
            find_premises={"100": HOME}.get,
            read_hold=lambda hold_id: read_hold(hold_id, self.bookings(days)),
            reserve_hold=lambda of, booking: reserve_hold(of, booking, self.bookings(days)),
            now=self.clock,
        )

    def orders(self) -> OrderPorts:
        days = FaultyPort(self.days, self.faults)
        bookings = BookingsForReports(self.bookings(days), EXPIRES + MARGIN)
        return OrderPorts(
            reports=self.reports(FaultyPort(self.repository, self.faults), days),
            deadlines_of=bookings.deadlines_of,
            check_place=bookings.check_place,
            keep_hold=bookings.keep_hold,
            confirm_booking=bookings.confirm_booking,
            release_booking=bookings.release_booking,
            move_booking=bookings.move_booking,
            refund=lambda request, pence: refund_cancelled_order(
                REFUND, request, pence, self.ports()
            ),
            has_fulfilment=lambda _: True,
            fulfil=lambda report: self.faults.call(self._fulfil),
            undo_fulfilment=lambda report: self.faults.call(self._take_back),
        )

    def ports(self) -> Ports:
        return replace(
            super().ports(),
            on_paid=self._settle,
            on_unpaid=lambda _: self.given_up_at.append(self.clock()),
        )

    def _settle(self, service_request_id: str) -> None:
        settle_order(service_request_id, "card", self.orders())

    def _fulfil(self) -> None:
        self.is_fulfilled_too_early |= not self.repository.was_settled()
        self.fulfilled_at.append(self.clock())
        self.has_service = not self.is_taken_back

    def _take_back(self) -> None:
        self.is_taken_back |= self.has_service
        self.has_service = False
