"""The published page of a report, with the templates that ship."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.kernel.languages import ENGLISH, language
from chalicelib.kernel.templating import environment
from chalicelib.publishing.pages import JinjaPages
from chalicelib.reports.published import Delay
from tests.support.builders import NOON
from tests.support.councils import council_named
from tests.support.fakes_publishing import photo_view, report_view, update_view

PAGES = JinjaPages(
    council=council_named("demo").page_details,
    zone=ZoneInfo("Europe/London"),
    now=lambda: NOON,
)


def page(**values: Any) -> str:
    report = report_view(service_request_id="R00000000001", **values)
    return PAGES.render_report(report).decode()


def test_page_has_all_details_for_residents() -> None:
    html = page(
        title="Hole by the bridge",
        expected_datetime=NOON + timedelta(days=5),
        updates=(update_view(text="We had a look.", by="council", state="investigating"),),
        state="investigating",
        followers=2,
    )
    for words in (
        "Hole by the bridge",
        "Investigating",
        "R000-0000-0001",
        "6 June 2026",
        "We had a look.",
        "1 June 2026, 13:00",
        "2 people",
    ):
        assert words in html, words


def test_page_says_overdue_when_the_promised_day_is_over() -> None:
    late = page(expected_datetime=NOON - timedelta(days=28))
    assert "This is overdue." in late
    assert "We aimed to deal with it by 4 May 2026." in late
    assert "We aim to" not in late
    today = page(expected_datetime=NOON - timedelta(hours=2))
    assert "We aim to deal with this by <strong>1 June 2026</strong>." in today
    done = page(expected_datetime=NOON - timedelta(days=28), state="fixed", status="closed")
    assert "overdue" not in done


def test_page_says_why_it_is_later_and_what_was_promised_first() -> None:
    delay = Delay(promised_datetime=NOON - timedelta(days=7), reason="Snow.", given_at=NOON)
    late = page(expected_datetime=NOON + timedelta(days=5), delay=delay)
    assert "<strong>This is delayed.</strong> We now aim to deal with it by" in late
    assert "<strong>6 June 2026</strong>" in late
    assert "Reason: Snow. We first said 25 May 2026." in late
    overdue = page(expected_datetime=NOON - timedelta(days=3), delay=delay)
    assert "This is overdue.</strong> We aimed to deal with it by 29 May 2026." in overdue
    assert "Reason: Snow. We first said 25 May 2026." in overdue


def test_page_shows_photos_in_place_with_alternative_texts() -> None:
    html = page(
        photos=(photo_view("P1"), photo_view("P2")),
        updates=(update_view(photos=(photo_view("P3"),)),),
    )
    pictures = re.findall(r"<img [^>]*>", html.partition("<main")[2])
    assert [re.search(r'alt="([^"]*)"', each)[1] for each in pictures] == [  # type: ignore[index]
        "Photo 1 of the report",
        "Photo 2 of the report",
        "Photo 1 of the update of 1 June 2026",
    ]
    assert all('width="160" height="120"' in each for each in pictures)
    for photo_id in ("P1", "P2", "P3"):
        assert f'href="https://council.example/photos/R/{photo_id}/page.jpg"' in html


def test_page_links_to_the_surviving_report() -> None:
    html = page(duplicate_of="R00000000002", state="duplicate", status="closed")
    assert "This is the same as report" in html
    assert 'href="/reports/R00000000002"><span class="app-reference">R000-0000-0002<' in html
    assert "This is the same as report" not in page()


def test_page_can_be_used_without_javascript() -> None:
    html = page()
    assert 'href="/forms/reports/R00000000001/flag"' in html
    without = re.findall(r"<noscript>(.*?)</noscript>", html)
    assert 'href="/forms/reports/R00000000001/update"' in "".join(without)
    assert re.search(r'<div class="app-reserved" id="follow" hidden>', html)


def test_page_has_no_map_link_when_the_place_is_unknown() -> None:
    html = page(lat=None, long=None, address="Behind the old mill")
    assert "Behind the old mill" in html
    assert "/map/#" not in html and "None" not in html


def test_typed_markup_is_escaped() -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    html = page(
        title=attack,
        description=attack,
        address=attack,
        external_reference="javascript:alert(1)",
        updates=(update_view(text=attack),),
    )
    assert "<script>alert" not in html and "<img src=x" not in html
    assert not re.search(r"""href\s*=\s*["']?\s*javascript:""", html)


def test_page_has_no_inline_script_or_style() -> None:
    html = page()
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert "<style" not in html and not re.search(r"\sstyle=|\son[a-z]+=", html)


def test_page_shows_equal_title_and_description_once() -> None:
    html = page(title="Hole by the bridge", description="Hole by the bridge")
    assert html.partition("<main")[2].count("Hole by the bridge") == 1


def test_layout_says_error_in_the_title_and_takes_a_class_when_a_page_has_them(
    tmp_path: Path,
) -> None:
    (tmp_path / "form.html").write_text(
        '{% extends "layout.html" %}{% set body_class = "app-form" %}'
        "{% block title %}Report{% endblock %}"
    )
    form = environment(tmp_path).get_template("form.html")
    council = council_named("demo").page_details
    faulty = form.render(council=council, errors=["Enter a place"])
    assert "<title>Error: Report – Eskerby Council</title>" in faulty
    assert '<body class="app-form">' in faulty
    assert "<title>Report – Eskerby Council</title>" in form.render(council=council, errors=[])
    assert "<body>" in page() and "Error: " not in page()


def test_page_is_in_each_language_that_the_council_offers() -> None:
    council = council_named("demo")
    welsh = language("cy")
    pages = JinjaPages(
        council=council.page_details_in("cy", welsh.say),
        services={"pothole": "Twll yn y ffordd"},
        zone=ZoneInfo("Europe/London"),
        now=lambda: NOON,
        language=welsh,
        languages=(ENGLISH, welsh),
    )
    report = report_view(
        service_request_id="R00000000001",
        title=None,
        expected_datetime=NOON + timedelta(days=5),
        planned_day=NOON.date(),
        followers=2,
        photos=(photo_view("P1"),),
        updates=(
            update_view(text="We had a look.", by="council", state="investigating"),
            update_view(text="We have inspected this.", by="council", state="investigating"),
        ),
    )
    html = pages.render_report(report).decode()
    for words in (
        '<html lang="cy">',
        '<h1 dir="auto">Twll yn y ffordd</h1>',
        "Ar agor",
        "Wrthi’n ymchwilio",
        "Ein nod yw delio â hyn erbyn <strong>6 Mehefin 2026</strong>",
        "dydd Llun 1 Mehefin 2026",
        "2 o bobl",
        "Y cyngor, <time",
        'alt="Llun 1: yr adroddiad"',
        "We had a look.",
        "Rydym wedi archwilio hyn.",
        'src="/assets/cy/report-page.js"',
        'href="/cy/forms/reports/R00000000001/flag"',
        'href="/cy/map/#17/',
        '<link rel="alternate" hreflang="en" href="https://report.eskerby.example/reports/R00000000001">',
        'hreflang="cy" href="https://report.eskerby.example/cy/reports/R00000000001">',
        'href="/reports/R00000000001" hreflang="en" lang="en">English</a>',
    ):
        assert words in html, words
    assert "hreflang" not in page()
