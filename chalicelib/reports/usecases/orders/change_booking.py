"""Move or cancel a booking, by the person who made it or by an officer."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count, islice

from msgspec.structs import replace

from chalicelib.errors import AppError, Conflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.automatic_texts import CANCELLED, PAID_BACK
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import mark_settled
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.orders import CANCEL_UPDATE, BookedSlot, Order, OrderState
from chalicelib.reports.parts import Update
from chalicelib.reports.published import Writer
from chalicelib.reports.queries import WaitingReport
from chalicelib.reports.usecases.access import Author, get_report, get_visible_report, update_report
from chalicelib.reports.usecases.attention import SETTLED_BY_NEW_SLOT
from chalicelib.reports.usecases.orders.allowed_changes import OrderAct, is_late, refund_pence_of
from chalicelib.reports.usecases.orders.effects import carry_out_order
from chalicelib.reports.usecases.staff.case_changes import stale_error
from chalicelib.reports.usecases.updating import council_update
from chalicelib.texts import Text

DECIDE_WITHIN = 2
"""How many working days an officer has to offer another slot before the money goes back."""
READ_AT_ONCE = 100


def move_booking(
    service_request_id: str,
    to: tuple[date, str],
    version: int,
    author: Author,
    ports: OrderPorts,
) -> ServiceRequest:
    """Move a booking to another day and slot of its calendar; the slot that it has is kept until
    then. One that was lost can also get its own slot, if that is free again. A repeat changes
    nothing.

    Raises: NotFound, Conflict if nothing is booked, it is too late, or the request has another
    version, Invalid for a slot that cannot be booked, SlotFull, UpstreamFailed.
    """

    def change(report: ServiceRequest) -> ServiceRequest:
        order, booking = _require_booking(report)
        there = replace(booking.place, day=to[0], slot=to[1])
        has_place = order.state == "settled" and there == booking.place
        if has_place or there == booking.moving_to:
            return report
        if report.version != version:
            raise stale_error(report)
        _refuse_if_late(report, order, "change", author, ports)
        ports.check_place(there, booking.units)
        asked = replace(booking, moving_to=there, moved_by=_writer_of(report, author))
        return replace(report, order=replace(order, booking=asked))

    read = partial(get_visible_report, service_request_id, author, ports.reports)
    return carry_out_order(update_report(read, change, ports.reports), ports)


def cancel_order(service_request_id: str, author: Author, ports: OrderPorts) -> ServiceRequest:
    """Cancel what a request booked, and send the money back where the calendar's rules, or an
    officer, allow it. A repeat changes nothing.

    Raises: NotFound, Conflict if there is nothing to cancel or it is too late, UpstreamFailed.
    """

    def change(report: ServiceRequest) -> ServiceRequest:
        order = _require_order(report)
        if order.state == "cancelled":
            return report
        _refuse_if_late(report, order, "cancel", author, ports)
        refund = refund_pence_of(report, order, author, ports) or order.refund_pence
        update = _cancellation_update(report, author, ports)
        return replace(
            report.with_update(update),
            order=replace(order, state="cancelled", refund_pence=refund, undone_pence=None),
            needs=mark_settled(report.needs, update.datetime, reasons=SETTLED_BY_NEW_SLOT),
        )

    read = partial(get_visible_report, service_request_id, author, ports.reports)
    return carry_out_order(update_report(read, change, ports.reports), ports)


def cancel_lost_orders(ports: OrderPorts) -> Mapping[str, AppError]:
    """Cancel and refund the orders that were paid after their slot had gone, if no officer has
    dealt with them for two working days.

    Returns: the error of each that failed, by service_request_id.

    Raises: UpstreamFailed if they cannot be listed.
    """
    until = _working_days_before(ports.reports.now(), DECIDE_WITHIN, ports)
    failed: dict[str, AppError] = {}
    for each in _list_lost_orders(until, ports):
        try:
            cancel_order_in_state(each.service_request_id, "lost", ports)
        except AppError as error:
            failed[each.service_request_id] = error
    return failed


def _list_lost_orders(until: datetime, ports: OrderPorts) -> Iterator[WaitingReport]:
    """List the reports whose slot was lost by then, the oldest first."""
    after = None
    while page := ports.reports.repository.list_needing_attention(
        "slot_lost", until=until, limit=READ_AT_ONCE, after=after
    ):
        yield from page
        after = page[-1].place


def cancel_order_in_state(service_request_id: str, state: OrderState, ports: OrderPorts) -> None:
    """Cancel an order that is in that state, and send back what was paid by card. A repeat changes
    nothing. Raises NotFound, UpstreamFailed."""

    def change(report: ServiceRequest) -> ServiceRequest:
        order = report.order
        if order is None or order.state != state:
            return report
        update = council_update("refunded", "", "cancelled", PAID_BACK, ports.reports)
        refund = order.amount_pence if order.paid_by == "card" else order.refund_pence
        return replace(
            report.with_update(update),
            order=replace(order, state="cancelled", refund_pence=refund, undone_pence=None),
            needs=mark_settled(report.needs, update.datetime, reasons=SETTLED_BY_NEW_SLOT),
        )

    read = partial(get_report, service_request_id, ports.reports)
    carry_out_order(update_report(read, change, ports.reports), ports)


def _working_days_before(now: datetime, days: int, ports: OrderPorts) -> datetime:
    """The same time of day so many working days ago."""
    working = ports.reports.council.calendar
    local = now.astimezone(working.zone)
    earlier = (local - timedelta(days=ago) for ago in count(1))
    worked = (each for each in earlier if working.is_working_day(each.date()))
    *_, found = islice(worked, days)
    return found.astimezone(UTC)


def _require_order(report: ServiceRequest) -> Order:
    if report.order is None:
        raise Conflict(Text("Nothing is booked with this request."), version=report.version)
    return report.order


def _require_booking(report: ServiceRequest) -> tuple[Order, BookedSlot]:
    order = _require_order(report)
    if order.booking is None or order.state not in ("settled", "lost"):
        raise Conflict(Text("Nothing is booked with this request."), version=report.version)
    return order, order.booking


def _cancellation_update(report: ServiceRequest, author: Author, ports: OrderPorts) -> Update:
    return Update(
        update_id=CANCEL_UPDATE,
        datetime=truncate_to_second(ports.reports.now()),
        state="cancelled",
        text=CANCELLED,
        by=_writer_of(report, author),
        fingerprint="",
    )


def _writer_of(report: ServiceRequest, author: Author) -> Writer:
    return "council" if author.is_staff_for(report) else "resident"


def _refuse_if_late(
    report: ServiceRequest, order: Order, act: OrderAct, author: Author, ports: OrderPorts
) -> None:
    """Raises Conflict if a resident changes or cancels too late."""
    if is_late(report, order, act, author, ports):
        raise too_late_error(report, ports)


def too_late_error(report: ServiceRequest, ports: OrderPorts) -> Conflict:
    """The error for a change after its deadline."""
    phone = ports.reports.council.phone
    text = Text("It is too late to do this online. Call us on {phone}.", phone=phone)
    return Conflict(text, version=report.version)
