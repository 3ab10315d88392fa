"""The council's own texts in other languages."""

import json
from typing import Any

import pytest

from chalicelib.catalogue.load import COUNCILS, parse
from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError
from tests.support.councils import council_named


def council(texts: dict[str, Any]) -> Council:
    """The demo council with these Welsh texts alone."""
    document = json.loads((COUNCILS / "demo.json").read_bytes())
    return parse(json.dumps(document | {"translations": {"cy": texts}}).encode(), "demo.json")


def test_council_is_shown_in_a_language_that_it_offers() -> None:
    welsh = council_named("demo").in_language("cy")
    pothole = welsh.by_code["pothole"]
    assert welsh.name == "Cyngor Eskerby"
    assert (pothole.service_name, pothole.group) == ("Twll yn y ffordd", "Ffyrdd a phalmentydd")
    (size,) = pothole.attributes
    assert size.description == "Pa mor fawr ydyw?"
    assert [each.name for each in size.values][:1] == ["Llai na phlât cinio"]
    assert {each.kind: each.plural for each in welsh.facility_kinds}["library"] == "Llyfrgelloedd"
    assert "Cefnffordd" in {area.name for area in welsh.areas}
    assert welsh.neighbours[0].name == "Cyngor Dosbarth Wold"


def test_council_stays_english_in_a_language_that_it_does_not_offer() -> None:
    demo = council_named("demo")
    assert demo.in_language("fr") is demo
    assert demo.in_language("en") is demo


def test_missing_text_stays_english() -> None:
    welsh = council({"services": {"pothole": {"description": "Twll"}}}).in_language("cy")
    pothole = welsh.by_code["pothole"]
    assert (pothole.service_name, pothole.description) == ("Pothole", "Twll")
    assert pothole.attributes == council_named("demo").by_code["pothole"].attributes
    assert welsh.by_code["litter"] == council_named("demo").by_code["litter"]
    assert welsh.name == "Eskerby Council"


def test_service_is_found_by_its_english_words_too() -> None:
    pothole = council_named("demo").in_language("cy").by_code["pothole"]
    assert {"twll", "Pothole", "tarmac"} <= set(pothole.keywords)


def test_every_text_of_the_demo_council_is_in_welsh() -> None:
    demo = council_named("demo")
    texts = demo.translations["cy"]
    assert set(texts.services) == set(demo.by_code)
    assert set(texts.groups) == {service.group for service in demo.services}
    assert set(texts.facility_kinds) == {each.kind for each in demo.facility_kinds}
    assert set(texts.areas) == {area.name for area in demo.areas if area.advice}
    assert set(texts.wards) == set(demo.councillors)
    for service in demo.services:
        own = texts.services[service.service_code]
        assert own.service_name and own.description and own.keywords
        for question in service.attributes:
            said = own.attributes[question.code]
            assert said.description
            assert bool(said.datatype_description) == bool(question.datatype_description)
            assert set(said.values) == {each.key for each in question.values}


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ({"services": {"potole": {}}}, ".services`: 'potole' is not in `$.services`"),
        ({"groups": {"Roads": "Ffyrdd"}}, ".groups`: 'Roads' is not in `$.groups`"),
        (
            {"services": {"pothole": {"attributes": {"depth": {}}}}},
            ".services.pothole.attributes`: 'depth' is not in the service",
        ),
        (
            {"services": {"pothole": {"attributes": {"size": {"values": {"huge": "Enfawr"}}}}}},
            ".services.pothole.attributes.size.values`: 'huge' is not in the question",
        ),
        ({"facility_kinds": {"pub": {}}}, ".facility_kinds`: 'pub' is not in `$.facility_kinds`"),
        ({"areas": {"Moon": {}}}, ".areas`: 'Moon' is not in `$.areas`"),
    ],
)
def test_text_for_something_unknown_is_refused_with_its_place(
    texts: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        council(texts)
    assert f"demo.json: `$.translations.cy{fault}" in str(refused.value)


@pytest.mark.parametrize(
    ("council", "code", "said"),
    [
        ("demo", "cy", "cy"),
        ("demo", "cy-GB", "cy"),
        ("demo", "en", "en"),
        ("demo", "pl", None),
        ("demo", None, None),
        ("bath", "cy", None),
        ("bath", "en-GB", "en"),
    ],
)
def test_council_offers_english_and_the_languages_of_its_translations(
    council: str, code: str | None, said: str | None
) -> None:
    offered = council_named(council).offered_language(code)
    assert (offered.code if offered else None) == said


def test_language_that_is_not_offered_is_a_fault_that_names_the_others() -> None:
    assert council_named("bath").language_faults("cy") == [("language", "choose from: en")]
    assert council_named("demo").language_faults("pl") == [("language", "choose from: en, cy")]
    assert (
        council_named("demo").language_faults("cy")
        == council_named("demo").language_faults(None)
        == []
    )
