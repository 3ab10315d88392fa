"""The page says in words whether reports reach those who deal with them."""

import json
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.test_accessibility import overflow, violations

FINE = {
    "name": "Eskershire County Council",
    "kind": "open311",
    "last_success": "2026-06-01T11:58:00Z",
    "waiting": 0,
    "failed": 0,
    "median_delay_s": 65,
    "missed_until": None,
    "as_of": "2026-06-01T12:00:00Z",
}
STUCK = FINE | {
    "name": "Parks team",
    "waiting": 1,
    "failed": 1_001,
    "median_delay_s": 7_300,
    "missed_until": "2026-06-01T11:45:00Z",
}
NEW = FINE | {
    "name": "Other systems",
    "kind": "webhook",
    "last_success": None,
    "waiting": 3,
    "median_delay_s": None,
}


def open_page(page: Page, *destinations: dict[str, Any]) -> Page:
    """The page as it is when that is published."""

    def answer(route: Route) -> None:
        route.fulfill(json={"destinations": destinations})

    page.route("**/data/getting-through.json", answer)
    page.goto("/getting-through/")
    expect(page.get_by_role("status")).to_have_text("")
    return page


def cards(page: Page) -> list[list[str]]:
    """What the page says of each, line by line."""
    found = page.get_by_role("main").locator(".app-card").all_inner_texts()
    return [[line for line in text.splitlines() if line.strip()] for text in found]


def test_page_shows_successful_and_failed_deliveries(new_page: NewPage) -> None:
    page = open_page(new_page(), FINE, STUCK, NEW)
    expect(page.get_by_text("Last updated 1 June at 13:00.")).to_be_visible()
    last = ["Last delivered", "1 June at 12:58", "Usual delivery time"]
    assert cards(page) == [
        ["Eskershire County Council", "Working", *last, "1 minute"],
        [
            "Parks team",
            "Some not delivered",
            *last,
            "2 hours",
            "Waiting",
            "1 report",
            "Could not read",
            "some updates they sent before 1 June at 12:45",
            "Not delivered",
            "over 1,000 reports. Our officers are dealing with them.",
        ],
        [
            "Other systems",
            "Nothing delivered yet",
            "Systems that get public reports from us. We count them together.",
            "Waiting",
            "3 messages",
        ],
    ]


def test_page_says_so_when_there_was_nothing_to_send(new_page: NewPage) -> None:
    nothing = NEW | {"kind": "open311", "waiting": 0}
    assert cards(open_page(new_page(), nothing)) == [["Other systems", "Nothing sent yet"]]


def test_page_says_so_when_nothing_is_passed_on(new_page: NewPage) -> None:
    main = open_page(new_page()).get_by_role("main")
    expect(main.get_by_text("We do not pass any on")).to_be_visible()


def test_page_says_so_when_there_are_no_figures_yet(new_page: NewPage) -> None:
    page = new_page()
    page.route("**/data/getting-through.json", lambda route: route.fulfill(status=404))
    page.goto("/getting-through/")
    expect(page.get_by_role("status")).to_contain_text("no figures yet")
    expect(page.get_by_text("We do not pass any on")).to_have_count(0)


def test_page_says_so_when_the_figures_cannot_be_loaded(new_page: NewPage) -> None:
    page = new_page()
    page.route("**/data/getting-through.json", lambda route: route.abort())
    page.goto("/getting-through/")
    expect(page.get_by_role("status")).to_contain_text("could not load")


def test_page_is_linked_from_every_other_and_has_its_figures(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/")
    page.get_by_role("link", name="Reports we pass on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reports we pass on")
    answer = page.request.get("/data/getting-through.json")
    assert "destinations" in json.loads(answer.body())


@WIDTHS
def test_page_has_no_violation_and_fits(viewport: dict[str, int], new_page: NewPage) -> None:
    page = open_page(new_page(viewport=viewport), FINE, STUCK, NEW)
    expect(page.get_by_role("heading", name="Parks team")).to_be_visible()
    assert violations(page) == []
    assert overflow(page) <= 0
