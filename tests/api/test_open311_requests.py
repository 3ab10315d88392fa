"""GET /requests: which reports another system sees, and how."""

from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from chalicelib.bootstrap.reports import reports_ports
from tests.api.conftest import Api
from tests.support.builders import draft_body
from tests.support.open311 import OtherSystem, assert_errors, json_of, other_system, xml_of
from tests.support.seam import record_tries

NOW = "2026-06-01T12:00:00Z"
KEYS = {
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
}


@pytest.fixture
def other(api: Api) -> OtherSystem:
    return other_system(api, sets_state=True)


def reported(api: Api, at: str, key: str, **values: Any) -> str:
    """The id of a report that a resident sent then."""
    with time_machine.travel(at, tick=False):
        answer = api.post("/api/reports", draft_body(**values), key=key)
    service_request_id: str = answer.json_body["service_request_id"]
    return service_request_id


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.body
    return [each["service_request_id"] for each in json_of(answer)]


def test_report_has_every_field_in_both_formats(other: OtherSystem) -> None:
    request_id = other.reported()
    (shown,) = json_of(other.get(f"requests/{request_id}.json"))
    assert set(shown) == KEYS
    assert shown["service_request_id"] == request_id
    assert (shown["status"], shown["service_code"]) == ("open", "pothole")
    assert (shown["lat"], shown["long"]) == (53.959, -1.0815)
    assert isinstance(shown["address"], str)
    (in_xml,) = xml_of(other.get(f"requests/{request_id}.xml"), "service_requests")
    assert set(in_xml) == KEYS
    assert (float(in_xml["lat"]), float(in_xml["long"])) == (53.959, -1.0815)
    for name in KEYS:
        assert in_xml[name] == str("" if shown[name] is None else shown[name])


def test_report_is_read_by_its_displayed_reference(other: OtherSystem) -> None:
    request_id = other.reported()
    shown = f"{request_id[:4]}-{request_id[4:8]}-{request_id[8:]}".lower()
    assert ids(other.get(f"requests/{shown}.json")) == [request_id]


def test_report_is_closed_with_the_councils_last_text_when_it_is_fixed(
    other: OtherSystem,
) -> None:
    request_id = other.reported()
    other.update(request_id, status="FIXED", description="Filled in.")
    (shown,) = json_of(other.get(f"requests/{request_id}.json"))
    assert (shown["status"], shown["status_notes"]) == ("closed", "Filled in.")


def test_report_has_more_fields_with_extensions(other: OtherSystem) -> None:
    request_id = reported(other.api, NOW, "1", title="A hole")
    (shown,) = json_of(other.get(f"requests/{request_id}.json", {"extensions": "true"}))
    assert shown["title"] == "A hole"
    assert shown["extended_attributes"]["state"] == "open"
    assert shown["extended_attributes"]["tracking_url"].endswith(request_id)
    answer = other.get(f"requests/{request_id}.xml", {"extensions": "true"})
    (in_xml,) = xml_of(answer, "service_requests")
    assert in_xml["extended_attributes"]["media_urls"] == []


def test_report_is_not_found_when_it_is_not_public(other: OtherSystem) -> None:
    hidden = other.reported(service_code="graffiti")
    assert_errors(other.get(f"requests/{hidden}.xml"), 404)
    assert ids(other.get("requests.json")) == []
    assert ids(other.get("requests.json", {"service_request_id": hidden})) == []
    unknown = other.get("requests/000000000000.xml")
    answer = other.get(f"requests/{hidden}.xml")
    assert answer.body.replace(hidden.encode(), b"") == unknown.body.replace(b"000000000000", b"")


def test_list_is_empty_when_nothing_matches(other: OtherSystem) -> None:
    assert json_of(other.get("requests.json", {"service_code": "dragon"})) == []
    assert xml_of(other.get("requests.xml"), "service_requests") == []


def test_list_has_the_reports_of_the_given_ids_whatever_else_is_requested(
    other: OtherSystem,
) -> None:
    old = reported(other.api, "2025-01-01T00:00:00Z", "1")
    new = reported(other.api, NOW, "2")
    asked = {"service_request_id": f"{old},{new},nonsense,000000000000", "status": "closed"}
    assert ids(other.get("requests.json", asked)) == [old, new]
    beside = {"status": "mended", "start_date": "yesterday", "page": "0", "service_code": "x"}
    assert ids(other.get("requests.json", {**asked, **beside})) == [old, new]


@time_machine.travel(NOW, tick=False)
def test_list_has_the_last_ninety_days_newest_first_by_default(
    other: OtherSystem,
) -> None:
    reported(other.api, "2026-03-03T11:59:59Z", "1")
    edge = reported(other.api, "2026-03-03T12:00:00Z", "2")
    new = reported(other.api, NOW, "3")
    assert ids(other.get("requests.json")) == [new, edge]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-05-01T12:00:00Z", "2026-05-02T12:00:00Z"),
        ("2026-05-01T13:00:00+01:00", "2026-05-02T12:00:00.000Z"),
        ("2026-05-01T07:00:00-05:00", "2026-05-02T12:00:00Z"),
    ],
)
def test_list_has_a_period_with_its_ends_in_every_notation_of_times(
    start: str, end: str, other: OtherSystem
) -> None:
    moments = ("01T11:59:59", "01T12:00:00", "02T12:00:00", "02T12:00:01")
    made = [reported(other.api, f"2026-05-{at}Z", at) for at in moments]
    spaced = f"requests.json?start_date={start}&end_date={quote(end)}"
    assert ids(other.get(spaced)) == [made[2], made[1]]
    assert ids(other.get("requests.json", {"start_date": start, "end_date": end})) == made[2:0:-1]


def test_list_is_by_update_time_on_request(other: OtherSystem) -> None:
    first = reported(other.api, "2026-05-01T12:00:00Z", "1")
    second = reported(other.api, "2026-05-02T12:00:00Z", "2")
    with time_machine.travel("2026-05-20T12:00:00Z", tick=False):
        other.update(first)
        after = {"updated_after": "2026-05-10T00:00:00Z"}
        assert ids(other.get("requests.json", after)) == [first]
        before = {"updated_before": "2026-05-10T00:00:00Z"}
        assert ids(other.get("requests.json", before)) == [second]


@time_machine.travel(NOW, tick=False)
def test_list_is_filtered_by_service_and_status(other: OtherSystem) -> None:
    hole, litter = (
        reported(other.api, NOW, "1"),
        reported(other.api, NOW, "2", service_code="litter"),
    )
    other.update(litter, status="CLOSED")
    for asked, expected in [
        ({"status": "open"}, {hole}),
        ({"status": "CLOSED"}, {litter}),
        ({"status": "open,closed"}, {hole, litter}),
        ({"status": ["open", "closed"]}, {hole, litter}),
        ({"service_code": "litter"}, {litter}),
        ({"service_code": "litter, pothole"}, {hole, litter}),
        ({"service_code": "pothole", "status": "closed"}, set()),
        ({"service_code": "", "status": "", "start_date": "", "page": ""}, {hole, litter}),
    ]:
        assert set(ids(other.get("requests.json", asked))) == expected  # type: ignore[arg-type]


def test_nothing_is_read_when_all_requested_services_are_unknown(
    other: OtherSystem,
) -> None:
    with record_tries() as tries:
        answer = other.get("requests.json", {"service_code": "dragon,unicorn"})
    assert (json_of(answer), len(tries)) == ([], 0)


@time_machine.travel(NOW, tick=False)
def test_pages_together_have_the_whole_list(other: OtherSystem) -> None:
    made = [reported(other.api, f"2026-05-0{day}T12:00:00Z", str(day)) for day in range(1, 6)]
    pages = [
        ids(other.get("requests.json", {"page": str(page), "page_size": "2"}))
        for page in (1, 2, 3, 4)
    ]
    assert pages == [made[:2:-1], made[2:0:-1], made[:1], []]


@pytest.mark.parametrize(
    "asked",
    [
        {"start_date": "yesterday"},
        {"end_date": "2026-01-31"},
        {"updated_after": "2026-13-01T00:00:00Z"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-01T00:00:01Z"},
        {"start_date": "2020-01-01T00:00:00Z"},
        {"start_date": "2026-05-02T00:00:00Z", "end_date": "2026-05-01T00:00:00Z"},
        {"status": "mended"},
        {"start_date": "0001-01-01T00:00:00Z", "end_date": "0001-01-02T00:00:00Z"},
        {"end_date": "1999-12-31T23:59:59Z"},
        {"updated_before": "2101-01-01T00:00:00Z"},
        {"page": "0"},
        {"page": "-1"},
        {"page": "1e3"},
        {"page": "1" * 5000},
        {"page_size": "1001"},
        {"page_size": "ten"},
    ],
)
@time_machine.travel(NOW, tick=False)
def test_list_is_refused_when_a_parameter_is_invalid(asked: Any, other: OtherSystem) -> None:
    assert_errors(other.get("requests.xml", asked), 400, next(iter(asked)))


def test_period_of_ninety_days_is_accepted(other: OtherSystem) -> None:
    asked = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-01T00:00:00Z"}
    assert other.get("requests.xml", asked).status_code == 200


def test_response_is_refused_when_it_would_be_too_long(
    other: OtherSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.handlers.exchange import open311

    other.reported()
    monkeypatch.setattr(open311, "MOST_BYTES", 100)
    assert_errors(other.get("requests.json"), 400, "page_size")


def test_no_response_contains_personal_data(other: OtherSystem) -> None:
    person = {"first_name": "Xanthippe", "last_name": "Canary", "phone": "01904 555555"}
    request_id = other.reported(
        **person, email="canary@example.org", device_id="D1", account_id="A1"
    )
    stored = reports_ports().repository.get(request_id)
    assert stored and stored.contact and stored.contact.name == "Xanthippe Canary"
    other.update(request_id, **person)
    asked = {"extensions": "true", "api_key": other.key}
    for path in ("requests", f"requests/{request_id}", "servicerequestupdates"):
        for form in ("xml", "json"):
            body = other.get(f"{path}.{form}", asked).body
            assert request_id.encode() in body
            for word in (b"Xanthippe", b"canary", b"Canary", b"555555", b"D1<", b"A1<"):
                assert word not in body
