"""Account references: their pattern and their check digit."""

from typing import Any

import pytest

from chalicelib.catalogue.check_digits import CheckDigit
from chalicelib.catalogue.questions import Attribute, check_answers

MOD_10 = CheckDigit(scheme="mod-10")
MOD_11 = CheckDigit(scheme="mod-11")
WEIGHTED = CheckDigit(scheme="mod-11", weights=(7, 6, 5, 4, 3, 2))


@pytest.mark.parametrize(
    ("check_digit", "reference"),
    [
        (MOD_10, "79927398713"),
        (MOD_10, "PCN 7992739-8713"),
        (MOD_11, "0306406152"),
        (MOD_11, "080442957X"),
        (WEIGHTED, "1234560"),
    ],
    ids=["mod 10", "letters and spaces do not count", "mod 11", "mod 11 with X", "own weights"],
)
def test_a_reference_is_right_until_any_digit_is_changed(
    check_digit: CheckDigit, reference: str
) -> None:
    assert check_digit.is_right(reference)
    for at, digit in enumerate(reference):
        if digit.isdigit():
            other = f"{(int(digit) + 1) % 10}"
            assert not check_digit.is_right(reference[:at] + other + reference[at + 1 :])


@pytest.mark.parametrize("reference", ["", "7", "ABC", "X", "12345678901"])
def test_a_reference_without_the_digits_of_the_weights_is_wrong(reference: str) -> None:
    assert not WEIGHTED.is_right(reference)


def question(**more: Any) -> Attribute:
    return Attribute(
        code="account", datatype="string", description="Account number", required=True, **more
    )


@pytest.mark.parametrize(
    ("typed", "kept"), [("79927398713", "79927398713"), (" 7992 7398 713", "79927398713")]
)
def test_a_reference_is_kept_without_its_spaces(typed: str, kept: str) -> None:
    asked = question(pattern="[0-9]{11}", check_digit=MOD_10)
    assert check_answers((asked,), {"account": typed}, emergency_line=str) == (
        {"account": (kept,)},
        [],
    )


@pytest.mark.parametrize(
    ("typed", "fix"),
    [("7992739871", "not in the right format"), ("79927398714", "has a wrong digit")],
)
def test_a_reference_that_cannot_be_ours_is_refused(typed: str, fix: str) -> None:
    asked = question(pattern="[0-9]{11}", check_digit=MOD_10)
    answers, (fault,) = check_answers((asked,), {"account": typed}, emergency_line=str)
    assert (answers, fault.field) == ({}, "attributes.account")
    assert fix in fault.message
