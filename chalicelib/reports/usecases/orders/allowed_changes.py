"""What somebody may do with an order now: pay it, move it, cancel it, and get the money back."""

from typing import Literal, NamedTuple

from chalicelib.errors import NotFound
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import Limits, OrderPorts
from chalicelib.reports.orders import Order
from chalicelib.reports.usecases.access import Author

Act = Literal["change", "cancel"]


class Possible(NamedTuple):
    """`refund_pence` goes back after a cancellation. `limits` are those of what is booked; None if
    nothing is, or if the author has none."""

    pay: bool = False
    change: bool = False
    cancel: bool = False
    refund_pence: int = 0
    limits: Limits | None = None


def possible(report: ServiceRequest, author: Author, ports: OrderPorts) -> Possible:
    """What the author may do with the order of a report that the author may see."""
    order = report.order
    if order is None or order.state == "cancelled":
        return Possible()
    has_slot = order.booking is not None and order.state in ("settled", "lost")
    return Possible(
        pay=order.is_to_pay,
        change=has_slot and not is_late(report, order, "change", author, ports),
        cancel=not is_late(report, order, "cancel", author, ports),
        refund_pence=refund_of(report, order, author, ports),
        limits=_limits(order, ports) if _has_limits(report, order, author) else None,
    )


def is_late(
    report: ServiceRequest, order: Order, act: Act, author: Author, ports: OrderPorts
) -> bool:
    """True if a resident changes or cancels too late, which a settled order without a slot always
    is, and one whose calendar the council no longer has. Officers may at any time, and so may
    everybody before the order is settled."""
    if not _has_limits(report, order, author):
        return False
    limits = _limits(order, ports)
    return limits is None or ports.reports.now() >= getattr(limits, act)


def refund_of(report: ServiceRequest, order: Order, author: Author, ports: OrderPorts) -> int:
    """The pence that go back to the card if the author cancels the order now."""
    if order.paid_by != "card":
        return 0
    limits = _limits(order, ports) if _has_limits(report, order, author) else None
    is_over = limits is not None and ports.reports.now() >= limits.refund
    return 0 if is_over else order.amount_pence


def _has_limits(report: ServiceRequest, order: Order, author: Author) -> bool:
    return order.state == "settled" and not author.is_officer_for(report)


def _limits(order: Order, ports: OrderPorts) -> Limits | None:
    """None if nothing is booked, or the council no longer has the calendar (ADR 91)."""
    if order.booking is None:
        return None
    try:
        return ports.limits(order.booking.place)
    except NotFound:
        return None
