"""Buy, cancel and move the garden waste subscription of a premises."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from chalicelib.errors import Invalid, NotFound
from chalicelib.garden import model
from chalicelib.garden.model import NOT_SUBSCRIBED, GardenSubscription, Purchase
from chalicelib.garden.ports import Ports
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.texts import Text

WHAT = Text("this subscription")
NO_ROUND = Text("We do not collect garden waste at this address.")
MOST_MOVES = 10


def buy(purchase: Purchase, ports: Ports) -> GardenSubscription:
    """Add a purchase to the subscription of its premises, once. Raises Conflict if it is no longer
    possible, UpstreamFailed."""

    def attempt() -> GardenSubscription:
        stored = ports.subscriptions.get(purchase.premises_id)
        changed = model.with_purchase(stored, purchase, ports.rules, _now(ports))
        if changed is not stored:
            ports.subscriptions.save(changed)
        return changed

    return retry_on_conflict(attempt, what=WHAT)


def take_back(purchase: Purchase, ports: Ports) -> None:
    """Take a purchase out of its subscription, wherever that has moved, once. Does nothing if there
    is no subscription. Raises UpstreamFailed."""

    def attempt() -> None:
        try:
            stored = subscription_of_request(
                purchase.service_request_id, purchase.premises_id, ports
            )
        except NotFound:
            return
        changed = model.without_purchase(stored, purchase, ports.today, _now(ports))
        if changed is not stored:
            ports.subscriptions.save(changed)

    retry_on_conflict(attempt, what=WHAT)


def subscription_of_request(
    service_request_id: str, premises_id: str, ports: Ports
) -> GardenSubscription:
    """The subscription that a request for these premises bought, wherever it has moved since. It is
    also found after the purchase was taken back. Raises NotFound, UpstreamFailed."""
    at = premises_id
    for _ in range(MOST_MOVES):
        found = ports.subscriptions.get(at)
        if found is None:
            break
        if service_request_id in (*found.requests, *found.returned):
            return found
        moves = (each.to for each in found.moved if service_request_id in each.requests)
        at = next(moves, "")
    raise NotFound(NOT_SUBSCRIBED)


def cancel(premises_id: str, ports: Ports) -> GardenSubscription:
    """End the collections of the premises now. A repeat changes nothing. Raises NotFound, Conflict,
    UpstreamFailed."""

    def attempt() -> GardenSubscription:
        stored = get_subscription(premises_id, ports)
        changed = model.with_cancellation(stored, ports.today, _now(ports))
        if changed is not stored:
            ports.subscriptions.save(changed)
        return changed

    return retry_on_conflict(attempt, what=WHAT)


def move(premises_id: str, to: str, ports: Ports) -> GardenSubscription:
    """Move the subscription with its years and containers to other premises. A repeat changes
    nothing. Returns the subscription at the new premises.

    Raises: NotFound, Conflict, Invalid if garden waste is not collected there, UpstreamFailed.
    """
    if to == premises_id or not ports.has_round(to):
        raise Invalid.field("premises_id", NO_ROUND)

    def attempt() -> GardenSubscription:
        now = _now(ports)
        target = ports.subscriptions.get(to)
        stored = get_subscription(premises_id, ports)
        if target and stored.has_moved_to(target):
            return target
        new = target or GardenSubscription(premises_id=to, updated_at=now)
        both = model.move_subscription(stored, new, ports.today, now)
        ports.subscriptions.save(*both)
        return both[1]

    return retry_on_conflict(attempt, what=WHAT)


def get_subscription(premises_id: str, ports: Ports) -> GardenSubscription:
    """The subscription of the premises. Raises NotFound, UpstreamFailed."""
    found = ports.subscriptions.get(premises_id)
    if found is None:
        raise NotFound(NOT_SUBSCRIBED)
    return found


def premises_changed_lately(ports: Ports) -> Iterator[str]:
    """The premises whose subscription was changed or ended since yesterday. Raises
    UpstreamFailed."""
    now = ports.now().astimezone(UTC).date()
    for days in (1, 0):
        yield from ports.subscriptions.changed_on(now - timedelta(days=days))
        yield from ports.subscriptions.ending_on(ports.today - timedelta(days=days + 1))


def _now(ports: Ports) -> datetime:
    return truncate_to_second(ports.now())
