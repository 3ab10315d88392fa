"""Open311 clients that nobody here wrote, against the local stack."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from civicbot import Open311Client, ValidationError
from civicbot.http import HttpError, HttpTransport, RateLimiter
from civicbot.registry import Endpoint
from georeport import GeoReport

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.load import COUNCILS
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.submission import submit
from infra.local.stack import LocalStack, Options
from tests.support.builders import MARKET_PLACE, draft
from tests.support.councils import council_named

PLACE = {"lat": MARKET_PLACE["lat"], "lng": MARKET_PLACE["long"]}
CODES = [each.service_code for each in council_named("demo").services if not each.is_order]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """The demo council with a few reports, but one of its services answers with tokens."""
    council = json.loads((COUNCILS / "demo.json").read_text(encoding="utf-8"))
    for service in council["services"]:
        service["type"] = "batch" if service["service_code"] == "litter" else "realtime"
    path = tmp_path_factory.mktemp("council") / "council.json"
    path.write_text(json.dumps(council), encoding="utf-8")
    here = LocalStack(Options(council=str(path)))
    here.start()
    for number, service_code in enumerate(("pothole", "litter", "graffiti", "pothole")):
        submit(draft(service_code=service_code), f"there-{number}", Author(), reports_ports())
    yield here
    here.stop()


@pytest.fixture
def api_key(stack: LocalStack) -> str:
    with urllib.request.urlopen(f"{stack.url}/_local/tokens.json") as answer:
        key: str = json.loads(answer.read())["open311_api_key"]
    return key


@pytest.fixture
def civicbot(stack: LocalStack) -> Open311Client:
    endpoint = Endpoint("here", "Here", f"{stack.url}/open311/v2", write=True)
    transport = HttpTransport(rate_limiter=RateLimiter(min_interval=0))
    return Open311Client(endpoint, transport, jurisdiction_id="eskerby.example")


@pytest.fixture(params=["json", "xml"])
def georeport(request: Any, stack: LocalStack) -> GeoReport:
    return GeoReport(f"{stack.url}/open311/v2", "eskerby.example", output_format=request.param)


def test_civicbot_lists_services_and_reads_each_definition(civicbot: Open311Client) -> None:
    assert [each["service_code"] for each in civicbot.list_services()] == CODES
    for code in CODES:
        assert civicbot.get_service_definition(code)["service_code"] == code


def test_civicbot_lists_requests_and_reads_one(civicbot: Open311Client) -> None:
    listed = civicbot.list_requests(status="open", service_code="pothole", page_size=5)
    assert 1 <= len(listed) <= 5
    assert {each["service_code"] for each in listed} == {"pothole"}
    ids = [each["service_request_id"] for each in listed]
    assert {
        each["service_request_id"] for each in civicbot.list_requests(service_request_ids=ids)
    } == set(ids)
    assert civicbot.get_request(ids[0]) == listed[0]


def test_civicbot_sends_a_report_that_it_has_checked_against_our_definition(
    civicbot: Open311Client, api_key: str
) -> None:
    sent = civicbot.create_request(
        "fly-tipping",
        **PLACE,
        dry_run=False,
        confirm="SEND",
        validate_remote=True,
        api_key=api_key,
        description="Tyres by the mill.",
        attributes={"kinds": ["tyres", "other"], "amount": "van"},
        email="jo@example.org",
        first_name="Jo",
        phone="01904 960123",
        device_id="D1",
        media_url="https://photos.example/1.jpg",
    )
    (told,) = sent.response
    found = civicbot.get_request(told["service_request_id"])
    assert found and found["description"] == "Tyres by the mill."


def test_civicbot_knows_from_our_definition_what_is_missing(civicbot: Open311Client) -> None:
    with pytest.raises(ValidationError, match="cover-missing"):
        civicbot.create_request("blocked-drain", **PLACE, validate_remote=True)


def test_civicbot_gets_the_refusal_of_its_key(civicbot: Open311Client) -> None:
    with pytest.raises(HttpError, match="HTTP 403"):
        civicbot.create_request(
            "pothole", **PLACE, dry_run=False, confirm="SEND", api_key="nonsense"
        )


def test_civicbot_asks_with_its_token_for_the_id_of_a_report(
    civicbot: Open311Client, api_key: str
) -> None:
    sent = civicbot.create_request(
        "litter", **PLACE, dry_run=False, confirm="SEND", validate_remote=True, api_key=api_key
    )
    (told,) = sent.response
    (found,) = civicbot.get_token(told["token"])
    assert found["token"] == told["token"]
    shown = civicbot.get_request(found["service_request_id"])
    assert shown and shown["service_code"] == "litter"


def test_civicbot_gets_not_found_for_an_unknown_token(civicbot: Open311Client) -> None:
    with pytest.raises(HttpError, match="HTTP 404"):
        civicbot.get_token("nonsense")


def test_georeport_reads_services_in_either_form(georeport: GeoReport) -> None:
    assert [each["service_code"] for each in georeport.get_service_list()] == CODES
    definition = georeport.get_service_definition("pothole")
    attributes = definition["attributes"]
    if georeport.output_format == "xml":
        attributes = attributes["attribute"]
    assert [each["code"] for each in attributes] == ["size", "fixmystreet_id"]


def test_georeport_reads_requests_in_either_form(georeport: GeoReport) -> None:
    listed = georeport.get_service_requests(status="open")
    assert len(listed) > 1
    assert {each["status"] for each in listed} == {"open"}
    for each in listed[:3]:
        assert georeport.get_service_request(each["service_request_id"]) == each


def test_georeport_reads_the_same_in_both_forms(stack: LocalStack) -> None:
    ids: list[list[str]] = []
    for form in ("xml", "json"):
        client = GeoReport(f"{stack.url}/open311/v2", output_format=form)
        found = client.get_service_requests(service_code="litter,pothole")
        ids.append([each["service_request_id"] for each in found])
    assert ids[0] == ids[1]
