"""Officers look at deliveries, send again what failed, or keep it and deal with it themselves."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.optimistic import VersionConflict, update
from chalicelib.kernel.time import to_the_second
from chalicelib.outbound.model import WEBHOOKS_KEPT_FOR, Delivery, State
from chalicelib.outbound.ports import Listed, Ports

REPLAYED_AT_ONCE = 100
"""How many deliveries one call of a replay sends again; the next call goes on."""
SAID: Mapping[State, str] = {
    "sent": "has been sent",
    "sending": "is being sent now",
    "waiting": "is waiting for its next try",
}
ENDED: tuple[State, ...] = ("sent", "failed", "kept")


class Replayed(NamedTuple):
    """What a replay sent again: so many of those that ended from `since` to `until`, and whether
    there are more of them."""

    replayed: int
    since: datetime
    until: datetime
    more: bool


def listed(
    state: State, destination: str | None, *, limit: int, after: str | None, ports: Ports
) -> Listed:
    """Deliveries in that state, of one destination or of all, the latest first."""
    return ports.deliveries.in_state(state, destination, limit=limit, after=after)


def resend(delivery_id: str, ports: Ports) -> Delivery:
    """Sends it again, with all its tries. Raises NotFound, Conflict (it was sent, is being sent,
    or waits for its next try), UpstreamFailed."""

    def again(delivery: Delivery) -> Delivery:
        _refuse(("sent", "sending", "waiting"), delivery)
        return _waiting(delivery, ports)

    after = _rewritten(delivery_id, again, ports)
    ports.queue.send([delivery_id])
    return after


def keep(delivery_id: str, ports: Ports) -> Delivery:
    """Sends it no more: the council deals with it itself. Raises as `resend`, but one that waits
    may be kept."""

    def kept(delivery: Delivery) -> Delivery:
        _refuse(("sent", "sending"), delivery)
        return replace(delivery, state="kept", updated_at=to_the_second(ports.now()))

    return _rewritten(delivery_id, kept, ports)


def replay(receiver_id: str, since: datetime, until: datetime | None, ports: Ports) -> Replayed:
    """Sends again what a receiver was sent, or was not able to take, since then and before now:
    under the same ids, each with the report as it is now. Raises Invalid (there is no such time),
    NotFound, UpstreamFailed."""
    if ports.receivers.get(receiver_id) is None:
        raise NotFound(f"There is no receiver {receiver_id}.")
    start, end = _within(since, until, to_the_second(ports.now()))
    found = [
        delivery
        for state in ENDED
        for delivery in ports.deliveries.finished(
            state, receiver_id, since=start, until=end, limit=REPLAYED_AT_ONCE + 1
        )
    ]
    some = found[:REPLAYED_AT_ONCE]
    woken = [each.delivery_id for each in some if _is_woken(each, ports)]
    if woken:
        ports.queue.send(woken)
    return Replayed(len(woken), start, end, len(found) > len(some))


def _within(since: datetime, until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The time that is asked for, as far as the log goes back, and up to now: what is sent again
    ends later, so that the call which goes on does not meet it. Raises Invalid."""
    start = max(since, now - WEBHOOKS_KEPT_FOR)
    end = min(until, now) if until else now
    if start >= end:
        raise Invalid.field("since", "must be before `until`, and `until` within the last 30 days")
    return start, end


def _is_woken(delivery: Delivery, ports: Ports) -> bool:
    try:
        ports.deliveries.save(_waiting(delivery, ports))
    except VersionConflict:
        return False
    return True


def _waiting(delivery: Delivery, ports: Ports) -> Delivery:
    now = to_the_second(ports.now())
    return replace(delivery, state="waiting", tries=0, next_try_at=now, updated_at=now)


def _refuse(states: Collection[State], delivery: Delivery) -> None:
    if delivery.state in states:
        raise Conflict(f"The delivery {SAID[delivery.state]}.", version=delivery.version)


def _rewritten(delivery_id: str, change: Callable[[Delivery], Delivery], ports: Ports) -> Delivery:
    def load() -> Delivery:
        stored = ports.deliveries.get(delivery_id)
        if stored is None:
            raise NotFound(f"There is no delivery {delivery_id}.")
        return stored

    return update(load, change, ports.deliveries.save, what="this delivery")
