"""What every store of alerts, and of what is kept beside them, must do: in memory, on moto and on
dynalite."""

from collections import Counter
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from chalicelib.alerts.delivery import Alert, Backlog, LastAlert, event_alert
from chalicelib.alerts.delivery_ports import Alerts, SendingBudget, SuppressedAddresses
from chalicelib.alerts.dynamo import alerts as stores_of
from chalicelib.alerts.dynamo.alert_items import PARTITIONS, alert_of, item_of
from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import delivery_ports
from chalicelib.kernel.optimistic import VersionConflict
from tests.support.builders import NOON
from tests.support.fakes_delivery import (
    MemoryAlerts,
    MemorySendingBudget,
    MemorySuppressedAddresses,
    alert_request,
    subscription,
)

SECOND = timedelta(seconds=1)
OWNER = "5" * 32


class Stores(NamedTuple):
    alerts: Alerts
    suppressed: SuppressedAddresses
    spend: SendingBudget


@pytest.fixture(params=["memory", "moto", "dynalite"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        return Stores(MemoryAlerts(), MemorySuppressedAddresses(), MemorySendingBudget())
    if request.param == "moto":
        request.getfixturevalue("cloud")
        delivery_ports()
        table = container.settings().alerts_table
    else:
        table = request.getfixturevalue("dynalite").new_table("AlertsTable")
    return Stores(
        stores_of.DynamoAlerts(table, lambda: NOON),
        stores_of.DynamoSuppressedAddresses(table),
        stores_of.DynamoSendingBudget(table),
    )


def alert(number: int = 1, **values: Any) -> Alert:
    made = event_alert(alert_request(request_id="r"), subscription(), NOON, NOON)
    return replace(made, alert_id=f"{number:032x}", **values)


@pytest.mark.parametrize(
    "new",
    [
        alert(),
        alert(state="sending", tries=3, lease_until=NOON, is_unclear=True, claim_id="c"),
        alert(state="waiting", last_error="over_cap"),
        alert(state="waiting", tries=2, last_error="http_503"),
        alert(state="sent", external_id="carried-1"),
        alert(service_request_id=None, notice_id="n", what="disruption", last_error="no_reply"),
    ],
)
def test_alert_comes_back_as_it_was_stored(new: Alert, stores: Stores) -> None:
    stored = stores.alerts.save(new)
    assert stored == replace(new, revision=1)
    assert stores.alerts.get(OWNER, new.alert_id) == stored
    assert stores.alerts.get(OWNER, "0" * 32) is None


def test_alert_is_replaced_only_in_the_revision_that_was_read(stores: Stores) -> None:
    first = stores.alerts.save(alert())
    with pytest.raises(VersionConflict):
        stores.alerts.save(alert())
    second = stores.alerts.save(replace(first, state="sent"))
    with pytest.raises(VersionConflict):
        stores.alerts.save(replace(first, state="failed"))
    assert stores.alerts.get(OWNER, first.alert_id) == second


def test_due_alerts_are_those_whose_time_or_lease_has_passed(
    stores: Stores,
) -> None:
    kinds: dict[int, dict[str, Any]] = {
        1: {},
        2: {"next_try_at": NOON + SECOND},
        3: {"state": "sending", "lease_until": NOON - SECOND},
        4: {"state": "sending", "lease_until": NOON + SECOND},
        5: {"last_error": "over_cap", "next_try_at": NOON - 2 * SECOND},
        6: {"state": "failed"},
        7: {"state": "sent"},
        8: {"state": "unclear"},
        9: {"state": "dropped"},
        10: {"state": "delivered"},
        11: {"tries": 1, "next_try_at": NOON - SECOND, "last_error": "http_503"},
    }
    for number, values in kinds.items():
        stores.alerts.save(alert(number, **values))
    due = stores.alerts.due_alerts(NOON, limit=10)
    assert [int(each.alert_id, 16) for each in due] == [5, 3, 11, 1]
    assert {each.subscription_id for each in due} == {OWNER}
    assert len(stores.alerts.due_alerts(NOON, limit=2)) == 2
    assert len(stores.alerts.due_alerts(NOON + SECOND, limit=10)) == 6


@pytest.mark.parametrize("place", ["waiting", "sending"])
def test_busy_places_are_spread_over_partitions_of_the_index(place: Backlog) -> None:
    alerts = [alert(number, state=place, lease_until=NOON) for number in range(400)]
    used = Counter(item_of(each).state for each in alerts)
    assert len(used) == PARTITIONS[place]
    assert max(used.values()) < 2 * len(alerts) / len(used)
    assert [alert_of(item_of(each)).state for each in alerts] == [place] * len(alerts)


def test_officers_find_failed_alerts_page_by_page(stores: Stores) -> None:
    for number in range(5):
        at = NOON + number * SECOND
        stores.alerts.save(alert(number, state="failed", updated_at=at))
    stores.alerts.save(alert(9, state="unclear"))
    tried = stores.alerts.save(alert(8, tries=1, last_error="http_503"))
    first = stores.alerts.list_backlog("failed", limit=3, after=None)
    assert [int(each.alert_id, 16) for each in first.alerts] == [4, 3, 2]
    rest = stores.alerts.list_backlog("failed", limit=3, after=first.next)
    assert [int(each.alert_id, 16) for each in rest.alerts] == [1, 0] and rest.next is None
    assert len(stores.alerts.list_backlog("unclear", limit=3, after=None).alerts) == 1
    assert stores.alerts.list_backlog("put_off", limit=3, after=None) == ([tried], None)
    assert stores.alerts.list_backlog("over_cap", limit=3, after=None) == ([], None)


def test_sent_alert_leaves_the_lists_of_waiting_ones(
    stores: Stores,
) -> None:
    waiting = stores.alerts.save(alert())
    stores.alerts.save(replace(waiting, state="sent"))
    assert stores.alerts.due_alerts(NOON + timedelta(days=1), limit=10) == []


def test_alert_is_found_by_its_carriers_id(stores: Stores) -> None:
    stored = stores.alerts.save(alert(state="sent", external_id="carried-1"))
    assert stores.alerts.find_by_external_id("carried-1") == stored
    assert stores.alerts.find_by_external_id("carried-2") is None


def test_record_of_what_was_told_is_replaced_only_if_it_is_as_read(stores: Stores) -> None:
    first, second = LastAlert(2, "a", 0), LastAlert(4, "b", 2)
    assert stores.alerts.last_alert(OWNER, "R") is None
    with pytest.raises(VersionConflict):
        stores.alerts.save_last_alert(OWNER, "R", second, instead_of=first)
    stores.alerts.save_last_alert(OWNER, "R", first, instead_of=None)
    for known in (None, LastAlert(2, "c", 0), LastAlert(3, "a", 0)):
        with pytest.raises(VersionConflict):
            stores.alerts.save_last_alert(OWNER, "R", second, instead_of=known)
    assert stores.alerts.last_alert(OWNER, "R") == first
    stores.alerts.save_last_alert(OWNER, "R", second, instead_of=first)
    assert stores.alerts.last_alert(OWNER, "R") == second
    assert (
        stores.alerts.last_alert(OWNER, "another")
        is stores.alerts.last_alert("another", "R")
        is None
    )


def test_digest_gathers_each_event_once_and_for_one_due_time(stores: Stores) -> None:
    due, later = NOON, NOON + timedelta(days=1)
    for each in (
        alert_request(),
        alert_request(version=3),
        alert_request(version=3),
        alert_request(what="fixed", version=3),
    ):
        stores.alerts.add_to_digest(due, each)
    stores.alerts.add_to_digest(later, alert_request(version=4))
    found = stores.alerts.events_of_digest(OWNER, due)
    assert sorted(each.event_key for each in found) == sorted(
        ["7K3M2QXV9HTD#2#state_changed", "7K3M2QXV9HTD#3#state_changed", "7K3M2QXV9HTD#3#fixed"]
    )
    assert stores.alerts.events_of_digest(OWNER, later) == [alert_request(version=4)]
    assert stores.alerts.events_of_digest("another", due) == []


@pytest.mark.parametrize(
    ("after", "is_one"),
    [
        (timedelta(), True),
        (timedelta(days=365) - SECOND, True),
        (timedelta(days=365), False),
        (timedelta(days=365) + SECOND, False),
    ],
)
def test_address_is_suppressed_for_a_year(after: timedelta, is_one: bool, stores: Stores) -> None:
    stores.suppressed.add("k", "bounced", NOON)
    assert stores.suppressed.has("k", NOON + after) == is_one
    assert not stores.suppressed.has("another", NOON)


def test_daily_budget_is_never_exceeded(stores: Stores) -> None:
    today, tomorrow, take = NOON.date(), NOON.date() + timedelta(days=1), stores.spend.take
    assert stores.spend.amount_taken(today, "alerts") == 0
    assert [take(today, "alerts", 2, most=5) for _ in range(3)] == [2, 4, None]
    assert take(today, "alerts", 1, most=5) == 5 == stores.spend.amount_taken(today, "alerts")
    assert (
        stores.spend.amount_taken(tomorrow, "alerts")
        == stores.spend.amount_taken(today, "sign_in")
        == 0
    )
    assert take(tomorrow, "alerts", 5, most=5)
    assert take(today, "codes", 5, most=5)
    assert not take(today, "alerts", 1, most=5)
    stores.spend.give_back(today, "alerts", 2)
    assert take(today, "alerts", 2, most=5)
    assert not take(today, "codes", 1, most=5)
    assert not take(tomorrow, "alerts", 6, most=5)
    assert not take(today + timedelta(days=9), "alerts", 1, most=0)
