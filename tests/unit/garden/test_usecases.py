"""Joining, adding containers, renewing, cancelling and moving house."""

from datetime import date, timedelta

import pytest

from chalicelib.catalogue.garden import GardenItem
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.garden.model import GardenSubscription, possible_purchases
from chalicelib.garden.usecases import (
    buy,
    cancel,
    move,
    premises_changed_lately,
    subscription_of_request,
    take_back,
)
from tests.support.fakes_garden import FLAT, HOME, NEXT_HOME, SEASON, TODAY, GardenWorld

ONE_DAY = timedelta(days=1)
LAST = date(2027, 5, 31)
"""The last day of the twelve months of somebody who joins today."""


def years_of(of: GardenSubscription) -> list[tuple[str, str, int]]:
    return [(f"{each.first}", f"{each.last}", each.containers) for each in of.years]


def joined(garden: GardenWorld, containers: int = 1) -> GardenSubscription:
    return buy(garden.purchase(containers=containers), garden.ports)


def can_buy(garden: GardenWorld, day: date) -> tuple[GardenItem, ...]:
    return possible_purchases(garden.store.get(HOME), day, garden.rules)


def test_joining_pays_for_twelve_months_from_the_day() -> None:
    garden = GardenWorld()
    found = joined(garden, 2)
    assert years_of(found) == [("2026-06-01", "2027-05-31", 2)]
    assert [found.is_live(day) for day in (TODAY, LAST, LAST + ONE_DAY)] == [True, True, False]


def test_joining_before_a_season_pays_for_the_whole_of_it() -> None:
    garden = GardenWorld(SEASON, today=date(2026, 12, 24))
    assert years_of(joined(garden)) == [("2027-03-01", "2027-11-30", 1)]
    assert garden.store.stored[HOME].containers_on(garden.today) == 1


def test_request_is_given_what_it_paid_for_once() -> None:
    garden = GardenWorld()
    first = joined(garden)
    garden.store.stale_next = 2
    assert joined(garden) == garden.store.get(HOME)
    assert garden.store.stored[HOME].years == first.years
    add = garden.purchase("request-2", kind="add")
    assert buy(add, garden.ports).years == buy(add, garden.ports).years


def test_second_person_at_the_premises_who_joins_is_refused() -> None:
    garden = GardenWorld()
    joined(garden)
    with pytest.raises(Conflict):
        buy(garden.purchase("request-2"), garden.ports)
    assert garden.store.stored[HOME].requests == ("request-1",)


def test_added_containers_are_for_all_years_that_are_not_over() -> None:
    garden = GardenWorld(SEASON, today=date(2026, 11, 1))
    joined(garden)
    buy(garden.purchase("request-2", kind="renew", containers=2), garden.ports)
    found = buy(garden.purchase("request-3", kind="add"), garden.ports)
    assert years_of(found) == [("2026-03-01", "2026-11-30", 2), ("2027-03-01", "2027-11-30", 3)]


def test_no_more_containers_can_be_added_than_the_council_allows() -> None:
    garden = GardenWorld()
    joined(garden, 3)
    assert can_buy(garden, TODAY) == ("add",)
    with pytest.raises(Conflict):
        buy(garden.purchase("request-2", kind="add", containers=2), garden.ports)
    buy(garden.purchase("request-3", kind="add"), garden.ports)
    assert can_buy(garden, TODAY) == ()


def test_added_containers_keep_each_year_within_the_limit() -> None:
    garden = GardenWorld()
    joined(garden)
    garden.today = LAST
    buy(garden.purchase("request-2", kind="renew", containers=3), garden.ports)
    with pytest.raises(Conflict):
        buy(garden.purchase("request-3", kind="add", containers=2), garden.ports)
    found = buy(garden.purchase("request-3", kind="add"), garden.ports)
    assert [each.containers for each in found.years] == [2, 4]
    assert can_buy(garden, LAST) == ()


def test_first_year_that_is_returned_leaves_the_next_one_that_somebody_else_paid_for() -> None:
    garden = GardenWorld()
    joined(garden)
    garden.today = LAST
    buy(garden.purchase("request-2", kind="renew"), garden.ports)
    take_back(garden.purchase(), garden.ports)
    found = garden.store.stored[HOME]
    assert (found.is_live(LAST), found.buyers) == (True, ("request-2",))
    assert found.years[0].first == LAST + ONE_DAY


def test_renewal_goes_on_after_the_last_day_with_its_own_containers() -> None:
    garden = GardenWorld()
    joined(garden, 3)
    garden.today = LAST
    found = buy(garden.purchase("request-2", kind="renew", containers=1), garden.ports)
    assert years_of(found) == [("2026-06-01", "2027-05-31", 3), ("2027-06-01", "2028-05-31", 1)]
    assert (found.containers_on(LAST), found.containers_on(LAST + ONE_DAY)) == (3, 1)


def test_subscription_is_renewed_once_and_joined_again_after_it_lapsed() -> None:
    garden = GardenWorld()
    joined(garden)
    opens = LAST - timedelta(days=55)
    assert can_buy(garden, opens - ONE_DAY) == ("add",)
    assert can_buy(garden, opens) == ("add", "renew")
    assert can_buy(garden, LAST + ONE_DAY) == ("join",)
    garden.today = opens
    buy(garden.purchase("request-2", kind="renew"), garden.ports)
    assert can_buy(garden, opens) == ("add",)
    with pytest.raises(Conflict):
        buy(garden.purchase("request-3", kind="renew"), garden.ports)


def test_cancelled_subscription_ends_now_and_can_be_joined_by_others() -> None:
    garden = GardenWorld()
    joined(garden)
    for _ in range(2):
        assert cancel(HOME, garden.ports).cancelled_on == TODAY
    assert not garden.store.stored[HOME].is_live(TODAY)
    buy(garden.purchase("request-2"), garden.ports)
    assert garden.store.stored[HOME].is_live(TODAY)
    with pytest.raises(NotFound):
        subscription_of_request("request-1", HOME, garden.ports)


def test_subscription_moves_with_its_years_and_is_found_by_its_requests() -> None:
    garden = GardenWorld()
    years = joined(garden, 2).years
    for _ in range(2):
        assert move(HOME, NEXT_HOME, garden.ports).years == years
    found = subscription_of_request("request-1", HOME, garden.ports)
    assert (found.premises_id, found.years) == (NEXT_HOME, years)
    assert can_buy(garden, TODAY) == ("join",)
    buy(garden.purchase("request-2"), garden.ports)
    assert subscription_of_request("request-1", HOME, garden.ports).premises_id == NEXT_HOME
    assert subscription_of_request("request-2", HOME, garden.ports).premises_id == HOME


def test_subscription_that_moves_back_is_found() -> None:
    garden = GardenWorld()
    joined(garden)
    move(HOME, NEXT_HOME, garden.ports)
    move(NEXT_HOME, HOME, garden.ports)
    assert subscription_of_request("request-1", HOME, garden.ports).is_live(TODAY)


def test_subscription_does_not_move_where_it_cannot_go_on() -> None:
    garden = GardenWorld()
    joined(garden)
    buy(garden.purchase("request-2", premises_id=NEXT_HOME), garden.ports)
    with pytest.raises(Conflict):
        move(HOME, NEXT_HOME, garden.ports)
    for to in (FLAT, HOME):
        with pytest.raises(Invalid):
            move(HOME, to, garden.ports)
    assert garden.store.stored[HOME].is_live(TODAY)


def test_nothing_is_cancelled_or_moved_where_nobody_subscribed() -> None:
    garden = GardenWorld()
    with pytest.raises(NotFound):
        cancel(HOME, garden.ports)
    with pytest.raises(NotFound):
        move(HOME, NEXT_HOME, garden.ports)
    joined(garden)
    garden.today = LAST + ONE_DAY
    with pytest.raises(Conflict):
        cancel(HOME, garden.ports)
    with pytest.raises(Conflict):
        move(HOME, NEXT_HOME, garden.ports)


def test_returned_join_ends_the_subscription_and_is_not_bought_again() -> None:
    garden = GardenWorld()
    joined(garden)
    garden.store.stale_next = 1
    for _ in range(2):
        take_back(garden.purchase(), garden.ports)
    assert not garden.store.stored[HOME].is_live(TODAY)
    joined(garden)
    assert not garden.store.stored[HOME].is_live(TODAY)
    buy(garden.purchase("request-2"), garden.ports)
    assert garden.store.stored[HOME].is_live(TODAY)


def test_returned_containers_leave_the_others() -> None:
    garden = GardenWorld()
    joined(garden, 2)
    add = garden.purchase("request-2", kind="add", containers=2)
    buy(add, garden.ports)
    for _ in range(2):
        take_back(add, garden.ports)
    assert garden.store.stored[HOME].containers_on(TODAY) == 2


def test_returned_renewal_leaves_the_current_year() -> None:
    garden = GardenWorld()
    joined(garden)
    garden.today = LAST
    renewal = garden.purchase("request-2", kind="renew")
    buy(renewal, garden.ports)
    take_back(renewal, garden.ports)
    assert garden.store.stored[HOME].last == LAST
    assert garden.store.stored[HOME].is_live(LAST)


def test_returned_purchase_is_found_after_a_move() -> None:
    garden = GardenWorld()
    joined(garden)
    move(HOME, NEXT_HOME, garden.ports)
    take_back(garden.purchase(), garden.ports)
    assert not garden.store.stored[NEXT_HOME].is_live(TODAY)


def test_returned_request_changes_no_other_subscription() -> None:
    garden = GardenWorld()
    take_back(garden.purchase("request-9"), garden.ports)
    assert garden.store.stored == {}
    joined(garden)
    take_back(garden.purchase("request-9"), garden.ports)
    assert garden.store.stored[HOME].is_live(TODAY)


def test_subscription_is_news_on_the_day_and_the_day_after_its_change_and_its_end() -> None:
    garden = GardenWorld()
    last = joined(garden).last
    for day, is_news in ((TODAY, True), (TODAY + ONE_DAY, True), (TODAY + 2 * ONE_DAY, False)):
        garden.today = day
        assert (HOME in premises_changed_lately(garden.ports)) is is_news, day
    for days, is_news in ((0, False), (1, True), (2, True), (3, False)):
        garden.today = last + days * ONE_DAY
        assert (HOME in premises_changed_lately(garden.ports)) is is_news, days


def test_cancelled_subscription_does_not_move_to_a_home_that_had_one() -> None:
    garden = GardenWorld()
    joined(garden)
    buy(garden.purchase("request-2", premises_id=NEXT_HOME), garden.ports)
    for home in (HOME, NEXT_HOME):
        cancel(home, garden.ports)
    with pytest.raises(Conflict):
        move(HOME, NEXT_HOME, garden.ports)
