"""What a list of services says about prices."""

from datetime import date
from typing import Any

import msgspec
import pytest

from chalicelib.catalogue.price_lists import Price
from chalicelib.catalogue.price_words import price_words
from chalicelib.kernel.languages import ENGLISH, language

TODAY = date(2026, 11, 23)
ITEMS = [{"code": code, "name": code} for code in ("sofa", "chair")]


def a_list(begins: str = "2026-04-01", **how: Any) -> dict[str, Any]:
    return {"begins": begins} | (how or {"fixed_pence": 7000})


def words(*lists: dict[str, Any], on: date = TODAY, code: str = "en", **more: Any) -> list[str]:
    price = msgspec.convert({"lists": list(lists)} | more, Price)
    return price_words(price, on, language(code))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"fixed_pence": 7000}, "£70"),
        ({"fixed_pence": 7000, "admin_fee_pence": 550}, "£70, and an administration fee of £5.50"),
        ({"answers": {"slow": 1250, "fast": 3850}}, "£12.50 to £38.50"),
        ({"bands": [{"up_to": 2, "amount_pence": 3000}]}, "£30"),
        (
            {"items": {"sofa": {"first_pence": 2500}, "chair": {"first_pence": 900}}},
            "£9 to £25 for each item",
        ),
        (
            {"items": {"sofa": {"first_pence": 2500}, "chair": {"first_pence": 2500}}},
            "£25 for each item",
        ),
    ],
)
def test_a_price_is_said_as_its_smallest_and_largest_amount(how: dict[str, Any], said: str) -> None:
    assert words(a_list(**how)) == [said]


def test_service_without_a_price_is_free_and_a_bill_names_no_amount() -> None:
    assert price_words(None, TODAY, ENGLISH) == ["Free"]
    assert words(typed={}) == []


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (
            date(2027, 3, 31),
            ["Until Wednesday 31 March 2027: £70", "From Thursday 1 April 2027: £75"],
        ),
        (date(2027, 4, 1), ["£75"]),
        (
            date(2026, 3, 31),
            ["From Wednesday 1 April 2026: £70", "From Thursday 1 April 2027: £75"],
        ),
    ],
)
def test_each_current_and_coming_list_is_named_with_its_days(on: date, said: list[str]) -> None:
    assert words(a_list("2027-04-01", fixed_pence=7500), a_list(), on=on) == said


def test_prices_are_said_in_the_language_of_the_page() -> None:
    assert words(a_list(answers={"a": 100, "b": 200}), code="cy") == ["£1 i £2"]
