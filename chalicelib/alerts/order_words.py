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


def is_cancelled_order(report: ReportNews) -> bool:
    """True if an order was cancelled, and its reporter is to know what becomes of the money."""
    return report.state == "cancelled" and bool(report.receipt)


def order_title(subscription: Subscription, new: Sequence[TimelineEntry]) -> str | None:
    """The title of the last entry if it is about the reporter's own order."""
    return new[-1].title if new and subscription.is_own else None


def has_receipt(
    alert: Alert, subscription: Subscription, report: ReportNews, new: Sequence[TimelineEntry]
) -> bool:
    """True if the message lists what was booked, paid or refunded."""
    if is_acknowledgement(alert, subscription):
        return True
    is_about_order = subscription.is_own and any(each.title for each in new)
    return is_about_order and (report.booked is not None or report.state == "cancelled")


def money_of(report: ReportNews) -> Sequence[str]:
    """What a digest says of the money of the reader's own order: what goes back after it was
    cancelled, else what its entries say happened."""
    if is_cancelled_order(report):
        return [f"{each.name}: {each.says}" for each in report.receipt]
    return [each.title for each in report.current_entries(report.entries) if each.title]
