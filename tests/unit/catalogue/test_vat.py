"""The VAT that prices include, in pence."""

from datetime import date

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.price_lists import Item, ItemPrice, Price, PriceList
from chalicelib.catalogue.prices import OrderInput, OrderItem, Quote, compute_quote
from chalicelib.catalogue.vat import included_vat, vat_words
from tests.support.councils import council_named

TODAY = date(2026, 11, 23)
LIST = PriceList(
    begins=TODAY,
    items={"chair": ItemPrice(first_pence=100), "sofa": ItemPrice(first_pence=200)},
    admin_fee_pence=500,
    vat_percent=20,
)
PRICE = Price(
    items=(Item(code="chair", name="Chair"), Item(code="sofa", name="Sofa")), lists=(LIST,)
)


def quoted(price: Price, *, is_concession: bool = False) -> Quote:
    service = replace(council_named("demo").services[0], price=price)
    items = tuple(OrderItem(code=each.code, count=1) for each in price.items)
    return compute_quote(service, OrderInput(items=items, is_concession=is_concession), TODAY)


@pytest.mark.parametrize(
    ("amount", "percent", "vat"),
    [
        (12000, 20, 2000),
        (1, 20, 0),
        (2, 20, 0),
        (3, 20, 1),
        (8, 20, 1),
        (9, 20, 2),
        (21, 5, 1),
        (10, 5, 0),
        (11, 5, 1),
        (1, 100, 1),
        (-9, 20, -2),
        (-2, 20, 0),
        (4200, 0, 0),
        (0, 20, 0),
    ],
)
def test_vat_is_a_part_of_the_amount_to_the_nearest_penny(
    amount: int, percent: int, vat: int
) -> None:
    assert included_vat(amount, percent) == vat


def test_each_line_knows_its_vat_and_the_price_is_the_same() -> None:
    said = quoted(PRICE)
    assert [each.vat_pence for each in said.lines] == [17, 33, 83]
    assert (said.amount_pence, said.vat_pence) == (800, 133)


def test_a_reduction_takes_its_vat_away() -> None:
    said = quoted(replace(PRICE, concession_percent=50), is_concession=True)
    assert [each.vat_pence for each in said.lines] == [17, 33, -25, 83]


def test_nothing_to_pay_has_no_vat() -> None:
    uneven = dict.fromkeys(LIST.items, ItemPrice(first_pence=104))
    said = quoted(replace(PRICE, lists=(replace(LIST, items=uneven),), free_a_year=1))
    assert [each.vat_pence for each in said.lines] == [17, 17, -35]
    assert (said.amount_pence, said.vat_pence) == (0, 0)


def test_prices_without_a_percentage_say_nothing_of_vat() -> None:
    said = quoted(replace(PRICE, lists=(replace(LIST, vat_percent=0),)))
    assert (said.vat_pence, vat_words(said.vat_pence)) == (0, "")
    assert vat_words(383) == "Includes VAT of £3.83"
