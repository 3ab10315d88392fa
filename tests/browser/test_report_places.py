"""Ways to a place that need no map, and places that somebody else looks after."""

import json
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from chalicelib.gazetteer.facility_names import FACILITY_NAMES
from chalicelib.geo.point import Point, distance_m
from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.published import published_files, put_json, restore_places
from tests.browser.test_report_path import (
    HERE,
    choose_service,
    describe,
    leave,
    leave_contact,
    locate,
    sent_reference,
)

IN_THE_CORNER = {"latitude": 54.02, "longitude": -0.99}
"""Within the council's bounds, and its neighbour's."""
RETAIL_PARK = {"latitude": 53.9, "longitude": -1.19}


def start(new_page: NewPage) -> Page:
    page = new_page(with_maps=True)
    page.goto("/report/")
    return page


def send(page: Page) -> str:
    page.get_by_role("button", name="Send report").click()
    return sent_reference(page).replace("-", "")


@pytest.mark.parametrize(
    "typed",
    [
        "4 market pl",
        pytest.param("Market Place 4, Eskerby, ZZ1 1AA", marks=pytest.mark.exhaustive),
    ],
)
def test_report_is_made_by_street_and_house_number(
    typed: str, new_page: NewPage, stack: LocalStack
) -> None:
    page = start(new_page)
    page.get_by_label("Postcode or street").fill(typed)
    page.get_by_role("option", name="Market Place", exact=True).click()
    expect(page.locator("#place-words")).to_have_text("4 Market Place")
    expect(page.get_by_text("halfway along the street")).to_be_hidden()
    expect(page.get_by_label("Nearest house number")).to_have_value("4 Market Place")
    leave(page)
    describe(page, "The kerb is loose")
    leave_contact(page)
    request_id = send(page)
    with urllib.request.urlopen(f"{stack.url}/api/reports/{request_id}") as answer:
        report = json.loads(answer.read())
    assert report["address"] == "4 Market Place"
    with urllib.request.urlopen(f"{stack.url}/data/places.json") as answer:
        places = {each["label"]: each for each in json.loads(answer.read())["items"]}
    known = places["Market Place"]
    # The pin is at the house, not in the middle of its street.
    middle = Point(lat=known["lat"], long=known["long"])
    assert 10 < distance_m(Point(lat=report["lat"], long=report["long"]), middle) < 200


@pytest.fixture
def library(stack: LocalStack) -> Iterator[None]:
    before = published_files(stack)
    named = {"library": [["Larkwick Library", 53.96929, -1.07149]]}
    put_json(stack, FACILITY_NAMES, {"kinds": named})
    yield
    restore_places(stack, before)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("library")
def test_place_is_found_by_whatever_name_it_has(new_page: NewPage) -> None:
    page = start(new_page)
    search = page.get_by_label("Postcode or street")
    for typed, label in (
        ("zz11aa", "ZZ1 1AA"),
        ("B 6491", "B6491"),
        ("heron mere", "Heron Mere"),
        ("larkwick libary", "Larkwick Library"),
    ):
        search.fill(typed)
        expect(page.get_by_role("option").first).to_have_text(label)
    page.get_by_role("option", name="Larkwick Library").click()
    expect(page.get_by_label("Nearest house number")).to_have_value("Larkwick Library")
    expect(page.locator("#place-words")).to_contain_text("Larkwick Library")


def test_list_of_streets_is_loaded_only_when_it_is_used(new_page: NewPage) -> None:
    page = new_page(with_maps=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/report/")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "places" in url]
    page.get_by_label("Postcode or street").focus()
    page.get_by_label("Postcode or street").fill("ma")
    expect(page.locator("#place-choices li").first).to_be_visible()
    assert [url for url in asked if url.endswith("/data/places.json")]


def test_described_place_waits_for_an_officer(new_page: NewPage, stack: LocalStack) -> None:
    page = start(new_page)
    page.get_by_role("button", name="Describe the location").click()
    expect(page.get_by_text("We'll find the location from your description")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Describe the location")
    page.get_by_label("Describe the location, for example").fill(
        "Behind the third bench\non the river path"
    )
    leave(page)
    assert choose_service(page, "Street name plate") == "details"
    page.get_by_role("textbox", name="Describe the problem").fill("The plate hangs on one screw")
    leave(page)
    leave_contact(page)
    expect(page.locator("#answers")).to_contain_text("No pin: we'll find the location")
    request_id = send(page)
    expect(page.get_by_text("then publish the report")).to_be_visible()
    expect(page.get_by_role("link", name="See it on the map")).to_be_hidden()
    page.get_by_role("button", name="See your report").click()
    expect(page.get_by_text("Behind the third bench on the river path")).to_be_visible()
    stack.cloud.pump.wait_until_idle()
    theirs = new_page(with_maps=True)
    assert theirs.request.get(f"/reports/{request_id}").status == 404


@pytest.mark.exhaustive
def test_report_stops_when_another_organisation_is_responsible(new_page: NewPage) -> None:
    page = new_page(with_maps=True, geolocation=RETAIL_PARK, permissions=["geolocation"])
    page.goto("/report/")
    locate(page)
    leave(page)
    assert choose_service(page, "Litter") == "elsewhere"
    expect(page.get_by_text("This is private land.")).to_be_visible()
    expect(page.get_by_role("link", name="01904 960188")).to_have_attribute(
        "href", "tel:01904960188"
    )
    page.goto("/report/#check")
    expect(
        page.get_by_role("heading", name="Another organisation is responsible for this")
    ).to_be_visible()
    page.get_by_role("link", name="change the location").click()
    expect(page.get_by_role("heading", name="Where is the problem?")).to_be_visible()


def test_place_in_no_ward_is_refused_first_with_its_council(
    new_page: NewPage,
) -> None:
    page = new_page(with_maps=True, geolocation=IN_THE_CORNER, permissions=["geolocation"])
    page.goto("/report/")
    page.get_by_role("button", name="Use my location").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("It looks like Wold District Council's")
    page.locator('[data-step="where"]').get_by_role("button", name="Continue").click()
    expect(alert).to_contain_text("outside Eskerby Council")
    page.goto("/report/#service")
    expect(page.get_by_role("heading", name="Where is the problem?")).to_be_visible()
    page.get_by_label("Postcode or street").fill("market pl")
    page.get_by_role("option", name="Market Place", exact=True).click()
    expect(alert).to_be_hidden()
    leave(page)
    expect(page.get_by_role("heading", name="What is the problem?")).to_be_visible()


def test_imprecise_position_shows_a_ring_and_no_pin(new_page: NewPage) -> None:
    far_and_wide = {"latitude": 53.9591, "longitude": -1.0812, "accuracy": 2000}
    page = new_page(with_maps=True, geolocation=far_and_wide, permissions=["geolocation"])
    page.goto("/report/")
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("#where-status")).to_contain_text("to within 2 km. Tap the map")
    expect(page.locator("#place-map .app-accuracy")).to_have_count(1)
    expect(page.locator("#place-map .app-pin")).to_have_count(0)
    page.locator("#place-map-canvas").click()
    expect(page.locator("#place-map .app-pin")).to_have_count(1)
    expect(page.locator("#place-words")).not_to_contain_text("Accurate")
    leave(page)


def test_map_and_pin_are_dragged_and_the_street_follows(new_page: NewPage) -> None:
    page = start(new_page)
    page.get_by_label("Postcode or street").fill("market pl")
    page.get_by_role("option", name="Market Place", exact=True).click()
    pin = page.locator("#place-map .app-pin")
    words, address = page.locator("#place-words"), page.get_by_label("Nearest house number")
    expect(page.get_by_text("halfway along the street")).to_be_visible()
    expect(pin).to_have_count(1)
    for dragged, by in ((pin, (90, 90)), (page.locator("#place-map-canvas"), (0, -160))):
        before = words.inner_text()
        drag(page, dragged, by)
        expect(words).not_to_have_text(before)
        expect(words).to_contain_text(address.input_value())
        expect(page.get_by_text("halfway along the street")).to_be_hidden()


def drag(page: Page, what: Locator, by: tuple[int, int]) -> None:
    box = what.bounding_box()
    assert box
    # Off the middle, where the pin of the map is.
    x, y = box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.55
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=8)
    page.mouse.up()


LATE_POSITION = """navigator.geolocation.getCurrentPosition = (found) => {
  window.arrive = () => found({coords: {latitude: 53.9712, longitude: -1.0333, accuracy: 10}});
}"""


def test_position_that_arrives_late_does_not_replace_a_later_choice(new_page: NewPage) -> None:
    page = new_page(with_maps=True)
    page.add_init_script(LATE_POSITION)
    page.goto("/report/")
    page.get_by_role("button", name="Use my location").click()
    page.get_by_label("Postcode or street").fill("market pl")
    page.get_by_role("option", name="Market Place", exact=True).click()
    page.evaluate("arrive()")
    expect(page.locator("#place-words")).to_have_text("Market Place")
    page.get_by_role("button", name="Use my location").click()
    leave(page)
    page.evaluate("arrive()")
    page.get_by_role("link", name="Back").click()
    expect(page.locator("#place-words")).to_have_text("Market Place")


AT_A_HOUSE = {"latitude": 53.95931, "longitude": -1.07672}


@pytest.mark.exhaustive
def test_report_names_the_nearest_house_unless_its_sender_named_a_place(
    new_page: NewPage, stack: LocalStack
) -> None:
    page = new_page(with_maps=True, geolocation=AT_A_HOUSE, permissions=["geolocation"])
    page.goto("/report/")
    locate(page)
    address = page.get_by_label("Nearest house number")
    expect(address).to_have_value("1 Oatmeal Walls")
    expect(page.locator("#place-words")).to_contain_text("Near 1 Oatmeal Walls")
    address.fill("By the bench")
    drag(page, page.locator("#place-map-canvas"), (0, -20))
    expect(address).to_have_value("By the bench")
    page.reload()
    address.fill("")
    leave(page)
    page.go_back()
    locate(page)
    expect(address).to_have_value("1 Oatmeal Walls")
    leave(page)
    describe(page, "The kerb is loose here")
    leave_contact(page)
    expect(page.locator("#answers")).to_contain_text("Near 1 Oatmeal Walls")
    request_id = send(page)
    with urllib.request.urlopen(f"{stack.url}/api/reports/{request_id}") as answer:
        assert json.loads(answer.read())["address"] == "Near 1 Oatmeal Walls"


def test_place_is_named_and_kept_without_a_map(new_page: NewPage) -> None:
    page = new_page(with_maps=True, geolocation=HERE, permissions=["geolocation"])
    page.route("**/chunks/basemap-*.js", lambda route: route.abort())
    page.goto("/report/")
    expect(page.get_by_text("We could not load the map")).to_be_visible()
    locate(page)
    expect(page.locator("#place-words")).to_contain_text("Near Dial Row")
    page.unroute("**/chunks/basemap-*.js")
    leave(page)


def test_denied_location_is_explained_and_another_way_works(new_page: NewPage) -> None:
    page = start(new_page)
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("alert")).to_contain_text("Location is turned off for this site")
    page.get_by_label("Postcode or street").fill("market pl")
    page.get_by_role("option", name="Market Place", exact=True).click()
    leave(page)
