"""My account in the browser: reports, details, places, devices, my data, being forgotten."""

import json
import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from chalicelib.accounts.model import Account, SavedPlace
from chalicelib.alerts.model import Topic
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.payments import order_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Contact
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.orders.settling import settle_order
from chalicelib.reports.views import tracking_url
from infra.local import mail
from infra.local.stack import LocalStack
from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.signing_in import new_account, sign_in
from tests.browser.test_accessibility import overflow, violations
from tests.browser.test_kept_drafts import DRAFTS
from tests.browser.test_report_path import (
    HERE,
    choose_service,
    describe,
    go_to,
    place,
    reporter,
    sent_reference,
    step_shown,
)
from tests.support.builders import draft
from tests.support.effort import sample
from tests.support.fakes_alerts import subscription
from tests.support.paying import give_order
from tests.support.people import code_in

PAGES = ["", "payments/", "alerts/", "details/", "places/", "devices/", "data/", "forget/"]


@pytest.fixture
def account(stack: LocalStack) -> Account:
    return new_account()


def open_account_page(
    new_page: NewPage, account: Account, path: str = "", **options: object
) -> Page:
    page = new_page(**options)
    sign_in(page, account, "Chrome on Android")
    page.goto(f"/account/{path}")
    expect(page.locator("#account-page")).to_be_visible()
    return page


def create_report(account: Account, key: str, **values: object) -> ServiceRequest:
    """A report that was sent before signing in, with an address that is confirmed."""
    contact = Contact(email=account.addresses[0].value)
    new = draft(contact=contact, **values)
    return submission.submit(new, f"{account.account_id}-{key}", Author(), reports_ports())


def stored_account(account: Account) -> Account:
    found = accounts_ports().accounts.get(account.account_id)
    assert found
    return found


def stored_report(report: ServiceRequest) -> ServiceRequest:
    found = reports_ports().repository.get(report.service_request_id)
    assert found
    return found


def expect_message(page: Page, text: str) -> None:
    expect(page.locator("#account-status")).to_contain_text(text)


@pytest.mark.parametrize("path", sample(["", "data/"], 1))
def test_page_leads_to_signing_in_and_back_when_nobody_is_signed_in(
    path: str, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(f"/account/{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert page.locator("input[name=next]").input_value() == f"/account/{path}"


def test_every_page_has_a_link_to_the_account(new_page: NewPage) -> None:
    page = new_page()
    for path in ("/", "/forms/report"):
        page.goto(path)
        link = page.get_by_role("banner").get_by_role("link", name="My account")
        expect(link).to_have_attribute("href", "/account/")


def create_paid_report(account: Account) -> None:
    report = create_report(account, "paid", title="A bill")
    give_order(report.service_request_id, 2000)
    settle_order(report.service_request_id, "card", order_ports())


def remind_of_bins(account: Account) -> None:
    """Subscribes the account to reminders of collections."""
    topic = Topic(kind="bins", premises_id="1")
    alert = subscription(topic=topic, remind_at="19:00", account_id=account.account_id)
    alerts_ports().subscriptions.add(replace(alert, subscription_id=uuid4().hex))


@WIDTHS
def test_no_page_has_a_violation_or_runs_off_the_screen(
    viewport: dict[str, int], new_page: NewPage, account: Account
) -> None:
    create_report(account, "axe", title="x" * 90)
    create_paid_report(account)
    remind_of_bins(account)
    page = open_account_page(new_page, account, viewport=viewport)
    for path in PAGES:
        page.goto(f"/account/{path}")
        expect(page.locator("#account-page")).to_be_visible()
        assert violations(page) == [], path
        assert overflow(page) <= 0, path
    page.goto("/account/")
    page.get_by_role("button", name="Change").click()
    assert violations(page) == []
    page.goto("/account/payments/")
    entry = page.locator("#reports section")
    expect(entry).to_contain_text("A bill")
    expect(entry).to_contain_text("Paid on ")
    expect(entry).to_contain_text("Paid: £20")
    entry.get_by_role("link", name="See the receipt").click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    assert violations(page) == []
    assert overflow(page) <= 0
    page.goto("/account/alerts/")
    expect(page.get_by_role("heading", name="Reminders of bin collections")).to_be_visible()
    page.get_by_role("button", name="Change Reminders of bin collections").click()
    expect(page.get_by_role("group", name="When should we remind you?")).to_be_visible()
    assert violations(page) == []
    assert overflow(page) <= 0
    page.goto("/account/data/")
    page.get_by_role("button", name="Get my data").click()
    expect(page.locator("#export-status")).to_have_text("Your data")
    assert violations(page) == []
    assert overflow(page) <= 0


def test_page_says_that_the_service_is_unreachable_and_retries(
    new_page: NewPage, account: Account
) -> None:
    page = open_account_page(new_page, account)
    page.route("**/api/account/devices", lambda route: route.abort())
    page.goto("/account/devices/")
    expect_message(page, "could not load this page")
    assert violations(page) == []
    page.unroute("**/api/account/devices")
    busy = {"status": 503, "headers": {"Retry-After": "30"}}
    page.route("**/api/account/devices", lambda route: route.fulfill(**busy), times=1)
    page.get_by_role("button", name="Try again").click()
    expect_message(page, "is busy")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Chrome on Android")).to_have_count(1)
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()


def test_report_is_changed_by_keyboard_and_typed_text_stays_when_it_is_not_stored(
    new_page: NewPage, account: Account
) -> None:
    report = create_report(account, "change")
    page = open_account_page(new_page, account)
    expect(page.get_by_text("We aim to deal with this by")).to_be_visible()
    page.get_by_role("button", name="Change").press("Enter")
    expect(page.locator(":focus")).to_have_text("Pothole")
    page.get_by_role("textbox", name="Describe the problem").fill("Deeper than I wrote.")
    page.route("**/api/account/reports/*", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("check your connection")
    page.route(
        "**/api/account/reports/*",
        lambda route: route.fulfill(status=401, json={"title": "Unauthorized", "status": 401}),
        times=2,
    )
    page.get_by_role("button", name="Save").press("Enter")
    link = page.get_by_role("link", name="Sign in again (opens in a new tab)")
    expect(link).to_have_attribute("href", "/forms/sign-in?next=%2Faccount%2F")
    expect(page.get_by_role("textbox", name="Describe the problem")).to_have_value(
        "Deeper than I wrote."
    )
    page.get_by_role("button", name="Save").press("Enter")
    expect_message(page, "saved your changes")
    found = reports_ports().repository.get(report.service_request_id)
    assert found and found.description == "Deeper than I wrote."


@pytest.mark.exhaustive
def test_title_can_be_cleared_but_not_the_description(new_page: NewPage, account: Account) -> None:
    report = create_report(account, "clear", title="Hole")
    page = open_account_page(new_page, account)
    page.get_by_role("button", name="Change").click()
    page.get_by_label("Short title").fill("")
    page.get_by_role("textbox", name="Describe the problem").fill(" ")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Describe the problem")
    page.get_by_role("textbox", name="Describe the problem").fill("Deeper than I wrote.")
    page.get_by_role("button", name="Save").click()
    expect_message(page, "saved your changes")
    now = stored_report(report)
    assert (now.title, now.description) == (None, "Deeper than I wrote.")


def test_personal_text_becomes_public_only_after_confirmation(
    new_page: NewPage, account: Account
) -> None:
    report = create_report(account, "personal")
    page = open_account_page(new_page, account)
    page.get_by_role("button", name="Change").click()
    page.get_by_role("textbox", name="Describe the problem").fill("Ring me on 07700 900123.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your report may contain personal information")).to_be_visible()
    expect(page.locator("[data-question]")).to_be_focused()
    assert violations(page) == []
    assert stored_report(report).description == report.description
    page.get_by_role("button", name="Save").click()
    expect_message(page, "saved your changes")
    assert stored_report(report).description == "Ring me on 07700 900123."


@pytest.mark.exhaustive
def test_typed_text_stays_after_a_version_conflict(new_page: NewPage, account: Account) -> None:
    report = create_report(account, "stale")
    page = open_account_page(new_page, account)
    page.get_by_role("button", name="Change").click()
    reports_ports().repository.save(replace(report, title="From the other tab"))
    page.get_by_role("textbox", name="Describe the problem").fill("Deeper now.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Select 'Save' again")
    expect(page.get_by_role("textbox", name="Describe the problem")).to_have_value("Deeper now.")
    page.get_by_role("button", name="Save").click()
    expect_message(page, "saved your changes")
    assert stored_report(report).description == "Deeper now."


def test_report_is_withdrawn_only_after_confirmation(new_page: NewPage, account: Account) -> None:
    report = create_report(account, "withdraw")
    page = open_account_page(new_page, account)
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="No, keep it").click()
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Yes, withdraw it").click()
    expect(page.get_by_text("You have withdrawn report")).to_be_focused()
    found = reports_ports().repository.get(report.service_request_id)
    assert found and found.visibility == "withdrawn"


def test_report_has_no_buttons_when_work_has_begun(new_page: NewPage, account: Account) -> None:
    ports = reports_ports()
    report = create_report(account, "at work")
    ports.repository.save(replace(report, state="in_progress"))
    page = open_account_page(new_page, account)
    expect(page.locator(".app-entry")).to_contain_text("In progress")
    expect(page.locator(".app-entry").get_by_role("button")).to_have_count(0)


def test_report_is_marked_overdue_once_its_promised_day_is_over(
    new_page: NewPage, account: Account
) -> None:
    report, ports = create_report(account, "late"), reports_ports()
    promised = ports.now() - timedelta(days=1)
    ports.repository.save(replace(report, expected_datetime=promised))
    page = open_account_page(new_page, account)
    expect(page.get_by_text("We aimed")).to_be_visible()
    expect(page.get_by_text("This is overdue.")).to_be_visible()


def test_details_are_saved_and_kept_after_a_version_conflict(
    new_page: NewPage, account: Account
) -> None:
    page, other = (open_account_page(new_page, account, "details/") for _ in range(2))
    page.get_by_label("Name").fill("Resident")
    page.get_by_label("By email").check()
    language = page.get_by_label("Language")
    expect(language.locator("option")).to_have_text(["No preference", "English", "Cymraeg"])
    language.select_option("cy")
    page.get_by_role("button", name="Save").click()
    expect_message(page, "Your details have been saved.")
    other.get_by_label("Name").fill("Another")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("alert")).to_contain_text("Select the button again to save")
    expect(other.get_by_label("Name")).to_have_value("Another")
    other.get_by_role("button", name="Save").click()
    expect_message(other, "Your details have been saved.")
    now = stored_account(account)
    assert (now.name, now.reach_by, now.language) == ("Another", "email", "cy")


def test_address_is_added_by_its_code(
    new_page: NewPage, account: Account, stack: LocalStack
) -> None:
    page, address = (
        open_account_page(new_page, account, "details/"),
        f"new-{account.account_id}@example.org",
    )
    page.get_by_role("button", name="Send a code").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter an email address")
    page.get_by_label("Add an email address").fill(address)
    page.get_by_role("button", name="Send a code").click()
    page.get_by_label("Code", exact=True).fill("12")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the 6-digit code")
    page.get_by_role("button", name="Use another address").click()
    page.get_by_role("button", name="Send a code").click()
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    stack.cloud.pump.wait_until_idle()
    email = next(each for each in mail.outbox()["items"] if each["to"] == address)
    page.get_by_label("Code", exact=True).fill(code_in(email["body"]))
    page.get_by_role("button", name="Confirm").click()
    expect_message(page, f"{address} added")
    expect(page.locator("#addresses")).to_contain_text(address)
    page.get_by_role("button", name="Save").click()
    expect_message(page, "Your details have been saved.")
    page.get_by_role("button", name=f"Remove {address}").click()
    expect_message(page, f"{address} removed")
    page.locator("#addresses").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("alert")).to_contain_text("Add another address first")


def test_place_is_saved_removed_and_reported_at(new_page: NewPage, account: Account) -> None:
    page = open_account_page(new_page, account, "places/")
    page.get_by_label("Postcode or street").fill("market place")
    page.get_by_role("option").first.click()
    page.get_by_label("Name of this place").fill("The market")
    page.get_by_role("button", name="Save this place").click()
    expect_message(page, "The market saved.")
    assert [each.label for each in stored_account(account).saved_places] == ["The market"]
    page.get_by_role("button", name="Report a problem here The market").click()
    expect(page.get_by_role("radio", name="Pothole")).to_be_visible()
    page.goto("/account/places/")
    page.get_by_role("button", name="Remove The market").click()
    expect_message(page, "The market removed.")
    assert stored_account(account).saved_places == ()


@pytest.mark.parametrize("is_same_visit", sample([True, False], 1))
def test_saved_place_moves_only_this_tabs_unsent_report(
    is_same_visit: bool, new_page: NewPage, account: Account
) -> None:
    elsewhere = SavedPlace(label="Elsewhere", lat=HERE["latitude"] + 0.002, long=HERE["longitude"])
    accounts_ports().accounts.save(replace(stored_account(account), saved_places=(elsewhere,)))
    page = open_account_page(
        new_page, account, "places/", geolocation=HERE, permissions=["geolocation"]
    )
    page.goto("/report/")
    place(page)
    choose_service(page)
    go_to(page, "details")
    page.get_by_role("textbox", name="Describe the problem").fill("Begun on the way")
    visit = page if is_same_visit else page.context.new_page()
    if not is_same_visit:
        page.close()
    visit.goto("/account/places/")
    visit.get_by_role("button", name="Report a problem here Elsewhere").click()
    expect(visit.get_by_role("radio", name="Pothole")).to_be_visible()
    drafts = json.loads(visit.evaluate(DRAFTS))
    begun = [each["value"] for each in drafts if each["value"]["description"] == "Begun on the way"]
    assert [each["place_label"] == "Elsewhere" for each in begun] == [is_same_visit]
    assert len(drafts) == (1 if is_same_visit else 2)


def test_devices_are_signed_out_one_by_one_and_everywhere(
    new_page: NewPage, account: Account
) -> None:
    lost = open_account_page(new_page, account, "devices/")
    page = new_page()
    sign_in(page, account, "Firefox on Linux")
    page.goto("/account/devices/")
    expect(page.locator(".app-entry")).to_have_count(2)
    page.get_by_role("button", name="Sign out Chrome on Android").click()
    expect_message(page, "Chrome on Android signed out.")
    lost.reload()
    expect(lost.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_role("button", name="Sign out everywhere").click()
    page.wait_for_url(re.compile(r"//[^/]+/$"))
    page.goto("/account/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_my_data_is_read_and_downloaded(new_page: NewPage, account: Account) -> None:
    report = create_report(account, "export", description="The hole in my export")
    page = open_account_page(new_page, account, "data/")
    page.get_by_role("button", name="Get my data").click()
    expect(page.locator("#export-page")).to_contain_text("The hole in my export")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download my data").click()
    held = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["records"]
    assert report.service_request_id in json.dumps(held)


def test_account_is_closed_on_request(new_page: NewPage, account: Account) -> None:
    page = open_account_page(new_page, account, "forget/")
    expect(page.get_by_text("your public reports, without you")).to_be_visible()
    page.get_by_label("Also remove the text").check()
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("heading", name="Your account has been deleted")).to_be_focused()
    assert violations(page) == []
    assert stored_account(account).disabled_at
    page.goto("/account/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_only_administrators_see_the_link_to_staff(new_page: NewPage, account: Account) -> None:
    link = {"role": "link", "name": "staff and permissions"}
    page = open_account_page(new_page, account)
    expect(page.get_by_text("You are signed in")).to_be_visible()
    expect(page.get_by_role(**link)).to_be_hidden()  # type: ignore[arg-type]
    page = open_account_page(new_page, new_account("admin"))
    expect(page.get_by_role(**link)).to_be_visible()  # type: ignore[arg-type]


def open_contact_step(new_page: NewPage, account: Account) -> Page:
    page = reporter(new_page)
    sign_in(page, account)
    place(page)
    describe(page, f"A hole of {account.account_id}")
    assert step_shown(page) == "check"
    return page


def test_signed_in_reporter_owns_and_withdraws_the_report(
    new_page: NewPage, account: Account
) -> None:
    page = open_contact_step(new_page, account)
    expect(page.get_by_label("Email address")).to_have_value(account.addresses[0].value)
    expect(page.locator("#contact-status")).to_contain_text("You are signed in")
    assert violations(page) == []
    kept = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "eyJ" not in kept and page.evaluate("() => document.cookie") == ""
    page.get_by_role("button", name="Send report").click()
    request_id = sent_reference(page).replace("-", "")
    found = reports_ports().repository.get(request_id)
    assert found and found.reporter == account.account_id
    page.get_by_role("button", name="Withdraw this report").click()
    page.get_by_role("button", name="Yes, withdraw it").click()
    expect(page.get_by_role("heading", name="Report withdrawn")).to_be_visible()


@pytest.mark.exhaustive
def test_anonymous_report_has_no_personal_data(new_page: NewPage, account: Account) -> None:
    page = open_contact_step(new_page, account)
    expect(page.get_by_label("Email address")).to_have_value(account.addresses[0].value)
    page.get_by_label("Report anonymously").check()
    with page.expect_request("**/api/reports") as request:
        page.get_by_role("button", name="Send report").click()
    assert "authorization" not in request.value.all_headers()
    found = reports_ports().repository.get(sent_reference(page).replace("-", ""))
    assert found and found.reporter is None and found.contact is None


@pytest.mark.exhaustive
def test_report_is_sent_without_an_account_when_the_reporter_was_signed_out_meanwhile(
    new_page: NewPage, account: Account
) -> None:
    page = open_contact_step(new_page, account)
    expect(page.get_by_label("Email address")).to_have_value(account.addresses[0].value)
    page.context.clear_cookies()
    refusal = {"status": 401, "json": {"title": "Sign in", "status": 401}}
    page.route("**/api/reports", lambda route: route.fulfill(**refusal), times=1)
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("you are signed out")).to_be_visible()
    page.get_by_role("button", name="Send without signing in").click()
    found = reports_ports().repository.get(sent_reference(page).replace("-", ""))
    assert found and found.reporter is None


def test_reporter_is_told_when_they_were_signed_out_before_a_reload(
    new_page: NewPage, account: Account
) -> None:
    page = open_contact_step(new_page, account)
    address = account.addresses[0].value
    expect(page.get_by_label("Email address")).to_have_value(address)
    page.context.clear_cookies()
    page.reload()
    status = page.locator("#contact-status")
    expect(status).to_contain_text("You are signed out.")
    assert violations(page) == []
    page.reload()
    expect(status.get_by_role("link", name="Sign in")).to_be_visible()
    status.get_by_role("button", name="Continue without signing in").click()
    expect(status).to_contain_text("will not be in your list of reports")
    expect(page.get_by_label("Email address")).to_have_value(address)
    page.get_by_role("button", name="Send report").click()
    found = reports_ports().repository.get(sent_reference(page).replace("-", ""))
    assert found and found.reporter is None


def test_report_is_the_residents_when_an_officer_takes_it_on_the_phone(new_page: NewPage) -> None:
    officer = new_account("officer")
    page = open_contact_step(new_page, officer)
    expect(page.get_by_text("Who reports this?")).to_be_visible()
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose who reports this")
    assert violations(page) == []
    page.get_by_label("A resident, on the phone").check()
    expect(page.get_by_label("Email address")).to_have_value("")
    page.get_by_label("Email address").fill(f"rang-{officer.account_id}@example.org")
    assert violations(page) == []
    page.get_by_role("button", name="Send report").click()
    found = reports_ports().repository.get(sent_reference(page).replace("-", ""))
    assert found and (found.channel, found.reporter) == ("phone", None)
    expect(page.locator("#sent-link")).to_have_text(tracking_url(found, reports_ports()))


@pytest.mark.exhaustive
def test_report_stays_the_residents_when_the_officer_is_signed_out_meanwhile(
    new_page: NewPage,
) -> None:
    page = open_contact_step(new_page, new_account("officer"))
    page.get_by_label("A resident, at the counter").check()
    page.context.clear_cookies()
    page.reload()
    expect(page.locator("#contact-status")).to_contain_text("You are signed out.")
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("heading", name="you are signed out")).to_be_visible()
    expect(page.get_by_role("button", name="Send without signing in")).to_be_hidden()


def test_follow_belongs_to_the_account_and_names_its_device(
    new_page: NewPage, account: Account, stack: LocalStack
) -> None:
    report = submission.submit(draft(), account.account_id, Author(), reports_ports())
    stack.cloud.pump.wait_until_idle()
    page = new_page()
    sign_in(page, account)
    page.goto(f"/reports/{report.service_request_id}")
    with page.expect_request("**/follow") as request:
        page.get_by_role("button", name="Follow this report").click()
    sent = request.value.all_headers()
    assert sent["authorization"].startswith("Bearer ") and sent["x-ginnel-device"]
    expect(page.get_by_text("You are following this report")).to_be_visible()
