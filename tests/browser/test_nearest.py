"""Where's my nearest: what, where, then a list by distance, worked out on the phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import DESK, NewPage
from tests.browser.published import HOME
from tests.browser.test_accessibility import NARROW, overflow, violations

HERE = {"latitude": HOME["lat"], "longitude": HOME["long"]}
RESULTS = f"/nearest/#toilets/{HOME['lat']:.5f},{HOME['long']:.5f}/"


@pytest.fixture(scope="module", autouse=True)
def _published(places: None) -> None:
    """Every test here needs them."""


def at_home(new_page: NewPage, viewport: dict[str, int] | None = None) -> Page:
    options = {"viewport": viewport} if viewport else {}
    return new_page(geolocation=HERE, permissions=["geolocation"], **options)


def names(page: Page) -> list[str]:
    expect(page.locator("#results li").first).to_be_visible()
    return page.locator("#results h2").all_inner_texts()


def to_results(page: Page) -> None:
    page.goto("/nearest/")
    page.get_by_role("link", name="Public toilets").click()
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("heading", name="The nearest public toilets")).to_be_focused()


def test_nearest_are_listed_by_distance_with_what_is_known_of_them(new_page: NewPage) -> None:
    page = at_home(new_page)
    to_results(page)
    assert names(page)[:3] == ["River Street toilets", "Bridge toilets", "Far toilets 3"]
    first = page.locator("#results li").first
    for words in ("100 metres", "Open now", "River Street"):
        expect(first).to_contain_text(words)
    expect(first.get_by_role("link", name="01904 960001")).to_have_attribute(
        "href", "tel:01904960001"
    )
    expect(page.locator("#results li").nth(1)).to_contain_text("opens at 00:00")
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("#results li")).to_have_count(8)
    expect(page.get_by_role("link", name="Far toilets 6")).to_be_focused()


def test_nearest_are_found_from_a_postcode_by_keyboard_alone(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/nearest/#toilets")
    page.get_by_label("Postcode or street").focus()
    page.keyboard.type("zz99aa")
    expect(page.get_by_role("option", name="ZZ9 9AA")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="ZZ9 9AA")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#results-status")).to_have_text("From ZZ9 9AA, as the crow flies.")
    assert names(page)[0] == "River Street toilets"
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Choose another place")).to_be_focused()


def test_park_counts_as_reached_when_somebody_is_in_it(new_page: NewPage) -> None:
    page = new_page()
    page.goto(RESULTS.replace("toilets", "parks"))
    expect(page.locator("#results li")).to_contain_text("You are there")


def test_nearest_are_known_without_a_signal_when_the_kind_was_seen_before(
    new_page: NewPage,
) -> None:
    page = at_home(new_page)
    to_results(page)
    before = names(page)
    page.goto("/nearest/")
    expect(page.locator("#last-search")).to_contain_text("Public toilets")
    page.context.set_offline(True)
    page.get_by_role("link", name="Public toilets").last.click()
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("#results-old")).to_contain_text("You have no connection.")
    assert names(page) == before


def test_page_says_so_when_there_is_no_signal_and_nothing_is_kept(new_page: NewPage) -> None:
    page = at_home(new_page)
    page.goto("/nearest/")
    page.get_by_role("link", name="Public toilets").click()
    expect(page.get_by_role("heading", name="Where are you?")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("#results-status")).to_contain_text("could not be loaded")
    page.context.set_offline(False)


def test_map_is_loaded_only_when_it_is_asked_for(new_page: NewPage) -> None:
    page = new_page(viewport=DESK)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(RESULTS)
    names(page)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if re.search("basemap|leaflet|marks-map", url)]
    page.get_by_role("button", name="Show them on a map").click()
    expect(page.locator("#results-map .app-mark")).to_have_count(5)
    page.locator("#results-map .app-mark").nth(1).click()
    expect(page.get_by_role("link", name="Bridge toilets")).to_be_focused()


def test_facility_that_is_reported_is_marked_and_leads_to_the_report(
    new_page: NewPage, stack: LocalStack
) -> None:
    from chalicelib import bootstrap
    from chalicelib.reports.usecases import Author, submit
    from tests.builders import draft

    light = {"lat": HOME["lat"] + 1 / 5000, "long": HOME["long"]}
    about = draft(
        service_code="street-light", asset_id="lights-1", attributes={"what": "out"}, **light
    )
    report = submit(about, "light 1", Author(), bootstrap.reports_ports())
    stack.cloud.pump.wait_until_idle()
    page = new_page()
    page.goto(RESULTS.replace("toilets", "lights"))
    note = page.locator("#results li").first.get_by_role("link", name="has been reported")
    expect(note).to_have_attribute("href", f"/reports/{report.service_request_id}")
    page.get_by_role("link", name="Street light L1").click()
    expect(page.get_by_role("link", name="has been reported")).to_be_visible()


@pytest.mark.parametrize("viewport", [NARROW, DESK], ids=["narrow", "desk"])
def test_each_step_has_no_violation_and_fits(viewport: dict[str, int], new_page: NewPage) -> None:
    page = at_home(new_page, viewport)
    page.goto("/nearest/")
    expect(page.get_by_role("link", name="Parks")).to_be_visible()

    def sound() -> None:
        assert violations(page) == []
        assert overflow(page) <= 0

    sound()
    page.get_by_role("link", name="Public toilets").click()
    page.get_by_label("Postcode or street").fill("mar")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    sound()
    page.get_by_label("Postcode or street").fill("")
    page.get_by_role("button", name="Use my location").click()
    names(page)
    page.get_by_role("button", name="Show them on a map").click()
    expect(page.locator("#results-map .app-mark").first).to_be_visible()
    sound()
