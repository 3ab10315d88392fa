"""axe finds nothing on any page (WCAG 2.0 to 2.2, A and AA), and nothing runs off the screen."""

from collections.abc import Iterable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chalicelib.kernel.languages import language
from infra.local.stack import LocalStack
from tests.browser.conftest import NARROW, WIDTHS, NewPage
from tests.browser.published import HOME
from tests.conftest import ROOT
from tests.support.effort import EXHAUSTIVE

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RESULTS = f"/nearest/#toilets/{HOME['lat']:.5f},{HOME['long']:.5f}/"
PAGES = [
    "/",
    "/bins/",
    "/book/",
    "/report/",
    "/report/#waiting",
    "/offline/",
    "/map/",
    "/track/",
    "/track/?ref=0000-0000-0000",
    "/nearest/",
    "/facility/?id=nothing-here",
    "/my-area/",
    "/alerts/",
    "/open-data/",
    "/pay/",
    "/performance/",
    "/getting-through/",
    "/accessibility/",
    "/cookies/",
    "/privacy/",
    "/nothing-here",
]
WAITING = "Loading|Looking|Yn llwytho|Yn chwilio|Wrthi’n llwytho"
LOADED = f"() => !/{WAITING}/.test(document.body.innerText)"


def welsh(paths: Iterable[str]) -> list[str]:
    """The addresses of the pages in Welsh."""
    return list(map(language("cy").address, paths))


def violations(page: Page) -> list[str]:
    """What axe finds on the page once it has its styles; `make test-all` also checks the contrast
    in dark colours in every state."""
    found = _found(page, {"type": "tag", "values": TAGS})
    return found + violations_in_dark(page) if EXHAUSTIVE else found


def violations_in_dark(page: Page) -> list[str]:
    """What axe finds of the contrast on the page in dark colours."""
    page.emulate_media(color_scheme="dark")
    found = _found(page, {"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    return [f"dark: {each}" for each in found]


def _found(page: Page, run_only: dict[str, Any]) -> list[str]:
    page.wait_for_load_state("load")
    if not page.evaluate("() => 'axe' in window"):
        # Over the debugger's line: the pages' own policy lets no such script in.
        debugger = page.context.new_cdp_session(page)
        debugger.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found: dict[str, Any] = page.evaluate(
        "runOnly => axe.run(document, {runOnly, resultTypes: ['violations']})", run_only
    )
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen: as it is, or on the narrowest phone
    with its text twice as large."""
    as_it_is = page.viewport_size
    assert as_it_is
    widest = _overflow_now(page)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    _enlarge_text(page, "200%")
    widest = max(widest, _overflow_now(page))
    _enlarge_text(page, "")
    page.set_viewport_size(as_it_is)
    return widest


def assert_accessible(page: Page) -> None:
    """Check that axe finds nothing, and that nothing runs off the screen."""
    assert violations(page) == [], page.title()
    assert overflow(page) <= 0, page.title()


def _enlarge_text(page: Page, size: str) -> None:
    page.evaluate("(size) => { document.documentElement.style.fontSize = size }", size)


def _overflow_now(page: Page) -> int:
    wider: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider


@WIDTHS
@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_violation_and_fits(
    path: str, viewport: dict[str, int], new_page: NewPage
) -> None:
    page = new_page(viewport=viewport)
    page.goto(path)
    page.wait_for_function(LOADED)
    assert violations(page) == []
    assert violations_in_dark(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/nearest/", "What are you looking for?"),
        ("/nearest/#toilets", "Where are you?"),
        (RESULTS, "The nearest public toilets"),
        ("/facility/?id=toilets-1", "River Street toilets"),
    ],
)
def test_page_with_places_fits(path: str, shown: str, places: None, new_page: NewPage) -> None:
    page = new_page()
    page.goto(path)
    expect(page.get_by_role("heading", level=1, name=shown)).to_be_visible()
    assert overflow(page) <= 0


def test_area_fits(places: None, new_page: NewPage) -> None:
    here = {"latitude": HOME["lat"], "longitude": HOME["long"]}
    page = new_page(geolocation=here, permissions=["geolocation"])
    page.goto("/my-area/")
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("#area")).to_contain_text("Square Park")
    assert overflow(page) <= 0


def test_published_report_page_has_no_violation_and_fits(
    new_page: NewPage, stack: LocalStack
) -> None:
    from chalicelib.bootstrap.reports import reports_ports
    from chalicelib.reports.usecases.access import Author
    from chalicelib.reports.usecases.submission import submit
    from chalicelib.reports.usecases.updating import add_update
    from tests.support.builders import draft, update_draft

    ports = reports_ports()
    report = submit(draft(title="A hole", **HOME), "axe", Author(), ports)
    add_update(report.service_request_id, update_draft(), "axe", Author(), ports)
    stack.cloud.pump.wait_until_idle()
    page = new_page(viewport=NARROW)
    page.goto(f"/reports/{report.service_request_id}")
    assert violations(page) == []
    assert violations_in_dark(page) == []
    assert overflow(page) <= 0


def test_violation_is_detected_when_there_is_one(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/")
    page.evaluate("() => document.body.append(document.createElement('img'))")
    page.evaluate("() => { document.querySelector('img').src = '/favicon.svg' }")
    assert any(each.startswith("image-alt") for each in violations(page))


def test_low_contrast_is_detected_in_dark_colours(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/cookies/")
    assert violations_in_dark(page) == []
    page.evaluate("() => { document.querySelector('main p').style.color = '#222' }")
    assert any(each.startswith("dark: color-contrast") for each in violations_in_dark(page))
