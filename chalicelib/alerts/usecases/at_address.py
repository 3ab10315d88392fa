"""Lists and stops all subscriptions at one address, for the person who receives its messages.

The link that stops alerts opens the list, because it is sent only in messages to the address. The
link to change a subscription does not, because the person who subscribed gets it as well, and may
have entered somebody else's address.
"""

from collections.abc import Sequence

from chalicelib.alerts.model import Subscription, mark_stopped
from chalicelib.alerts.ports import Ports
from chalicelib.alerts.usecases.own_subscriptions import NOT_FOUND
from chalicelib.alerts.usecases.subscribing import current_second
from chalicelib.errors import NotFound
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.texts import Text


def list_at_same_address(subscription_id: str, token: str, ports: Ports) -> Sequence[Subscription]:
    """All active subscriptions at the address of this one, the oldest first. This one may be
    stopped, but the address must have confirmed it. Raises NotFound."""
    known = ports.subscriptions.get(subscription_id)
    if known is None or known.is_over(ports.now()) or not may_open_all(known, token, ports):
        raise NotFound(NOT_FOUND)
    stored = ports.subscriptions.at_addresses([known.address_key] if known.address_key else [])
    active = [each for each in stored if each.state == "active"]
    return sorted(active, key=lambda each: (each.created_at, each.subscription_id))


def may_open_all(known: Subscription, token: str, ports: Ports) -> bool:
    """True if the token is from an alert of a subscription that its address has confirmed."""
    return known.confirmed_at is not None and ports.tokens.is_unsubscribe_token(known, token)


def stop_all(subscription_id: str, token: str, ports: Ports) -> None:
    """Stops all subscriptions at the address. Raises NotFound, UpstreamFailed."""

    def stop() -> None:
        for each in list_at_same_address(subscription_id, token, ports):
            ports.subscriptions.save(mark_stopped(each, "requested", current_second(ports)))

    retry_on_conflict(stop, what=Text("these subscriptions"))
