"""Where a council's document says that reports are passed on to."""

import json
from typing import Any

import pytest

from chalicelib.catalogue.destinations import MailboxDestination, Open311Destination
from chalicelib.catalogue.load import COUNCILS, parse
from chalicelib.errors import ConfigurationError

COUNTY = {
    "destination": "county",
    "name": "The County",
    "kind": "open311",
    "endpoint": "https://county.example/open311/v2",
    "services": {"pothole": {"service_code": "RD-01", "attributes": {"how_big": "size"}}},
}
TREES = {"destination": "trees", "name": "Trees", "kind": "mailbox", "to": "trees@council.example"}


def document(*destinations: dict[str, Any], forward_to: str | None = None) -> bytes:
    """The demo council, whose potholes are passed on."""
    whole = json.loads((COUNCILS / "demo.json").read_text(encoding="utf-8"))
    for each in whole["services"]:
        each["forward_to"] = forward_to if each["service_code"] == "pothole" else None
    return json.dumps(whole | {"destinations": destinations}).encode()


def test_council_passes_on_to_servers_and_mailboxes() -> None:
    council = parse(document(COUNTY, TREES, forward_to="county"), "x.json")
    county, trees = council.destinations
    assert isinstance(county, Open311Destination) and isinstance(trees, MailboxDestination)
    assert (county.kind, trees.kind) == ("open311", "mailbox")
    assert council.by_destination["county"] is county
    assert county.services["pothole"].attributes == {"how_big": "size"}
    assert council.forward_to("pothole") == "county"
    assert council.forward_to("graffiti") is council.forward_to("unknown") is None


def test_contact_is_not_passed_on_unless_the_document_says_so() -> None:
    asked = COUNTY | {"passes_contact": True}
    for sent, passes in ((COUNTY, False), (asked, True)):
        (county,) = parse(document(sent), "x.json").destinations
        assert county.passes_contact is passes


@pytest.mark.parametrize(
    ("destinations", "forward_to", "fault"),
    [
        ([TREES], "county", "'county' is not in `$.destinations`"),
        ([TREES, TREES], "trees", "'trees' is used twice"),
        ([COUNTY | {"services": {}}], "county", "the other system's name for 'pothole'"),
        ([COUNTY | {"services": {"tree": {"service_code": "T"}}}], None, "'tree' is not in"),
        (
            [
                COUNTY
                | {"services": {"pothole": {"service_code": "T", "attributes": {"a": "depth"}}}}
            ],
            None,
            "attributes.a`: the service does not have 'depth'; name one of size, reference",
        ),
        ([COUNTY | {"kind": "fax"}], None, "kind"),
        ([COUNTY | {"endpoint": "http://county.example/open311/v2"}], None, "endpoint"),
        ([COUNTY | {"endpoint": "https://county.example/open311/v2/"}], None, "endpoint"),
        ([TREES | {"to": "trees"}], None, "to"),
        ([TREES | {"endpoint": "https://x.example"}], None, "endpoint"),
    ],
)
def test_document_is_refused_when_a_destination_is_invalid(
    destinations: list[dict[str, Any]], forward_to: str | None, fault: str
) -> None:
    with pytest.raises(ConfigurationError, match=fault.replace("$", r"\$")):
        parse(document(*destinations, forward_to=forward_to), "x.json")


@pytest.mark.parametrize("wrong", ["example", "@example.org", "a b@example.org", "ann@", "*"])
def test_council_is_refused_when_answers_from_is_not_an_address_or_domain(wrong: str) -> None:
    good = ["ann@example.org", "park.example"]
    parse(document(TREES | {"answers_from": good}), "x.json")
    with pytest.raises(ConfigurationError, match="answers_from"):
        parse(document(TREES | {"answers_from": [*good, wrong]}), "x.json")


def passing_on(service_code: str, **attributes: str) -> bytes:
    """The demo council, which passes that service on to the county."""
    theirs = {"service_code": "X", "attributes": attributes}
    whole = json.loads(document(COUNTY | {"services": {service_code: theirs}}))
    for each in whole["services"]:
        each["forward_to"] = "county" if each["service_code"] == service_code else None
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("service_code", "field"),
    [
        ("bulky-waste", "uprn"),
        ("bulky-waste", "items"),
        ("bulky-waste", "item-count"),
        ("bulky-waste", "booked-day"),
        ("bulky-waste", "booked-slot"),
        ("bulky-waste", "booked-time"),
        ("missed-bin", "container"),
        ("missed-bin", "collection-date"),
        ("new-container", "container"),
        ("pothole", "easting"),
    ],
)
def test_field_of_the_work_can_answer_another_bodys_question(service_code: str, field: str) -> None:
    (county,) = parse(passing_on(service_code, THEIRS=field), "x.json").destinations
    assert isinstance(county, Open311Destination)
    assert county.services[service_code].attributes == {"THEIRS": field}


@pytest.mark.parametrize(
    ("service_code", "field"),
    [("pothole", "uprn"), ("pothole", "items"), ("missed-bin", "booked-day"), ("pothole", "date")],
)
def test_council_is_refused_when_it_maps_a_field_that_a_service_does_not_have(
    service_code: str, field: str
) -> None:
    fault = (
        rf"services.{service_code}.attributes.THEIRS`: the service does not have '{field}'; name"
    )
    with pytest.raises(ConfigurationError, match=fault):
        parse(passing_on(service_code, THEIRS=field), "x.json")


def test_council_is_refused_when_requests_without_a_place_go_to_a_server() -> None:
    with pytest.raises(
        ConfigurationError, match=r"forward_to`: Open311 needs a place.*name a mail"
    ):
        parse(passing_on("compliment"), "x.json")
