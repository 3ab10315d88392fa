import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.ids import ALPHABET, reference_of
from chalicelib.reports.reference import format_reference, parse_reference


@given(st.integers(0, 2**60 - 1))
def test_grouped_reference_is_read_back(number: int) -> None:
    assert parse_reference(format_reference(reference_of(number))) == reference_of(number)


@given(st.integers(0, 2**60 - 1), st.integers(0, 2**60 - 1))
def test_references_differ_when_their_numbers_differ(a: int, b: int) -> None:
    assert (reference_of(a) == reference_of(b)) == (a == b)


def test_misheard_reference_is_understood() -> None:
    assert parse_reference(" 7k3m 2qxv-9htd ") == "7K3M2QXV9HTD"
    assert parse_reference("oil0-oil0-oil0") == "011001100110"
    assert parse_reference("7k3m – 2qxv9htd") == "7K3M2QXV9HTD"


@pytest.mark.parametrize(
    "typed",
    [
        *("", "7K3M", "7K3M-2QXV-9HTDA", "7K3M-2QXV-9HT!", "UUUUUUUUUUUU"),
        *("Thread Street", "7K3M2-QXV9H-TD"),
    ],
)
def test_impossible_reference_is_none(typed: str) -> None:
    assert parse_reference(typed) is None


def test_alphabet_has_no_similar_letters() -> None:
    assert len(set(ALPHABET)) == 32 and not set("ILOU") & set(ALPHABET)
