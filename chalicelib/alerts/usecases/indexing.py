"""Brings the index up to date after a subscription was stored, and asks the address to confirm a
new subscription.

The stream tells of each change, in order and at least once. Its images include each one that an
entry of the index was made from; the stored subscription decides which entries stay.
"""

from collections.abc import Iterable

from chalicelib.alerts.index import entries_of
from chalicelib.alerts.model import Confirm, Subscription
from chalicelib.alerts.ports import IndexPorts


def reindex(subscription_id: str, told: Iterable[Subscription], ports: IndexPorts) -> None:
    """Brings the index up to date for a subscription. `told` holds the subscription before and
    after each new change. Raises UpstreamFailed: then it is done again."""
    stored = ports.subscriptions.get(subscription_id)
    entries = entries_of(stored) if stored else ()
    kept = {entry.key for entry in entries}
    ports.index.put(entries)
    ports.index.remove({entry.key for each in told for entry in entries_of(each)} - kept)


def question(before: Subscription | None, after: Subscription | None) -> Confirm | None:
    """The message that asks an address whether it wants this subscription, None if it is not asked.
    A subscription that was over may have begun again under the same key."""
    if after is None or after.state != "unconfirmed" or after.is_silent:
        return None
    if before and before.created_at == after.created_at:
        return None
    return Confirm(subscription_id=after.subscription_id, request_id=after.request_id)
