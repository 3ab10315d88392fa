"""A page's first load stays within its budget, compressed; the rest comes when used."""

import gzip
import re

import pytest
from playwright.sync_api import Page, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import WEB, NewPage
from tests.browser.signing_in import new_account, sign_in
from tests.support.effort import sample

MOST_SCRIPT, MOST_STYLE = 15_000, 12_000
MOST_SCRIPT_OF_STAFF, MOST_STYLE_OF_STAFF = 60_000, 15_000
MOST_MAP = 90_000
MAP = ("/assets/chunks/basemap-", "/assets/chunks/pins-")
"""The map's library, its styles, and what draws with it."""
PLACE_MAP = (MAP[0], "/assets/chunks/place-map-", "/assets/chunks/location-map-")
"""The map of the step that asks for the place, which comes after the page."""
PAGES = ("alerts", "data", "details", "devices", "forget", "places")
DESK_PAGES = ("", "/case", "/bulk", "/merge", "/templates", "/days", "/performance")
ADMIN = ("alerts", "disruptions", "people")
SIGNED_IN = [
    "account",
    *(f"admin/{page}" for page in ADMIN),
    *(f"account/{page}" for page in PAGES),
]


def weight(address: str) -> int:
    return len(gzip.compress((WEB / address.removeprefix("/")).read_bytes(), 9))


def assert_within_budget(
    page: Page,
    path: str,
    most_script: int = MOST_SCRIPT,
    most_style: int = MOST_STYLE,
    apart: tuple[str, ...] = (),
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/{path}" if "?" in path else f"/{path}/", wait_until="networkidle")
    assets = {match.group() for url in asked if (match := re.search(r"/assets/.+", url))}
    assets = {each for each in assets if not each.startswith(apart)}
    scripts = {each for each in assets if each.endswith(".js")}
    name = path.split("/?", maxsplit=1)[0].replace("/", "-")
    assert f"/assets/{name}.js" in scripts
    assert sum(map(weight, scripts)) <= most_script
    assert sum(map(weight, assets - scripts)) <= most_style


@pytest.mark.parametrize("path", sample(["bins", "nearest", "facility", "my-area", "alerts"], 2))
def test_first_load_of_a_page_stays_within_its_budget(path: str, new_page: NewPage) -> None:
    assert_within_budget(new_page(with_maps=True), path)


def test_first_load_of_the_report_page_stays_within_its_budget_before_the_map(
    new_page: NewPage,
) -> None:
    page = new_page(with_maps=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert_within_budget(page, "report", apart=PLACE_MAP)
    drawing = [match.group() for url in asked if (match := re.search(r"/assets/.+", url))]
    scripts = {each for each in drawing if each.startswith(PLACE_MAP) and each.endswith(".js")}
    assert 0 < sum(map(weight, scripts)) <= MOST_MAP


def test_map_of_the_place_is_not_loaded_unasked_when_data_is_saved(new_page: NewPage) -> None:
    page = new_page(with_maps=True)
    page.add_init_script(
        "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/report/", wait_until="networkidle")
    expect(page.get_by_text("The map is not loaded, to save data.")).to_be_visible()
    assert not [url for url in asked if PLACE_MAP[0] in url]
    page.get_by_role("button", name="Show the map").click()
    expect(page.locator("#place-map-canvas canvas").first).to_be_visible()


@pytest.mark.parametrize("path", sample(["map", "facility/?id=toilets-1"], 1))
def test_first_load_of_a_page_with_a_map_stays_within_its_budget_without_the_map(
    path: str, places: None, new_page: NewPage
) -> None:
    assert_within_budget(new_page(with_maps=True), path, apart=MAP)


def test_map_stays_within_its_budget() -> None:
    chunks = [f"/assets/chunks/{each.name}" for each in (WEB / "assets" / "chunks").iterdir()]
    in_one_language = {
        each[: -len("-12345678.js")]: each for each in chunks if each.startswith(MAP)
    }
    assert sum(map(weight, in_one_language.values())) <= MOST_MAP


def linked_assets(path: str) -> set[str]:
    """The assets that a page's HTML loads: its script with all that it imports, and its styles."""
    html = (WEB / path / "index.html").read_text(encoding="utf-8")
    return set(re.findall(r'(?:src|href)="(/assets/[^"]+\.(?:js|css))"', html))


def weights(assets: set[str]) -> tuple[int, int]:
    """The compressed bytes of the scripts and of the styles."""
    scripts = {each for each in assets if each.endswith(".js")}
    return sum(map(weight, scripts)), sum(map(weight, assets - scripts))


def script_budget(path: str) -> int:
    """Officers work at a desk, so the pages of /admin/ have the budget of staff."""
    return MOST_SCRIPT_OF_STAFF if path.startswith("admin/") else MOST_SCRIPT


@pytest.mark.parametrize("path", SIGNED_IN)
def test_page_stays_within_its_budget_when_signed_in(path: str) -> None:
    script, style = weights(linked_assets(path))
    assert 0 < script <= script_budget(path)
    assert 0 < style <= MOST_STYLE


@pytest.mark.parametrize("path", DESK_PAGES)
def test_page_of_the_desk_stays_within_the_budget_of_staff(path: str) -> None:
    script, style = weights(linked_assets(f"desk{path}"))
    assert 0 < script <= MOST_SCRIPT_OF_STAFF
    assert 0 < style <= MOST_STYLE_OF_STAFF


@pytest.mark.parametrize("path", sample(SIGNED_IN, 1))
def test_first_load_stays_within_its_budget_when_signed_in(
    path: str, new_page: NewPage, stack: LocalStack
) -> None:
    page = new_page(with_maps=True)
    sign_in(page, new_account("admin"))
    assert_within_budget(page, path, script_budget(path))


@pytest.mark.parametrize("path", sample(DESK_PAGES, 1))
def test_first_load_of_the_desk_stays_within_the_budget_of_staff(
    path: str, new_page: NewPage, stack: LocalStack
) -> None:
    page = new_page(with_maps=True)
    sign_in(page, new_account("officer"))
    assert_within_budget(page, f"desk{path}", MOST_SCRIPT_OF_STAFF, MOST_STYLE_OF_STAFF)
