"""Addresses are tidied of what cannot be meant; what mail cannot be sent to is refused. The web
client's twin has the same cases."""

import json
from pathlib import Path

import msgspec
import pytest

from chalicelib.accounts.destinations import parse_destination_for
from chalicelib.errors import Invalid
from chalicelib.kernel.addresses import is_email, normalise_phone, tidy_email, tidy_phone
from chalicelib.kernel.field_types import Phone

CASES = json.loads((Path(__file__).parent / "address_cases.json").read_text())


@pytest.mark.parametrize(("typed", "tidy", "is_valid"), CASES["emails"])
def test_email_is_tidied_and_is_one_that_alerts_can_be_sent_to(
    typed: str, tidy: str, is_valid: bool
) -> None:
    assert (tidy_email(typed), is_email(tidy)) == (tidy, is_valid)
    assert tidy_email(tidy) == tidy
    try:
        parse_destination_for("email", typed)
    except Invalid:
        assert not is_valid
    else:
        assert is_valid


@pytest.mark.parametrize(("typed", "tidy", "is_valid"), CASES["phones"])
def test_phone_number_is_tidied(typed: str, tidy: str, is_valid: bool) -> None:
    assert tidy_phone(typed) == tidy
    assert tidy_phone(tidy) == tidy
    try:
        msgspec.convert(tidy, Phone)
    except msgspec.ValidationError:
        assert not is_valid
    else:
        assert is_valid


@pytest.mark.parametrize(
    "typed", ["07700 900123", "07700\u00a0900123", "07700 900123 (after 6pm)", "07700 900123 ext 4"]
)
def test_phone_number_is_the_same_with_a_note(typed: str) -> None:
    assert normalise_phone(typed) == "+447700900123"
