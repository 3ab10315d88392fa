"""Takes the receipts in which carriers say the outcome of an alert. The alert moves forward, never
back; if nothing will ever arrive at an address, nothing more is sent there."""

from datetime import timedelta

from chalicelib.alerts.delivery import Alert, apply_receipt, parse_alert_name
from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.model import StopReason
from chalicelib.alerts.receipts import Receipt
from chalicelib.alerts.usecases.stopping import suppress
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.time import to_the_second
from chalicelib.texts import Text

SOON = timedelta(minutes=5)
"""How long after a text was sent we may take to note the carrier's id for it. This is shorter than
the time for which a receipt that is not taken is hidden, so a receipt of a text that is no alert
comes only twice."""


class TooSoon(Exception):
    """Nobody has noted yet which alert this receipt may be about."""


def take(receipt: Receipt, ports: Ports) -> Alert | None:
    """Notes the outcome of an alert, and answers the alert; None if no such alert is known. The
    same receipt again changes nothing, nor does a receipt of an earlier try. Raises TooSoon,
    UpstreamFailed."""
    alert = _meant(receipt, ports)
    if alert is None and _may_be_noted_yet(receipt, ports):
        raise TooSoon("It is taken again.")
    if alert and receipt.is_permanent:
        because: StopReason = "complained" if receipt.outcome == "complained" else "bounced"
        suppress(alert.subscription_id, because, ports)
    if alert is None:
        return None
    subscription_id, alert_id = alert.subscription_id, alert.alert_id

    def note() -> Alert | None:
        stored = ports.alerts.get(subscription_id, alert_id)
        if stored is None or not _is_of_its_last_try(receipt, stored):
            return stored
        after = apply_receipt(stored, receipt.outcome, to_the_second(ports.now()))
        return stored if after == stored else ports.alerts.save(after)

    return retry_on_conflict(note, what=Text("this alert"))


def _meant(receipt: Receipt, ports: Ports) -> Alert | None:
    meant = parse_alert_name(receipt.name) if receipt.name else None
    if meant:
        return ports.alerts.get(meant.subscription_id, meant.alert_id)
    return ports.alerts.find_by_external_id(receipt.external_id) if receipt.external_id else None


def _may_be_noted_yet(receipt: Receipt, ports: Ports) -> bool:
    return receipt.sent_at is not None and ports.now() - receipt.sent_at < SOON


def _is_of_its_last_try(receipt: Receipt, alert: Alert) -> bool:
    if receipt.name:
        return receipt.name == alert.try_name
    return receipt.external_id == alert.external_id
