"""A council with a bulky waste collection that costs money and has a calendar."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.price_lists import Item, ItemPrice, Price, PriceList
from chalicelib.geo.point import Point
from chalicelib.reports.ports import Ports, PremisesAddress
from tests.support.builders import MARKET_PLACE
from tests.support.fakes_orders import OrderWorld

HOME = PremisesAddress("2 Dial Row, YO1 7HH", Point(**MARKET_PLACE))
PRICE = Price(
    items=(Item(code="mattress", name="Mattress"), Item(code="fridge", name="Fridge", units=2)),
    lists=(
        PriceList(
            begins=date(2026, 1, 1),
            items={"mattress": ItemPrice(first_pence=2000), "fridge": ItemPrice(first_pence=4500)},
        ),
    ),
)


@pytest.fixture
def world(ports: Ports) -> OrderWorld:
    council = ports.council
    (found,) = (each for each in council.services if each.service_code == "new-container")
    bulky = replace(
        found,
        service_code="bulky",
        service_name="Bulky waste collection",
        steps=("premises", "contact", "check"),
        attributes=(),
        container_limit={},
        calendar="bulky",
        price=PRICE,
        fund="WASTE",
    )
    bill = replace(bulky, service_code="bill", kind="payment", needs="none", calendar=None)
    with_bulky = replace(council, services=(*council.services, bulky, bill))
    return OrderWorld(
        replace(ports, council=with_bulky, find_premises={"100": HOME, "101": HOME}.get)
    )


def with_free(world: OrderWorld, free_a_year: int) -> None:
    """Gives each home so many free collections a year."""
    with_price(world, free_a_year=free_a_year)


def with_price_list(world: OrderWorld, **values: Any) -> None:
    """Gives the collections another list of prices."""
    with_price(world, lists=(*PRICE.lists, PriceList(**values)))


def with_price(world: OrderWorld, **values: Any) -> None:
    """Gives the collections the usual price with other values."""
    council, price = world.reports.council, replace(PRICE, **values)
    services = tuple(
        replace(each, price=price) if each.service_code == "bulky" else each
        for each in council.services
    )
    world.reports = replace(world.reports, council=replace(council, services=services))
