"""Whether a person may pay, move or cancel an order now, and how much is refunded."""

from typing import Literal, NamedTuple

from chalicelib.errors import NotFound
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import BookingDeadlines, OrderPorts
from chalicelib.reports.orders import Order
from chalicelib.reports.usecases.access import Author

OrderAct = Literal["change", "cancel"]


class AllowedOrderChanges(NamedTuple):
    """The changes of an order that a person may make. `refund_pence` is refunded after a
    cancellation. `limits` are the deadlines of the booking, None without a booking or if they do
    not apply to the person."""

    pay: bool = False
    change: bool = False
    cancel: bool = False
    refund_pence: int = 0
    limits: BookingDeadlines | None = None


def allowed_order_changes(
    report: ServiceRequest, author: Author, ports: OrderPorts
) -> AllowedOrderChanges:
    """The changes that the author may make to the order of a report that the author may see."""
    order = report.order
    if order is None or order.state == "cancelled":
        return AllowedOrderChanges()
    has_slot = order.booking is not None and order.state in ("settled", "lost")
    return AllowedOrderChanges(
        pay=order.is_to_pay,
        change=has_slot and not is_late(report, order, "change", author, ports),
        cancel=not is_late(report, order, "cancel", author, ports),
        refund_pence=refund_pence_of(report, order, author, ports),
        limits=_find_deadlines(order, ports) if _has_deadlines(report, order, author) else None,
    )


def is_late(
    report: ServiceRequest, order: Order, act: OrderAct, author: Author, ports: OrderPorts
) -> bool:
    """True if it is too late for the author to change or cancel the order. Officers may at any
    time, and so may everybody before the order is settled. A settled order without a slot, or whose
    calendar the council no longer has, cannot be changed by residents."""
    if not _has_deadlines(report, order, author):
        return False
    limits = _find_deadlines(order, ports)
    return limits is None or ports.reports.now() >= getattr(limits, act)


def refund_pence_of(report: ServiceRequest, order: Order, author: Author, ports: OrderPorts) -> int:
    """The pence that are refunded to the card if the author cancels the order now."""
    if order.paid_by != "card":
        return 0
    limits = _find_deadlines(order, ports) if _has_deadlines(report, order, author) else None
    is_over = limits is not None and ports.reports.now() >= limits.refund
    return 0 if is_over else order.amount_pence


def _has_deadlines(report: ServiceRequest, order: Order, author: Author) -> bool:
    return order.state == "settled" and not author.is_officer_for(report)


def _find_deadlines(order: Order, ports: OrderPorts) -> BookingDeadlines | None:
    """The deadlines of the booking; None if nothing is booked, or the council no longer has the
    calendar (ADR 91)."""
    if order.booking is None:
        return None
    try:
        return ports.deadlines_of(order.booking.place)
    except NotFound:
        return None
