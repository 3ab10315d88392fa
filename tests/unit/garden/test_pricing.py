"""What a purchase for premises costs on a day."""

from datetime import date

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.garden import GardenWaste
from chalicelib.catalogue.price_lists import Item, ItemPrice, Price, PriceList
from chalicelib.catalogue.prices import OrderInput, OrderItem, Quote
from chalicelib.errors import Invalid
from chalicelib.garden.pricing import garden_offers, garden_quote
from chalicelib.garden.usecases import buy
from tests.support.councils import council_named
from tests.support.fakes_garden import HOME, SEASON, TWELVE_MONTHS, GardenWorld


def prices(begins: str, year: int, further: int, added: int) -> PriceList:
    a_year = ItemPrice(first_pence=year, further_pence=further)
    items = {"join": a_year, "renew": a_year, "add": ItemPrice(first_pence=added)}
    return PriceList(begins=date.fromisoformat(begins), items=items)


SERVICE = replace(
    council_named("demo").by_code["new-container"],
    fund="garden",
    price=Price(
        items=(
            Item(code="join", name="Bin for a year"),
            Item(code="add", name="Further bin"),
            Item(code="renew", name="Bin for the next year"),
        ),
        lists=(prices("2026-01-01", 5500, 3650, 3650), prices("2027-03-01", 6000, 4000, 4000)),
        concession_percent=50,
    ),
)


def asked(
    garden: GardenWorld, kind: str, count: int = 1, *, on: str, is_concession: bool = False
) -> Quote:
    items = (OrderItem(code=kind, count=count),)
    wanted = OrderInput(items=items, is_concession=is_concession)
    day = date.fromisoformat(on)
    return garden_quote(SERVICE, wanted, garden.store.get(HOME), garden.rules, on=day)


def joined(garden: GardenWorld, on: str, containers: int = 1) -> GardenWorld:
    purchase = garden.purchase(containers=containers, day=date.fromisoformat(on))
    buy(purchase, garden.ports)
    return garden


@pytest.mark.parametrize(
    ("count", "on", "pence"),
    [
        (1, "2026-06-01", 5500),
        (3, "2026-06-01", 5500 + 2 * 3650),
        (1, "2027-02-28", 5500),
        (1, "2027-03-01", 6000),
    ],
)
def test_joining_costs_the_whole_year_of_the_list_of_the_day(
    count: int, on: str, pence: int
) -> None:
    found = asked(GardenWorld(), "join", count, on=on)
    assert (found.amount_pence, found.fund) == (pence, "garden")


def test_season_that_has_not_begun_costs_what_the_list_of_its_first_day_says() -> None:
    assert asked(GardenWorld(SEASON), "join", on="2026-12-24").amount_pence == 6000
    lines = asked(GardenWorld(SEASON), "join", 2, on="2026-11-30").lines
    assert [(each.text, each.amount_pence) for each in lines] == [("Bin for a year × 2", 9150)]


@pytest.mark.parametrize(
    ("on", "pence"),
    [
        ("2026-01-01", 3650),
        ("2026-01-02", 3640),
        ("2026-07-02", 1830),
        ("2026-12-31", 10),
    ],
)
def test_added_container_costs_the_days_that_are_left(on: str, pence: int) -> None:
    garden = joined(GardenWorld(), "2026-01-01")
    assert asked(garden, "add", on=on).amount_pence == pence
    assert asked(garden, "add", 3, on=on).amount_pence == 3 * pence


def test_added_container_costs_less_than_a_penny_less_where_days_do_not_divide() -> None:
    garden = joined(GardenWorld(), "2027-06-01")  # a year with 29 February: 366 days
    assert asked(garden, "add", on="2027-06-02").amount_pence == 4000 * 365 // 366


def test_added_container_costs_the_next_year_as_well_once_that_is_paid_for() -> None:
    garden = joined(GardenWorld(), "2026-03-01")
    buy(garden.purchase("r2", kind="renew", day=date(2027, 2, 28)), garden.ports)
    assert asked(garden, "add", on="2027-02-28").amount_pence == 3650 // 365 + 4000


def test_renewal_costs_what_the_list_of_the_next_year_says() -> None:
    garden = joined(GardenWorld(), "2026-03-01")
    assert asked(garden, "renew", 2, on="2027-02-01").amount_pence == 10_000


def test_season_is_renewed_for_what_the_list_of_its_first_day_says() -> None:
    garden = joined(GardenWorld(SEASON), "2026-04-01")
    assert asked(garden, "renew", on="2026-11-20").amount_pence == 6000


@pytest.mark.parametrize(
    ("joined_on", "on", "offered"),
    [
        (None, "2026-06-01", [("join", 5500, 4)]),
        ("2026-01-01", "2026-07-02", [("add", 1830, 2)]),
        ("2026-01-01", "2026-12-31", [("add", 10, 2), ("renew", 5500, 4)]),
        ("2026-01-01", "2027-01-01", [("join", 5500, 4)]),
    ],
)
def test_premises_are_offered_each_purchase_with_its_price(
    joined_on: str | None, on: str, offered: list[tuple[str, int, int]]
) -> None:
    garden = joined(GardenWorld(), joined_on, 2) if joined_on else GardenWorld()
    assert SERVICE.price
    found = garden_offers(
        SERVICE.price, garden.store.get(HOME), garden.rules, date.fromisoformat(on)
    )
    assert [
        (each.item.code, each.price and each.price.price_for(1), each.most) for each in found
    ] == (offered)


@pytest.mark.parametrize(
    ("rules", "joined_on", "on", "days"),
    [
        (TWELVE_MONTHS, None, "2026-06-01", {"join": ("2026-06-01", "2027-05-31")}),
        (
            TWELVE_MONTHS,
            "2026-06-01",
            "2027-05-30",
            {"add": ("2027-05-30", "2027-05-31"), "renew": ("2027-06-01", "2028-05-31")},
        ),
        (SEASON, None, "2026-06-01", {"join": ("2026-06-01", "2026-11-30")}),
        (SEASON, None, "2026-12-01", {"join": ("2027-03-01", "2027-11-30")}),
        (SEASON, "2026-12-01", "2026-12-24", {"add": ("2027-03-01", "2027-11-30")}),
    ],
)
def test_offer_says_the_days_that_it_pays_for(
    rules: GardenWaste, joined_on: str | None, on: str, days: dict[str, tuple[str, str]]
) -> None:
    garden = GardenWorld(rules)
    garden = joined(garden, joined_on) if joined_on else garden
    assert SERVICE.price
    found = garden_offers(SERVICE.price, garden.store.get(HOME), rules, date.fromisoformat(on))
    said = {each.item.code: each.days and tuple(map(str, each.days)) for each in found}
    assert said == days


def test_concession_reduces_each_purchase() -> None:
    assert asked(GardenWorld(), "join", on="2026-06-01", is_concession=True).amount_pence == 2750
    garden = joined(GardenWorld(), "2026-01-01")
    assert asked(garden, "add", on="2026-07-02", is_concession=True).amount_pence == 915


@pytest.mark.parametrize(
    ("kind", "count", "on", "field"),
    [
        ("join", 1, "2026-06-01", "items[0].code"),
        ("renew", 1, "2026-06-01", "items[0].code"),
        ("swap", 1, "2026-06-01", "items[0].code"),
        ("add", 4, "2026-06-01", "items[0].count"),
        ("add", 0, "2026-06-01", "items[0].count"),
        ("renew", 5, "2026-12-31", "items[0].count"),
        ("add", 1, "2027-01-01", "items[0].code"),
    ],
)
def test_purchase_that_the_premises_cannot_have_is_refused(
    kind: str, count: int, on: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        asked(joined(GardenWorld(), "2026-01-01"), kind, count, on=on)
    assert [each.field for each in refused.value.errors] == [field]


def test_purchase_is_of_one_kind() -> None:
    both = OrderInput(items=(OrderItem(code="join", count=1), OrderItem(code="add", count=1)))
    for wanted in (OrderInput(), both):
        with pytest.raises(Invalid):
            garden_quote(SERVICE, wanted, None, GardenWorld().rules, on=date(2026, 6, 1))
