"""My area: a place that is kept on the phone only, and what is around it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, NewPage
from tests.browser.published import HOME
from tests.browser.test_accessibility import NARROW, overflow, violations

HERE = {"latitude": HOME["lat"], "longitude": HOME["long"]}
COUNCILLOR = "Jo Marsh, Independent"
NEAREST = ("River Street toilets", "Street light L1", "Square Park")
ROADWORKS = ("New water main", "Eskerby Water", "3 May 2026 to 3 May 2036")
REPORTS = ("There is 1 in your ward", "Hole by the bridge")
OUTSIDE = {"latitude": 53.9591, "longitude": -1.0812}


@pytest.fixture(scope="module", autouse=True)
def _published(places: None) -> None:
    """Every test here needs them."""


def show_area(page: Page) -> None:
    page.goto("/my-area/")
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("heading", name="Your ward: Riverside")).to_be_focused()


@pytest.mark.parametrize("viewport", [NARROW, DESK], ids=["narrow", "desk"])
def test_area_tells_what_is_around_the_place(viewport: dict[str, int], new_page: NewPage) -> None:
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
    for words in ("New water main", "Eskerby Water", "There is 1 in your ward", "Hole by the"):
        expect(main).to_contain_text(words)
    expect(main.get_by_role("link", name="jo.marsh@example.org")).to_have_attribute(
        "href", "mailto:jo.marsh@example.org"
    )
    assert violations(page) == []
    assert overflow(page) <= 0


def test_area_is_found_by_postcode_and_remembered_until_it_is_forgotten(
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
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_role("heading", name="Where do you live?")).to_be_focused()
    page.goto("/")
    expect(page.get_by_role("heading", name="My area", exact=True)).to_be_visible()


def test_area_is_changed_by_keyboard_alone(new_page: NewPage) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    show_area(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Change the place")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Where do you live?")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("zz9 9")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#area-place")).to_have_text("ZZ9 9AA")


def test_page_says_so_when_the_place_is_outside_and_remembers_nothing(new_page: NewPage) -> None:
    page = new_page(geolocation=OUTSIDE, permissions=["geolocation"])
    page.goto("/my-area/")
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("alert")).to_contain_text("outside the area of Eskerby Council")
    assert page.evaluate("() => localStorage.getItem('ginnel.my-area')") is None
    assert violations(page) == []


def test_area_is_known_without_a_signal_when_it_was_seen_before(new_page: NewPage) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    show_area(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Change the place").click()
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_text("You have no connection.")).to_be_visible()
    expect(page.locator("#area")).to_contain_text("Jo Marsh")
