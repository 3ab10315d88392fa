"""Cancels a garden waste subscription, or what one request added to it, and refunds it by the
council's rules."""

from collections.abc import Sequence
from datetime import timedelta

from chalicelib.garden import usecases
from chalicelib.garden.model import GardenSubscription
from chalicelib.garden.ports import Ports
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.usecases.orders.change_booking import cancel_order_in_state, too_late_error


def cancel_subscription(
    premises_id: str, garden: Ports, orders: OrderPorts, *, refund: bool
) -> GardenSubscription:
    """End the collections of the premises now, and, with `refund`, cancel the orders that can still
    be paid back. A repeat changes nothing.

    The latest order is cancelled first: each takes back what it bought, and the one that began the
    subscription ends it. So a repeat goes on where this was interrupted.

    Raises: NotFound, Conflict if nobody is subscribed, UpstreamFailed.
    """
    stored = usecases.get_subscription(premises_id, garden)
    if refund and stored.is_live(garden.today):
        for each in reversed(refundable_requests(stored, garden, orders)):
            cancel_order_in_state(each.service_request_id, "settled", orders)
    return usecases.cancel(premises_id, garden)


def cancel_purchase(report: ServiceRequest, garden: Ports, orders: OrderPorts) -> None:
    """Cancel what the request added to a subscription, and refund it; the subscription continues. A
    repeat changes nothing.

    Raises: Conflict if it is too late, UpstreamFailed.
    """
    if report.order and report.order.state == "cancelled":
        return
    if not is_refundable(report, garden):
        raise too_late_error(report, orders)
    cancel_order_in_state(report.service_request_id, "settled", orders)


def refundable_requests(
    subscription: GardenSubscription, garden: Ports, orders: OrderPorts
) -> Sequence[ServiceRequest]:
    """The requests that a cancellation now refunds, the earliest first. Raises
    UpstreamFailed."""
    stored = orders.reports.repository.get_many(subscription.requests)
    found = (stored[each] for each in subscription.requests if each in stored)
    return [each for each in found if is_refundable(each, garden)]


def is_refundable(report: ServiceRequest, garden: Ports) -> bool:
    """True if a cancellation now refunds the price of the request."""
    since = garden.now() - timedelta(days=garden.rules.refund_days)
    return report.requested_datetime > since and _is_paid_by_card(report)


def refund_pence(subscription: GardenSubscription, garden: Ports, orders: OrderPorts) -> int:
    """The refund for a cancellation now, in pence. Raises UpstreamFailed."""
    paid = refundable_requests(subscription, garden, orders)
    return sum(each.order.amount_pence for each in paid if each.order)


def _is_paid_by_card(report: ServiceRequest) -> bool:
    order = report.order
    return order is not None and order.state == "settled" and order.paid_by == "card"
