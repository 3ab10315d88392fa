"""Nothing that a resident reads moves while a page loads over a slow connection."""

import json
import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.parts import Photo
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.submission import submit
from infra.local.stack import LocalStack
from tests.browser.conftest import DESK, PHONE, NewPage
from tests.browser.published import HOME, TOILETS, put_json
from tests.browser.signing_in import new_account, sign_in
from tests.browser.test_accessibility import LOADED, PAGES, RESULTS, welsh
from tests.browser.test_disruption_notices import AREA, notice
from tests.browser.test_report_page import publish_photo_files
from tests.support import builders
from tests.support.effort import sample

MOST = 0.02
"""The budget of a page. Below 0.1, Google's Core Web Vitals call a page good."""
LATE_S = 0.3
REPORT = builders.report(9300)
ENTRY = re.compile(r"/assets/([a-z]{2}/)?[a-z-]+\.js$")
"""A page's own script."""
OBSERVE = f"""(() => {{
  window.shifts = [];
  const nameOf = ({{ node }}) => node?.id || node?.className || node?.nodeName || "gone";
  new PerformanceObserver((list) => {{
    for (const {{ hadRecentInput, value, sources }} of list.getEntries())
      if (!hadRecentInput) shifts.push({{ value, moved: sources.map(nameOf) }});
  }}).observe({{ type: "layout-shift", buffered: true }});
  let running = 0;
  let last = performance.now();
  const {{ fetch }} = window;
  window.fetch = async (...asked) => {{
    running++;
    try {{
      return await fetch(...asked);
    }} finally {{
      await new Promise((late) => setTimeout(late, {LATE_S * 1000}));
      running--;
      last = performance.now();
    }}
  }};
  window.isAtRest = () =>
    document.readyState === "complete" && !running && performance.now() - last > {LATE_S * 2000};
}})()"""
"""Notes what moves, and gives the page each document late."""
FILLED = [
    "/?with=notices",
    "/report/?with=position",
    "/nearest/#toilets",
    RESULTS,
    "/facility/?id=toilets-1",
    "/my-area/?with=area",
    "/bins/?with=bins",
    "/?with=bins",
    "/my-area/?with=area+bins",
    f"/track/?ref={REPORT.service_request_id}",
    f"/reports/{REPORT.service_request_id}",
    "/performance/",
    "/performance/?service=pothole",
    "/getting-through/",
]
FIRST_TO_MOVE = [
    "/report/?with=position",
    "/map/",
    RESULTS,
    "/facility/?id=toilets-1",
    "/my-area/?with=area",
    "/bins/?with=bins",
    f"/reports/{REPORT.service_request_id}",
    "/cy/my-area/?with=area",
]
"""The pages that fill most of themselves from documents; `make test` loads only these."""
PATHS = [
    path if path in FIRST_TO_MOVE else pytest.param(path, marks=pytest.mark.exhaustive)
    for path in [*PAGES, *FILLED, *welsh([*PAGES, *FILLED])]
]
BINS = {
    "premises_id": "990000000001",
    "address": "Rose Cottage, Oatmeal Walls",
    "street": "Oatmeal Walls",
    "rounds": ["R4", "Y4", "G4"],
    "checked_at": 4e12,
}
"""An address of the demo council."""
SIGNED_IN = ["", "alerts/", "details/", "places/", "devices/", "data/", "forget/"]


@pytest.fixture(scope="module", autouse=True)
def _published(places: None, stack: LocalStack) -> None:
    photo_id = "Q" * 26
    publish_photo_files(REPORT.service_request_id, photo_id)
    photos = (Photo(photo_id=photo_id, state="shown"),)
    reports_ports().repository.create(builders.report(9300, photos=photos))
    toilets = TOILETS[0]
    broken = builders.draft(
        service_code="public-toilet",
        asset_id=toilets.facility_id,
        lat=toilets.lat,
        long=toilets.long,
    )
    submit(broken, "broken toilets", Author(), reports_ports())
    put_json(stack, "data/disruptions.json", {"items": [notice("No bins"), notice("No buses")]})
    stack.cloud.pump.wait_until_idle()


def delay_route(route: Route) -> None:
    time.sleep(LATE_S)
    route.continue_()


def shift_of(page: Page, path: str) -> tuple[float, list[Any]]:
    """The sum of all shifts while the page loads slowly, and what moved."""
    page.add_init_script(OBSERVE)
    page.route(ENTRY, delay_route)
    page.goto(path)
    page.wait_for_function("() => isAtRest()")
    page.wait_for_function(LOADED)
    found: list[Any] = page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(shifts))))"
    )
    return sum(each["value"] for each in found), found


WIDTHS = pytest.mark.parametrize(
    "viewport",
    [
        pytest.param(PHONE, id="phone"),
        pytest.param(DESK, id="desk", marks=pytest.mark.exhaustive),
    ],
)


@WIDTHS
@pytest.mark.parametrize("path", PATHS)
def test_page_does_not_move_while_it_loads(
    path: str, viewport: dict[str, int], new_page: NewPage
) -> None:
    page = new_page(with_maps=True, viewport=viewport)
    if "with=position" in path:
        page.context.grant_permissions(["geolocation"])
        page.context.set_geolocation({"latitude": HOME["lat"], "longitude": HOME["long"]})
    if "with=area" in path:
        page.add_init_script(f"localStorage.setItem('ginnel.my-area', `{json.dumps(AREA)}`)")
    if "bins" in path.partition("?")[2]:
        page.add_init_script(f"localStorage.setItem('ginnel.bins', `{json.dumps(BINS)}`)")
    shift, moved = shift_of(page, path)
    assert shift <= MOST, moved


@WIDTHS
@pytest.mark.parametrize("path", sample(SIGNED_IN, 1))
def test_page_of_an_account_does_not_move_while_it_loads(
    path: str, viewport: dict[str, int], new_page: NewPage
) -> None:
    page = new_page(with_maps=True, viewport=viewport)
    sign_in(page, new_account())
    shift, moved = shift_of(page, f"/account/{path}")
    assert shift <= MOST, moved
