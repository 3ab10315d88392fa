"""A subscription ends because nobody can be reached by it, or wants to be."""

from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.model import Because, stopped
from chalicelib.alerts.ports import Stale
from chalicelib.errors import UpstreamFailed

ATTEMPTS = 5


def suppress(subscription_id: str, because: Because, ports: Ports) -> None:
    """Ends it, and sends nothing more to its address, by whatever subscription. Raises
    UpstreamFailed."""
    subscription = ports.subscriptions.get(subscription_id)
    if subscription and subscription.address_key:
        now = ports.now().replace(microsecond=0)
        ports.suppressed.add(subscription.address_key, because, now)
    end(subscription_id, because, ports)


def end(subscription_id: str, because: Because, ports: Ports) -> None:
    """Stops it unless it is stopped or gone. Raises UpstreamFailed."""
    for _ in range(ATTEMPTS):
        stored = ports.subscriptions.get(subscription_id)
        if stored is None or stored.state == "stopped":
            return
        try:
            ports.subscriptions.save(stopped(stored, because, ports.now().replace(microsecond=0)))
        except Stale:
            continue
        return
    raise UpstreamFailed("Others are writing to this subscription just now; send it again.")
