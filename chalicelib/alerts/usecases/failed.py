"""Lets officers look at alerts that did not get through, and send them again. Alerts that failed by
a mistake of ours are sent again all at once."""

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
from chalicelib.kernel.time import to_the_second
from chalicelib.texts import Text

AT_ONCE = 100


def listed(place: OfficerBacklog, *, limit: int, after: str | None, ports: Ports) -> AlertPage:
    """The alerts in that place, the latest first. Raises UpstreamFailed."""
    return ports.alerts.list_backlog(place, limit=limit, after=after)


def send_ours_again(ports: Ports) -> int:
    """Sends all alerts again that failed by a mistake of ours. Answers how many. Raises
    UpstreamFailed."""
    count = 0
    for alert in _failed(ports):
        if alert.last_error in (INTERNAL_ERROR, GAVE_UP):
            # Somebody else may have sent it again by now.
            with suppress(NotFound, Conflict):
                send_again(alert.name, ports)
                count += 1
    return count


def _failed(ports: Ports) -> Iterator[Alert]:
    found = listed("failed", limit=AT_ONCE, after=None, ports=ports)
    yield from found.alerts
    while found.next:
        found = listed("failed", limit=AT_ONCE, after=found.next, ports=ports)
        yield from found.alerts


def send_again(name: str, ports: Ports) -> Alert:
    """Sends the alert again, with all its tries. Raises NotFound, Conflict (it was sent, or waits
    for its next try), UpstreamFailed."""
    meant = parse_alert_name(name)

    def send() -> Alert:
        stored = ports.alerts.get(*meant) if meant else None
        if stored is None:
            raise NotFound("There is no alert with this id.")
        if stored.backlog not in get_args(OfficerBacklog):
            raise Conflict("The alert has been sent, or is waiting for its next try.")
        return ports.alerts.save(restart(stored, to_the_second(ports.now())))

    sent = retry_on_conflict(send, what=Text("this alert"))
    ports.wake_queue.send([Wake(subscription_id=sent.subscription_id, alert_id=sent.alert_id)])
    return sent
