"""A paid request gives its premises what it was priced for, once."""

from datetime import date

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.prices import OrderInput, OrderItem, compute_quote
from chalicelib.errors import Conflict, Invalid
from chalicelib.integrations.garden_purchases import GardenPurchases
from chalicelib.kernel.languages import ENGLISH
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import Order
from tests.support.builders import report
from tests.support.councils import council_named
from tests.support.fakes_garden import FLAT, HOME, GardenWorld

JOIN = (OrderItem(code="join", count=1),)


def purchases(garden: GardenWorld) -> GardenPurchases:
    return GardenPurchases(garden.ports.rules, lambda: garden.ports)


def paid(request: str, garden: GardenWorld, count: int = 1) -> ServiceRequest:
    return replace(
        report(),
        service_request_id=request,
        service_code=garden.ports.rules.service,
        premises_id=HOME,
        order=Order(items=(OrderItem(code="join", count=count),)),
    )


def test_paid_request_is_given_what_it_bought_once() -> None:
    garden = GardenWorld()
    for _ in range(2):
        purchases(garden).fulfil(paid("request-1", garden, 2))
    found = garden.store.stored[HOME]
    assert (found.requests, [each.containers for each in found.years]) == (("request-1",), [2])
    with pytest.raises(Conflict):
        purchases(garden).fulfil(paid("request-2", garden))


def test_request_that_is_cancelled_gives_back_what_it_bought() -> None:
    garden = GardenWorld()
    request = paid("request-1", garden)
    purchases(garden).fulfil(request)
    purchases(garden).take_back(replace(request, service_code="new-container"))
    assert garden.store.stored[HOME].is_live(garden.today)
    purchases(garden).take_back(request)
    assert not garden.store.stored[HOME].is_live(garden.today)


def test_request_for_another_service_buys_no_subscription() -> None:
    garden = GardenWorld()
    purchases(garden).fulfil(replace(paid("request-1", garden), service_code="new-container"))
    GardenPurchases(None, lambda: garden.ports).fulfil(paid("request-2", garden))
    assert garden.store.stored == {}


def test_subscription_has_no_price_where_no_garden_round_passes() -> None:
    garden = GardenWorld()
    service = replace(
        council_named("demo").by_code["new-container"], service_code=garden.ports.rules.service
    )
    with pytest.raises(Invalid):
        purchases(garden).price(service, FLAT, OrderInput(items=JOIN), date(2026, 6, 1), ENGLISH)


def test_subscription_is_offered_where_a_garden_round_passes() -> None:
    garden, service = GardenWorld(), council_named("demo").by_code["garden-waste"]
    sold = {
        home: [each.item.code for each in purchases(garden).offers(service, home, date(2026, 6, 1))]
        for home in (HOME, FLAT)
    }
    assert sold == {HOME: ["join"], FLAT: []}


def test_all_items_of_another_service_are_offered() -> None:
    price = council_named("demo").by_code["bulky-waste"].price
    assert price
    found = purchases(GardenWorld()).offers(
        council_named("demo").by_code["bulky-waste"], "", date(2026, 6, 1)
    )
    assert [each.item for each in found] == [*price.items]


def test_other_service_has_its_own_price_at_any_home() -> None:
    service = council_named("demo").by_code["bulky-waste"]
    wanted = OrderInput(items=(OrderItem(code="mattress", count=1),))
    for premises in (HOME, FLAT, None):
        found = purchases(GardenWorld()).price(service, premises, wanted, date(2026, 6, 1), ENGLISH)
        assert found == compute_quote(service, wanted, date(2026, 6, 1), ENGLISH)


def test_paid_request_without_a_home_buys_no_subscription() -> None:
    garden = GardenWorld()
    purchases(garden).fulfil(replace(paid("request-1", garden), premises_id=None))
    assert garden.store.stored == {}
