"""The lines of a stored order, in the language of their reader."""

from datetime import date

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.prices import OrderInput, OrderItem, compute_quote
from chalicelib.kernel.languages import language
from chalicelib.reports.order_lines import translate_order
from chalicelib.reports.orders import Order
from tests.support.councils import council_named

DEMO = council_named("demo")
TODAY = date(2026, 6, 1)


def stored(service_code: str, wanted: OrderInput) -> Order:
    price = compute_quote(DEMO.by_code[service_code], wanted, TODAY)
    return Order(items=wanted.items, lines=price.lines, amount_pence=price.amount_pence)


@pytest.mark.parametrize(
    ("service_code", "wanted"),
    [
        ("bulky-waste", OrderInput(items=(OrderItem(code="sofa", count=1),))),
        ("bulky-waste", OrderInput(items=(OrderItem(code="chair", count=3),))),
        ("hall-hire", OrderInput(answers={"who": ("community",)})),
        ("pay-council-tax", OrderInput(amount_pence=12050)),
    ],
)
def test_lines_are_as_the_price_would_say_them_in_the_language(
    service_code: str, wanted: OrderInput
) -> None:
    order, welsh = stored(service_code, wanted), language("cy")
    said = DEMO.in_language("cy").by_code[service_code]
    found = translate_order(welsh, order, service_code, DEMO)
    assert found.lines == compute_quote(said, wanted, TODAY, welsh).lines
    assert found.lines != order.lines
    assert translate_order(language("en"), order, service_code, DEMO) == order


def test_a_line_stays_as_it_is_when_the_council_has_other_words_now() -> None:
    order = stored("bulky-waste", OrderInput(items=(OrderItem(code="sofa", count=1),)))
    (line,) = order.lines
    old = replace(order, lines=(replace(line, text="Settee"),))
    assert translate_order(language("cy"), old, "bulky-waste", DEMO) == old
    assert translate_order(language("cy"), old, "no-longer-offered", DEMO) == old
