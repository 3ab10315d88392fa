"""List, resend and replay deliveries, or keep a failed one, which the council then handles
itself."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.optimistic import VersionConflict, update
from chalicelib.kernel.time import truncate_to_second
from chalicelib.kernel.words import Words
from chalicelib.outbound.model import WEBHOOKS_KEPT_FOR, Delivery, State
from chalicelib.outbound.ports import DeliveryPage, Ports

REPLAYED_AT_ONCE = 100
"""The number of deliveries that one call of a replay sends again; the next call continues."""
PHRASES: Words[State] = Words(
    {
        "sent": "has been sent",
        "sending": "is being sent now",
        "waiting": "is waiting for its next try",
    }
)
ENDED: tuple[State, ...] = ("sent", "failed", "kept")


class ReplayResult(NamedTuple):
    """The result of a replay: how many deliveries that ended from `since` to `until` it sends
    again, and whether there are more of them."""

    replayed: int
    since: datetime
    until: datetime
    more: bool


def list_deliveries(
    state: State, destination: str | None, *, limit: int, after: str | None, ports: Ports
) -> DeliveryPage:
    """The deliveries in the state, of one destination or of all, the latest first."""
    return ports.deliveries.in_state(state, destination, limit=limit, after=after)


def resend(delivery_id: str, ports: Ports) -> Delivery:
    """Send a failed or kept delivery again, with the full number of tries. Raises NotFound,
    Conflict (it was sent, is being sent, or waits for its next try), UpstreamFailed."""

    def set_waiting(delivery: Delivery) -> Delivery:
        _refuse(("sent", "sending", "waiting"), delivery)
        return _as_waiting(delivery, ports)

    after = _update(delivery_id, set_waiting, ports)
    ports.queue.send([delivery_id])
    return after


def keep(delivery_id: str, ports: Ports) -> Delivery:
    """Stop sending a delivery: the council handles it itself. Raises the same errors as `resend`,
    but a waiting delivery can be kept."""

    def set_kept(delivery: Delivery) -> Delivery:
        _refuse(("sent", "sending"), delivery)
        return replace(delivery, state="kept", updated_at=truncate_to_second(ports.now()))

    return _update(delivery_id, set_kept, ports)


def replay(receiver_id: str, since: datetime, until: datetime | None, ports: Ports) -> ReplayResult:
    """Send the deliveries of a receiver that ended from `since` to `until` again, with the same
    ids and the present data of the reports.

    `until` None means now. Raises Invalid (`since` is not before `until`, or `until` is too old),
    NotFound, UpstreamFailed.
    """
    if ports.receivers.get(receiver_id) is None:
        raise NotFound(f"There is no receiver {receiver_id}.")
    start, end = _limit_span(since, until, truncate_to_second(ports.now()))
    deliveries = [
        delivery
        for state in ENDED
        for delivery in ports.deliveries.ended_between(
            state, receiver_id, since=start, until=end, limit=REPLAYED_AT_ONCE + 1
        )
    ]
    batch = deliveries[:REPLAYED_AT_ONCE]
    restarted = [each.delivery_id for each in batch if _set_waiting(each, ports)]
    if restarted:
        ports.queue.send(restarted)
    return ReplayResult(len(restarted), start, end, len(deliveries) > len(batch))


def _limit_span(
    since: datetime, until: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """The requested time span, limited to the stored deliveries and the present. A delivery that is
    sent again ends later than that, so the next call does not select it again. Raises Invalid."""
    start = max(since, now - WEBHOOKS_KEPT_FOR)
    end = min(until, now) if until else now
    if start >= end:
        raise Invalid.field("since", "must be before `until`, and `until` within the last 30 days")
    return start, end


def _set_waiting(delivery: Delivery, ports: Ports) -> bool:
    """Set the delivery to waiting; False if it was changed meanwhile."""
    try:
        ports.deliveries.save(_as_waiting(delivery, ports))
    except VersionConflict:
        return False
    return True


def _as_waiting(delivery: Delivery, ports: Ports) -> Delivery:
    now = truncate_to_second(ports.now())
    return replace(delivery, state="waiting", tries=0, next_try_at=now, updated_at=now)


def _refuse(states: Collection[State], delivery: Delivery) -> None:
    if delivery.state in states:
        raise Conflict(f"The delivery {PHRASES[delivery.state]}.", version=delivery.version)


def _update(delivery_id: str, change: Callable[[Delivery], Delivery], ports: Ports) -> Delivery:
    def load() -> Delivery:
        stored = ports.deliveries.get(delivery_id)
        if stored is None:
            raise NotFound(f"There is no delivery {delivery_id}.")
        return stored

    return update(load, change, ports.deliveries.save, what="this delivery")
