"""Where's my nearest: what, where, then a list by distance, worked out on the phone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import DESK, WIDTHS, NewPage
from tests.browser.published import HOME
from tests.browser.test_accessibility import overflow, violations
from tests.support.effort import sample

HERE = {"latitude": HOME["lat"], "longitude": HOME["long"]}
RESULTS = f"/nearest/#toilets/{HOME['lat']:.5f},{HOME['long']:.5f}/"


@pytest.fixture(scope="module", autouse=True)
def _published(places: None) -> None:
    """Every test here needs them."""


def open_at_home(new_page: NewPage, **options: object) -> Page:
    return new_page(geolocation=HERE, permissions=["geolocation"], **options)


def names(page: Page) -> list[str]:
    expect(page.locator("#results li").first).to_be_visible()
    return page.locator("#results h2").all_inner_texts()


def open_results(page: Page) -> None:
    page.goto("/nearest/")
    page.get_by_role("link", name="Public toilets").click()
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("heading", name="The nearest public toilets")).to_be_focused()


def test_nearest_are_listed_by_distance_with_their_details(new_page: NewPage) -> None:
    page = open_at_home(new_page)
    open_results(page)
    assert names(page)[:3] == ["River Street toilets", "Bridge toilets", "Far toilets 3"]
    first = page.locator("#results li").first
    for words in ("100 metres", "Open now", "River Street"):
        expect(first).to_contain_text(words)
    expect(first.get_by_role("link", name="01904 960001")).to_have_attribute(
        "href", "tel:01904960001"
    )
    expect(first.get_by_role("link", name="Website River Street toilets")).to_be_visible()
    expect(page.locator("#results li").nth(1)).to_contain_text("opens at 00:00")
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("#results li")).to_have_count(8)
    expect(page.get_by_role("link", name="Far toilets 6")).to_be_focused()


def test_nearest_are_found_from_a_postcode_by_keyboard_only(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/nearest/#toilets")
    page.get_by_label("Postcode or street").focus()
    page.keyboard.type("zz99aa")
    expect(page.get_by_role("option", name="ZZ9 9AA")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="ZZ9 9AA")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#results-status")).to_have_text(
        "Distances are in a straight line from ZZ9 9AA."
    )
    assert names(page)[0] == "River Street toilets"
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Change your location")).to_be_focused()


def test_nearest_are_shown_offline_when_the_kind_was_loaded_before(
    new_page: NewPage,
) -> None:
    page = open_at_home(new_page)
    open_results(page)
    before = names(page)
    page.goto("/nearest/")
    of_the_kind = page.get_by_role("link", name="Public toilets")
    expect(of_the_kind).to_have_count(2)
    page.context.set_offline(True)
    of_the_kind.last.click()
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("#bar-age")).to_contain_text("We could not reach the service.")
    assert names(page) == before


def test_page_says_so_when_it_is_offline_without_saved_data(new_page: NewPage) -> None:
    page = open_at_home(new_page)
    page.goto("/nearest/")
    page.get_by_role("link", name="Public toilets").click()
    expect(page.get_by_role("heading", name="Where are you?")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("#results-status")).to_contain_text("could not load")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="The nearest public toilets")).to_be_focused()
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()


def test_list_is_cleared_when_another_kind_cannot_be_loaded(new_page: NewPage) -> None:
    page = new_page()
    page.route("**/data/facilities/lights.json", lambda route: route.abort())
    page.goto(RESULTS)
    names(page)
    page.get_by_role("button", name="Show them on a map").click()
    expect(page.locator("#results-map .app-mark").first).to_be_visible()
    page.goto(RESULTS.replace("toilets", "lights"))
    expect(page.locator("#results-status")).to_contain_text("could not load")
    expect(page.get_by_role("heading", name="The nearest", exact=True)).to_be_focused()
    expect(page.locator("#results li")).to_have_count(0)
    for hidden in ("#more-results", "#results-on-map", "#results-map", "#results-old"):
        expect(page.locator(hidden)).to_be_hidden()
    assert violations(page) == []


def test_list_of_kinds_is_retried_when_it_could_not_be_loaded(new_page: NewPage) -> None:
    page = new_page()
    page.route("**/data/facilities/kinds.json", lambda route: route.abort())
    page.goto("/nearest/")
    expect(page.locator("#kinds-status")).to_contain_text("could not load")
    page.unroute("**/data/facilities/kinds.json")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="Parks")).to_be_visible()


def test_kinds_are_offered_when_the_address_names_an_unknown_one(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/nearest/#dragons")
    expect(page.get_by_role("heading", name="What are you looking for?")).to_be_visible()


def test_place_is_requested_when_the_address_names_one_outside(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/nearest/#toilets/53.96000,-0.80000/")
    expect(page.get_by_role("heading", name="Where are you?")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("outside Eskerby Council")


def test_same_number_is_shown_after_returning_from_a_facility(new_page: NewPage) -> None:
    page = new_page()
    page.goto(RESULTS)
    names(page)
    page.get_by_role("button", name="Show more").click()
    page.get_by_role("link", name="Far toilets 6").click()
    expect(page.get_by_role("heading", name="Far toilets 6")).to_be_visible()
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.locator("#results li")).to_have_count(8)


@pytest.mark.parametrize("path", sample(["/nearest/", "/my-area/", "/"], 1))
def test_page_works_when_its_saved_data_cannot_be_read(path: str, new_page: NewPage) -> None:
    page = new_page()
    page.add_init_script(
        """for (const key of ["ginnel.last-search", "ginnel.my-area"])
             localStorage.setItem(key, "{bad");"""
    )
    page.goto(path)
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.locator("#last-search, #unsent").locator("visible=true")).to_have_count(0)


@pytest.mark.parametrize("path", sample(["/nearest/", "/my-area/", "/report/", "/"], 1))
def test_page_works_when_the_browser_has_no_storage(path: str, new_page: NewPage) -> None:
    page = open_at_home(new_page)
    page.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"])
             Object.defineProperty(window, name, { get() { throw new DOMException("no"); } });"""
    )
    page.goto(path)
    expect(page.locator("h1:visible")).to_have_count(1)
    if path == "/my-area/":
        page.get_by_role("button", name="Use my location").click()
        expect(page.get_by_role("heading", name="Your ward: Riverside")).to_be_focused()


@pytest.mark.parametrize("path", sample(["/nearest/", "/facility/?id=toilets-1", "/my-area/"], 1))
def test_page_leads_to_the_form_when_there_is_no_javascript(path: str, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(path)
    page.get_by_role("link", name="Find the nearest without JavaScript").click()
    expect(page).to_have_url(re.compile("/forms/nearest$"))


def outline(target: Locator) -> tuple[str, bool]:
    """Its style, and whether it has a width."""
    style, width = target.evaluate(
        "target => [getComputedStyle(target).outlineStyle, getComputedStyle(target).outlineWidth]"
    )
    return style, width != "0px"


def test_selection_is_visible_in_forced_colours(new_page: NewPage) -> None:
    page = open_at_home(new_page, forced_colors="active")
    page.goto("/nearest/#toilets")
    page.get_by_label("Postcode or street").fill("mar")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert outline(page.get_by_role("option", selected=True)) == ("solid", True)
    assert outline(page.get_by_role("option", selected=False).first)[0] == "none"
    page.goto(RESULTS)
    page.get_by_role("button", name="Show them on a map").click()
    page.locator("#results-map .app-mark").nth(1).click()
    assert outline(page.locator("#results-map .app-mark--chosen")) == ("solid", True)


def test_enter_searches_at_once_and_reports_no_matches(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/nearest/#toilets")
    # Waiting for the pause after typing would take for ever.
    page.evaluate("() => { window.setTimeout = () => 1 }")
    page.get_by_label("Postcode or street").focus()
    page.keyboard.type("no such street")
    page.keyboard.press("Enter")
    expect(page.locator("#place-search-status")).to_contain_text("No matching street or place")
    page.get_by_label("Postcode or street").fill("mar")
    page.keyboard.press("Enter")
    expect(page.get_by_role("option").first).to_be_visible()


def test_map_is_loaded_only_on_request(new_page: NewPage) -> None:
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
    expect(page.locator("#results-map-status")).to_have_text("Selected: 2. Bridge toilets")
    page.get_by_role("button", name="Hide the map").click()
    expect(page.locator("#results-map")).to_be_hidden()
    expect(page.get_by_role("button", name="Show them on a map")).to_be_visible()


def test_reported_facility_is_marked_and_links_to_the_report(
    new_page: NewPage, stack: LocalStack
) -> None:
    from chalicelib.bootstrap.reports import reports_ports
    from chalicelib.reports.usecases.access import Author
    from chalicelib.reports.usecases.submission import submit
    from tests.support.builders import draft

    light = {"lat": HOME["lat"] + 1 / 5000, "long": HOME["long"]}
    about = draft(
        service_code="street-light", asset_id="lights-1", attributes={"what": "out"}, **light
    )
    report = submit(about, "light 1", Author(), reports_ports())
    stack.cloud.pump.wait_until_idle()
    page = new_page()
    page.goto(RESULTS.replace("toilets", "lights"))
    note = page.locator("#results li").first.get_by_role("link", name="has been reported")
    expect(note).to_have_attribute("href", f"/reports/{report.service_request_id}")
    page.get_by_role("link", name="Street light L1").click()
    expect(page.get_by_role("link", name="has been reported")).to_be_visible()


@WIDTHS
def test_each_step_has_no_violation_and_fits(viewport: dict[str, int], new_page: NewPage) -> None:
    page = open_at_home(new_page, viewport=viewport)
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
