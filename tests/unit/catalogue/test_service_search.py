"""Services are found by the words that residents use."""

import json
from pathlib import Path

import msgspec
import pytest

from chalicelib.catalogue.service_search import suggest_services
from tests.support.councils import council_named

SHOWN = 3
EVERYDAY = json.loads(Path(__file__).with_name("everyday_words.json").read_bytes())
"""What residents type, with the right kind of each council; the browser's search is tested with the
same words."""


@pytest.mark.parametrize("council", ["demo", "bath"])
def test_everyday_words_find_the_right_kind_among_the_first_three(council: str) -> None:
    services = council_named(council).services
    missed = [
        each["typed"]
        for each in EVERYDAY
        if each[council]
        not in [found.service_code for found in suggest_services(each["typed"], services)[:SHOWN]]
    ]
    assert len(EVERYDAY) == 60
    assert len(missed) <= 6, missed


def codes(typed: str, **keywords: tuple[str, ...]) -> list[str]:
    """The services that are found among some with only these keywords."""
    first = council_named("demo").services[0]
    known = [
        msgspec.structs.replace(
            first, service_code=code, service_name="Kind", description="Any object", keywords=words
        )
        for code, words in keywords.items()
    ]
    return [each.service_code for each in suggest_services(typed, known)]


@pytest.mark.parametrize("typed", ["lamp post", "lamppost", "Lamp-posts", "lamppots", "lam"])
def test_service_is_found_for_other_spellings_of_a_keyword(typed: str) -> None:
    assert codes(typed, light=("lamp post",), drain=("gully",)) == ["light"]


def test_service_with_the_exact_word_is_found_without_those_of_a_similar_one() -> None:
    assert codes("barking", parking=("parking",), dogs=("barking",)) == ["dogs"]


def test_word_of_a_name_counts_more_than_a_keyword_and_a_keyword_more_than_a_description() -> None:
    assert codes("fallen object", a=("x",), b=("fallen",)) == ["b", "a"]
    found = [
        each.service_code
        for each in suggest_services("dog fouling", council_named("demo").services)
    ]
    assert found[0] == "dog-fouling"


@pytest.mark.parametrize("typed", ["", "  ", "zeppelin", "xy", "!"])
def test_nothing_is_found_for_words_that_match_nothing(typed: str) -> None:
    assert codes(typed, light=("lamp post",)) == []
