"""My area: a place that is kept on the phone only, and what is around it."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.published import HOME
from tests.browser.test_accessibility import overflow, violations

HERE = {"latitude": HOME["lat"], "longitude": HOME["long"]}
BEYOND_BOUNDS = {"latitude": 53.9591, "longitude": -0.8}
KEPT = {"lat": HOME["lat"], "long": HOME["long"], "label": "Home", "ward": "Riverside"}


@pytest.fixture(scope="module", autouse=True)
def _published(places: None) -> None:
    """Every test here needs them."""


def hold_requests(page: Page, url: str) -> list[Route]:
    """Lets what is asked there wait; the list gets it."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(url, keep)
    return held


def show_area(page: Page) -> None:
    page.goto("/my-area/")
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("heading", name="Your ward: Riverside")).to_be_focused()


@WIDTHS
def test_area_shows_the_surroundings_of_the_place(
    viewport: dict[str, int], new_page: NewPage
) -> None:
    page = new_page(viewport=viewport, geolocation=HERE, permissions=["geolocation"])
    show_area(page)
    main = page.locator("#area")
    for words in (
        "Jo Marsh, Independent",
        "River Street toilets",
        "Street light L1",
        "Square Park",
    ):
        expect(main).to_contain_text(words)
    for words in (
        "New water main",
        "Eskerby Water",
        "There is 1 open report in your ward",
        "Hole by the",
    ):
        expect(main).to_contain_text(words)
    expect(main.get_by_role("link", name="jo.marsh@example.org")).to_have_attribute(
        "href", "mailto:jo.marsh@example.org"
    )
    assert violations(page) == []
    assert overflow(page) <= 0


def test_area_is_found_by_postcode_and_stored_until_it_is_cleared(
    new_page: NewPage,
) -> None:
    page = new_page()
    page.goto("/my-area/")
    page.get_by_label("Postcode or street").fill("ZZ9 9AA")
    page.get_by_role("option", name="ZZ9 9AA").click()
    expect(page.locator("#area-place")).to_have_text("ZZ9 9AA")
    page.goto("/")
    expect(page.get_by_role("heading", name="My area: Riverside")).to_be_visible()
    page.get_by_role("link", name="See your area").click()
    expect(page.get_by_role("heading", name="Your ward: Riverside")).to_be_visible()
    page.get_by_role("button", name="Clear my location").click()
    expect(page.get_by_role("heading", name="Where do you live?")).to_be_focused()
    page.goto("/")
    expect(page.get_by_role("heading", name="My area", exact=True)).to_be_visible()


def test_place_stays_cleared_when_it_is_cleared_during_the_look_up(
    new_page: NewPage,
) -> None:
    page = new_page()
    page.add_init_script(f"localStorage.setItem('ginnel.my-area', `{json.dumps(KEPT)}`)")
    held = hold_requests(page, "**/data/wards/W1.json")
    with page.expect_request("**/data/wards/W1.json"):
        page.goto("/my-area/")
    page.get_by_role("button", name="Clear my location").click()
    expect(page.get_by_role("heading", name="Where do you live?")).to_be_focused()
    with page.expect_response("**/data/wards/W1.json"):
        held[0].continue_()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", name="Where do you live?")).to_be_visible()
    assert page.evaluate("() => localStorage.getItem('ginnel.my-area')") is None


def test_area_is_changed_by_keyboard_only(new_page: NewPage) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    show_area(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Change my location")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Where do you live?")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("zz9 9")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#area-place")).to_have_text("ZZ9 9AA")


def test_page_names_the_responsible_council_when_the_place_is_outside_and_stores_nothing(
    new_page: NewPage,
) -> None:
    page = new_page(geolocation=BEYOND_BOUNDS, permissions=["geolocation"])
    page.goto("/my-area/")
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("alert")).to_contain_text("outside Eskerby Council")
    whose = "Wold District Council's: https://wold.example/report"
    expect(page.get_by_role("alert")).to_contain_text(whose)
    assert page.evaluate("() => localStorage.getItem('ginnel.my-area')") is None
    assert violations(page) == []


def test_page_says_that_wards_are_not_known_yet_when_there_are_none(new_page: NewPage) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    page.route("**/data/wards.json", lambda route: route.fulfill(status=404))
    page.goto("/my-area/")
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("alert")).to_contain_text("wards of the council are not available")
    expect(page.get_by_role("alert")).not_to_contain_text("outside")
    page.unroute("**/data/wards.json")
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("heading", name="Your ward: Riverside")).to_be_focused()


def test_area_is_shown_offline_when_it_was_loaded_before(new_page: NewPage) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    show_area(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Change my location").click()
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_text("We could not reach the service.")).to_be_visible()
    expect(page.locator("#area")).to_contain_text("Jo Marsh")


def test_ward_is_shown_while_the_nearest_are_loading(new_page: NewPage) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    held = hold_requests(page, "**/data/facilities/lights.json")
    show_area(page)
    main = page.locator("#area")
    for words in (
        "Jo Marsh",
        "New water main",
        "Hole by the bridge",
        "Overdue",
        "River Street toilets",
    ):
        expect(main).to_contain_text(words)
    expect(main).to_contain_text("Finding the places nearest to you")
    expect(main).not_to_contain_text("Street light L1")
    for each in held:
        each.continue_()
    expect(main).to_contain_text("Street light L1")
    expect(main).not_to_contain_text("Finding the places nearest to you")
    kinds = main.locator("li:not([hidden]) .app-muted").filter(has_text=re.compile("^[PS]"))
    assert kinds.all_inner_texts() == ["Public toilet", "Street light", "Park"]


def test_area_says_so_when_a_kind_cannot_be_loaded(new_page: NewPage) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    page.route("**/data/facilities/lights.json", lambda route: route.abort())
    show_area(page)
    main = page.locator("#area")
    expect(main).to_contain_text("We could not load some places.")
    expect(main).to_contain_text("Square Park")


def test_title_names_the_ward(new_page: NewPage) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    show_area(page)
    expect(page).to_have_title("Your ward: Riverside – My area – Eskerby Council")
    page.get_by_role("button", name="Change my location").click()
    expect(page).to_have_title("Where do you live? – My area – Eskerby Council")


def test_change_of_the_place_can_be_cancelled_and_starts_at_the_place(new_page: NewPage) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    page.goto("/my-area/")
    expect(page.get_by_role("link", name="Back to your area")).to_be_hidden()
    show_area(page)
    page.get_by_role("button", name="Change my location").click()
    page.get_by_role("button", name="Choose on a map").click()
    expect(page.locator("#place-map .app-pin")).to_have_count(1)
    page.get_by_role("link", name="Back to your area").click()
    expect(page.get_by_role("heading", name="Your ward: Riverside")).to_be_focused()
    expect(page.locator("#area")).to_contain_text("Jo Marsh")


def test_stored_place_stays_and_is_retried_when_it_cannot_be_loaded(
    new_page: NewPage,
) -> None:
    page = new_page()
    page.add_init_script(f"localStorage.setItem('ginnel.my-area', `{json.dumps(KEPT)}`)")
    page.route("**/data/wards.json", lambda route: route.abort())
    page.goto("/my-area/")
    expect(page.locator("#area-status")).to_contain_text("could not load")
    expect(page.get_by_role("heading", name="Your ward: Riverside")).to_be_visible()
    expect(page.locator("#area-place")).to_have_text("Home")
    assert violations(page) == []
    page.unroute("**/data/wards.json")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#area")).to_contain_text("Jo Marsh")
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()
