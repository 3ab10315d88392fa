"""What officers do with deliveries: look, send again, keep; and what a replay sends again."""

from datetime import datetime, timedelta, timezone

import pytest

from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.outbound.model import WEBHOOKS_KEPT_FOR, Delivery, State
from chalicelib.outbound.ports import Ports
from chalicelib.outbound.usecases.manage_deliveries import (
    REPLAYED_AT_ONCE,
    keep,
    list_deliveries,
    replay,
    resend,
)
from chalicelib.outbound.usecases.send_deliveries import send
from tests.support.builders import NOON
from tests.support.fakes_outbound import OutboundWorld, delivery, receiver

ID = delivery().delivery_id
RECEIVER = receiver().receiver_id
EVER = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
"""A moment that has none in UTC."""


def put(outside: OutboundWorld, state: State, **values: object) -> Delivery:
    return outside.deliveries.create(delivery(state=state, **values))


@pytest.mark.parametrize("state", ["failed", "kept"])
def test_delivery_is_resent_with_all_its_tries_by_an_officer(
    state: State, outside: OutboundWorld, ports: Ports
) -> None:
    put(outside, state, tries=8, next_try_at=NOON + timedelta(hours=1), last_error="http_400")
    again = resend(ID, ports)
    assert (again.state, again.tries, again.next_try_at) == ("waiting", 0, NOON)
    assert outside.queue.sent == [ID]
    send(ID, ports)
    assert outside.sender.there == [ID]


def test_resent_delivery_is_looked_up_first_when_it_may_have_arrived(
    outside: OutboundWorld, ports: Ports
) -> None:
    put(outside, "failed", tries=8, is_unclear=True)
    outside.sender.there = [ID]
    resend(ID, ports)
    send(ID, ports)
    assert outside.sender.there == [ID] and outside.deliveries.stored[ID].state == "sent"


@pytest.mark.parametrize("state", ["sent", "sending"])
@pytest.mark.parametrize("asked", [resend, keep])
def test_delivery_is_unchanged_when_it_was_sent_or_is_being_sent(
    asked: object, state: State, outside: OutboundWorld, ports: Ports
) -> None:
    before = put(outside, state, lease_until=NOON)
    with pytest.raises(Conflict):
        asked(ID, ports)  # type: ignore[operator]
    assert outside.deliveries.stored[ID] == before and outside.queue.sent == []


def test_delivery_keeps_its_tries_when_it_waits_for_the_next_one(
    outside: OutboundWorld, ports: Ports
) -> None:
    before = put(outside, "waiting", tries=7, next_try_at=NOON + timedelta(hours=1))
    with pytest.raises(Conflict):
        resend(ID, ports)
    assert outside.deliveries.stored[ID] == before and outside.queue.sent == []


def test_kept_delivery_is_not_sent(outside: OutboundWorld, ports: Ports) -> None:
    put(outside, "waiting")
    assert keep(ID, ports).state == "kept"
    send(ID, ports)
    assert outside.sender.there == []


@pytest.mark.parametrize("asked", [resend, keep])
def test_delivery_is_not_found_when_it_does_not_exist(asked: object, ports: Ports) -> None:
    with pytest.raises(NotFound):
        asked("0" * 32, ports)  # type: ignore[operator]


def test_deliveries_are_listed_latest_first_page_by_page(
    outside: OutboundWorld, ports: Ports
) -> None:
    for number in range(5):
        moment = NOON + timedelta(minutes=number)
        put(outside, "failed", delivery_id=str(number) * 32, updated_at=moment)
    seen, after = [], None
    while True:
        page = list_deliveries("failed", None, limit=2, after=after, ports=ports)
        seen += [each.delivery_id[0] for each in page.deliveries]
        if (after := page.next) is None:
            break
    assert seen == ["4", "3", "2", "1", "0"]
    assert list_deliveries("failed", "parks", limit=2, after=None, ports=ports).deliveries == []


def ended(outside: OutboundWorld, number: int, state: State = "sent", **values: object) -> str:
    delivery_id = f"{number:032x}"
    put(outside, state, delivery_id=delivery_id, kind="webhook", destination=RECEIVER, **values)
    return delivery_id


def test_replay_resends_ended_deliveries_under_the_same_ids(
    outside: OutboundWorld, ports: Ports
) -> None:
    outside.receivers.create(receiver())
    hour = timedelta(hours=1)
    ended(outside, 1, updated_at=NOON - hour - timedelta(seconds=1))
    wanted = [
        ended(outside, 2, updated_at=NOON - hour, sent_at=NOON - hour),
        ended(outside, 3, "failed", updated_at=NOON - timedelta(minutes=1)),
        ended(outside, 4, "kept", updated_at=NOON - timedelta(minutes=2)),
    ]
    ended(outside, 5, updated_at=NOON)
    put(outside, "sent", delivery_id="f" * 32, destination="county", updated_at=NOON - hour)
    done = replay(RECEIVER, NOON - hour, None, ports)
    assert (done.replayed, done.until, done.more) == (3, NOON, False)
    assert sorted(outside.queue.sent) == wanted
    for each in wanted:
        send(each, ports)
    assert sorted(outside.sender.there) == wanted
    assert outside.deliveries.stored[wanted[0]].sent_at == NOON - hour


def test_replay_ends_when_it_needs_several_calls(outside: OutboundWorld, ports: Ports) -> None:
    outside.receivers.create(receiver())
    for number in range(REPLAYED_AT_ONCE + 20):
        ended(outside, number, updated_at=NOON - timedelta(minutes=1))
    first = replay(RECEIVER, NOON - timedelta(hours=1), None, ports)
    assert (first.replayed, first.more) == (REPLAYED_AT_ONCE, True)
    for each in outside.queue.sent:
        send(each, ports)
    outside.clock.now += timedelta(seconds=5)
    second = replay(RECEIVER, first.since, first.until, ports)
    assert (second.replayed, second.more) == (20, False)
    assert len(set(outside.queue.sent)) == len(outside.queue.sent) == REPLAYED_AT_ONCE + 20


def test_replay_ignores_deliveries_that_it_resent(outside: OutboundWorld, ports: Ports) -> None:
    outside.receivers.create(receiver())
    hour = timedelta(hours=1)
    sent = ended(outside, 1, updated_at=NOON - hour)
    assert replay(RECEIVER, NOON - hour, NOON + hour, ports).replayed == 1
    send(sent, ports)
    assert replay(RECEIVER, NOON - hour, NOON + hour, ports).replayed == 0


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (NOON, None),
        (NOON + timedelta(seconds=1), None),
        (NOON - timedelta(hours=1), NOON - timedelta(hours=1)),
        (NOON - timedelta(hours=1), NOON - timedelta(hours=2)),
        (EVER, NOON - WEBHOOKS_KEPT_FOR),
        (EVER, EVER),
    ],
)
def test_replay_is_refused_when_its_period_is_invalid(
    since: datetime, until: datetime | None, outside: OutboundWorld, ports: Ports
) -> None:
    outside.receivers.create(receiver())
    with pytest.raises(Invalid):
        replay(RECEIVER, since, until, ports)


def test_replay_goes_back_as_far_as_the_log(outside: OutboundWorld, ports: Ports) -> None:
    outside.receivers.create(receiver())
    assert replay(RECEIVER, EVER, None, ports).since == NOON - WEBHOOKS_KEPT_FOR


def test_replay_is_refused_when_the_receiver_does_not_exist(ports: Ports) -> None:
    with pytest.raises(NotFound):
        replay(RECEIVER, EVER, None, ports)
