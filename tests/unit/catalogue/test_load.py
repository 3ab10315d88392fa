import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue.load import COUNCILS, load, parse
from chalicelib.catalogue.published_services import services_document
from chalicelib.errors import ConfigurationError
from chalicelib.geo.point import Point


def demo_document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((COUNCILS / "demo.json").read_bytes())
    return document


@pytest.mark.parametrize("council", sorted(path.stem for path in COUNCILS.glob("*.json")))
def test_council_loads_when_it_is_one_of_those_that_ship(council: str) -> None:
    assert load(council).services


def test_council_loads_when_it_is_named_by_a_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(demo_document() | {"name": "My Council"}))
    assert load(str(path)).name == "My Council"


def test_demo_council_covers_seven_kilometres_round_its_centre() -> None:
    box = load("demo").box
    for lat, long in ((53.896, -1.0815), (54.022, -1.0815), (53.959, -1.1884), (53.959, -0.9746)):
        assert box.contains(Point(lat=lat, long=long))


def test_demo_pothole_is_public_and_asks_nothing_required() -> None:
    services = {item["service_code"]: item for item in services_document(load("demo"))["items"]}
    assert services["pothole"]["visibility"] == "public"
    assert not any(attribute["required"] for attribute in services["pothole"]["attributes"])


def test_document_of_services_has_questions_in_open311s_names() -> None:
    services = {item["service_code"]: item for item in services_document(load("demo"))["items"]}
    (question,) = services["street-light"]["attributes"]
    assert question["variable"] is True and question["order"] == 1
    assert question["required"] is True and question["datatype"] == "singlevaluelist"
    assert {name: question["values"][3][name] for name in ("key", "dangerous")} == {
        "key": "wires",
        "dangerous": True,
    }


def test_document_of_services_has_the_places_of_other_organisations() -> None:
    elsewhere = services_document(load("demo"))["elsewhere"]
    assert [area["name"] for area in elsewhere] == [
        "Trunk road",
        "Eskerby Retail Park",
        "Wold District Council",
    ]
    assert all(area["advice"] and area["polygons"] for area in elsewhere)


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(document: dict[str, Any]) -> None:
        *way, last = path.split(".")
        place: Any = document
        for step in way:
            place = place[int(step)] if step.isdigit() else place[step]
        place[last] = value

    return apply


@pytest.mark.parametrize(
    ("mistake", "place", "fix"),
    [
        (change("bounds", [1, 2, 0, 3]), "$.bounds", "west < east"),
        (change("bounds", [1, 2, 3]), "$.bounds", "length 4"),
        (change("time_zone", "Europe/Nowhere"), "$.time_zone", "IANA"),
        (change("services", []), "$.services", "at least one"),
        (change("services.1.service_code", "pothole"), "$.services[1].service_code", "used twice"),
        (change("services.0.service_code", "Pot hole"), "$.services[0].service_code", "regex"),
        (change("services.2.team", "nobody"), "$.services[2].team", "not in `$.teams`"),
        (change("services.0.icon", "dragon"), "$.services[0].icon", "icons.json"),
        (change("frequent_services", ["dragon"]), "$.frequent_services[0]", "not in `$.services`"),
        (change("frequent_services", ["litter"] * 2), "$.frequent_services[1]", "named twice"),
        (change("frequent_services", ["litter"] * 7), "$.frequent_services", "length <= 6"),
        (change("services.0.service_level", {"days": 0}), "$.services[0].service_level", ">= 1"),
        (change("services.0.service_level", {}), "$.services[0].service_level", "give one of"),
        (
            change("services.0.service_level", {"days": 1, "working_days": 1}),
            "$.services[0].service_level",
            "give one of",
        ),
        (change("working_hours.closes", "08:00"), "$.working_hours", "before it opens"),
        (
            change("phone_hours", {"days": ["sunday"], "opens": "17:00", "closes": "08:00"}),
            "$.phone_hours",
            "before it opens",
        ),
        (change("out_of_hours_phone", ""), "$.out_of_hours_phone", "length >= 1"),
        (change("bank_holidays", "FR"), "$.bank_holidays", "GB-ENG"),
        (change("services.0.attributes.0.values", []), "$.services[0].attributes[0]", "needs"),
        (change("services.0.attributes.0.datatype", "text"), "attributes[0].values", "only a list"),
        (change("services.0.attributes.0.values.1.key", "small"), "values", "used twice"),
        (change("services.6.attributes.1.code", "kinds"), "attributes[1].code", "used twice"),
        (change("areas.0.team", "nobody"), "$.areas[0].team", "not in `$.teams`"),
        (change("areas.0.advice", "Ring them."), "$.areas[0]", "either a team"),
        (change("areas.1.services", ["dragon"]), "$.areas[1].services", "dragon"),
        (change("servces", []), "servces", "unknown field"),
        (change("services.0.keyword", []), "$.services[0]", "unknown field `keyword`"),
        (change("name", 7), "$.name", "Expected `str`"),
        (change("privacy_contact", "01904 960123"), "$.privacy_contact", "matching regex"),
        (change("security_contact", "01904 960123"), "$.security_contact", "matching regex"),
        (change("replies_to", "01904 960123"), "$.replies_to", "matching regex"),
        (change("vat_number", "123456789"), "$.vat_number", "matching regex"),
        (change("vat_number", None), "$.vat_number", "receipts name"),
        (change("texts_a_day", -1), "$.texts_a_day", ">= 0"),
        (change("ask_after_days", 0), "$.ask_after_days", ">= 1"),
    ],
)
def test_document_is_refused_with_place_and_fix_when_it_has_a_mistake(
    mistake: Callable[[dict[str, Any]], None], place: str, fix: str
) -> None:
    document = demo_document()
    mistake(document)
    with pytest.raises(ConfigurationError) as refusal:
        parse(json.dumps(document).encode(), "mine.json")
    assert "mine.json" in str(refusal.value)
    assert place in str(refusal.value)
    assert fix in str(refusal.value)


def a_request(**changes: Any) -> dict[str, Any]:
    """The demo council's document with one more service, a request with these changes."""
    document = demo_document()
    request = {
        "service_code": "help-with-bins",
        "service_name": "Help with bins",
        "group": "Bins",
        "description": "We fetch your bins from your door",
        "kind": "request",
        "needs": "premises",
        "steps": ["premises", "photos", "description", "contact", "check"],
        "visibility": "private",
        "team": "waste",
        "service_level": {"working_days": 10},
    }
    document["services"].append(request | changes)
    return document


def test_request_is_listed_with_what_it_needs_and_its_steps() -> None:
    council = parse(json.dumps(a_request()).encode(), "mine.json")
    listed = services_document(council)["items"][-1]
    assert (listed["kind"], listed["needs"], listed["steps"][0]) == (
        "request",
        "premises",
        "premises",
    )


@pytest.mark.parametrize(
    ("changes", "fix"),
    [
        ({"kind": "report"}, "a service of kind `report` has no `steps`"),
        ({"kind": "favour"}, "Invalid enum value 'favour'"),
        ({"needs": "point"}, 'give "premises" or "none"'),
        ({"visibility": "public"}, 'must be "private"'),
        ({"steps": ["premises", "photos"]}, "the last step must be `check`"),
        ({"steps": ["premises", "photos", "photos", "check"]}, "named twice"),
        ({"steps": ["photos", "check"]}, "add `premises`"),
        ({"steps": ["premises", "questions", "photos", "check"]}, "remove `questions`"),
        ({"photo": "none"}, "remove `photos`"),
        ({"assurance": "contact"}, "without signing in"),
        ({"container_limit": {"skip": 1}}, "skip: not in `$.containers`"),
        ({"container_limit": {"garden": 1}}, "ask for the container in a required question"),
        ({"container_limit": {"garden": 0}}, ">= 1"),
        (
            {"container_limit": {"garden": 1}, "kind": "booking", "calendar": "bulky"},
            "bookings and payments are not counted",
        ),
    ],
)
def test_request_is_refused_when_its_fields_do_not_fit_each_other(
    changes: dict[str, Any], fix: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        parse(json.dumps(a_request(**changes)).encode(), "mine.json")
    assert fix in str(refusal.value)


def test_document_is_refused_when_it_is_not_json() -> None:
    with pytest.raises(ConfigurationError, match=r"mine\.json"):
        parse(b"{", "mine.json")


def test_unknown_council_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="demo"):
        load("atlantis")


def test_tiles_are_the_named_services_or_the_first_six() -> None:
    document = demo_document()
    council = parse(json.dumps(document).encode(), "mine.json")
    assert [each.service_code for each in council.most_reported] == document["frequent_services"]
    del document["frequent_services"]
    council = parse(json.dumps(document).encode(), "mine.json")
    assert [each.service_code for each in council.most_reported] == [
        each["service_code"] for each in document["services"][:6]
    ]
