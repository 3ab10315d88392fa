"""Stops subscriptions whose messages do not arrive, or whose recipients complain."""

from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.model import StopReason, mark_stopped
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.texts import Text


def suppress_address(subscription_id: str, because: StopReason, ports: Ports) -> None:
    """Stops the subscription, and suppresses its address for all subscriptions. Raises
    UpstreamFailed."""
    subscription = ports.subscriptions.get(subscription_id)
    if subscription and subscription.address_key:
        now = truncate_to_second(ports.now())
        ports.suppressed_addresses.add(subscription.address_key, because, now)
    end_subscription(subscription_id, because, ports)


def end_subscription(subscription_id: str, because: StopReason, ports: Ports) -> None:
    """Stops the subscription unless it is stopped or gone. Raises UpstreamFailed."""

    def stop() -> None:
        stored = ports.subscriptions.get(subscription_id)
        if stored and stored.state != "stopped":
            ports.subscriptions.save(mark_stopped(stored, because, truncate_to_second(ports.now())))

    retry_on_conflict(stop, what=Text("this subscription"))
