"""The garden waste subscription that a request bought or added to, and who may change all of it.

Anybody can buy containers for a home, and may cancel only these. The request that paid for the year
that runs holds the whole subscription. Others see it at the premises for which they bought, and
when it has moved only that it did.
"""

from msgspec import Struct

from chalicelib.errors import Forbidden
from chalicelib.garden.model import GardenSubscription
from chalicelib.garden.ports import Ports
from chalicelib.garden.usecases import subscription_of_request
from chalicelib.garden.views import GardenView, garden_view, moved_view
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.usecases.access import Author, get_visible_report
from chalicelib.texts import Text


class SubscriptionAccess(Struct, frozen=True):
    """The subscription of a request, wherever it has moved. `may_change`: the caller may cancel and
    move the whole subscription. What the caller may know of it is in `view`."""

    report: ServiceRequest
    subscription: GardenSubscription
    may_change: bool

    def require_change(self) -> None:
        """Raises Forbidden if the caller may not change the whole subscription."""
        if not self.may_change:
            raise Forbidden(
                Text("Use the link of the request that paid for this year, or sign in.")
            )

    def view(self, garden: Ports) -> GardenView:
        """The subscription as the caller may see it. Raises UpstreamFailed."""
        return view_of_purchase(self.report, self.subscription, garden, may_change=self.may_change)


def view_of_purchase(
    report: ServiceRequest, subscription: GardenSubscription, garden: Ports, *, may_change: bool
) -> GardenView:
    """The subscription for somebody who sees the request: its present premises only for those who
    may change it. Raises UpstreamFailed."""
    own = report.premises_id or ""
    if may_change or subscription.premises_id == own:
        return garden_view(subscription, garden)
    return moved_view(own, garden)


def find_subscription(
    service_request_id: str, author: Author, garden: Ports, orders: OrderPorts
) -> SubscriptionAccess:
    """The subscription of a request that the author may see. Raises NotFound, UpstreamFailed."""
    report = get_visible_report(service_request_id, author, orders.reports)
    found = subscription_of_request(report.service_request_id, report.premises_id or "", garden)
    is_holder = holds_subscription(report, found, garden)
    return SubscriptionAccess(
        report, found, is_holder or _knows_holder(found, author, garden, orders)
    )


def _knows_holder(
    subscription: GardenSubscription, author: Author, garden: Ports, orders: OrderPorts
) -> bool:
    """True if the author owns, or is the officer for, the request that holds the subscription."""
    holder = subscription.holder(garden.today)
    stored = orders.reports.repository.get(holder) if holder else None
    return stored is not None and (author.owns(stored) or author.is_officer_for(stored))


def bought_kinds(report: ServiceRequest) -> set[str]:
    """The kinds of items that a request ordered."""
    return {each.code for each in report.order.items} if report.order else set()


def holds_subscription(
    report: ServiceRequest, subscription: GardenSubscription, garden: Ports
) -> bool:
    """True if the request paid for the year of the subscription that runs today."""
    return report.service_request_id == subscription.holder(garden.today)
