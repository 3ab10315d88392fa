"""The readable export: words in the place of codes, and nothing that only computers read."""

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from chalicelib.kernel.languages import ENGLISH, language
from chalicelib.privacy.page import ExportPages

REPORT: dict[str, Any] = {
    "service_request_id": "7K3M9Q2WX4TB",
    "service_code": "pothole",
    "description": "Deep.",
    "lat": 53.959,
    "long": -1.0815,
    "requested_datetime": "2026-06-01T12:00:00Z",
    "anonymous": False,
    "attributes": {"size": ["large", "not-asked-any-more"]},
    "contact": {"name": None, "email": "resident@example.org"},
    "email_key": "f51d41240d567478513a0fedd915153c",
    "reporter": "account-1",
    "title": None,
    "version": 3,
}


@pytest.fixture
def pages() -> ExportPages:
    return ExportPages(
        language=ENGLISH,
        council="Council",
        zone=ZoneInfo("Europe/London"),
        names={
            "service_code": {"pothole": "Pothole"},
            "container": {"black": "Black bin"},
            "teams": {"parks": "Parks"},
        },
        questions={"pothole.size": "How big?", "pothole.size.large": "As a wheel"},
    )


def made(
    pages: ExportPages, held: Mapping[str, list[dict[str, Any]]], after: str | None = None
) -> str:
    not_included = [{"data": "Backups", "reason": "Copies."}]
    made_at = "2026-11-21T19:43:17.881247Z"
    return pages.page(
        {"made_at": made_at, "records": held, "not_included": not_included, "next": after}
    )


def lines(page: str) -> list[tuple[str, str]]:
    return re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page)


def test_report_is_described_in_words(pages: ExportPages) -> None:
    assert lines(made(pages, {"report": [REPORT]}, "more")) == [
        ("Reference", "7K3M9Q2WX4TB"),
        ("Kind of problem", "Pothole"),
        ("What you write about the problem", "Deep."),
        ("The place that you choose", "53.959, -1.0815"),
        ("Reported", "1 June 2026, 13:00"),
        ("Sent anonymously", "No"),
        ("How big?", "As a wheel, not-asked-any-more"),
        ("Your email address", "resident@example.org"),
    ]


def test_saved_place_is_one_line(pages: ExportPages) -> None:
    places = [{"label": "<b>Home</b>", "lat": 53.9, "long": -1.0}]
    page = made(pages, {"account": [{"saved_places": places}]}, "more")
    said = "&lt;b&gt;Home&lt;/b&gt;: 53.9, -1.0"
    assert lines(page) == [("The location of a saved place", said)]


def test_missed_collection_names_its_container_and_day(pages: ExportPages) -> None:
    collection = {"container": "black", "date": "2026-06-01", "disputes": True}
    assert lines(made(pages, {"report": [{"collection": collection}]}, "more")) == [
        ("The container that was not emptied", "Black bin"),
        ("The day on which it was not emptied", "Monday 1 June 2026"),
        ("Whether you say that the crew is wrong about it", "Yes"),
    ]


@pytest.mark.parametrize("text", ["2026-13-45", "2026-13-45T99:00:00Z"])
def test_text_that_only_looks_like_a_time_is_shown_as_it_is(text: str, pages: ExportPages) -> None:
    assert text in dict(lines(made(pages, {"report": [REPORT | {"title": text}]}))).values()


def test_roles_name_their_teams(pages: ExportPages) -> None:
    grants = [{"role": "officer", "teams": ["parks", "gone"], "wards": []}]
    said = [value for _, value in lines(made(pages, {"account": [{"grants": grants}]}, "more"))]
    assert said == ["officer", "Parks, gone"]


def test_photo_is_a_link(pages: ExportPages) -> None:
    photo = {"service_request_id": "R", "photo_id": "P", "page": "https://photos.example/p.jpg"}
    page = made(pages, {"pictures": [photo]})
    assert '<a href="https://photos.example/p.jpg" rel="noreferrer">' in page


def test_beginning_and_end_are_written_once_over_several_pages(pages: ExportPages) -> None:
    first = made(pages, {"account": [{"name": "Resident"}]}, "more")
    last = made(pages, {"report": [REPORT]})
    assert ("Created on 21 November 2026, 19:43" in first, "Created on" in last) == (True, False)
    assert ("Backups" in first, "Backups" in last) == (False, True)


def test_page_is_in_the_language_of_the_reader(pages: ExportPages) -> None:
    welsh = replace(pages, language=language("cy"), council="Cyngor")
    page = made(welsh, {"report": [REPORT]})
    assert '<html lang="cy">' in page and "<h2>Adroddiad</h2>" in page
    shown = dict(lines(page))
    assert shown["Rhoddwyd gwybod"] == "1 Mehefin 2026, 13:00"
    assert shown["Anfonwyd yn ddienw"] == "Na"
