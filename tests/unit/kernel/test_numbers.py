"""Numbers that are sent as text."""

import pytest

from chalicelib.kernel.numbers import whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("999999999", 999_999_999),
        ("1000000000", None),
        ("9" * 5_000, None),
        ("", None),
        ("-1", None),
        ("1.0", None),
        ("1e3", None),
        ("NaN", None),
        ("٣", None),
        ("²", None),
    ],
)
def test_only_short_plain_digits_are_a_number(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_fewer_digits_can_be_asked_for() -> None:
    assert (whole_number("99", 2), whole_number("100", 2)) == (99, None)
