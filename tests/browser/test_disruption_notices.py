"""What home says of services that cannot run, from the document as it was published."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.published import HOME

AREA = {"lat": HOME["lat"], "long": HOME["long"], "label": "Home", "ward": "Riverside"}
EVERYWHERE = {"lat": None, "long": None, "radius_m": None, "ward_code": None}


def notice(title: str, begins_h: float = -1, ends_h: float = 1, **area: object) -> dict[str, Any]:
    """One that begins and ends that many hours from now."""
    now = datetime.now(UTC)
    return {
        "disruption_id": title,
        "title": title,
        "text": "",
        "area": EVERYWHERE | area,
        "begins": (now + timedelta(hours=begins_h)).isoformat(),
        "ends": (now + timedelta(hours=ends_h)).isoformat(),
        "version": 1,
    }


def open_home_with(page: Page, *notices: dict[str, Any]) -> Page:
    """Home, where these are published."""
    body = json.dumps({"items": notices})
    page.route(
        "**/data/disruptions.json",
        lambda route: route.fulfill(body=body, content_type="application/json"),
    )
    page.goto("/")
    expect(page.locator("#disruptions .app-notice")).not_to_have_count(0)
    return page


def titles(page: Page) -> list[str]:
    return page.locator("#disruptions h2").all_inner_texts()


def test_home_shows_only_disruptions_at_the_known_place(new_page: NewPage) -> None:
    around = {"long": HOME["long"], "radius_m": 500}
    sent = [
        notice("Here", lat=HOME["lat"], **around),
        notice("Far away", lat=HOME["lat"] + 0.02, **around),
        notice("Everywhere"),
    ]
    page = new_page()
    page.add_init_script(f"localStorage.setItem('ginnel.my-area', `{json.dumps(AREA)}`)")
    assert sorted(titles(open_home_with(page, *sent))) == ["Everywhere", "Here"]
    stranger = open_home_with(new_page(), *sent)
    assert sorted(titles(stranger)) == ["Everywhere", "Far away", "Here"]


def test_home_loads_when_the_disruptions_cannot_be_loaded(new_page: NewPage) -> None:
    page = new_page()
    page.route("**/data/disruptions.json", lambda route: route.abort())
    page.goto("/")
    expect(page.get_by_role("heading", name="Get alerts")).to_be_visible()
    expect(page.locator("#disruptions")).to_be_empty()
