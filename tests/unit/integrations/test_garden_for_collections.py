"""The rounds of subscribers collect only where somebody has subscribed."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from msgspec.structs import replace

from chalicelib.collections.model import Move, Rounds
from chalicelib.garden.model import GardenSubscription
from chalicelib.garden.usecases import buy, cancel, move
from chalicelib.integrations.garden_for_collections import SubscribersRounds
from tests.support.fakes_collections import KNOWN_UNTIL, one_home, round_of
from tests.support.fakes_garden import (
    HOME,
    NEXT_HOME,
    SEASON,
    GardenWorld,
    MemoryGardenSubscriptions,
)

ROUNDS = Rounds(known_until=KNOWN_UNTIL, items=(round_of("R1"), round_of("G1", container="garden")))


class CountedSubscriptions(MemoryGardenSubscriptions):
    """Subscriptions that know which premises were looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_up: list[str] = []

    def many(self, premises_ids: Collection[str]) -> Mapping[str, GardenSubscription]:
        self.looked_up.extend(premises_ids)
        return super().many(premises_ids)


def of_subscribers(garden: GardenWorld, published: Rounds | None = ROUNDS) -> SubscribersRounds:
    return SubscribersRounds("garden", lambda: published, garden.store, lambda: garden.today)


def shown(garden: GardenWorld, *rounds: str, published: Rounds | None = ROUNDS) -> tuple[str, ...]:
    premises = one_home(*rounds, adjust=of_subscribers(garden, published).limit_to_subscribers)
    found = premises.get(HOME)
    assert found
    assert premises.get_many([HOME, "9"]) == {HOME: found}
    assert premises.get("9") is None
    return found.rounds


def test_garden_round_is_shown_while_the_premises_are_subscribed() -> None:
    garden = GardenWorld()
    assert shown(garden, "R1", "G1") == ("R1",)
    last = buy(garden.purchase(), garden.ports).last
    assert shown(garden, "R1", "G1") == ("R1", "G1")
    garden.today = last
    assert shown(garden, "R1", "G1") == ("R1", "G1")
    garden.today = last + timedelta(days=1)
    assert shown(garden, "R1", "G1") == ("R1",)


def test_garden_round_collects_from_the_first_day_that_is_paid_for() -> None:
    garden = GardenWorld(SEASON, today=date(2026, 12, 1))
    before, first, after = date(2026, 11, 30), date(2027, 3, 1), date(2027, 3, 15)
    new_day = date(2027, 3, 2)
    moved = Move(planned=date(2027, 2, 26), to=new_day, why="Snow")
    garden_round = replace(
        round_of("G1", container="garden"),
        dates=(date(2026, 11, 16), before, first, new_day, after, date(2027, 12, 6)),
        moved=(moved,),
        resumes=date(2028, 3, 6),
    )
    published = Rounds(known_until=KNOWN_UNTIL, items=(round_of("R1"), garden_round))
    buy(garden.purchase(), garden.ports)
    home = one_home("R1", "G1", adjust=of_subscribers(garden, published).limit_to_subscribers)
    found = home.get(HOME)
    assert found
    rubbish, at_home = found.rounds_at(published.items)
    assert rubbish == published.items[0]
    assert (at_home.dates, at_home.moved, at_home.resumes) == ((first, after), (), None)


def test_garden_round_collects_at_the_new_home_from_the_day_of_the_move() -> None:
    garden = GardenWorld(SEASON, today=date(2026, 6, 3))
    days = (date(2026, 6, 2), date(2026, 6, 9), date(2026, 6, 16))
    published = Rounds(known_until=KNOWN_UNTIL, items=(round_of("G1", *days, container="garden"),))
    found = buy(garden.purchase(), garden.ports)
    assert list(found.collected_spans()) == [(date(2026, 6, 3), date(2026, 11, 30))]
    garden.today = days[2]
    there = move(HOME, NEXT_HOME, garden.ports)
    assert list(there.collected_spans()) == [(days[2], date(2026, 11, 30))]
    home = one_home("G1", adjust=of_subscribers(garden, published).limit_to_subscribers).get(HOME)
    assert home and home.rounds_at(published.items) == []


def test_garden_round_is_not_shown_after_the_subscription_was_cancelled() -> None:
    garden = GardenWorld()
    buy(garden.purchase(), garden.ports)
    cancel(HOME, garden.ports)
    assert shown(garden, "R1", "G1") == ("R1",)


def test_subscriptions_are_read_only_for_premises_on_a_garden_round() -> None:
    store = CountedSubscriptions()
    shown(GardenWorld(store=store), "R1")
    shown(GardenWorld(store=store), "R1", "G1", published=None)
    assert store.looked_up == []
    shown(GardenWorld(store=store), "R1", "G1")
    assert set(store.looked_up) == {HOME}


def test_garden_round_passes_premises_whether_they_are_subscribed_or_not() -> None:
    garden = GardenWorld()
    assert of_subscribers(garden).passes(one_home("R1", "G1").get(HOME))
    assert not of_subscribers(garden).passes(one_home("R1", "G2").get(HOME))
    assert not of_subscribers(garden).passes(None)
    assert not of_subscribers(garden, None).passes(one_home("G1").get(HOME))
