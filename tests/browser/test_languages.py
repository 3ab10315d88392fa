"""Residents' pages in Welsh."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, NewPage
from tests.browser.signing_in import new_account, sign_in
from tests.browser.test_accessibility import (
    LOADED,
    assert_accessible,
    overflow,
    violations,
    welsh,
)
from tests.browser.test_accessibility import PAGES as EVERYWHERE
from tests.browser.test_disruption_notices import AREA, notice
from tests.browser.test_layout_shift import SIGNED_IN as ACCOUNT
from tests.browser.test_offline import lose_signal, visit
from tests.browser.welsh import english_on
from tests.support.effort import sample

USUAL = ("/cy/map/", "/cy/alerts/", "/cy/nothing-here")
"""The pages that `make test` looks at: the widest, one with many texts, and the API's."""
ADDRESSES = [
    each if each in USUAL else pytest.param(each, marks=pytest.mark.exhaustive)
    for each in welsh(EVERYWHERE)
]


def test_welsh_page_leads_to_the_same_page_in_english_and_back(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/cy/")
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    expect(page.get_by_role("heading", level=1)).to_have_text("Oes rhywbeth o’i le yn eich stryd?")
    page.get_by_role("link", name="Cwcis", exact=True).click()
    expect(page).to_have_title("Cwcis – Cyngor Eskerby")
    page.get_by_role("link", name="English", exact=True).click()
    expect(page).to_have_title("Cookies – Eskerby Council")
    page.get_by_role("link", name="Cymraeg", exact=True).click()
    expect(page).to_have_title("Cwcis – Cyngor Eskerby")
    page.get_by_role("link", name="Rhoi gwybod", exact=True).click()
    expect(page).to_have_url(re.compile("/cy/report/"))
    expect(page.locator("html")).to_have_attribute("lang", "cy")


@pytest.mark.parametrize("address", ADDRESSES)
def test_welsh_page_is_accessible_and_fits_a_narrow_screen(address: str, new_page: NewPage) -> None:
    page = new_page(NARROW)
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    page.wait_for_function(LOADED)
    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.parametrize("path", sample(ACCOUNT, 1))
def test_welsh_page_of_an_account_is_accessible_and_fits(path: str, new_page: NewPage) -> None:
    page = new_page(NARROW)
    sign_in(page, new_account())
    page.goto(f"/cy/account/{path}")
    expect(page.locator("#account-page")).to_be_visible()
    page.wait_for_function(LOADED)
    assert_accessible(page)


@pytest.mark.parametrize("address", ADDRESSES)
def test_welsh_page_shows_no_english_text(address: str, new_page: NewPage) -> None:
    page = new_page()
    page.goto(address)
    page.wait_for_function(LOADED)
    assert english_on(page) == []


def test_scripts_speak_welsh_with_welsh_dates(new_page: NewPage) -> None:
    long_ago, far_ahead = "2026-01-01T09:00:00Z", "2099-06-03T09:00:00Z"
    works = notice("Gwaith") | {"begins": long_ago, "ends": far_ahead}
    page = new_page()
    page.add_init_script(f"localStorage.setItem('ginnel.my-area', `{json.dumps(AREA)}`)")
    body = json.dumps({"items": [works]})
    page.route(
        "**/data/disruptions.json",
        lambda route: route.fulfill(body=body, content_type="application/json"),
    )
    page.goto("/cy/")
    expect(page.get_by_role("heading", name="Fy ardal: Riverside")).to_be_visible()
    expect(page.get_by_text("Eich lleoliad yw Home.")).to_be_visible()
    expect(page.locator("#disruptions .app-muted")).to_have_text(
        "1 Ionawr 2026 am 09:00 – 3 Mehefin 2099 am 10:00"
    )


@pytest.mark.exhaustive
def test_welsh_page_opens_without_a_connection(new_page: NewPage) -> None:
    page = new_page(service_workers="allow")
    visit(page, "/cy/cookies/")
    lose_signal(page)
    page.goto("/cy/accessibility/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Datganiad hygyrchedd")
    page.goto("/cy/nothing/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rydych all-lein")
