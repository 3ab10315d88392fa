import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.publishing.pages import TEMPLATES
from chalicelib.reports.model import Contact, ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases import public_shape
from infra.local.cloud import Cloud
from tests.builders import NOON, report, update
from tests.conftest import ROOT


@pytest.fixture
def page(cloud: Cloud, ports: Ports) -> "Page":
    return Page(ports)


class Page:
    """Renders a report with the templates that ship."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def of(self, stored: ServiceRequest) -> str:
        pages = bootstrap.publishing_ports().pages
        return pages.report(public_shape(stored, self._ports)).decode()


def test_page_tells_all_that_a_resident_asks(page: Page) -> None:
    html = page.of(
        report(
            title="Hole by the bridge",
            expected_datetime=NOON + timedelta(days=5),
            updates=(update(1, text="We had a look.", by="council", state="investigating"),),
            state="investigating",
        )
    )
    for words in (
        "Hole by the bridge",
        "Investigating",
        "R000-0000-0001",
        "6 June 2026",
        "We had a look.",
        "1 June 2026, 13:00",
    ):
        assert words in html, words


def test_page_is_inert_when_what_was_typed_is_markup(page: Page) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    html = page.of(
        report(
            title=attack,
            description=attack,
            address=attack,
            external_reference="javascript:alert(1)",
            updates=(update(1, text=attack),),
        )
    )
    assert "<script>alert" not in html and "<img src=x" not in html
    assert not re.search(r"""href\s*=\s*["']?\s*javascript:""", html)


def test_page_holds_nothing_personal(page: Page) -> None:
    contact = Contact(name="Canary Name", email="canary@example.org", phone="01904 555777")
    html = page.of(replace(report(reporter="canary-account"), contact=contact)).lower()
    assert "canary" not in html and "555777" not in html


def test_page_has_no_inline_script_or_style(page: Page) -> None:
    html = page.of(report())
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert "<style" not in html and not re.search(r"\sstyle=|\son[a-z]+=", html)


@pytest.mark.parametrize("part", ["header", "footer"])
def test_published_page_and_web_client_have_one_header_and_footer(part: str) -> None:
    ours = (TEMPLATES / "layout.html").read_text(encoding="utf-8")
    theirs = (ROOT / "web" / "src" / "layout" / f"{part}.html").read_text(encoding="utf-8")
    assert theirs.strip() in ours


def test_page_says_it_once_when_title_and_description_are_the_same(page: Page) -> None:
    html = page.of(report(title="Hole by the bridge", description="Hole by the bridge"))
    assert html.partition("<main")[2].count("Hole by the bridge") == 1
