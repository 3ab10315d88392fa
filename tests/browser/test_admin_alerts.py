"""Officers look at alerts that did not get through, and say when a service cannot run."""

from datetime import timedelta
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from chalicelib.alerts.delivery import Alert
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.alerts import delivery_ports
from chalicelib.bootstrap.disruptions import disruptions_publish_ports
from chalicelib.disruptions.publishing import publish_current
from chalicelib.kernel.time import utc_now
from infra.local.stack import LocalStack
from infra.tokens import account_with
from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.published import HOME, WARD
from tests.browser.signing_in import sign_in
from tests.browser.test_accessibility import overflow, violations

NUMBERS = count()


@pytest.fixture(scope="module", autouse=True)
def _published(places: None) -> None:
    """Wards and postcodes, which the API is to read again."""
    container.forget_built()


def open_page(new_page: NewPage, path: str, role: str = "officer", **options: object) -> Page:
    page, ports = new_page(**options), accounts_ports()
    sign_in(page, account_with(role, f"browser-{role}", ports))  # type: ignore[arg-type]
    page.goto(f"/admin/{path}/")
    expect(page.locator("#staff-status")).not_to_have_text("Loading…")
    return page


def post_disruption(page: Page) -> str:
    """Posts one for Riverside by hand. Answers its title."""
    title = f"No bin collections {next(NUMBERS)}"
    page.get_by_label("What is affected?").fill(title)
    page.get_by_label("What should people do?").fill("Leave your bin out.")
    page.get_by_role("radio", name="In a ward").check()
    page.get_by_label("Which ward?").select_option(WARD["name"])
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#staff-status")).to_contain_text(f"“{title}” has been published")
    return title


@pytest.mark.parametrize("path", ["alerts", "disruptions"])
def test_page_is_for_officers_alone(path: str, new_page: NewPage, stack: LocalStack) -> None:
    page = new_page()
    page.goto(f"/admin/{path}/")
    expect(page.get_by_role("main").get_by_role("link", name="Sign in")).to_be_visible()
    page = open_page(new_page, path, "resident")
    expect(page.locator("#staff-status")).to_contain_text("for the council's officers")
    expect(page.locator("#staff-page")).to_be_hidden()


def test_disruption_is_posted_shown_changed_and_ended(new_page: NewPage, stack: LocalStack) -> None:
    page = open_page(new_page, "disruptions")
    title = post_disruption(page)
    entry = page.locator("#disruption-list .app-notice", has_text=title)
    expect(entry).to_contain_text("In Riverside ward")
    publish_current(disruptions_publish_ports())
    mine = new_page(
        geolocation={"latitude": HOME["lat"], "longitude": HOME["long"]},
        permissions=["geolocation"],
    )
    mine.goto("/")
    expect(mine.get_by_role("heading", name=title)).to_be_visible()
    assert violations(mine) == []
    mine.goto("/my-area/")
    mine.get_by_role("button", name="Use my location").click()
    expect(mine.locator("#area")).to_contain_text(title)

    entry.get_by_role("button", name="Change").click()
    expect(page.get_by_label("What is affected?")).to_have_value(title)
    page.get_by_label("What should people do?").fill("Take it in again.")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("#staff-status")).to_contain_text("has been changed")
    expect(entry).to_contain_text("Take it in again.")
    entry.get_by_role("button", name="End now").click()
    expect(page.locator("#staff-status")).to_contain_text("has been ended")
    expect(entry).to_have_count(0)
    publish_current(disruptions_publish_ports())
    mine.goto("/")
    expect(mine.locator("#disruptions")).not_to_contain_text(title)


def test_invalid_disruption_stays_in_the_form(new_page: NewPage, stack: LocalStack) -> None:
    page = open_page(new_page, "disruptions")
    page.get_by_label("What should people do?").fill("Wait.")
    page.get_by_role("radio", name="Near a location").check()
    page.get_by_label("Ends").fill("2026-01-01T10:00")
    page.get_by_role("button", name="Publish").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Enter what is affected")
    expect(alert).to_contain_text("Choose a location")
    page.get_by_label("What is affected?").fill("No buses")
    page.get_by_label("Postcode or street").fill("ZZ9 9AA")
    page.get_by_role("option", name="ZZ9 9AA").click()
    page.get_by_role("button", name="Publish").click()
    expect(alert).to_contain_text("after it begins")
    expect(page.get_by_label("What should people do?")).to_have_value("Wait.")
    assert violations(page) == []


def test_failed_alert_is_shown_with_its_reason_and_sent_again(
    new_page: NewPage, stack: LocalStack
) -> None:
    now = utc_now().replace(microsecond=0)
    failed = Alert(
        subscription_id="a" * 32,
        alert_id="b" * 32,
        channel="email",
        what="fixed",
        service_request_id="7K3M2QXV9HTD",
        occurred_at=now - timedelta(hours=25),
        state="failed",
        tries=8,
        next_try_at=now,
        updated_at=now,
        last_error="unanswered",
    )
    delivery_ports().alerts.save(failed)
    page = open_page(new_page, "alerts")
    entry = page.locator(".app-entry", has_text="Email: the report is fixed")
    expect(entry).to_contain_text("Tried 8 times")
    expect(entry).to_contain_text("unanswered")
    entry.get_by_role("button", name="Resend").click()
    expect(entry.get_by_role("status")).to_have_text("We are resending this alert.")
    page.get_by_label("Show").select_option("Text messages that may have arrived")
    expect(page.locator("#failed-list")).to_have_text("There are no alerts to show.")


@WIDTHS
def test_pages_have_no_violation_and_fit(
    viewport: dict[str, int], new_page: NewPage, stack: LocalStack
) -> None:
    page = open_page(new_page, "disruptions", viewport=viewport)
    for where in ("In a ward", "Near a location"):
        page.get_by_role("radio", name=where).check()
        assert violations(page) == []
        assert overflow(page) <= 0
    page.goto("/admin/alerts/")
    expect(page.locator("#failed-list")).not_to_be_empty()
    assert violations(page) == []
    assert overflow(page) <= 0
