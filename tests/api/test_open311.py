"""Open311 as a whole: forms, errors, jurisdiction, services, and what nobody knows."""

import json
from typing import Any

import pytest

from chalicelib.bootstrap import container
from tests.api.conftest import Api
from tests.support.composition import BrokenPart, replace_built
from tests.support.councils import council_named
from tests.support.open311 import OtherSystem, assert_errors, json_of, other_system, xml_of
from tests.support.seam import ALL_TRIES, REFUSALS, Refusal, refuse_call

REPORTED = [each for each in council_named("demo").services if not each.is_order]
"""What is neither booked nor paid."""
HERE = "eskerby.example"
KINDS = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}


@pytest.fixture
def other(api: Api) -> OtherSystem:
    return other_system(api)


@pytest.mark.parametrize("resource", ["services", "services/pothole", "requests"])
def test_resource_has_the_format_of_its_suffix_whatever_is_accepted(
    resource: str, other: OtherSystem
) -> None:
    in_xml = other.get(f"{resource}.xml", headers={"Accept": "application/json"})
    in_json = other.get(f"{resource}.json", headers={"Accept": "text/xml"})
    assert in_xml.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert in_json.headers["Content-Type"] == "application/json; charset=utf-8"
    assert in_xml.status_code == in_json.status_code == 200


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/xml", "text/plain", "multipart/form-data; boundary=b", "nonsense"],
)
def test_get_is_answered_when_a_client_sends_any_content_type(
    content_type: str, other: OtherSystem
) -> None:
    answer = other.get("services.xml", headers={"Content-Type": content_type})
    assert len(xml_of(answer, "services")) == len(REPORTED)


@pytest.mark.parametrize(
    "path",
    [
        "nonsense.xml",
        "nonsense.json",
        "services",
        "services.html",
        "services.XML",
        "requests/7K3M2QXV9HTD/nonsense/more.json",
        "requests/000000000000.xml",
        "requests/nonsense.json",
        "requests/%2e%2e%2f.json",
        "services/dragon.json",
        "tokens/nonsense.xml",
    ],
)
def test_error_has_open311s_format_when_an_address_does_not_exist(
    path: str, other: OtherSystem
) -> None:
    answer = other.get(path)
    assert_errors(answer, 404)
    form = "json" if path.endswith(".json") else "xml"
    assert form in answer.headers["Content-Type"]


def test_error_has_open311s_format_when_nothing_can_be_posted(other: OtherSystem) -> None:
    assert_errors(other.post("services.json", {"api_key": other.key}), 404)


@pytest.mark.parametrize("path", ["x.xml", "v2/x.xml", "v2/x/y.xml", "v2/x/y/z.xml", "v3/a/b/c/d"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_error_has_open311s_format_at_every_depth(method: str, path: str, api: Api) -> None:
    assert_errors(api.client.http.request(method, f"/open311/{path}"), 404)


@pytest.mark.parametrize("kind", REFUSALS)
@pytest.mark.parametrize("form", ["xml", "json"])
def test_client_gets_retry_after_when_the_store_does_not_answer(
    form: Any, kind: Refusal, other: OtherSystem
) -> None:
    assert other.report().status_code == 200
    with refuse_call(1, kind=kind, times=ALL_TRIES):
        answer = other.get(f"requests.{form}")
    assert_errors(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0


def test_internal_error_has_open311s_format_and_no_details(
    other: OtherSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_built(monkeypatch, container.council, BrokenPart(RuntimeError("broken on purpose")))
    answer = other.get("services.json")
    assert_errors(answer, 500)
    assert b"on purpose" not in answer.body


@pytest.mark.parametrize(
    "resource", ["services", "services/pothole", "requests", "tokens/x", "servicerequestupdates"]
)
def test_jurisdiction_is_not_found_when_it_is_unknown(resource: str, other: OtherSystem) -> None:
    asked = {"jurisdiction_id": "elsewhere.example", "api_key": other.key}
    assert_errors(other.get(f"{resource}.json", asked), 404, "jurisdiction_id")


def test_jurisdiction_is_not_found_when_an_unknown_one_is_posted(other: OtherSystem) -> None:
    assert_errors(other.report(jurisdiction_id="elsewhere.example"), 404, "jurisdiction_id")
    assert_errors(other.update("0" * 12, jurisdiction_id="x"), 404, "jurisdiction_id")
    assert other.api.stored_ids() == []


@pytest.mark.parametrize("jurisdiction_id", ["", HERE])
def test_jurisdiction_may_be_named_or_empty(jurisdiction_id: str, other: OtherSystem) -> None:
    asked = {"jurisdiction_id": jurisdiction_id}
    assert other.get("services.json", asked).status_code == 200
    assert other.report(**asked).status_code == 200


def test_discovery_lists_all_endpoints(api: Api) -> None:
    found = json_of(api.get("/open311/discovery.json"))
    assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
    (endpoint,) = found["endpoints"]
    assert endpoint == {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": container.settings().site_url + "/open311/v2",
        "changeset": found["changeset"],
        "type": "test",
        "formats": ["text/xml", "application/json"],
    }
    assert "Eskerby" in found["contact"]
    assert xml_of(api.get("/open311/discovery.xml"), "discovery") == found


def test_list_of_services_is_complete_with_every_field(other: OtherSystem) -> None:
    found = json_of(other.get("services.json"))
    assert [each["service_code"] for each in found] == [each.service_code for each in REPORTED]
    for each in found:
        assert set(each) == {
            "service_code",
            "service_name",
            "description",
            "metadata",
            "type",
            "keywords",
            "group",
        }
        assert each["metadata"] is True
        assert each["type"] in ("realtime", "batch", "blackbox")
        assert isinstance(each["keywords"], str) and each["group"]
    in_xml = xml_of(other.get("services.xml"), "services")
    assert in_xml == [each | {"metadata": "true"} for each in found]


def test_id_has_no_white_space_around_it_in_xml(other: OtherSystem) -> None:
    request_id = other.reported()
    shown = f"<service_request_id>{request_id}</service_request_id>"
    assert shown.encode() in other.get(f"requests/{request_id}.xml").body


def test_service_has_the_keyword_private_when_its_reports_are_private(other: OtherSystem) -> None:
    found = {each["service_code"]: each for each in json_of(other.get("services.json"))}
    for service in REPORTED:
        words = found[service.service_code]["keywords"].split(",")
        assert ("private" in words) == (service.visibility == "private")
    assert any("private" in each["keywords"] for each in found.values())


def test_definition_is_answered_for_every_service_with_every_field(other: OtherSystem) -> None:
    for service in REPORTED:
        found = json_of(other.get(f"services/{service.service_code}.json"))
        assert set(found) == {"service_code", "attributes"}
        attributes = found["attributes"]
        assert [each["order"] for each in attributes] == list(range(1, len(attributes) + 1))
        for each in attributes:
            assert each["datatype"] in KINDS
            assert isinstance(each["required"], bool) and isinstance(each["variable"], bool)
            assert isinstance(each["datatype_description"], str) and each["description"]
            assert ("values" in each) == each["datatype"].endswith("list")
            for value in each.get("values", []):
                assert set(value) == {"key", "name"}
        answer = other.get(f"services/{service.service_code}.xml")
        assert len(xml_of(answer, "service_definition")["attributes"]) == len(attributes)


def test_definition_lists_the_senders_own_number_as_set_by_its_server(other: OtherSystem) -> None:
    *_, last = json_of(other.get("services/litter.json"))["attributes"]
    assert (last["code"], last["automated"]) == ("fixmystreet_id", "server_set")
    assert (last["variable"], last["required"]) == (False, False)


def test_definition_names_the_telephone_number_for_dangerous_answers(
    other: OtherSystem,
) -> None:
    first, *_ = json_of(other.get("services/blocked-drain.json"))["attributes"]
    assert [value["key"] for value in first["values"]] == ["no"]
    assert council_named("demo").phone in first["datatype_description"]


def test_responses_are_not_cacheable(other: OtherSystem) -> None:
    answer = other.get("services.json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_expired_token_is_ignored(other: OtherSystem) -> None:
    assert other.get("services.json", headers={"Authorization": "Basic abc"}).status_code == 200


@pytest.mark.parametrize("segment", ["\U0001f600", "%ff%fe", "a%00b", "%3Cscript%3E", "a%0d%0ab"])
def test_address_is_escaped_in_an_error(segment: str, other: OtherSystem) -> None:
    for form in ("xml", "json"):
        answer = other.get(f"services/{segment}.{form}")
        assert_errors(answer, 404)
        if form == "json":
            json.loads(answer.body)
