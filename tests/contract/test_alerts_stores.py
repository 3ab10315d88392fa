"""What every store of subscriptions, and every index of them, must do: in memory, on moto and on
dynalite."""

from datetime import timedelta
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from chalicelib.alerts.dynamo.subscriptions import DynamoIndex, DynamoSubscriptions
from chalicelib.alerts.index import AreaQuery, areas_at, entries_of
from chalicelib.alerts.model import QuietHours, Subscription, Topic, mark_stopped
from chalicelib.alerts.ports import Index, Subscriptions
from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import match_ports
from chalicelib.geo.point import Point
from chalicelib.kernel.optimistic import VersionConflict
from tests.support.builders import MARKET_PLACE, NOON
from tests.support.fakes_alerts import (
    BROWSER,
    MemoryIndex,
    MemorySubscriptions,
    area,
    subscription,
)


class Stores(NamedTuple):
    subscriptions: Subscriptions
    entries: Index


@pytest.fixture(params=["memory", "moto", "dynalite"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        return Stores(MemorySubscriptions(), MemoryIndex())
    if request.param == "moto":
        request.getfixturevalue("cloud")
        match_ports()
        table = container.settings().alerts_table
    else:
        table = request.getfixturevalue("dynalite").new_table("AlertsTable")
    return Stores(DynamoSubscriptions(table), DynamoIndex(table))


WHOLE = subscription(
    topic=area(2500.5, service_codes=("pothole", "litter")),
    event_types=("new", "fixed"),
    frequency="weekly",
    quiet=QuietHours(begin="22:00", end="07:00"),
    language="cy",
    account_id="a1",
    is_own=True,
    confirm_tries=3,
    fingerprint="f",
    request_id="r",
)
OF_A_BROWSER = subscription(channel="push", to=None, push=BROWSER)
WAITING = subscription(state="unconfirmed", confirmed_at=None, channel="sms", to="+447700900123")
STOPPED = mark_stopped(WHOLE, "bounced", NOON + timedelta(days=1))


@pytest.mark.parametrize("new", [WHOLE, OF_A_BROWSER, WAITING, STOPPED])
def test_subscription_is_read_as_it_was_stored(new: Subscription, stores: Stores) -> None:
    stored = stores.subscriptions.add(new)
    assert stored == replace(new, version=1)
    assert stores.subscriptions.get(new.subscription_id) == stored
    assert stores.subscriptions.get("0" * 32) is None


def test_subscription_is_stored_once_and_the_stored_one_is_returned(stores: Stores) -> None:
    first = stores.subscriptions.add(subscription())
    assert stores.subscriptions.add(subscription(frequency="daily")) == first


def test_subscription_is_replaced_only_in_the_version_that_was_read(stores: Stores) -> None:
    first = stores.subscriptions.add(subscription(account_id="a1"))
    second = stores.subscriptions.save(mark_stopped(first, "requested", NOON))
    with pytest.raises(VersionConflict):
        stores.subscriptions.save(replace(first, frequency="daily"))
    assert stores.subscriptions.get(first.subscription_id) == second
    assert (second.version, second.to) == (2, None)


def test_missing_subscription_cannot_be_replaced(stores: Stores) -> None:
    with pytest.raises(VersionConflict):
        stores.subscriptions.save(subscription(version=1))


def test_subscriptions_of_an_account_are_listed_latest_first_without_gaps(stores: Stores) -> None:
    """Three of one moment: a page ends between them."""
    for number in range(5):
        made = NOON + timedelta(minutes=max(number, 2))
        stores.subscriptions.add(subscription(number, account_id="a1", created_at=made))
    stores.subscriptions.add(subscription(9, account_id="a2"))
    found: list[Subscription] = []
    after: str | None = None
    while True:
        page = stores.subscriptions.list_of_account("a1", limit=2, after=after)
        found += page.subscriptions
        if (after := page.next) is None:
            break
    assert {each.subscription_id for each in found} == {f"{n:032x}" for n in range(5)}
    assert len(found) == 5
    assert [each.created_at for each in found] == sorted(
        (each.created_at for each in found), reverse=True
    )


def test_subscriptions_are_found_by_the_digests_of_their_addresses(stores: Stores) -> None:
    for number, key in enumerate(("one", "one", "two", "three")):
        stores.subscriptions.add(subscription(number, address_key=key))
    found = stores.subscriptions.at_addresses(["one", "three", "none"])
    assert {int(each.subscription_id, 16) for each in found} == {0, 1, 3}
    assert not stores.subscriptions.at_addresses([])


def test_removed_subscription_is_gone_and_removing_it_again_does_nothing(
    stores: Stores,
) -> None:
    kept = stores.subscriptions.add(subscription(2))
    gone = stores.subscriptions.add(subscription(1))
    for _ in range(2):
        stores.subscriptions.remove(gone.subscription_id)
    assert stores.subscriptions.get(gone.subscription_id) is None
    assert stores.subscriptions.get(kept.subscription_id) == kept


# The index.

AT = Point(**MARKET_PLACE)


@pytest.mark.parametrize(
    "one",
    [WHOLE, OF_A_BROWSER, subscription(topic=Topic(kind="council"), is_own=True)],
)
def test_entries_come_back_as_they_were_stored(one: Subscription, stores: Stores) -> None:
    entries = entries_of(one)
    stores.entries.put(entries)
    found = [
        entry
        for area_name in {entry.area for entry in entries}
        for entry in stores.entries.entries(AreaQuery(area_name, "a", "d"))
    ]
    assert sorted(found, key=lambda entry: entry.key) == sorted(
        entries, key=lambda entry: entry.key
    )


def test_entries_are_found_by_their_reach(stores: Stores) -> None:
    """The same reports find the same in every store: those in memory are held to brute force."""
    circles = [subscription(n, topic=area(200 + 90 * n)) for n in range(12)]
    entries = [entry for each in circles for entry in entries_of(each)]
    here, memory = stores.entries, MemoryIndex()
    for index in (here, memory):
        index.put(entries)
    for number in range(12):
        place = Point(lat=AT.lat + 0.0007 * number, long=AT.long - 0.0011 * number)
        for each in areas_at([place], "W1"):
            keys = {entry.key for entry in here.entries(each)}
            assert keys == {entry.key for entry in memory.entries(each)}


def test_removed_entries_are_gone(stores: Stores) -> None:
    entries = entries_of(WHOLE)
    stores.entries.put(entries)
    stores.entries.put(entries)
    stores.entries.remove([entry.key for entry in entries[1:]])
    stores.entries.remove([("council", "b#none")])
    left = [e for entry in entries for e in stores.entries.entries(AreaQuery(entry.area, "a", "d"))]
    assert left == [entries[0]]


def test_no_other_index_of_the_table_holds_an_entry(stores: Stores) -> None:
    stores.entries.put(entries_of(WHOLE))
    page = stores.subscriptions.list_of_account("a1", limit=10, after=None)
    assert not page.subscriptions
    assert not stores.subscriptions.at_addresses([WHOLE.address_key or ""])
