"""Names, phone numbers and postcodes of a council are only in its document: no page, message or
program has one, not even as an example."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue.load import COUNCILS
from tests.conftest import ROOT

SOURCES = {
    "web": ("*.html", "*.ts", "*.scss", "*.webmanifest"),
    "chalicelib": ("*.py", "*.html", "*.txt", "*.json"),
}
NOT_OURS = ("node_modules", "dist", "tests", COUNCILS.name)
PHONE = re.compile(r"\b0\d{2,4}[ ]\d{3,4}[ ]?\d{3,4}\b|\b0\d{4}[ ]\d{6}\b")
NOT_A_COUNCILS = re.compile(r"01632 960|07700 900|0303 123 1113")
"""Numbers that Ofcom keeps for drama, and that of the Information Commissioner."""
POSTCODE = re.compile(
    r"\b(?!ZZ)(?:[A-Z]{2}[0-9][0-9A-Z]? [0-9]\b|[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}\b)"
)
"""A postcode or its sector. `ZZ` is no area of Royal Mail."""
COMMON = frozenset({"Council", "North", "East", "District", "council.example"})
TOWNS = ("York", "Acomb", "Keynsham", "Selby")
"""Places that stood in pages before."""


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def facts() -> set[str]:
    """The words in the names of councils, their neighbours, depots and example places; their email
    domains and their phone numbers."""
    found = set(TOWNS)
    for path in COUNCILS.glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        others = [each["name"] for each in document.get("neighbours", ())]
        depots = [each["depot"]["name"].split()[0] for each in document.get("crews", ())]
        found.add(document["example_place"])
        names = " ".join([document["name"], *others, *depots])
        found |= set(re.findall(r"[A-Z][a-z]{3,}", names))
        for text in strings(document):
            found |= {each.partition("@")[2] for each in re.findall(r"\S+@\S+\w", text)}
            found |= set(PHONE.findall(text))
    return found - COMMON


FACTS = re.compile(rf"\b(?:{'|'.join(re.escape(each) for each in sorted(facts()))})\b")


def sources() -> Iterator[Path]:
    for folder, patterns in SOURCES.items():
        for pattern in patterns:
            for path in (ROOT / folder).rglob(pattern):
                if not set(NOT_OURS) & set(path.relative_to(ROOT).parts):
                    yield path


def facts_in(text: str) -> list[str]:
    phones = [each for each in PHONE.findall(text) if not NOT_A_COUNCILS.match(each)]
    return [*FACTS.findall(text), *phones, *POSTCODE.findall(text)]


def test_code_has_no_fact_of_a_council() -> None:
    found = {
        str(path.relative_to(ROOT)): facts
        for path in sources()
        if (facts := facts_in(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        "For example, 'No bin collections in Acomb today'",
        "Enter a phone number like 01904 960123",
        "such as YO1 7HH",
        "the sector YO1 7 of",
        "Call Eskerby on Monday",
        "write to contact@eskerby.example",
        "Bath & North East Somerset",
        "the depot in Northgate",
    ],
)
def test_fact_of_a_council_is_found(planted: str) -> None:
    assert facts_in(planted)


@pytest.mark.parametrize(
    "neutral",
    [
        "a phone number like 01632 960 001",
        "the sector ZZ1 1 of ZZ1 1AA",
        'width="41" M9 9 L8 8',
        "a bath, the north and the east",
    ],
)
def test_neutral_example_is_not_taken_for_a_fact_of_a_council(neutral: str) -> None:
    assert facts_in(neutral) == []
