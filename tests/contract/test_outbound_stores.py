"""What every store of deliveries and receivers must do, in memory, on moto and on dynalite."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap.outbound import outbound_ports
from chalicelib.kernel.delivery_retry import MOST_TRIES
from chalicelib.kernel.optimistic import AlreadyExists, VersionConflict
from chalicelib.outbound.dynamo.deliveries import DynamoDeliveries
from chalicelib.outbound.dynamo.receivers import DynamoReceivers
from chalicelib.outbound.model import Delivery, State
from chalicelib.outbound.ports import Deliveries, Receivers
from chalicelib.outbound.receivers import Filter
from tests.support.builders import NOON
from tests.support.fakes_outbound import MemoryDeliveries, MemoryReceivers, delivery, receiver

MINUTE = timedelta(minutes=1)


class Stores(NamedTuple):
    deliveries: Deliveries
    receivers: Receivers


@pytest.fixture(params=["memory", "moto", "dynalite"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        return Stores(MemoryDeliveries(), MemoryReceivers())
    if request.param == "moto":
        request.getfixturevalue("cloud")
        ports = outbound_ports()
        return Stores(ports.deliveries, ports.receivers)
    table = request.getfixturevalue("dynalite").new_table("OutboundTable")
    return Stores(DynamoDeliveries(table), DynamoReceivers(table))


WHOLE = delivery(
    report_version=4,
    state="sending",
    tries=3,
    lease_until=NOON + MINUTE,
    is_unclear=True,
    last_error="http_503",
    external_id="CRM 12/7",
    sent_at=NOON,
)


ENTRY = delivery(
    kind="webhook", event="ledger.entry", message_id="payment:p1", body='{"fund":"BULKY"}'
)


@pytest.mark.parametrize("new", [delivery(), WHOLE, ENTRY])
def test_delivery_is_read_as_it_was_stored(new: Delivery, stores: Stores) -> None:
    stored = stores.deliveries.create(new)
    assert stored == replace(new, version=1)
    assert stores.deliveries.get(new.delivery_id) == stored
    assert stores.deliveries.get("0" * 32) is None


def test_delivery_is_stored_once(stores: Stores) -> None:
    stores.deliveries.create(delivery())
    with pytest.raises(AlreadyExists):
        stores.deliveries.create(delivery(tries=1))
    assert stores.deliveries.get("d" * 32) == delivery(version=1)


def test_delivery_is_replaced_only_in_the_version_that_was_read(stores: Stores) -> None:
    first = stores.deliveries.create(delivery())
    second = stores.deliveries.save(replace(first, state="failed"))
    with pytest.raises(VersionConflict):
        stores.deliveries.save(replace(first, state="kept"))
    assert stores.deliveries.get("d" * 32) == second
    assert second == replace(first, state="failed", version=2)


def test_delivery_is_found_by_its_external_reference(stores: Stores) -> None:
    stored = stores.deliveries.create(delivery(external_id="17"))
    stores.deliveries.create(delivery(delivery_id="e" * 32, external_id="17", destination="parks"))
    assert stores.deliveries.find_by_external_id("county", "17") == stored
    assert stores.deliveries.find_by_external_id("county", "18") is None


def put(stores: Stores, number: int, state: State, **values: Any) -> str:
    delivery_id = f"{number:032x}"
    stores.deliveries.create(delivery(delivery_id=delivery_id, state=state, **values))
    return delivery_id


def test_due_deliveries_are_those_whose_time_has_come(stores: Stores) -> None:
    late = put(stores, 1, "waiting", next_try_at=NOON - 2 * MINUTE)
    put(stores, 2, "waiting", next_try_at=NOON + timedelta(seconds=1))
    now = put(stores, 3, "waiting", next_try_at=NOON)
    left = put(stores, 4, "sending", lease_until=NOON - MINUTE)
    put(stores, 5, "sending", lease_until=NOON + MINUTE)
    for number, state in enumerate(("sent", "failed", "kept")):
        put(stores, 6 + number, state)  # type: ignore[arg-type]
    assert stores.deliveries.due(NOON, limit=10) == [late, left, now]
    assert stores.deliveries.due(NOON, limit=2) == [late, left]


def pages(stores: Stores, state: State, destination: str | None) -> list[Sequence[str]]:
    found: list[Sequence[str]] = []
    after = None
    while True:
        page = stores.deliveries.in_state(state, destination, limit=2, after=after)
        found.append([each.delivery_id for each in page.deliveries])
        if (after := page.next) is None:
            return found


def test_deliveries_in_a_state_are_listed_latest_first_without_gaps(stores: Stores) -> None:
    ids = [put(stores, n, "failed", updated_at=NOON + n // 2 * MINUTE) for n in range(5)]
    other = put(stores, 9, "failed", destination="parks", updated_at=NOON - MINUTE)
    put(stores, 10, "sent")
    newest = ids[::-1]
    assert pages(stores, "failed", None) == [newest[:2], newest[2:4], [newest[4], other]]
    assert pages(stores, "failed", "county") == [newest[:2], newest[2:4], newest[4:]]
    assert pages(stores, "kept", "county") == [[]]


def test_ended_deliveries_are_found_for_a_period(stores: Stores) -> None:
    ids = [put(stores, n, "sent", updated_at=NOON + n * MINUTE) for n in range(4)]
    put(stores, 9, "sent", destination="parks", updated_at=NOON + MINUTE)
    found = stores.deliveries.ended_between(
        "sent", "county", since=NOON + MINUTE, until=NOON + 3 * MINUTE, limit=10
    )
    assert [each.delivery_id for each in found] == ids[1:3]
    (first,) = stores.deliveries.ended_between(
        "sent", "county", since=NOON, until=NOON + 3 * MINUTE, limit=1
    )
    assert first.delivery_id == ids[0]


def test_deliveries_of_a_destination_are_counted_by_state(stores: Stores) -> None:
    for number in range(3):
        put(stores, number, "failed", tries=MOST_TRIES)
    put(stores, 9, "failed", destination="parks")
    count = stores.deliveries.count
    with_token = stores.deliveries.with_token
    tokens = [
        put(stores, 20 + n, "sent", external_id=f"token:{n}", kind="open311") for n in range(2)
    ]
    put(stores, 30, "sent", external_id="token:1", destination="parks")
    named = put(stores, 31, "sent", external_id="17")
    assert (with_token("county"), with_token("other")) == (tokens, [])
    stored = stores.deliveries.get(tokens[0])
    assert stored
    stores.deliveries.save(replace(stored, external_id="18"))
    assert with_token("county") == tokens[1:] and named not in with_token("county")
    assert (count("county", "failed"), count("county", "waiting")) == (3, 0)


def test_delivery_leaves_one_list_when_it_enters_another(stores: Stores) -> None:
    stored = stores.deliveries.create(delivery())
    stores.deliveries.save(replace(stored, state="failed"))
    assert stores.deliveries.due(NOON, limit=1) == []
    assert stores.deliveries.count("county", "waiting") == 0
    assert stores.deliveries.count("county", "failed") == 1


def test_receiver_comes_back_as_it_was_stored_and_is_changed_in_its_version(
    stores: Stores,
) -> None:
    whole = receiver(
        filter=Filter(service_codes=("pothole",), kinds=("changed",)), case_services=("bulky",)
    )
    first = stores.receivers.create(whole)
    assert first == stores.receivers.get(whole.receiver_id) == replace(whole, version=1)
    with pytest.raises(AlreadyExists):
        stores.receivers.create(whole)
    second = stores.receivers.save(replace(first, enabled=False))
    with pytest.raises(VersionConflict):
        stores.receivers.save(first)
    assert stores.receivers.all() == [second]
    stores.receivers.remove(whole.receiver_id)
    stores.receivers.remove(whole.receiver_id)
    assert stores.receivers.all() == [] and stores.receivers.get(whole.receiver_id) is None


def test_receivers_and_deliveries_are_separate(stores: Stores) -> None:
    stores.receivers.create(receiver(receiver_id="b" * 32))
    stores.receivers.create(receiver(receiver_id="a" * 32))
    stores.deliveries.create(delivery())
    assert [each.receiver_id[0] for each in stores.receivers.all()] == ["a", "b"]
    assert stores.deliveries.get("a" * 32) is None
