"""A subscription ends because nobody can be reached by it, or wants to be."""

from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.model import Because, stopped
from chalicelib.kernel.optimistic import retry_on_conflict


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

    def stop() -> None:
        stored = ports.subscriptions.get(subscription_id)
        if stored and stored.state != "stopped":
            ports.subscriptions.save(stopped(stored, because, ports.now().replace(microsecond=0)))

    retry_on_conflict(stop, what="this subscription")
