"""The map of the whole council: counts in one request, in words and by keyboard as well."""

import io
import json
import re
import urllib.request
from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Locator, Page, Request, expect

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from infra.local.stack import LocalStack
from tests.browser.conftest import DESK, NARROW, WIDTHS, NewPage
from tests.browser.test_accessibility import overflow, violations
from tests.support.builders import MARKET_PLACE, draft, update_draft
from tests.support.councils import council_named

PIN_ZOOM = 14
DRAWN_ANEW = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Marks are drawn at once where the map came to rest, as nothing is to be fetched for them."""
OFFICER = Author("officer", staff_in=EVERYWHERE)
PLACES: Sequence[tuple[float, float]] = (
    (0.0, 0.0),
    (0.001, 0.001),
    (0.02, 0.0),
    (0.0, 0.03),
    (-0.02, -0.03),
    (0.02, 0.03),
    (0.0001, 0.0001),
)
"""Steps from the market place, in degrees north and east."""


class Box(NamedTuple):
    """A mark's edges in pixels."""

    left: float
    top: float
    right: float
    bottom: float


@pytest.fixture(scope="module", autouse=True)
def reports(stack: LocalStack) -> None:
    """Potholes all over the town, a fixed one and graffiti among them."""
    ports = reports_ports()
    for number, (north, east) in enumerate(PLACES):
        lat, long = MARKET_PLACE["lat"] + north, MARKET_PLACE["long"] + east
        service = "graffiti" if number == 1 else "pothole"
        stored = submit(
            draft(lat=lat, long=long, service_code=service), f"map {number}", Author(), ports
        )
        if number == 2:
            fixed = update_draft(text="Done.", state="fixed")
            add_update(stored.service_request_id, fixed, "map", OFFICER, ports)
    stack.cloud.pump.wait_until_idle()


def city_view(page: Page, zoom: int = 11) -> list[str]:
    """Opens the map far away; gives the list that every request for a tile is noted in."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/data/tiles/" in request.url:
            asked.append(request.url)

    page.on("request", note)
    page.goto(f"/map/#{zoom}/{MARKET_PLACE['lat']}/{MARKET_PLACE['long']}")
    expect(page.locator("#list-status")).to_contain_text("in this view")
    expect(page.locator(".app-mark").first).to_be_visible()
    return asked


def published_document(stack: LocalStack, path: str) -> Any:
    with urllib.request.urlopen(stack.url + path) as answer:
        return json.loads(answer.read())


def tally_text(tallies: Sequence[Sequence[int]]) -> str:
    return f"{sum(each[0] for each in tallies)} open, {sum(each[1] for each in tallies)} closed"


def zoom_of(page: Page) -> int:
    found = re.search(r"#(\d+)/", page.url)
    assert found
    return int(found[1])


def test_city_view_shows_the_published_counts_with_one_request(
    new_page: NewPage, stack: LocalStack
) -> None:
    address = published_document(stack, "/data/index.json")["counts"]
    counts = published_document(stack, address)["counts"]
    assert len(counts) >= 4
    page = new_page(viewport=DESK)
    asked = city_view(page)
    status = page.locator("#list-status")
    expect(status).to_contain_text(tally_text([(each["open"], each["closed"]) for each in counts]))
    potholes = [each["services"].get("pothole", (0, 0)) for each in counts]
    row = page.locator("#count-list [data-service-code='pothole']")
    expect(row).to_contain_text(tally_text(potholes))

    page.get_by_label("Kind of problem").select_option("pothole")
    expect(status).to_contain_text(tally_text(potholes))
    page.get_by_label("Show").select_option("closed")
    expect(status).to_contain_text(f"0 open, {sum(each[1] for each in potholes)} closed")
    marks = page.locator(".app-mark").all_inner_texts()
    assert sum(map(int, marks)) == sum(each[1] for each in potholes) > 0
    page.get_by_label("Show").select_option("open")
    marks = page.locator(".app-mark").all_inner_texts()
    assert sum(map(int, marks)) == sum(each[0] for each in potholes)
    assert asked == [stack.url + address]


def test_no_two_marks_touch(new_page: NewPage) -> None:
    page = new_page(viewport=DESK)
    city_view(page, 13)
    boxes = [box_of(mark) for mark in page.locator(".app-mark").all()]
    assert len(boxes) >= 2
    for one, other in combinations(boxes, 2):
        apart = one.right <= other.left or other.right <= one.left
        assert apart or one.bottom <= other.top or other.bottom <= one.top


def mark_in_view(page: Page) -> Locator:
    """The last mark that lies well within the map: others are drawn beyond its edges."""
    around, margin = box_of(page.locator("#map")), 50
    for mark in reversed(page.locator(".app-mark").all()):
        box = box_of(mark)
        across = around.left + margin <= box.left and box.right <= around.right - margin
        if across and around.top + margin <= box.top and box.bottom <= around.bottom - margin:
            return mark
    raise AssertionError("No mark is in view.")


def box_of(found: Locator) -> Box:
    box = found.bounding_box()
    assert box
    return Box(box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])


def test_mark_zooms_in_until_there_are_pins(new_page: NewPage) -> None:
    page = new_page(viewport=DESK)
    city_view(page, 11)
    page.wait_for_load_state("networkidle")
    while zoom_of(page) < PIN_ZOOM:
        before = zoom_of(page)
        mark_in_view(page).click()
        expect(page).not_to_have_url(re.compile(f"#{before}/"))
        page.evaluate(DRAWN_ANEW)
        assert zoom_of(page) > before
    expect(page.locator("#map .app-pin").first).to_be_visible()
    expect(page.locator(".app-mark")).to_have_count(0)
    expect(page.locator("#count-list")).to_be_hidden()
    expect(page.locator("#report-list li").first).to_be_visible()


@pytest.mark.parametrize(("year", "says"), [(2030, "Overdue"), (None, "")], ids=["later", "today"])
def test_open_reports_whose_date_has_passed_are_overdue_in_the_list(
    year: int | None, says: str, new_page: NewPage
) -> None:
    page = new_page()
    if year:
        page.clock.set_fixed_time(f"{year}-01-01T12:00:00+00:00")
    page.goto(f"/map/#16/{MARKET_PLACE['lat']}/{MARKET_PLACE['long']}")
    rows = page.locator("#report-list li")
    pothole = rows.filter(has=page.get_by_role("link", name="Pothole"))
    is_open = pothole.filter(has_not_text="Fixed").first
    expect(is_open).to_be_visible()
    expect(is_open.locator(".app-tag--overdue")).to_have_text([says] if says else [])


def test_reports_are_reached_from_the_city_view_by_keyboard(new_page: NewPage) -> None:
    page = new_page()
    city_view(page, 13)
    page.locator("#map").focus()
    page.keyboard.press("+")
    expect(page.locator("#report-list li").first).to_be_visible()
    expect(page.locator("#list-status")).to_have_text(re.compile(r"^\d+ reports? in this view\.$"))


@pytest.mark.exhaustive
def test_city_view_says_so_when_the_filters_match_nothing(new_page: NewPage) -> None:
    page = new_page()
    city_view(page)
    page.get_by_label("Kind of problem").select_option("graffiti")
    page.get_by_label("Show").select_option("closed")
    expect(page.locator("#list-status")).to_have_text("No reports in this view.")
    expect(page.locator(".app-mark")).to_have_count(0)


@WIDTHS
def test_city_view_has_no_violation_and_fits(viewport: dict[str, int], new_page: NewPage) -> None:
    page = new_page(viewport=viewport)
    city_view(page)
    assert violations(page) == []
    assert overflow(page) <= 0


def street_view(page: Page, zoom: int = 17, query: str = "") -> Locator:
    """Opens the map at the market place; gives the rows of its list."""
    page.goto(f"/map/{query}#{zoom}/{MARKET_PLACE['lat']}/{MARKET_PLACE['long']}")
    rows = page.locator("#report-list li")
    expect(rows.first).to_be_visible()
    return rows


def test_whole_row_is_the_link_and_says_where_and_when(new_page: NewPage) -> None:
    page = new_page(viewport=DESK)
    row = street_view(page).first
    link = row.get_by_role("link")
    expect(link).to_have_count(1)
    expect(link).to_contain_text("Pothole")
    expect(link).to_contain_text("Open")
    expect(row.locator("[data-street]")).not_to_be_empty()
    page.wait_for_function(
        """() => {
          const row = document.querySelector("#report-list li");
          const link = row.querySelector("a");
          return link.offsetWidth === row.clientWidth && link.offsetHeight === row.clientHeight;
        }"""
    )


def test_icon_of_the_kind_is_on_the_pin_in_the_row_and_in_the_legend(new_page: NewPage) -> None:
    page = new_page(viewport=DESK)
    street_view(page)
    row = page.locator("#report-list li").filter(has_text="Pothole").first
    request_id = row.get_attribute("data-service-request-id")
    expect(row.locator(".app-icon use")).to_have_attribute("href", "#kind-pothole")
    expect(row.get_by_role("link")).to_have_accessible_name(re.compile("^Pothole "))
    pin = page.locator(f"#map [data-service-request-id='{request_id}']")
    expect(pin.locator("use")).to_have_attribute("href", "#kind-pothole")
    drawn = pin.locator("use").evaluate("(use) => use.getBBox().width")
    assert drawn > 5

    page.get_by_text("What the icons mean").click()
    offered = page.get_by_label("Kind of problem").locator("option").all_inner_texts()[1:]
    explained = page.locator("details .app-legend li")
    expect(explained.filter(has_text="Pothole").locator("use")).to_have_attribute(
        "href", "#kind-pothole"
    )
    assert [each.strip() for each in explained.all_inner_texts()] == offered
    private = {
        each.service_name for each in council_named("demo").services if each.visibility == "private"
    }
    assert private and private.isdisjoint(offered)
    assert violations(page) == []


def test_address_keeps_the_filters_and_the_view(new_page: NewPage) -> None:
    page = new_page(viewport=DESK)
    street_view(page, 15)
    page.get_by_label("Kind of problem").select_option("graffiti")
    expect(page).to_have_url(re.compile(r"/map/\?service=graffiti#15/"))
    status = page.locator("#list-status").inner_text()
    page.reload()
    expect(page.get_by_label("Kind of problem")).to_have_value("graffiti")
    expect(page.locator("#list-status")).to_have_text(status)
    page.get_by_label("Kind of problem").select_option("")
    expect(page).to_have_url(re.compile("/map/#15/"))


def test_map_moves_to_a_place_that_was_searched_for_and_to_the_phone(new_page: NewPage) -> None:
    here = {"latitude": MARKET_PLACE["lat"] + 0.02, "longitude": MARKET_PLACE["long"]}
    page = new_page(geolocation=here, permissions=["geolocation"])
    city_view(page)
    page.get_by_label("Postcode or street").fill("market pl")
    page.locator("#place-choices li").first.click()
    expect(page).to_have_url(re.compile("#17/"))
    before = page.url
    page.get_by_role("button", name="Use my location").click()
    expect(page).to_have_url(re.compile(f"#17/{here['latitude']:.5f}/"))
    assert page.url != before


def test_map_says_so_when_the_phone_is_elsewhere(new_page: NewPage) -> None:
    london = {"latitude": 51.5, "longitude": -0.1}
    page = new_page(geolocation=london, permissions=["geolocation"])
    city_view(page)
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("#go-to-status")).to_contain_text("outside the area")
    assert zoom_of(page) == 11


@pytest.mark.exhaustive
def test_report_begins_where_the_map_is(new_page: NewPage) -> None:
    page = new_page(viewport=DESK, with_maps=True)
    street_view(page)
    page.get_by_role("link", name="Report a problem here").click()
    expect(page.locator("#place-words")).to_contain_text("Dial Row")
    expect(page.locator("#place-map .app-pin")).to_have_count(1)


def test_pins_that_cover_each_other_open_as_a_list(new_page: NewPage) -> None:
    page = new_page(viewport=DESK)
    request_id = street_view(page).first.get_attribute("data-service-request-id")
    page.locator(f"#map [data-service-request-id='{request_id}']").click(force=True)
    popup = page.locator(".app-map-popup")
    expect(popup.get_by_text(re.compile(r"^\d+ reports here$"))).to_be_visible()
    assert popup.get_by_role("link").count() >= 2


def test_report_is_followed_from_its_pin(new_page: NewPage) -> None:
    page = new_page(viewport=DESK)
    request_id = street_view(page).first.get_attribute("data-service-request-id")
    page.locator(f"#map [data-service-request-id='{request_id}']").click(force=True)
    popup = page.locator(".app-map-popup")
    popup.get_by_role("link", name=re.compile("^Follow")).first.click()
    expect(page.get_by_label("Email address")).to_be_visible()


@pytest.mark.parametrize(("motion", "layers"), [("no-preference", 1), ("reduce", 0)])
def test_map_zooms_without_moving_for_those_who_ask_for_less_motion(
    motion: str, layers: int, new_page: NewPage
) -> None:
    page = new_page(reduced_motion=motion)
    city_view(page)
    expect(page.locator("#map .leaflet-proxy.leaflet-zoom-animated")).to_have_count(layers)


def brightness(shown: Locator) -> float:
    """The mean of all its pixels, from 0 for black to 255 for white."""
    picture = Image.open(io.BytesIO(shown.screenshot())).convert("L")
    return float(ImageStat.Stat(picture).mean[0])


def test_map_is_dark_where_the_page_is(new_page: NewPage) -> None:
    page = new_page(viewport=DESK)
    page.goto("/map/#17/53.9591/-1.0812")
    shown = page.locator("#map")
    expect(shown.locator("canvas").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert brightness(shown) > 200
    page.emulate_media(color_scheme="dark")
    assert brightness(shown) < 80


def test_map_without_streets_says_so_at_once_and_leads_to_the_list(
    new_page: NewPage,
) -> None:
    """Where a proxy refuses requests for a part of a file."""
    page = new_page(viewport=NARROW)
    page.route("**/*.pmtiles", lambda route: route.fulfill(body=b"PMTiles" * 9000))
    page.goto("/map/")
    notice = page.locator("#ground-status")
    expect(notice).to_contain_text("The street map is not available at the moment.")
    expect(notice).to_be_in_viewport()
    notice.get_by_role("link", name="Go to the list").click()
    expect(page.locator("#list-status")).to_be_in_viewport()
