"""Pence in words, and typed amounts."""

import pytest

from chalicelib.kernel.money import format_pounds, parse_pence


@pytest.mark.parametrize(
    ("pence", "text"),
    [
        (0, "£0"),
        (5, "£0.05"),
        (1_200, "£12"),
        (1_250, "£12.50"),
        (10_000_001, "£100,000.01"),
        (-1_250, "-£12.50"),
    ],
)
def test_pence_are_said_in_pounds(pence: int, text: str) -> None:
    assert format_pounds(pence) == text


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("12.50", 1_250),
        (" £12 ", 1_200),
        ("12.5", 1_250),
        ("0.29", 29),
        ("1,200.05", 120_005),
        ("100,000.01", 10_000_001),
        ("1200", 120_000),
    ],
)
def test_a_typed_amount_is_read_as_pence(typed: str, pence: int) -> None:
    assert parse_pence(typed) == pence


@pytest.mark.parametrize(
    "typed", ["", "£", "12.505", "-5", "12,50", "1,20", "1e3", "12p", "٣", "5.", "9999999999"]
)
def test_something_else_is_not_an_amount(typed: str) -> None:
    assert parse_pence(typed) is None
