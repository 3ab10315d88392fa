"""When messages tell the reporter of a booking or a payment."""

from collections.abc import Sequence

from chalicelib.alerts.delivery import Alert
from chalicelib.alerts.messages import ReportNews, TimelineEntry
from chalicelib.alerts.model import Subscription


def is_acknowledgement(alert: Alert, subscription: Subscription) -> bool:
    """True for the first message to the reporter."""
    return alert.what == "new" and subscription.is_own


def is_booked(report: ReportNews) -> bool:
    """True while nothing has happened to a booking."""
    return report.booked is not None and report.state == "open"


def order_title(subscription: Subscription, new: Sequence[TimelineEntry]) -> str | None:
    """What the last entry says happened to the reporter's order."""
    return new[-1].title if new and subscription.is_own else None


def has_receipt(
    alert: Alert, subscription: Subscription, report: ReportNews, new: Sequence[TimelineEntry]
) -> bool:
    """True if a message lists what was booked and paid, or what goes back."""
    if is_acknowledgement(alert, subscription):
        return True
    is_of_order = report.booked is not None or report.state == "cancelled"
    return is_of_order and order_title(subscription, new) is not None
