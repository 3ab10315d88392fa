"""What every store of garden waste subscriptions must do, and two people who buy at once."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.errors import Conflict
from chalicelib.garden.dynamo import DynamoGardenSubscriptions
from chalicelib.garden.model import GardenSubscription, Move, Purchase, Year
from chalicelib.garden.ports import GardenSubscriptions, Ports
from chalicelib.garden.usecases import buy
from chalicelib.kernel.optimistic import VersionConflict
from infra.local.cloud import Cloud
from tests.support.fakes_garden import HOME, NEXT_HOME, GardenWorld, MemoryGardenSubscriptions
from tests.support.seam import every_interleaving

LAST = date(2027, 5, 31)
ONE = GardenSubscription(
    premises_id=HOME,
    updated_at=datetime(2026, 6, 1, 9, tzinfo=UTC),
    years=(Year(first=date(2026, 6, 1), last=LAST, containers=2),),
    requests=("request-1", "request-2"),
    cancelled_on=date(2026, 7, 1),
    moved=(Move(requests=("request-0",), to=NEXT_HOME),),
    returned=("request-3",),
)
OTHER = replace(ONE, premises_id=NEXT_HOME, cancelled_on=None, moved=())


@pytest.fixture(params=["memory", "moto"])
def store(request: pytest.FixtureRequest) -> GardenSubscriptions:
    if request.param == "memory":
        return MemoryGardenSubscriptions()
    request.getfixturevalue("cloud")
    return DynamoGardenSubscriptions(container.table("jobs"))


def test_subscription_is_read_as_it_was_stored(store: GardenSubscriptions) -> None:
    store.save(ONE, OTHER)
    assert store.get(HOME) == replace(ONE, version=1)
    found = store.many([HOME, NEXT_HOME, "9", HOME])
    assert found == {each.premises_id: replace(each, version=1) for each in (ONE, OTHER)}
    assert (store.get("9"), store.many([])) == (None, {})


def test_both_subscriptions_are_stored_or_none(store: GardenSubscriptions) -> None:
    store.save(ONE)
    for stale in (ONE, replace(ONE, version=2)):
        with pytest.raises(VersionConflict):
            store.save(OTHER, stale)
    assert store.get(NEXT_HOME) is None
    store.save(OTHER, replace(ONE, version=1))
    assert store.many([HOME, NEXT_HOME])[HOME].version == 2


def test_subscriptions_that_end_on_a_day_are_found(store: GardenSubscriptions) -> None:
    later = Year(first=LAST, last=date(2028, 5, 31), containers=1)
    store.save(OTHER, replace(ONE, years=(later,)))
    assert [*store.ending_on(LAST)] == [NEXT_HOME]
    assert [*store.ending_on(later.last)] == [HOME]
    assert [*store.ending_on(date(2027, 6, 1))] == []


def test_subscriptions_that_were_changed_on_a_day_are_found(store: GardenSubscriptions) -> None:
    store.save(OTHER, replace(ONE, updated_at=datetime(2026, 6, 2, tzinfo=UTC)))
    assert [*store.changed_on(date(2026, 6, 1))] == [NEXT_HOME]
    assert [*store.changed_on(date(2026, 6, 2))] == [HOME]


def test_two_people_at_once_get_one_subscription_in_any_interleaving(cloud: Cloud) -> None:
    garden = GardenWorld()
    stored = DynamoGardenSubscriptions(container.table("jobs"))
    ports = garden.ports._replace(subscriptions=stored)
    for nth, interleaving in enumerate(every_interleaving(at_most=30)):
        join = partial(garden.purchase, premises_id=f"{nth}")
        got = interleaving.run(
            partial(_tried, f"{nth} one", join, ports), partial(_tried, f"{nth} other", join, ports)
        )
        (requests,) = [each for each in got if each]
        found = stored.get(f"{nth}")
        assert found and found.requests == requests, interleaving.turns
        assert [each.containers for each in found.years] == [1], interleaving.turns


def _tried(request: str, join: Callable[[str], Purchase], ports: Ports) -> tuple[str, ...]:
    """The requests of the subscription that was bought; none if somebody else was faster."""
    try:
        return buy(join(request), ports).requests
    except Conflict:
        return ()
