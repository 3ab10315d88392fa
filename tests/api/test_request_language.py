"""Answers name their language, and caches keep those in different languages apart."""

from dataclasses import replace

import pytest

from chalicelib.kernel.languages import language
from tests.api.conftest import Api

WELSH_PAGE = {"x-ginnel-language": "cy"}


def test_page_is_in_the_language_of_its_folder(here: Api) -> None:
    answer = replace(here, always=WELSH_PAGE).get("/forms/report")
    assert answer.headers["Content-Language"] == "cy"
    said = answer.body.decode()
    assert '<html lang="cy">' in said
    assert "Cyngor Eskerby" in said and 'href="/cy/"' in said
    assert here.get("/forms/report").headers["Content-Language"] == "en"


def test_answer_of_the_api_is_in_the_language_that_the_caller_accepts(here: Api) -> None:
    for accepted, code in (("cy", "cy"), ("en-GB,en;q=0.9", "en"), ("@" * 5_000, "en")):
        answer = replace(here, always={"Accept-Language": accepted}).get("/api/places?q=Station")
        assert answer.headers["Content-Language"] == code
        assert answer.headers["Vary"] == "Accept-Language"


def test_no_catalogue_is_read_for_english(api: Api) -> None:
    before = language.cache_info().misses
    api.get("/forms/report")
    replace(api, always={"Accept-Language": "en-GB,en;q=0.9,fr;q=0.8"}).get("/api/places?q=Station")
    assert language.cache_info().misses == before


@pytest.mark.parametrize(
    ("body", "detail", "message"),
    [
        ({"service_code": "litter"}, "description: mae angen hwn", "mae angen hwn"),
        (
            {"service_code": "litter", "description": "x" * 5_000},
            "description: rhaid cael 4000 o nodau ar y mwyaf",
            "rhaid cael 4000 o nodau ar y mwyaf",
        ),
    ],
)
def test_error_of_the_api_is_in_welsh_with_its_values(
    body: dict[str, str], detail: str, message: str, api: Api
) -> None:
    answer = replace(api, always={"Accept-Language": "cy"}).post("/api/reports", body)
    assert answer.headers["Content-Language"] == "cy"
    assert answer.json_body["title"] == "Cais anghywir"
    assert answer.json_body["detail"].startswith(detail)
    errors = {each["field"]: each["message"] for each in answer.json_body["errors"]}
    assert errors["description"] == message
    assert api.post("/api/reports", body).json_body["title"] == "Bad Request"


def test_missing_report_is_named_in_welsh(api: Api) -> None:
    answer = replace(api, always={"Accept-Language": "cy"}).get("/api/reports/7K3M2QXV9HTD")
    assert answer.json_body["detail"] == "Nid oes adroddiad 7K3M2QXV9HTD."


def test_page_leads_to_itself_in_the_other_languages(api: Api) -> None:
    welsh = replace(api, always=WELSH_PAGE)
    address = "/forms/nearest?kind=park&q=%C5%B4+%26+x"
    shown = '<a class="app-footer__link" href="{}" hreflang="{}" lang="{}">{}</a>'
    escaped = address.replace("&", "&amp;")
    assert shown.format(f"/cy{escaped}", "cy", "cy", "Cymraeg") in api.get(address).body.decode()
    assert shown.format(escaped, "en", "en", "English") in welsh.get(address).body.decode()
    answer = welsh.post("/forms/report", b"step=where", key=None).body.decode()
    assert '<html lang="cy">' in answer and "English" not in answer


def test_error_names_the_council_and_its_questions_as_it_does_in_welsh(api: Api) -> None:
    welsh = replace(api, always={"Accept-Language": "cy"})
    far = {"service_code": "litter", "description": "x", "lat": 10, "long": 10}
    errors = welsh.post("/api/reports", far).json_body["errors"]
    assert errors[0]["message"].startswith("mae’r lleoliad y tu allan i ardal Cyngor Eskerby:")
    unanswered = {"service_code": "street-light", "description": "x", "address": "x"}
    errors = welsh.post("/api/reports", unanswered).json_body["errors"]
    assert "atebwch y cwestiwn hwn: Beth sydd o’i le ar y golau?" in [
        each["message"] for each in errors
    ]


def test_page_is_shown_when_its_query_holds_half_a_character(api: Api) -> None:
    assert api.get("/forms/nearest?kind=x&q=%ED%A0%80").status_code == 400
