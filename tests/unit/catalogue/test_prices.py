"""What orders cost: each example is an order, its lines and its price in pence."""

from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.catalogue.price_lists import Price
from chalicelib.catalogue.prices import OrderInput, OrderItem, PriceLine, compute_quote, reduction
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import FieldError, Invalid
from chalicelib.kernel.languages import language
from tests.support.councils import council_named

TODAY = date(2026, 11, 23)
ITEMS: list[dict[str, Any]] = [
    {"code": "sofa", "name": "Sofa", "units": 2},
    {"code": "mattress", "name": "Mattress"},
    {"code": "chair", "name": "Chair"},
]
BY_ITEM: dict[str, Any] = {
    "begins": "2026-04-01",
    "items": {
        "sofa": {"first_pence": 2500},
        "mattress": {"first_pence": 2000, "further_pence": 800},
        "chair": {"first_pence": 333},
    },
}
BY_NUMBER: dict[str, Any] = {
    "begins": "2026-04-01",
    "bands": [{"up_to": 2, "amount_pence": 3000}, {"up_to": 5, "amount_pence": 4500}],
}


def a_service(**price: Any) -> ServiceDefinition:
    """A service with that price; a price by item unless it says otherwise."""
    usual = {"items": ITEMS, "lists": [BY_ITEM]}
    own = msgspec.convert(usual | price, Price)
    return replace(
        council_named("demo").services[0], service_name="Bulky waste", price=own, fund="BULKY"
    )


def order(**counts: int) -> tuple[OrderItem, ...]:
    return tuple(OrderItem(code=code, count=count) for code, count in counts.items())


@pytest.mark.parametrize(
    ("price", "counts", "lines"),
    [
        ({}, {"sofa": 1}, [("Sofa", 2500)]),
        ({}, {"sofa": 2, "chair": 1}, [("Sofa × 2", 5000), ("Chair", 333)]),
        ({}, {"mattress": 3}, [("Mattress × 3", 3600)]),
        ({"lists": [BY_NUMBER]}, {"sofa": 1, "chair": 1}, [("Items: 2", 3000)]),
        ({"lists": [BY_NUMBER]}, {"sofa": 1, "chair": 2}, [("Items: 3", 4500)]),
        (
            {"lists": [BY_ITEM | {"minimum_pence": 1500}]},
            {"chair": 2},
            [("Chair × 2", 666), ("Up to the minimum charge", 834)],
        ),
        ({"lists": [BY_ITEM | {"minimum_pence": 1500}]}, {"sofa": 1}, [("Sofa", 2500)]),
        (
            {"lists": [BY_ITEM | {"admin_fee_pence": 500}]},
            {"sofa": 1},
            [("Sofa", 2500), ("Administration fee", 500)],
        ),
    ],
    ids=[
        "one",
        "two kinds",
        "first and further",
        "lower band, to its end",
        "upper band",
        "below the minimum",
        "above the minimum",
        "with a fee",
    ],
)
def test_an_order_costs_the_sum_of_its_lines(
    price: dict[str, Any], counts: dict[str, int], lines: list[tuple[str, int]]
) -> None:
    said = compute_quote(a_service(**price), OrderInput(items=order(**counts)), TODAY)
    assert [(each.text, each.amount_pence) for each in said.lines] == lines
    assert said.amount_pence == sum(amount for _, amount in lines)
    assert said.fund == "BULKY"


def test_lines_can_be_stored_and_are_in_the_language_of_their_reader() -> None:
    wanted = OrderInput(items=order(chair=2))
    service = a_service(lists=[BY_ITEM | {"admin_fee_pence": 500}])
    (_, english), (_, welsh) = (
        compute_quote(service, wanted, TODAY, language(code)).lines for code in ("en", "cy")
    )
    assert english.text == "Administration fee" != welsh.text
    assert msgspec.convert(msgspec.to_builtins(welsh), PriceLine) == welsh


@pytest.mark.parametrize(
    ("counts", "units"), [({"sofa": 1}, 2), ({"sofa": 2, "mattress": 3}, 7), ({"chair": 1}, 1)]
)
def test_an_order_takes_the_units_of_its_items(counts: dict[str, int], units: int) -> None:
    assert compute_quote(a_service(), OrderInput(items=order(**counts)), TODAY).units == units


def test_a_service_without_a_price_costs_nothing_and_takes_one_unit() -> None:
    said = compute_quote(replace(a_service(), price=None, fund=None), OrderInput(), TODAY)
    assert (said.lines, said.amount_pence, said.units) == ((), 0, 1)


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        (date(2026, 4, 1), 2500),
        (date(2027, 3, 31), 2500),
        (date(2027, 4, 1), 2700),
        (date(2028, 4, 1), 2700),
    ],
)
def test_a_price_list_holds_from_its_day_until_the_next_one_begins(day: date, amount: int) -> None:
    later = {"begins": "2027-04-01", "items": BY_ITEM["items"] | {"sofa": {"first_pence": 2700}}}
    service = a_service(lists=[later, BY_ITEM])
    assert compute_quote(service, OrderInput(items=order(sofa=1)), day).amount_pence == amount


@pytest.mark.parametrize(("free_used", "amount"), [(0, 0), (1, 0), (2, 3000), (3, 3000)])
def test_the_free_orders_of_a_year_cost_nothing_not_even_a_fee(free_used: int, amount: int) -> None:
    service = a_service(free_a_year=2, lists=[BY_ITEM | {"admin_fee_pence": 500}])
    said = compute_quote(service, OrderInput(items=order(sofa=1), free_used=free_used), TODAY)
    assert said.amount_pence == amount
    assert said.lines[0].amount_pence == 2500


@pytest.mark.parametrize(
    ("percent", "counts", "amount"),
    [
        (50, {"sofa": 1}, 1250),
        (50, {"chair": 1}, 166),
        (100, {"sofa": 1}, 0),
        (0, {"sofa": 1}, 2500),
    ],
    ids=["half", "half a penny", "all", "none"],
)
def test_a_concession_reduces_the_price_and_half_a_penny_counts_for_the_payer(
    percent: int, counts: dict[str, int], amount: int
) -> None:
    service = a_service(concession_percent=percent)
    said = compute_quote(service, OrderInput(items=order(**counts), is_concession=True), TODAY)
    assert said.amount_pence == amount
    without = compute_quote(service, OrderInput(items=order(**counts)), TODAY)
    assert said.lines[0] == without.lines[0]


@pytest.mark.parametrize("percent", [0, 10, 25, 33, 50, 66, 75, 99, 100])
def test_a_reduction_is_the_exact_share_to_the_nearest_penny(percent: int) -> None:
    for amount in range(1, 2001):
        exact = Fraction(amount * percent, 100)
        nearest = {floor(exact), ceil(exact)}
        said = min(nearest, key=lambda pence: (abs(pence - exact), -pence))
        assert reduction(amount, percent) == said, (amount, percent)


def test_an_answer_can_decide_the_price() -> None:
    answers = {"standard": 1250, "express": 3850}
    lists = [{"begins": "2026-04-01", "answers": answers}]
    service = a_service(items=[], question="speed", lists=lists)
    for answer, amount in answers.items():
        said = compute_quote(service, OrderInput(answers={"speed": (answer,)}), TODAY)
        assert [(each.text, each.amount_pence) for each in said.lines] == [("Bulky waste", amount)]


def test_a_fixed_price_is_one_line_with_the_name_of_the_service() -> None:
    service = a_service(items=[], lists=[{"begins": "2026-04-01", "fixed_pence": 7000}])
    said = compute_quote(service, OrderInput(), TODAY)
    assert [(each.text, each.amount_pence) for each in said.lines] == [("Bulky waste", 7000)]


def test_a_bill_costs_what_its_payer_typed() -> None:
    service = a_service(items=[], lists=[], typed={"smallest_pence": 500, "largest_pence": 9000})
    for amount in (500, 9000):
        assert compute_quote(service, OrderInput(amount_pence=amount), TODAY).amount_pence == amount


@pytest.mark.parametrize(
    ("price", "wanted", "field"),
    [
        ({}, OrderInput(), "items"),
        ({}, OrderInput(items=order(piano=1)), "items[0].code"),
        ({}, OrderInput(items=order(sofa=1) + order(sofa=1)), "items[1].code"),
        ({}, OrderInput(items=order(sofa=0)), "items[0].count"),
        ({}, OrderInput(items=order(chair=-1)), "items[0].count"),
        ({}, OrderInput(items=order(sofa=11)), "items"),
        ({"lists": [BY_NUMBER]}, OrderInput(items=order(sofa=6)), "items"),
        ({}, OrderInput(items=order(sofa=1), amount_pence=1), "amount_pence"),
        (
            {"lists": [BY_ITEM | {"begins": "2027-01-01"}]},
            OrderInput(items=order(sofa=1)),
            "service_code",
        ),
        ({"items": [], "lists": [], "typed": {}}, OrderInput(), "amount_pence"),
        ({"items": [], "lists": [], "typed": {}}, OrderInput(amount_pence=0), "amount_pence"),
        ({"items": [], "lists": [], "typed": {}}, OrderInput(amount_pence=29), "amount_pence"),
        ({"items": [], "lists": [], "typed": {}}, OrderInput(amount_pence=99), "amount_pence"),
        (
            {"items": [], "lists": [], "typed": {}},
            OrderInput(amount_pence=10_000_001),
            "amount_pence",
        ),
        (
            {
                "items": [],
                "question": "speed",
                "lists": [{"begins": "2026-04-01", "answers": {"slow": 100}}],
            },
            OrderInput(answers={"speed": ("fast",)}),
            "attributes.speed",
        ),
        ({"items": [], "lists": [], "typed": {}}, OrderInput(items=order(sofa=1)), "items[0].code"),
    ],
    ids=[
        "nothing chosen",
        "unknown item",
        "item twice",
        "none of an item",
        "less than none",
        "too many",
        "beyond the last band",
        "amount of a priced service",
        "before the first list",
        "no amount",
        "nothing",
        "29 pence",
        "one penny too little",
        "one penny too much",
        "unknown answer",
        "items of a bill",
    ],
)
def test_an_order_that_has_no_price_is_refused_by_its_field(
    price: dict[str, Any], wanted: OrderInput, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        compute_quote(a_service(**price), wanted, TODAY)
    assert [each.field for each in refused.value.errors] == [field]


def bill() -> ServiceDefinition:
    """A bill of any amount that can be paid by card."""
    return a_service(items=[], lists=[], typed={"smallest_pence": 30})


@pytest.mark.parametrize("pence", [30, 10_000_000])
def test_bill_can_have_the_smallest_and_the_largest_amount_of_a_card(pence: int) -> None:
    assert compute_quote(bill(), OrderInput(amount_pence=pence), TODAY).amount_pence == pence


@pytest.mark.parametrize("pence", [-1, 0, 29, 10_000_001])
def test_bill_of_another_amount_is_refused_with_its_field_and_limits(pence: int) -> None:
    with pytest.raises(Invalid) as refusal:
        compute_quote(bill(), OrderInput(amount_pence=pence), TODAY)
    assert refusal.value.errors == (
        FieldError("amount_pence", "must be from 30 to 10000000 pence"),
    )


def test_most_units_of_an_order_are_those_of_its_largest_items() -> None:
    demo = council_named("demo")
    assert demo.most_units_of_order("bulky") == 20
    assert demo.most_units_of_order("counter") == 1
    assert demo.most_units_of_order("unknown") == 1
