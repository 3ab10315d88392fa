"""Updates the index after a subscription was changed, and requests the confirmation of a new one.

The table's stream delivers each change in order and at least once. So its images include every
version from which an entry of the index was made; the stored subscription decides which entries
stay.
"""

from collections.abc import Iterable

from chalicelib.alerts.index import entries_of
from chalicelib.alerts.model import Confirm, Subscription
from chalicelib.alerts.ports import IndexPorts


def reindex(subscription_id: str, images: Iterable[Subscription], ports: IndexPorts) -> None:
    """Updates the index for a subscription. `images` are the subscription before and after each
    change. Raises UpstreamFailed; the caller then runs it again."""
    stored = ports.subscriptions.get(subscription_id)
    entries = entries_of(stored) if stored else ()
    kept = {entry.key for entry in entries}
    ports.index.put(entries)
    ports.index.remove({entry.key for each in images for entry in entries_of(each)} - kept)


def confirmation_request(before: Subscription | None, after: Subscription | None) -> Confirm | None:
    """The message to the sender to ask the address for a confirmation; None if it is not asked. A
    subscription that had expired may have been requested again under the same key."""
    if after is None or after.state != "unconfirmed" or after.is_silent:
        return None
    if before and before.created_at == after.created_at:
        return None
    return Confirm(subscription_id=after.subscription_id, request_id=after.request_id)
