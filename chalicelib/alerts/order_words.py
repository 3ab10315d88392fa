"""Decides which messages are about a booking or a payment."""

from collections.abc import Sequence

from chalicelib.alerts.delivery import Alert
from chalicelib.alerts.messages import ReportNews, TimelineEntry
from chalicelib.alerts.model import Subscription


def is_acknowledgement(alert: Alert, subscription: Subscription) -> bool:
    """True for the message that acknowledges the report to its reporter."""
    return alert.what == "new" and subscription.is_own


def is_booked(report: ReportNews) -> bool:
    """True if the report has a booking that was not handled yet."""
    return report.booked is not None and report.state == "open"


def order_title(subscription: Subscription, new: Sequence[TimelineEntry]) -> str | None:
    """The title of the last entry if it is about the reporter's own order."""
    return new[-1].title if new and subscription.is_own else None


def has_receipt(
    alert: Alert, subscription: Subscription, report: ReportNews, new: Sequence[TimelineEntry]
) -> bool:
    """True if the message lists what was booked, paid or refunded."""
    if is_acknowledgement(alert, subscription):
        return True
    is_of_order = report.booked is not None or report.state == "cancelled"
    return is_of_order and order_title(subscription, new) is not None
