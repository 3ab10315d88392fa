"""Answers name their language, and caches keep those in different languages apart."""

from dataclasses import replace

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
