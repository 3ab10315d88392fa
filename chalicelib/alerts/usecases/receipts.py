"""Processes receipts, a carrier's later report of the outcome of an alert. The alert moves forward,
never back. If nothing will ever arrive at an address, nothing more is sent there."""

from datetime import timedelta

from chalicelib.alerts.delivery import Alert, apply_receipt, parse_alert_name
from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.model import StopReason
from chalicelib.alerts.receipts import Receipt
from chalicelib.alerts.usecases.suppression import suppress_address
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.texts import Text

SOON = timedelta(minutes=5)
"""How long after a text was sent its sender may still be about to store the carrier's id for it.
This is shorter than the queue's visibility timeout, so a receipt of a text that is no alert is
processed only twice."""


class TooSoon(Exception):
    """The sender may not have stored yet which alert this receipt is about."""


def process_receipt(receipt: Receipt, ports: Ports) -> Alert | None:
    """Stores the outcome of an alert. Returns the alert, None if there is none with this receipt. A
    repeated receipt, or a receipt of an earlier try, changes nothing. Raises TooSoon (process it
    again later), UpstreamFailed."""
    alert = _find_alert(receipt, ports)
    if alert is None and _is_recent(receipt, ports):
        raise TooSoon("It is processed again.")
    if alert and receipt.is_permanent:
        because: StopReason = "complained" if receipt.outcome == "complained" else "bounced"
        suppress_address(alert.subscription_id, because, ports)
    if alert is None:
        return None
    subscription_id, alert_id = alert.subscription_id, alert.alert_id

    def save_outcome() -> Alert | None:
        stored = ports.alerts.get(subscription_id, alert_id)
        if stored is None or not _is_of_last_try(receipt, stored):
            return stored
        after = apply_receipt(stored, receipt.outcome, truncate_to_second(ports.now()))
        return stored if after == stored else ports.alerts.save(after)

    return retry_on_conflict(save_outcome, what=Text("this alert"))


def _find_alert(receipt: Receipt, ports: Ports) -> Alert | None:
    key = parse_alert_name(receipt.name) if receipt.name else None
    if key:
        return ports.alerts.get(*key)
    return ports.alerts.find_by_external_id(receipt.external_id) if receipt.external_id else None


def _is_recent(receipt: Receipt, ports: Ports) -> bool:
    return receipt.sent_at is not None and ports.now() - receipt.sent_at < SOON


def _is_of_last_try(receipt: Receipt, alert: Alert) -> bool:
    if receipt.name:
        return receipt.name == alert.try_name
    return receipt.external_id == alert.external_id
