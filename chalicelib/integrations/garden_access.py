"""The garden waste subscription that a request bought or added to, and who may change all of it.

Anybody can buy containers for a home, and may cancel only these. The request that began the
subscription, and one that renewed it for the current year, hold the whole subscription.
"""

from datetime import date

from msgspec import Struct

from chalicelib.errors import Forbidden
from chalicelib.garden.model import GardenSubscription
from chalicelib.garden.ports import Ports
from chalicelib.garden.usecases import subscription_of_request
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.usecases.access import Author, get_visible_report
from chalicelib.texts import Text


class SubscriptionAccess(Struct, frozen=True):
    """`may_change`: the caller may cancel and move the whole subscription."""

    report: ServiceRequest
    subscription: GardenSubscription
    may_change: bool

    def require_change(self) -> None:
        """Raises Forbidden if the caller may not change the whole subscription."""
        if not self.may_change:
            raise Forbidden(
                Text("Use the link of the request that began the subscription, or sign in.")
            )


def find_subscription(
    service_request_id: str, author: Author, garden: Ports, orders: OrderPorts
) -> SubscriptionAccess:
    """The subscription of a request that the author may see, wherever it has moved. Raises
    NotFound, UpstreamFailed."""
    report = get_visible_report(service_request_id, author, orders.reports)
    found = subscription_of_request(report.service_request_id, report.premises_id or "", garden)
    is_holder = holds_subscription(report, found, garden.today)
    may_change = is_holder or _knows_holder(found, author, garden, orders)
    return SubscriptionAccess(report, found, may_change)


def _knows_holder(
    subscription: GardenSubscription, author: Author, garden: Ports, orders: OrderPorts
) -> bool:
    """True if the author owns, or is the officer for, a request that holds the subscription."""
    stored = orders.reports.repository.get_many(subscription.requests).values()
    known = (each for each in stored if author.owns(each) or author.is_officer_for(each))
    return any(holds_subscription(each, subscription, garden.today) for each in known)


def bought_kinds(report: ServiceRequest) -> set[str]:
    """The kinds of items that a request ordered."""
    return {each.code for each in report.order.items} if report.order else set()


def holds_subscription(report: ServiceRequest, subscription: GardenSubscription, on: date) -> bool:
    """True if the request began the subscription, or renewed it for the year that runs on the
    day."""
    kinds = bought_kinds(report)
    is_renewal = "renew" in kinds and report.service_request_id in subscription.requests
    return "join" in kinds or (is_renewal and on >= subscription.years[-1].first)
