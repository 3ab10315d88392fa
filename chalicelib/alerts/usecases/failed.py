"""Lets officers list undelivered alerts and send them again. A command sends all alerts again that
failed because of an error in this program."""

from collections.abc import Iterator
from contextlib import suppress
from typing import get_args

from chalicelib.alerts.delivery import (
    GAVE_UP,
    INTERNAL_ERROR,
    Alert,
    OfficerBacklog,
    Wake,
    parse_alert_name,
    restart,
)
from chalicelib.alerts.delivery_ports import AlertPage, Ports
from chalicelib.errors import Conflict, NotFound
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.texts import Text

PAGE_SIZE = 100


def list_alerts(
    backlog: OfficerBacklog, *, limit: int, after: str | None, ports: Ports
) -> AlertPage:
    """A page of the alerts in that backlog, the latest first. Raises UpstreamFailed."""
    return ports.alerts.list_backlog(backlog, limit=limit, after=after)


def resend_internal_failures(ports: Ports) -> int:
    """Sends all alerts again that failed because of an error in this program. Returns their number.
    Raises UpstreamFailed."""
    count = 0
    for alert in _failed_alerts(ports):
        if alert.last_error in (INTERNAL_ERROR, GAVE_UP):
            # An officer may have sent it again meanwhile.
            with suppress(NotFound, Conflict):
                resend(alert.name, ports)
                count += 1
    return count


def _failed_alerts(ports: Ports) -> Iterator[Alert]:
    page = list_alerts("failed", limit=PAGE_SIZE, after=None, ports=ports)
    yield from page.alerts
    while page.next:
        page = list_alerts("failed", limit=PAGE_SIZE, after=page.next, ports=ports)
        yield from page.alerts


def resend(name: str, ports: Ports) -> Alert:
    """Sends the alert again, with all its tries. Raises NotFound, Conflict (it was sent, or waits
    for its next try), UpstreamFailed."""
    key = parse_alert_name(name)

    def send() -> Alert:
        stored = ports.alerts.get(*key) if key else None
        if stored is None:
            raise NotFound("There is no alert with this id.")
        if stored.backlog not in get_args(OfficerBacklog):
            raise Conflict("The alert has been sent, or is waiting for its next try.")
        return ports.alerts.save(restart(stored, truncate_to_second(ports.now())))

    sent = retry_on_conflict(send, what=Text("this alert"))
    ports.wake_queue.send([Wake(subscription_id=sent.subscription_id, alert_id=sent.alert_id)])
    return sent
