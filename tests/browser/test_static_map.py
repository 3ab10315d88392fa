"""The small map of a location: drawn from the council's own tiles, named for screen readers, and
left out when it would cost the resident more than it tells."""

import math
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.submission import submit
from infra.demo.houses import houses
from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.published import HOME
from tests.browser.test_alerts import choose, leave, open_alerts
from tests.browser.test_report_path import describe, leave_contact, place
from tests.support.builders import draft

BASEMAP = "**/data/basemap.pmtiles"
SAVES_DATA = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
COLOURS = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""
BLANK = 2
"""The most colours of a canvas with nothing but the ground."""


@pytest.fixture(scope="module", autouse=True)
def _published(places: None) -> None:
    """A few facilities, among them a toilet on River Street."""


@pytest.fixture(scope="module")
def report_id(places: None, stack: LocalStack) -> str:
    stored = submit(draft(**HOME), "report with a map", Author(), reports_ports())
    stack.cloud.pump.wait_until_idle()
    return stored.service_request_id


def assert_drawn(picture: Locator, mark: str = "pin") -> None:
    """The picture shows streets, and its mark is in the middle."""
    picture.scroll_into_view_if_needed()
    expect(picture.locator(f".app-static-map__{mark}")).to_be_visible()
    assert picture.locator("canvas").evaluate(COLOURS) > BLANK


def map_of_toilets(page: Page) -> Locator:
    return page.get_by_role("img", name="Map with a pin at River Street")


def test_map_of_the_location_is_on_the_check_page_and_the_confirmation(new_page: NewPage) -> None:
    here = {"latitude": HOME["lat"], "longitude": HOME["long"]}
    page = new_page(with_maps=True, geolocation=here, permissions=["geolocation"])
    page.goto("/report/")
    place(page)
    describe(page)
    leave_contact(page)
    check = page.locator("[data-step='check']")
    expect(check.get_by_role("heading", name="Check your answers")).to_be_visible()
    assert_drawn(check.get_by_role("img", name=re.compile("^Map with a pin at .+")))
    page.get_by_role("button", name="Send report").click()
    sent = page.locator("[data-step='sent']")
    assert_drawn(sent.get_by_role("img", name=re.compile("^Map with a pin at .+")))


def test_report_page_shows_its_map_without_a_request_to_another_site(
    report_id: str, new_page: NewPage, stack: LocalStack
) -> None:
    page = new_page(with_maps=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/reports/{report_id}")
    street = page.locator(".app-facts dd").nth(2).inner_text().split("\n")[0]
    assert_drawn(page.get_by_role("img", name=f"Map with a pin at {street}", exact=True))
    assert [url for url in asked if not url.startswith((f"{stack.url}/", "data:"))] == []


@pytest.mark.exhaustive
def test_map_of_a_facility_is_drawn_again_from_what_the_browser_kept(new_page: NewPage) -> None:
    page = new_page(with_maps=True)
    page.goto("/facility/?id=toilets-1")
    assert_drawn(map_of_toilets(page))
    page.route(BASEMAP, lambda route: route.abort())
    page.reload()
    assert_drawn(map_of_toilets(page))


def test_there_is_no_map_when_the_base_map_is_missing(report_id: str, new_page: NewPage) -> None:
    page = new_page(with_maps=True)
    page.route(BASEMAP, lambda route: route.fulfill(status=404))
    page.goto("/facility/?id=toilets-1")
    expect(page.get_by_role("link", name="View on map")).to_be_visible()
    expect(map_of_toilets(page)).to_have_count(0)
    page.goto(f"/reports/{report_id}")
    expect(page.locator("#place-picture")).to_have_count(0)


def test_map_is_left_out_and_not_loaded_when_the_browser_saves_data(
    report_id: str, new_page: NewPage
) -> None:
    page = new_page(with_maps=True)
    page.add_init_script(SAVES_DATA)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/facility/?id=toilets-1", wait_until="networkidle")
    expect(page.get_by_role("link", name="View on map")).to_be_visible()
    expect(map_of_toilets(page)).to_have_count(0)
    page.goto(f"/reports/{report_id}", wait_until="networkidle")
    expect(page.locator("#place-picture")).to_have_count(0)
    assert [url for url in asked if "basemap" in url] == []


def test_ring_shows_how_far_alerts_reach(new_page: NewPage) -> None:
    page = open_alerts(new_page, with_maps=True)
    choose(page, "Reports near a location")
    leave(page)
    page.get_by_label("Postcode or street").fill("ZZ9 9AA")
    page.get_by_role("option", name="ZZ9 9AA").click()
    page.get_by_label("How far from the location?").select_option("1 km")
    picture = page.get_by_role("img", name=re.compile("^Map with a ring around .+ 1 km away$"))
    assert_drawn(picture, "ring")
    wide = picture.locator(".app-static-map__ring").evaluate("({ offsetWidth }) => offsetWidth")
    box = picture.bounding_box()
    assert box and box["height"] / 3 < wide < box["height"]


def test_nearest_house_is_shown_in_step_with_the_pin_and_suggested_as_the_address(
    new_page: NewPage,
) -> None:
    at_home = HOME["long"], HOME["lat"]
    house = min(houses(), key=lambda each: math.dist(each.middle, at_home))
    long, lat = house.middle
    page = new_page(
        with_maps=True,
        geolocation={"latitude": lat, "longitude": long},
        permissions=["geolocation"],
    )
    page.goto("/report/")
    words = page.locator("#place-words")
    expect(words).to_contain_text(f"Near {house.number} {house.street}")
    address = f"{house.number} {house.street}"
    expect(page.get_by_label("Nearest house number")).to_have_value(address)
    shown = page.get_by_role("application", name="Map with a pin")
    expect(shown.locator("canvas").first).to_be_visible()
    shown.focus()
    for _ in range(3):
        # The map ignores a key while it still moves.
        page.keyboard.press("Shift+ArrowLeft", delay=300)
    expect(words).to_contain_text("Near ")
    expect(words).not_to_contain_text(f"Near {house.number} ")
