"""POST /requests and the tokens: a report comes in from another system."""

from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec.structs import asdict

from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.open311 import longest_answer
from tests.api.conftest import Api
from tests.support.builders import MARKET_PLACE
from tests.support.open311 import (
    FORM,
    JPEG,
    OtherSystem,
    assert_errors,
    json_of,
    multipart,
    other_system,
    stored_report,
    xml_of,
)
from tests.support.seam import ALL_TRIES, REFUSALS, Refusal, refuse_call


@pytest.fixture
def other(api: Api) -> OtherSystem:
    return other_system(api)


def test_report_is_stored_and_its_id_returned_in_both_formats(other: OtherSystem) -> None:
    (in_json,) = json_of(other.report())
    assert set(in_json) == {"service_request_id", "service_notice", "account_id"}
    (in_xml,) = xml_of(other.report(form="xml"), "service_requests")
    assert set(in_xml) == set(in_json)
    made = {in_json["service_request_id"], in_xml["service_request_id"]}
    assert set(other.api.stored_ids()) == made and len(made) == 2


def test_report_keeps_the_useful_fields_only(other: OtherSystem) -> None:
    description = "Deep hole\n\nBy the school.\n\nhttps://www.fixmystreet.com/report/7\n"
    request_id = other.reported(
        description=description,
        first_name="Jo",
        last_name="-",
        email="jo@example.org",
        phone="01904 960123",
        deviceid="FixMyStreet",
        device_id="device of the caller",
        account_id="account of the caller",
        address_string="Market Street",
        **{"attribute[size]": "large"},
    )
    report = stored_report(request_id)
    assert report.description == description.strip()
    assert report.contact and asdict(report.contact) == {
        "name": "Jo",
        "email": "jo@example.org",
        "phone": "01904 960123",
    }
    assert (report.address, report.attributes) == ("Market Street", {"size": ("large",)})
    assert "of the caller" not in repr(report)


def test_place_is_stored_with_full_precision(other: OtherSystem) -> None:
    request_id = other.reported(lat="53.959123", long="-1.081567")
    (shown,) = json_of(other.get(f"requests/{request_id}.json"))
    assert (shown["lat"], shown["long"]) == (53.959123, -1.081567)
    in_xml = other.get(f"requests/{request_id}.xml").body
    assert b"<lat>53.959123</lat><long>-1.081567</long>" in in_xml


@pytest.mark.parametrize("half", [{"lat": "53.959", "long": None}, {"lat": None}, {"lat": " "}])
def test_address_gives_the_place_when_only_half_of_a_point_was_sent(
    half: dict[str, Any], other: OtherSystem
) -> None:
    report = stored_report(other.reported(**half, address_string="By the mill"))
    assert (report.point, report.address) == (None, "By the mill")


def test_form_may_be_multipart(other: OtherSystem) -> None:
    values = {"api_key": other.key, "service_code": "litter", "lat": 53.959, "long": -1.0815}
    body, content_type = multipart(values, {})
    assert other.post("requests.xml", body, content_type=content_type).status_code == 200


def test_description_may_be_missing(other: OtherSystem) -> None:
    assert stored_report(other.reported(description=None)).description == "Pothole"


@pytest.mark.parametrize("place", [{"address_string": "By the mill"}, {"address_id": "100050571"}])
def test_report_waits_for_an_officer_when_its_place_is_only_described(
    place: dict[str, str], other: OtherSystem
) -> None:
    report = stored_report(other.reported(lat=None, long=None, **place))
    assert (report.visibility, report.point) == ("waiting", None)
    assert report.address and next(iter(place.values())) in report.address


@pytest.mark.parametrize("key", [None, "", "nonsense", "ginnel_0123456789ab_" + "0" * 64])
@pytest.mark.parametrize("form", ["xml", "json"])
def test_report_is_refused_with_the_same_text_when_its_key_is_not_valid(
    form: str, key: str | None, other: OtherSystem
) -> None:
    answer = other.report(form=form, api_key=key, service_code=None, lat=None)
    assert_errors(answer, 403)
    assert answer.body == other.report(form=form, api_key="x").body
    assert other.api.stored_ids() == []


def test_report_is_refused_when_the_key_is_for_other_services(api: Api) -> None:
    narrow = other_system(api, service_codes=["litter"])
    assert_errors(narrow.report(), 403)
    assert narrow.report(service_code="litter").status_code == 200


@pytest.mark.usefixtures("one_hour")
def test_report_is_refused_with_retry_after_when_its_key_was_used_too_often(api: Api) -> None:
    slow = other_system(api, per_minute=1)
    answers = [slow.report() for _ in range(2)]
    assert answers[0].status_code == 200
    assert_errors(answers[-1], 429)
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("values", "status", "descriptions"),
    [
        ({"service_code": None, "lat": None}, 400, ["service_code required"]),
        ({"service_code": "dragon", "lat": None}, 404, ["dragon"]),
        ({"lat": None, "service_code": "blocked-drain"}, 400, ["lat and long"]),
        ({"lat": None, "long": None}, 400, ["address_string"]),
        ({"long": None, "lon": "-1.0815"}, 400, ["lat and long"]),
        ({"lat": "north"}, 400, ["lat: must be a number"]),
        ({"lat": "nan"}, 400, ["lat"]),
        ({"lat": "1e1"}, 400, ["lat"]),
        ({"lat": "10.0"}, 400, ["lat"]),
        ({"service_code": "blocked-drain"}, 400, ["cover-missing required"]),
        (
            {"service_code": "blocked-drain", "attribute[cover-missing]": "yes"},
            400,
            ["attribute[cover-missing]", "999 if a life is in danger"],
        ),
        ({"attribute[size]": "gigantic"}, 400, ["attribute[size]"]),
        ({"attribute[size]": ["small", "large"]}, 400, ["attribute[size]"]),
    ],
)
def test_report_is_refused_and_each_fault_named_when_it_is_invalid(
    values: dict[str, Any], status: int, descriptions: list[str], other: OtherSystem
) -> None:
    for form in ("xml", "json"):
        assert_errors(other.report(form=form, **values), status, *descriptions)
    assert other.api.stored_ids() == []


@pytest.mark.parametrize(
    "attributes",
    [
        {"attribute[kinds]": ["tyres", "other"]},
        {"attribute[kinds][]": ["tyres", "other"]},
        {"attribute[kinds][0]": "tyres", "attribute[kinds][1]": "other"},
    ],
)
def test_answer_may_have_several_values_however_they_are_spelt(
    attributes: dict[str, Any], other: OtherSystem
) -> None:
    request_id = other.reported(service_code="fly-tipping", **attributes)
    assert stored_report(request_id).attributes["kinds"] == ("tyres", "other")


def test_answer_counts_as_absent_when_it_is_blank_and_is_dropped_when_it_is_unknown(
    other: OtherSystem,
) -> None:
    values = {"attribute[size]": " ", "attribute[easting]": "460000", "attribute[x][y]": "1"}
    assert stored_report(other.reported(email=" ", **values)).attributes == {}


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe\x00",
        b"api_key=%ff&service_code=%fe",
        b"description=caf\xe9",
        b"&&&===",
        b"a=" + b"x" * 100_000,
        b"&".join(b"f%d=1" % number for number in range(1000)),
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"",
    ],
)
@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/xml", ""],
)
def test_body_is_refused_when_it_is_not_a_form(
    content_type: str, body: bytes, other: OtherSystem
) -> None:
    for path in ("requests.xml", "servicerequestupdates.json"):
        answer = other.post(path, body, content_type=content_type)
        assert answer.status_code in (400, 403)
        assert_errors(answer, answer.status_code)
    assert other.api.stored_ids() == []


def test_report_is_stored_once_when_fixmystreet_sends_it_again(other: OtherSystem) -> None:
    again = {"attribute[fixmystreet_id]": "123"}
    first = other.reported(**again)
    assert other.reported(**again, description="Put otherwise", lat="53.96") == first
    assert other.reported(**{"attribute[fixmystreet_id]": "124"}) != first
    assert len(other.api.stored_ids()) == 2
    assert stored_report(first).description == "A deep hole."
    assert stored_report(first).attributes == {}


def test_report_is_another_one_when_another_partner_has_the_same_number(api: Api) -> None:
    again = {"attribute[fixmystreet_id]": "123"}
    ids = {other_system(api).reported(**again) for _ in range(2)}
    assert len(ids) == 2


def test_report_is_stored_once_when_its_idempotency_key_is_repeated(other: OtherSystem) -> None:
    sent = {"api_key": other.key, "service_code": "litter", "lat": "53.959", "long": "-1.0815"}
    headers = {"Idempotency-Key": "k1"}
    answers = [other.post("requests.json", sent, **headers) for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert other.post("requests.json", sent).body != answers[0].body
    assert len(other.api.stored_ids()) == 2


@pytest.mark.parametrize("call", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", REFUSALS)
def test_client_gets_retry_after_and_is_stored_once_when_the_store_does_not_answer(
    kind: Refusal, call: int, other: OtherSystem
) -> None:
    values = {"attribute[fixmystreet_id]": "123"}
    with refuse_call(call, kind=kind, times=ALL_TRIES):
        answer = other.report(**values)
    assert answer.status_code in (200, 503)
    if answer.status_code == 503:
        assert_errors(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
    request_id = other.reported(**values)
    assert other.api.stored_ids() == [request_id]


def test_photos_are_the_sent_files_and_those_to_be_fetched(other: OtherSystem) -> None:
    urls = [f"https://photos.example/{number}.jpg" for number in range(2)]
    values = {
        "api_key": other.key,
        "service_code": "litter",
        "lat": 53.959,
        "long": -1.0815,
        "media_url": urls[0],
        "attribute[fixmystreet_id]": "9",
    }
    body, content_type = multipart(values, {"photo1": JPEG, "photo2": JPEG})
    answers = [other.post("requests.json", body, content_type=content_type) for _ in range(2)]
    assert answers[0].status_code == 200 and answers[0].body == answers[1].body
    report = stored_report(json_of(answers[0])[0]["service_request_id"])
    assert len(report.photos) == 3


def test_report_is_accepted_with_at_most_five_photos(other: OtherSystem) -> None:
    urls = [f"https://photos.example/{number}.jpg" for number in range(9)]
    assert len(stored_report(other.reported(media_url=urls)).photos) == 5


def test_report_is_accepted_with_its_photos_when_other_files_are_sent(other: OtherSystem) -> None:
    values = {"api_key": other.key, "service_code": "litter", "lat": 53.959, "long": -1.0815}
    others = {f"file_{number}": b"%PDF-1.7" for number in range(5)}
    photos = {f"photo{number}": JPEG for number in range(6)}
    body, content_type = multipart(values, {**others, **photos})
    answer = other.post("requests.json", body, content_type=content_type)
    assert answer.status_code == 200, answer.body
    assert len(stored_report(json_of(answer)[0]["service_request_id"]).photos) == 5


def test_report_is_accepted_without_invalid_contact_details(other: OtherSystem) -> None:
    unusable = {"email": "nobody", "phone": "not known", "first_name": "-"}
    assert stored_report(other.reported(**unusable)).contact is None
    report = stored_report(
        other.reported(**unusable | {"first_name": "A\x00" * 150, "last_name": "B"})
    )
    assert report.contact and report.contact.name
    assert len(report.contact.name) == 200
    assert (report.contact.email, report.contact.phone) == (None, None)


def test_texts_are_cut_and_cleaned_when_a_report_could_not_have_them(other: OtherSystem) -> None:
    pasted = "a\x0cb\x00c\td\ne"
    report = stored_report(other.reported(address_string="Long\n" * 60, description=pasted))
    assert report.address and len(report.address) == 200
    assert report.address.startswith("Long Long") and report.address.endswith("…")
    assert report.description == "a b c\td\ne"
    assert stored_report(other.reported(description="\x00")).description == "Pothole"


@pytest.mark.parametrize(
    ("reports", "service_code", "visibility"),
    [
        ("public", "pothole", "public"),
        ("public", "graffiti", "waiting"),
        ("waiting", "pothole", "waiting"),
        ("private", "graffiti", "private"),
        ("private", "pothole", "private"),
    ],
)
def test_report_has_the_stricter_visibility_of_its_key_and_its_service(
    reports: str, service_code: str, visibility: str, api: Api
) -> None:
    other = other_system(api, reports=reports)
    report = stored_report(other.reported(service_code=service_code))
    assert (report.visibility, report.once_public) == (visibility, visibility == "public")
    listed = json_of(other.get("requests.json"))
    assert [row["service_request_id"] for row in listed] == (
        [report.service_request_id] if visibility == "public" else []
    )


def test_token_is_not_found_when_it_is_only_an_id(other: OtherSystem) -> None:
    private = other.reported(service_code="graffiti")
    for token in (private, f"{private}-{'0' * 32}", "000000000000-" + "0" * 32):
        answer = other.get(f"tokens/{token}.json")
        assert_errors(answer, 404, "There is no such token.")


def test_report_is_read_in_the_declared_character_set(other: OtherSystem) -> None:
    words = "Großes Loch, Café"
    values = {"api_key": other.key, "service_code": "pothole", **MARKET_PLACE}
    body = urlencode({**values, "description": words}, encoding="latin-1").encode()
    latin = "application/x-www-form-urlencoded; charset=ISO-8859-1"
    answer = other.post("requests.json", body, content_type=latin)
    assert answer.status_code == 200, answer.body
    assert stored_report(json_of(answer)[0]["service_request_id"]).description == words
    unknown = other.post("requests.xml", body, content_type=f"{FORM}; charset=klingon")
    assert_errors(unknown, 400, "send it as UTF-8")
    assert_errors(other.post("requests.xml", body), 400, "body")


def notes_of(request_id: str) -> list[str]:
    return [note.text for note in reports_ports().repository.list_notes(request_id)]


def test_long_description_is_cut_and_stored_whole_for_officers_only(other: OtherSystem) -> None:
    whole = "x" * 4000 + " and the end of it"
    ids = {
        other.reported(description=whole, **{"attribute[fixmystreet_id]": "7"}) for _ in range(2)
    }
    (request_id,) = ids
    report = stored_report(request_id)
    assert (len(report.description), report.description[-1]) == (4000, "…")
    assert notes_of(request_id) == [whole]
    shown = other.get(f"requests/{request_id}.json")
    assert "the end of it" not in shown.body.decode()
    officer = other.api.token("officer")
    (note,) = other.api.get(f"/api/cases/{request_id}", token=officer).json_body["notes"]
    assert (note["by"], note["text"]) == ("Another system's full text", whole)
    assert other.reported(description="x" * 4000) and notes_of(other.reported()) == []


def test_whole_texts_have_a_maximum_length_and_number(other: OtherSystem) -> None:
    request_id = other.reported(description="x" * 30_000)
    for number in range(12):
        answer = other.update(request_id, update_id=str(number), description="y" * 30_000)
        assert answer.status_code == 200, answer.body
    lengths = [len(text) for text in notes_of(request_id)]
    assert sorted(lengths) == [4000] * 3 + [20_000] * 10


def test_long_answer_is_cut_and_stored_whole_for_officers(other: OtherSystem) -> None:
    service, asked = next(
        (service.service_code, attribute)
        for service in container.council().services
        for attribute in service.attributes
        if longest_answer(attribute)
    )
    whole = "z" * (longest_answer(asked) or 0) + " the end"
    request_id = other.reported(service_code=service, **{f"attribute[{asked.code}]": whole})
    assert stored_report(request_id).attributes[asked.code][0][-1] == "…"
    assert notes_of(request_id) == [f"{asked.code}: {whole}"]
