"""Kinds of facilities in the council's document, and the texts that their columns make."""

import json
from typing import Any

import pytest

from chalicelib.catalogue.facility_kinds import columns_in, fill_text
from chalicelib.catalogue.load import COUNCILS, parse
from chalicelib.errors import ConfigurationError


def document_with(**values: Any) -> bytes:
    """The demo council with one kind, of which these values differ."""
    document = json.loads((COUNCILS / "demo.json").read_bytes())
    kind = {"kind": "bench", "label": "Bench", "plural": "Benches", "icon": "bench"}
    kinds = [{**kind, "columns": {"name": "{Name}"}, **values}]
    return json.dumps(document | {"facility_kinds": kinds, "translations": {}}).encode()


def test_kind_needs_its_columns_when_they_are_not_optional() -> None:
    (kind,) = parse(
        document_with(columns={"name": "{Name} ({No})", "notes": "{Wood?}"}, only={"State": "up"}),
        "demo",
    ).facility_kinds
    assert kind.required_columns == {"Name", "No", "State"}


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"service_code": "sitting"}, r"`\$.facility_kinds\[0\].service_code`: 'sitting'"),
        ({"columns": {"name": "Name"}}, r"columns.name`: 'Name' must name columns in braces"),
        ({"columns": {"name": "{Name"}}, r"columns.name`: '{Name' must name columns in braces"),
        ({"columns": {"name": "{}"}}, r"columns.name`: '{}' must name columns in braces"),
        ({"columns": {"name": "{N}", "hours": "{H}"}}, "unknown field `hours`"),
        ({"columns": {"id": "{N}"}}, "missing required field `name`"),
        ({"kind": "A bench"}, "matching regex"),
    ],
)
def test_document_is_refused_when_a_facility_kind_is_invalid(
    values: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ConfigurationError, match=fault):
        parse(document_with(**values), "demo")


def test_document_is_refused_when_a_kind_comes_twice() -> None:
    document = json.loads(document_with())
    document["facility_kinds"] *= 2
    with pytest.raises(ConfigurationError, match="'bench' is used twice; rename one"):
        parse(json.dumps(document).encode(), "demo")


VALUES = {"A": "Oak Road", "B": "", "C": "N/A", "D": "York", "E": "two\n lines"}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{A}", "Oak Road"),
        ("{A}, {B}, {C}, {D}", "Oak Road, York"),
        ("{B}, {A}", "Oak Road"),
        ("{A} ({B})", "Oak Road"),
        ("{A} ({D})", "Oak Road (York)"),
        ("{A}; Sat {B}; Sun {D}", "Oak Road; Sun York"),
        ("{B}; {C}", ""),
        ("{E}", "two lines"),
        ("{Missing?}", ""),
    ],
)
def test_text_is_tidy_when_some_columns_are_empty(text: str, made: str) -> None:
    assert fill_text(text, VALUES) == made


def test_columns_are_those_in_braces() -> None:
    assert columns_in("{Site Name}, {Location 1} {Wood?}") == {"Site Name", "Location 1"}
