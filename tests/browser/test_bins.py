"""Your bins: an address that is stored on the phone only, and the day of each of its bins."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from chalicelib.bootstrap.collections import collections_ports
from chalicelib.collections.usecases import premises_at_postcode
from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.published import published_files, put_json, restore_places
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_offline import lose_signal, visit
from tests.support.garden_homes import subscribe

POSTCODE, ADDRESS = "ZZ3 8AT", "Flat 1, Weavers Court, Chalkwold Avenue"
"""An address of the demo council, which is on the rounds R1, Y1 and G1, and gets a garden waste
subscription."""
ADDRESSES = 100
DOCUMENTS = ["/data/collections/rounds.json", "/data/collections/today.json"]
KEPT = "() => localStorage.getItem('ginnel.bins')"


def today() -> date:
    return datetime.now(ZoneInfo("Europe/London")).date()


def day(days: int) -> str:
    return f"{today() + timedelta(days=days)}"


@pytest.fixture(autouse=True)
def _collections(stack: LocalStack) -> Iterator[None]:
    """Recycling is collected today, rubbish tomorrow instead of in two days, and garden waste after
    the season. The crew is out, and did not reach two streets. A schedule would publish the demo's
    rounds of today every minute, so none runs meanwhile."""

    def a_round(code: str, container: str, name: str, *dates: str, **more: object) -> object:
        own = {"round": code, "container": container, "name": name, "colour": "#1d5fa8"}
        return {**own, "dates": dates, "moved": [], **more}

    moved = [{"from": day(2), "to": day(1), "why": "Christmas"}]
    rounds = [
        a_round("R1", "rubbish", "Black bin: rubbish", day(1), day(14), moved=moved),
        a_round("Y1", "recycling", "Blue bin: recycling", day(0), day(14)),
        a_round("G1", "garden", "Brown bin: garden waste", resumes=day(90)),
        a_round("R2", "rubbish", "Black bin: rubbish", day(0)),
    ]
    missed = ("Dial Row", "Chalkwold Avenue")
    streets = [{"street": street, "reason": "road_closed"} for street in missed]
    closes_at = f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    out = {
        "round": "Y1",
        "day": day(0),
        "state": "out",
        "closes_at": closes_at,
        "streets": streets,
    }
    with stack.cloud.pump.without_schedules():
        before = published_files(stack)
        put_json(stack, "data/collections/rounds.json", {"known_until": day(60), "items": rounds})
        put_json(stack, "data/collections/today.json", {"items": [out]})
        found = premises_at_postcode(POSTCODE, collections_ports())
        subscribe(*(each.premises_id for each in found if each.address == ADDRESS))
        yield
        restore_places(stack, before)


def find_bins(page: Page) -> None:
    postcode = page.get_by_label("Postcode")
    postcode.fill("ZZ3")
    page.get_by_role("button", name="Find address").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a full postcode, such as ZZ1 1AA")
    expect(postcode).to_have_value("ZZ3")
    postcode.fill(POSTCODE.replace(" ", "").lower())
    page.get_by_role("button", name="Find address").click()
    address = page.get_by_label("Your address")
    expect(address).to_be_focused()
    expect(address.get_by_role("option")).to_have_count(ADDRESSES)
    assert_accessible(page)
    address.select_option(label=ADDRESS)
    page.get_by_role("button", name="See your bin days").click()
    expect(page.get_by_role("heading", name="Your bins")).to_be_focused()


def expect_bins(page: Page) -> None:
    expect(page.locator("#bins-address")).to_have_text(ADDRESS)
    bins = page.locator("#bins > li")
    expect(bins.get_by_role("heading")).to_have_text(
        ["Blue bin: recycling", "Black bin: rubbish", "Brown bin: garden waste"]
    )
    for each, words in zip(
        bins.all(),
        (
            [
                "Today, ",
                "The crew is out now.",
                "Your street was not reached today. Reason: Road closed",
            ],
            ["Tomorrow, ", "Moved from ", "Reason: Christmas"],
            ["Starts again on "],
        ),
        strict=True,
    ):
        for text in words:
            expect(each).to_contain_text(text)
    expect(page.locator("#missed-streets")).to_contain_text(
        re.compile(r"Dial Row\s*Blue bin: recycling, today\. Reason: Road closed")
    )


def test_bins_are_found_by_postcode_and_remembered_without_asking_the_service_again(
    new_page: NewPage,
) -> None:
    page = new_page(service_workers="allow")
    visit(page, "/bins/")
    find_bins(page)
    expect_bins(page)
    assert_accessible(page)

    asked: list[str] = []
    page.on("request", lambda request: asked.append(re.sub(r"^\w+://[^/]+", "", request.url)))
    page.reload()
    expect_bins(page)
    assert sorted(each for each in asked if each.startswith(("/api/", "/data/"))) == DOCUMENTS
    page.goto("/")
    expect(page.locator("#next-bins")).to_contain_text(
        re.compile("^Today, .+ – Blue bin: recycling$")
    )

    page.goto("/bins/")
    expect_bins(page)
    expect(page.get_by_role("link", name="Get reminders of your bin days")).to_have_attribute(
        "href", re.compile(r"/forms/alerts\?premises_id=\d+$")
    )
    expect(page.get_by_role("link", name="Report a missed bin")).to_have_attribute(
        "href", re.compile(r"/forms/services/missed-bin\?premises_id=\d+$")
    )
    page.get_by_role("button", name="Add your bin days to a calendar").click()
    expect(page.get_by_role("link", name="Open in your calendar app")).to_be_focused()
    calendar = page.get_by_label("Or copy this address into your calendar").input_value()
    assert page.request.get(calendar).text().startswith("BEGIN:VCALENDAR")
    page.get_by_text("All bin days").click()
    expect(page.locator("#all-days-until")).to_contain_text("We have published the days up to ")
    expect(page.locator("#all-days > li")).to_have_count(3)
    expect(page.locator("#all-days > li").nth(1)).to_contain_text("Black bin: rubbish (moved from ")
    assert_accessible(page)
    page.reload()
    lose_signal(page)
    page.reload()
    expect_bins(page)
    expect(page.locator("#bins-age")).to_have_text(
        re.compile("^Last updated (just now|1 minute ago)$")
    )
    page.get_by_role("button", name="Forget this address").click()
    expect(page.get_by_text("Address forgotten.")).to_be_visible()
    assert page.evaluate(KEPT) is None
