"""The figures that everybody sees, and those of the office."""

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.publishing import figures_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.publishing.figures import MEANINGS
from chalicelib.publishing.performance import rebuild_performance
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.submission import submit
from infra.local.stack import LocalStack
from infra.tokens import account_with
from tests.browser.conftest import DESK, WIDTHS, NewPage
from tests.browser.signing_in import sign_in
from tests.browser.test_accessibility import overflow, violations
from tests.support.builders import draft

COUNTS = ("reported", "fixed", "with_target", "in_target", "reopened", "failed_repairs", "open_now")
JUNE, MAY, OLD = "2026-06", "2026-05", "2007-11"


def row(service: str = "all", ward: str = "all", **figures: float | None) -> dict[str, Any]:
    ordinary = dict.fromkeys(COUNTS, 0) | {"median_days": None, "p90_days": None}
    return {"service_code": service, "ward_code": ward} | ordinary | figures


ROWS = {
    JUNE: [
        row(
            reported=1_240,
            fixed=900,
            open_now=None,
            median_days=2.5,
            p90_days=14.0,
            with_target=1_200,
            in_target=700,
            reopened=12,
            failed_repairs=None,
        ),
        row("pothole", "north", reported=7, fixed=6, median_days=30.4, p90_days=90.1),
    ],
    MAY: [row(reported=18, fixed=18, median_days=1.0, p90_days=3.0, with_target=18, in_target=9)],
    OLD: [row(reported=5, fixed=None, open_now=None)],
}
INDEX = {
    "about": dict.fromkeys((*MEANINGS, "cohort", "small_numbers"), "What it means, in a sentence."),
    "services": [
        {"code": "pothole", "name": "Pothole"},
        {"code": "x", "name": "Something much longer than most of the others are called"},
    ],
    "wards": [{"code": "north", "name": "North & Riverside"}],
    "months": [
        {
            "month": month,
            "json": f"/data/performance/{month}.json",
            "csv": f"/data/performance/{month}.csv",
            "all": rows[0],
        }
        for month, rows in ROWS.items()
    ],
}
OFFICE = {
    "month": JUNE,
    "channels": [
        {"channel": "online", "count": 812, "cost_pence": 6_496},
        {"channel": "phone", "count": 203, "cost_pence": 68_817},
        {"channel": "counter", "count": 0, "cost_pence": 0},
    ],
    "avoidable_contact": {"count": 31, "cost_pence": 2_890, "follow_ups": 23, "repeated": 8},
    "crews": [
        {
            "crew": "a",
            "name": "North repairs",
            "jobs": 61,
            "done": 52,
            "could_not": 4,
            "minutes": 2_850,
        }
    ],
    "about": dict.fromkeys(("month", "cost_pence", "follow_ups", "repeated", "crews"), "It means."),
}


def open_page(page: Page, query: str = "") -> Page:
    """The page as it is when that is published."""

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2].removesuffix(".json")
        found = INDEX if name == "index" else {"month": name, "rows": ROWS[name]}
        route.fulfill(json=found)

    page.route("**/data/performance/*.json", answer)
    page.goto(f"/performance/{query}")
    expect(page.locator("#performance-status")).to_have_text("")
    return page


def cells(table: Locator) -> list[list[str]]:
    """What a table says, for those who hear it."""
    return [
        [each.replace("–", "") for each in line.locator("th, td").all_text_contents()]
        for line in table.locator("tr").all()
    ]


def test_page_has_a_table_of_the_published_figures_with_bars(new_page: NewPage) -> None:
    page = open_page(new_page(viewport=DESK))
    expect(page.get_by_role("heading", name="All problems, 2026")).to_be_visible()
    assert cells(page.get_by_role("table", name="Reported, fixed and open")) == [
        ["Month reported", "Reported", "Fixed", "Still open"],
        ["May", "18", "18", "0"],
        ["Jun", "1,240", "900", "hidden"],
    ]
    assert cells(page.get_by_role("table", name="Days to fix"))[2] == ["Jun", "2.5", "14"]
    widths = (
        page.locator(".app-chart")
        .first.locator(".app-chart__bar")
        .evaluate_all("bars => bars.map(bar => bar.getBoundingClientRect().width)")
    )
    # Of May two bars, as 0 has none; of June one is not shown.
    assert [round(each / max(widths), 1) for each in widths] == [0.0, 0.0, 1.0, 0.7]
    facts = page.locator("#performance .app-facts").inner_text().split("\n")
    assert [each for each in facts if each] == [
        *("Reported", "1,258", "Fixed", "918", "Still open", "hidden"),
    ]


def test_address_contains_the_selection(new_page: NewPage) -> None:
    page = open_page(new_page())
    page.get_by_label("Kind of problem").select_option("Pothole")
    page.get_by_label("Ward").select_option("North & Riverside")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Pothole, North & Riverside, 2026")).to_be_visible()
    assert page.url.endswith("/performance/?service=pothole&ward=north&year=2026")
    assert cells(page.get_by_role("table", name="Reported, fixed and open"))[1:] == [
        ["May", "0", "0", "0"],
        ["Jun", "7", "6", "0"],
    ]
    open_page(page, "?year=2007&ward=nowhere")
    expect(page.get_by_label("Year reported")).to_have_value("2007")
    expect(page.get_by_label("Ward")).to_have_value("")
    expect(page.get_by_role("link", name="CSV November 2007")).to_be_visible()


@pytest.mark.parametrize("status", [404, None])
def test_page_says_so_when_there_is_nothing_to_show(status: int | None, new_page: NewPage) -> None:
    page = new_page()
    page.route(
        "**/data/performance/index.json",
        lambda route: route.fulfill(status=status) if status else route.abort(),
    )
    page.goto("/performance/")
    said = "no figures yet" if status else "could not load"
    expect(page.locator("#performance-status")).to_contain_text(said)


def test_page_is_linked_from_home_and_shows_the_figures(
    new_page: NewPage, stack: LocalStack
) -> None:
    for number in range(6):
        submit(draft(), f"figures {number}", Author(), reports_ports())
    stack.cloud.pump.wait_until_idle()
    assert rebuild_performance(figures_ports()) == {}
    page = new_page()
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="See how we are doing").click()
    expect(page.get_by_role("table")).to_have_count(4)
    index = json.loads(page.request.get("/data/performance/index.json").body())
    for month in index["months"]:
        for kind in ("json", "csv"):
            assert page.request.get(month[kind]).status == 200
    shown = cells(page.get_by_role("table", name="Reported, fixed and open"))
    newest = index["months"][0]["all"]
    expected = [newest[each] for each in ("reported", "fixed", "open_now")]
    assert shown[-1][1:] == ["hidden" if n is None else f"{n:,}" for n in expected]


def open_page_as(role: str, page: Page, query: str = "") -> Page:
    sign_in(page, account_with(role, f"figures-{role}", accounts_ports()))  # type: ignore[arg-type]
    page.goto(f"/desk/performance/{query}")
    expect(page.locator("#staff-status")).not_to_have_text("Loading…")
    return page


def test_officer_sees_a_months_costs(new_page: NewPage) -> None:
    page = new_page()
    page.route("**/api/performance*", lambda route: route.fulfill(json=OFFICE))
    open_page_as("officer", page)
    assert cells(page.get_by_role("table", name="How people contacted us"))[1:3] == [
        ["Online", "812", "£64.96"],
        ["By phone", "203", "£688.17"],
    ]
    assert cells(page.get_by_role("table", name="Crews' work"))[1][1:] == [
        *("61", "52", "4", "47.5"),
    ]
    expect(page.get_by_text("31, which cost about £28.90")).to_be_visible()
    expect(page.get_by_label("Month")).to_have_value(JUNE)


def test_officer_gets_the_figures_of_the_api(new_page: NewPage) -> None:
    page = open_page_as("officer", new_page(), "?month=2026-05")
    expect(page.get_by_role("table", name="How people contacted us")).to_be_visible()
    expect(page.get_by_label("Month")).to_have_value("2026-05")


def test_staff_figures_are_hidden_from_residents(new_page: NewPage) -> None:
    page = open_page_as("resident", new_page())
    expect(page.locator("#staff-status")).to_contain_text("for the council's officers")
    expect(page.locator("#staff-page")).to_be_hidden()


def test_welsh_words_for_missing_numbers_fit_the_narrowest_screen(new_page: NewPage) -> None:
    page = open_page(new_page())
    page.goto("/cy/performance/?year=2007")
    expect(page.locator(".app-chart__hidden").last).to_be_visible()
    assert overflow(page) <= 0


@WIDTHS
def test_both_pages_have_no_violation_and_fit(viewport: dict[str, int], new_page: NewPage) -> None:
    page = open_page(new_page(viewport=viewport))
    assert violations(page) == []
    assert overflow(page) <= 0
    page.route("**/api/performance*", lambda route: route.fulfill(json=OFFICE))
    open_page_as("officer", page)
    expect(page.get_by_role("table")).to_have_count(2)
    assert violations(page) == []
    assert overflow(page) <= 0
