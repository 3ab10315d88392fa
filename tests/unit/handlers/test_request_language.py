"""In which language a request is answered; the demo council offers English and Welsh."""

import pytest

from chalicelib.bootstrap import container
from chalicelib.handlers.http.request_language import FOLDER, LONGEST_LIST, language_requested
from infra.local.cloud import Cloud


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("cy", "cy"),
        ("cy-GB, cy;q=0.9, en-GB;q=0.8, en;q=0.7", "cy"),
        ("CY", "cy"),
        ("fr, cy;q=0.3", "cy"),
        ("en;q=0.5, cy", "cy"),
        ("pl, @@@, cy;q=0.1", "cy"),
        ("en-GB, cy;q=0.9", "en"),
        ("en, cy", "en"),
        ("cy;q=0", "en"),
        ("cy;q=0.000, fr", "en"),
        ("cy;q=2", "en"),
        ("fr, pl", "en"),
        ("*", "en"),
        ("", "en"),
        (",;=,", "en"),
        ("cymraeg", "en"),
        ("../cy", "en"),
        ("cy," * LONGEST_LIST, "en"),
    ],
)
def test_call_of_the_api_gets_the_best_language_that_is_offered(
    accepted: str, code: str, cloud: Cloud
) -> None:
    assert language_requested({"accept-language": accepted}, is_page=False).code == code


def test_page_has_the_language_of_its_folder_whatever_the_browser_prefers(cloud: Cloud) -> None:
    assert language_requested({FOLDER: "cy", "accept-language": "en"}, is_page=True).code == "cy"
    assert language_requested({"accept-language": "cy"}, is_page=True).code == "en"


@pytest.mark.parametrize("folder", ["pl", "CY", "en", "../../cy", "cy\n", "x" * 100_000])
def test_folder_of_no_language_is_english(folder: str, cloud: Cloud) -> None:
    assert language_requested({FOLDER: folder, "accept-language": "cy"}, is_page=True).code == "en"
    assert language_requested({FOLDER: folder, "accept-language": "cy"}, is_page=False).code == "en"


def test_council_with_english_alone_answers_in_english(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNCIL", "bath")
    container.forget_built()
    assert language_requested({FOLDER: "cy"}, is_page=True).code == "en"
    assert language_requested({"accept-language": "cy"}, is_page=False).code == "en"
    container.forget_built()
