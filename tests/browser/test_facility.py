"""A facility's own page, and the report about it."""

import json
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import MAP_ZOOM, tile_of
from infra.local.stack import LocalStack
from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.published import HOME
from tests.browser.test_accessibility import overflow, violations
from tests.browser.test_report_path import (
    choose_service,
    go_to,
    leave,
    leave_contact,
    locate,
    sent_reference,
    step_shown,
)

HERE = {"latitude": HOME["lat"], "longitude": HOME["long"]}


@pytest.fixture(scope="module", autouse=True)
def _published(places: None) -> None:
    """Every test here needs them."""


def describe(page: Page, words: str) -> None:
    """Answers what may be asked before, and leaves the description."""
    out = page.get_by_role("radio", name="It is out")
    go_to(page, "details")
    if out.is_visible():
        out.check()
    page.get_by_role("textbox", name="Describe the problem").fill(words)
    leave(page)


def complete_report(page: Page, words: str, stack: LocalStack) -> dict[str, object]:
    """Goes on to the end; answers the report as it is stored."""
    describe(page, words)
    return send(page, stack)


def send(page: Page, stack: LocalStack) -> dict[str, object]:
    leave_contact(page)
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    page.get_by_role("button", name="Send report").click()
    request_id = sent_reference(page).replace("-", "")
    with urllib.request.urlopen(f"{stack.url}/api/reports/{request_id}") as answer:
        report: dict[str, object] = json.loads(answer.read())
    return report


@WIDTHS
def test_page_shows_the_known_details_and_has_no_violation(
    viewport: dict[str, int], new_page: NewPage
) -> None:
    page = new_page(viewport=viewport)
    page.goto("/facility/?id=toilets-1")
    expect(page.get_by_role("heading", name="River Street toilets")).to_be_visible()
    main = page.get_by_role("main")
    for words in ("Open now", "Open always", "Wheelchair accessible", "53.93100° north"):
        expect(main).to_contain_text(words)
    expect(main.get_by_role("link", name="View on map")).to_have_attribute(
        "href", "/map/#18/53.93100/-1.14020"
    )
    assert violations(page) == []
    assert overflow(page) <= 0


def test_page_offers_no_report_when_the_kind_cannot_be_reported(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/facility/?id=libraries-1")
    expect(page.get_by_role("heading", name="Quiet Library")).to_be_visible()
    expect(page.get_by_role("button", name="Report a problem with this")).to_have_count(0)


def test_page_says_so_when_the_facility_does_not_exist(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/facility/?id=toilets-99")
    expect(page.get_by_role("heading", name="We can't find this place")).to_be_visible()
    expect(page).to_have_title("We can't find this place – Place – Eskerby Council")
    page.get_by_role("link", name="Find the nearest").click()
    expect(page.get_by_role("heading", name="What are you looking for?")).to_be_visible()


def test_report_about_a_facility_has_its_place_service_and_id(
    new_page: NewPage, stack: LocalStack
) -> None:
    page = new_page()
    page.goto("/facility/?id=toilets-1")
    page.get_by_role("button", name="Report a problem with this").click()
    expect(page.locator("[data-step]:not([hidden])")).to_have_count(1)
    assert step_shown(page) not in ("where", "service", "asset")
    report = complete_report(page, "The door does not close", stack)
    assert (report["lat"], report["long"]) == (53.931, -1.1402)
    assert report["service_code"] == "public-toilet"
    assert report["asset_id"] == "toilets-1"


def write_report(page: Page, service: str, words: str) -> None:
    """A report that is written to the end and not sent."""
    page.goto("/report/")
    locate(page)
    leave(page)
    if choose_service(page, service) == "asset":
        page.get_by_role("radio", name="It is not in this list").check()
        leave(page)
    describe(page, words)


def report_about(page: Page, facility_id: str) -> None:
    page.goto(f"/facility/?id={facility_id}")
    page.get_by_role("button", name="Report a problem with this").click()
    expect(page.locator("[data-step]:not([hidden])")).to_have_count(1)


@WIDTHS
def test_link_asks_first_when_another_report_is_unsent(
    viewport: dict[str, int], new_page: NewPage, stack: LocalStack
) -> None:
    page = new_page(viewport=viewport, geolocation=HERE, permissions=["geolocation"])
    write_report(page, "Street light", "The lamp flickers all night")
    report_about(page, "lights-2")
    expect(page.get_by_role("heading", name="You have an unfinished report")).to_be_visible()
    expect(page.locator("#unfinished-report")).to_contain_text("The lamp flickers all night")
    assert violations(page) == []
    assert overflow(page) <= 0
    page.reload()
    page.get_by_role("button", name="Continue with it").click()
    expect(page.get_by_role("heading", name="Where is the problem?")).to_be_visible()
    report_about(page, "toilets-1")
    page.get_by_role("button", name="Start a new report").click()
    expect(page.get_by_role("heading", level=1).locator("visible=true")).to_be_focused()
    report = complete_report(page, "The door does not close", stack)
    assert report["description"] == "The door does not close"
    assert (report["service_code"], report["asset_id"]) == ("public-toilet", "toilets-1")


def test_park_shows_a_report_in_another_tile_than_its_middle(new_page: NewPage) -> None:
    page = new_page()
    corner = tile_of(Point(lat=53.9305, long=-1.1449), MAP_ZOOM)
    middle = tile_of(Point(lat=53.9305, long=-1.1405), MAP_ZOOM)
    assert corner != middle
    pin = {"asset_id": "parks-1", "status": "open"}
    pins = [
        pin | {"service_request_id": "7K3M2QXV9HTD", "service_code": "something-else"},
        pin | {"service_request_id": "9K3M2QXV9HTD", "service_code": "pothole"},
    ]
    page.route(
        f"**/data/tiles/{corner.z}/{corner.x}/{corner.y}.json",
        lambda route: route.fulfill(json={"pins": pins}),
    )
    page.goto("/facility/?id=parks-1")
    expect(page.get_by_role("link", name="has been reported")).to_have_attribute(
        "href", "/reports/7K3M2QXV9HTD"
    )


def open_asset_step(page: Page) -> None:
    page.goto("/report/")
    locate(page)
    leave(page)
    assert choose_service(page, "Street light") == "asset"


def test_report_is_about_the_asset_chosen_by_keyboard(new_page: NewPage, stack: LocalStack) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    open_asset_step(page)
    expect(page.locator("#assets")).to_contain_text("22 metres")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose which one it is")
    page.get_by_role("radio", name="Street light L1").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Street light L2")).to_be_checked()
    leave(page)
    report = complete_report(page, "It is dark", stack)
    assert report["asset_id"] == "lights-2"
    assert report["lat"] == pytest.approx(HOME["lat"] + 2 / 5000)


@WIDTHS
def test_asset_is_chosen_on_the_map(viewport: dict[str, int], new_page: NewPage) -> None:
    page = new_page(viewport=viewport, geolocation=HERE, permissions=["geolocation"])
    open_asset_step(page)
    page.get_by_role("button", name="Show them on a map").click()
    expect(page.locator("#asset-map .app-mark")).to_have_count(3)
    page.locator("#asset-map .app-mark").nth(2).click()
    expect(page.get_by_role("radio", name="Street light L3")).to_be_checked()
    expect(page.get_by_role("radio", name="Street light L3")).to_be_focused()
    expect(page.locator("#asset-map .app-mark--chosen")).to_have_text("3")
    expect(page.locator("#asset-map .app-mark--chosen")).to_be_in_viewport(ratio=1)
    expect(page.locator("#asset-map-status")).to_have_text("Selected: 3. Street light L3")
    assert violations(page) == []
    assert overflow(page) <= 0


def test_assets_are_loaded_as_soon_as_the_problem_is_chosen(
    new_page: NewPage,
) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    page.goto("/report/")
    locate(page)
    leave(page)
    with page.expect_response("**/data/facilities/lights.json"):
        page.get_by_role("radio", name="Street light").check()
    assert step_shown(page) == "service"
    assert leave(page) == "asset"
