"""Asking for alerts on a phone: what, where, when and how; then confirming, changing, stopping."""

import json
import re
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from chalicelib.alerts.model import Subscription
from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import Author
from infra.local import mail
from infra.local.stack import LocalStack
from infra.local.texts import texts
from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.published import HOME, WARD
from tests.browser.signing_in import new_account, sign_in
from tests.browser.test_accessibility import assert_accessible, violations
from tests.support.builders import draft
from tests.support.people import code_in

NUMBERS = count()
HERE = {"latitude": HOME["lat"], "longitude": HOME["long"]}
KEPT = {"lat": HOME["lat"], "long": HOME["long"], "label": "Home", "ward": WARD["name"]}
NOT_ASKED = "Object.defineProperty(Notification, 'permission', { get: () => 'default' });"
"""As a browser is at first: one without windows says no before it is asked."""
BROWSER = """Notification.requestPermission = async () => "granted";
PushManager.prototype.subscribe = async () => ({ toJSON: () => (SUBSCRIPTION) });"""


@pytest.fixture(scope="module", autouse=True)
def _published(places: None) -> None:
    """Wards and postcodes, which the API is to read again."""
    container.forget_built()


def open_alerts(new_page: NewPage, path: str = "/alerts/", **options: object) -> Page:
    page = new_page(**options)
    page.goto(path)
    expect(page.locator("[data-step]:not([hidden])")).to_have_count(1)
    return page


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1, name=text)).to_be_visible()


def press(page: Page, button: str = "Continue") -> None:
    page.locator("[data-step]:not([hidden])").get_by_role("button", name=button).click()


def leave(page: Page, button: str = "Continue") -> None:
    """Goes on from the step that is shown."""
    shown = page.locator("[data-step]:not([hidden])").get_attribute("data-step")
    press(page, button)
    expect(page.locator(f"[data-step='{shown}']")).to_be_hidden()
    expect(page.locator("[data-step]:not([hidden])")).to_have_count(1)


def choose(page: Page, label: str) -> None:
    page.get_by_role("radio", name=label).check()


def choose_near_home(page: Page) -> None:
    """As far as the way that it comes by."""
    choose(page, "Reports near a location")
    leave(page)
    page.get_by_label("Postcode or street").fill("ZZ9 9AA")
    page.get_by_role("option", name="ZZ9 9AA").click()
    expect(page.locator("#place")).to_contain_text("ZZ9 9AA")
    page.get_by_label("How far from the location?").select_option("1 km")
    leave(page)
    heading(page, "When should we contact you?")
    leave(page)
    heading(page, "How should we contact you?")


def choose_everywhere(page: Page) -> None:
    choose(page, "Reports anywhere")
    leave(page)
    leave(page)
    heading(page, "How should we contact you?")


def new_address() -> str:
    return f"hears{next(NUMBERS)}@example.org"


def subscription_of(address: str, channel: str = "email") -> Subscription:
    ports = alerts_ports()
    (found,) = ports.subscriptions.at_addresses([ports.ids.address_key(channel, address)])  # type: ignore[arg-type]
    return found


def path_in(email: object, page: str) -> str:
    found = re.search(rf"https?://[^/\s]+(/forms/alerts/[0-9a-f]+{page}\?\S+)", str(email))
    assert found
    return found[1]


def email_to(address: str) -> str:
    sent = (each for each in mail.outbox()["items"] if each["to"] == address)
    return str(next(sent)["body"])


def test_alerts_near_a_place_are_requested_confirmed_changed_and_stopped(
    new_page: NewPage, stack: LocalStack
) -> None:
    page, address = open_alerts(new_page), new_address()
    choose_near_home(page)
    expect(page.locator("#channel-summary")).to_have_text("Reports within 1 km of ZZ9 9AA")
    choose(page, "Email")
    page.get_by_label("Email address").fill(address)
    leave(page, "Get alerts")
    heading(page, "Check your email")
    page.reload()
    heading(page, "Check your email")
    asked = subscription_of(address)
    assert (asked.state, asked.topic.radius_m, asked.event_types) == ("unconfirmed", 1000, ())

    stack.cloud.pump.wait_until_idle()
    page.goto(path_in(email_to(address), "/confirm"))
    page.get_by_role("button", name="Yes, send me alerts").click()
    heading(page, "You will get these alerts")
    page.get_by_role("button", name="Change or stop these alerts").click()
    page.get_by_label("How far from the location?").select_option("5 km")
    page.get_by_role("checkbox", name="It is fixed").uncheck()
    page.get_by_role("radio", name="Once a day").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your changes have been saved.")).to_be_visible()
    changed = subscription_of(address)
    assert (changed.topic.radius_m, changed.frequency) == (5000, "daily")
    assert set(changed.event_types) == {"new", "state_changed", "disruption"}

    page.get_by_role("button", name="Stop these alerts").click()
    heading(page, "You have stopped these alerts")
    assert subscription_of(address).state == "stopped"


def test_number_is_confirmed_by_its_code(new_page: NewPage, stack: LocalStack) -> None:
    page = open_alerts(new_page)
    choose_everywhere(page)
    choose(page, "Text message")
    page.get_by_label("Mobile number").fill("07700 900811")
    leave(page, "Get alerts")
    heading(page, "Enter the code")
    page.get_by_label("Code", exact=True).fill("000000x")
    press(page, "Confirm")
    expect(page.get_by_role("alert")).to_contain_text("code is wrong")
    stack.cloud.pump.wait_until_idle()
    sent = next(each for each in texts() if each["to"] == "+447700900811")
    page.get_by_label("Code", exact=True).fill(code_in(sent["body"]))
    press(page, "Confirm")
    heading(page, "You will get these alerts")
    assert subscription_of("+447700900811", "sms").state == "active"


def test_notifications_need_no_name_and_are_changed_on_the_same_device(
    new_page: NewPage, stack: LocalStack
) -> None:
    subscription = stack.push.subscribe()
    page = new_page(service_workers="allow")
    page.add_init_script(NOT_ASKED + BROWSER.replace("SUBSCRIPTION", json.dumps(subscription)))
    page.goto("/alerts/")
    choose_everywhere(page)
    choose(page, "Notifications")
    leave(page, "Get alerts")
    heading(page, "You will get these alerts")
    expect(page.get_by_text("You'll get notifications in this browser")).to_be_visible()
    assert subscription_of(subscription["endpoint"], "push").state == "active"
    page.get_by_role("link", name="Set up another alert").click()
    heading(page, "Get alerts")
    page.locator("#here").get_by_role("link", name="change or stop").click()
    heading(page, "Change your alerts")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            f'{NOT_ASKED}Notification.requestPermission = async () => "denied"',
            "turned off for this site",
        ),
        pytest.param(
            f'{NOT_ASKED}Notification.requestPermission = async () => "granted";'
            "PushManager.prototype.subscribe = () => Promise.reject(new Error())",
            "could not set up",
            marks=pytest.mark.exhaustive,
        ),
        pytest.param(
            "delete window.PushManager; navigator.standalone = false",
            "home screen",
            marks=pytest.mark.exhaustive,
        ),
    ],
    ids=["denied", "no way through", "not installed"],
)
def test_email_is_offered_when_the_browser_does_not_support_notifications(
    script: str, said: str, new_page: NewPage
) -> None:
    page, address = new_page(service_workers="allow"), new_address()
    page.add_init_script(script)
    page.goto("/alerts/")
    choose_everywhere(page)
    choose(page, "Notifications")
    press(page, "Get alerts")
    problem = page.locator("#push-problem")
    expect(problem).to_be_focused()
    expect(problem).to_contain_text(said)
    expect(problem).to_contain_text("choose email")
    assert violations(page) == []
    choose(page, "Email")
    expect(problem).to_be_hidden()
    page.get_by_label("Email address").fill(address)
    leave(page, "Get alerts")
    heading(page, "Check your email")


def test_permission_is_requested_only_after_everything_is_chosen(new_page: NewPage) -> None:
    page = new_page()
    page.add_init_script(
        f"{NOT_ASKED}Notification.requestPermission = () => {{ window.askedForLeave = true; }}"
    )
    page.goto("/alerts/")
    choose_everywhere(page)
    choose(page, "Notifications")
    expect(page.get_by_text("Your browser will ask for permission")).to_be_visible()
    assert page.evaluate("() => window.askedForLeave") is None


def test_typed_values_survive_errors_a_reload_and_a_broken_connection(
    new_page: NewPage,
) -> None:
    page, address = open_alerts(new_page), new_address()
    press(page)
    expect(page.get_by_role("alert")).to_contain_text("Choose what you want alerts about")
    expect(page).to_have_title(re.compile("^Error: "))
    choose(page, "Reports near a location")
    leave(page)
    press(page)
    expect(page.get_by_role("alert")).to_contain_text("Give the location")
    page.go_back()
    choose_near_home(page)
    choose(page, "Email")
    press(page, "Get alerts")
    expect(page.get_by_role("alert")).to_contain_text("Enter an email address")
    page.get_by_label("Email address").fill("nobody")
    press(page, "Get alerts")
    expect(page.locator("#to-error")).to_be_visible()
    page.get_by_label("Email address").fill(address)
    page.reload()
    expect(page.get_by_label("Email address")).to_have_value(address)
    page.route("**/api/subscriptions", lambda route: route.abort(), times=1)
    press(page, "Get alerts")
    expect(page.get_by_role("alert")).to_contain_text("We have not set up your alerts")
    leave(page, "Get alerts")
    heading(page, "Check your email")


@pytest.mark.exhaustive
def test_ward_of_my_area_is_preselected(new_page: NewPage) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    page.add_init_script(f"localStorage.setItem('ginnel.my-area', `{json.dumps(KEPT)}`)")
    page.goto("/alerts/")
    choose(page, "Reports in a ward")
    leave(page)
    expect(page.get_by_label("Which ward?")).to_have_value(WARD["code"])
    page.goto("/my-area/")
    page.get_by_role("link", name="Get alerts about this area").click()
    expect(page.locator("#place")).to_contain_text("Home")
    page.get_by_label("How far from the location?").select_option("2 km")
    page.reload()
    expect(page.get_by_label("How far from the location?")).to_have_value("2000")
    page.goto("/my-area/")
    page.get_by_role("link", name="about the whole ward").click()
    leave(page)
    expect(page.locator("#frequency-summary")).to_have_text(f"Reports in {WARD['name']} ward")


def test_road_works_can_be_everywhere_or_near_a_place_at_certain_hours(new_page: NewPage) -> None:
    page, address = open_alerts(new_page), new_address()
    choose(page, "Road works")
    leave(page)
    expect(page.locator("#place")).to_contain_text("Anywhere")
    leave(page)
    expect(page.get_by_role("group", name="Send me an alert when")).to_be_hidden()
    page.get_by_label("Don't send alerts at night").check()
    page.get_by_label("No alerts from").fill("21:30")
    leave(page)
    choose(page, "Email")
    page.get_by_label("Email address").fill(address)
    leave(page, "Get alerts")
    heading(page, "Check your email")
    asked = subscription_of(address)
    assert (asked.topic.kind, asked.topic.lat) == ("roadworks", None)
    assert asked.quiet and (asked.quiet.begin, asked.quiet.end) == ("21:30", "07:00")


def test_alerts_for_a_report_are_requested_with_their_kinds(
    new_page: NewPage, stack: LocalStack
) -> None:
    about = draft(lat=53.9421, long=-1.1401)
    report = submission.submit(about, "alerts", Author(), reports_ports())
    stack.cloud.pump.wait_until_idle()
    page, address = new_page(), new_address()
    page.goto(f"/alerts/?report={report.service_request_id}")
    heading(page, "When should we contact you?")
    page.get_by_role("checkbox", name="Somebody adds an update").uncheck()
    leave(page)
    choose(page, "Email")
    page.get_by_label("Email address").fill(address)
    leave(page, "Get alerts")
    heading(page, "Check your email")
    asked = subscription_of(address)
    assert asked.topic.service_request_id == report.service_request_id
    assert set(asked.event_types) == {"new", "state_changed", "fixed", "repair_question"}


def test_alerts_at_an_own_address_start_at_once_and_are_in_the_account(
    new_page: NewPage, stack: LocalStack
) -> None:
    page, account = new_page(), new_account()
    sign_in(page, account)
    page.goto("/alerts/")
    choose_everywhere(page)
    choose(page, "Email")
    expect(page.get_by_label("Email address")).to_have_value(account.addresses[0].value)
    expect(page.locator("#to-hint")).to_contain_text("do not need to confirm it")
    leave(page, "Get alerts")
    heading(page, "You will get these alerts")
    page.goto("/account/alerts/")
    entry = page.locator(".app-entry")
    expect(entry).to_contain_text("Reports anywhere in the council’s area")
    entry.get_by_role("button", name="Change").click()
    assert violations(page) == []
    for label in ("A new report", "The status changes", "It is fixed", "Service disruption"):
        entry.get_by_role("checkbox", name=label).uncheck()
    entry.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one")
    entry.get_by_role("checkbox", name="It is fixed").check()
    entry.get_by_role("radio", name="Once a week").check()
    entry.get_by_role("button", name="Save").click()
    expect(page.locator("#account-status")).to_contain_text("have been saved")
    found = subscription_of(account.addresses[0].value)
    assert (found.event_types, found.frequency) == (("fixed",), "weekly")
    entry.get_by_role("button", name="Stop").click()
    expect(entry).to_contain_text("You have stopped these alerts")
    page.reload()
    expect(page.get_by_text("You have no alerts yet.")).to_be_visible()


def test_alerts_are_requested_by_keyboard_only(new_page: NewPage) -> None:
    page, address = open_alerts(new_page), new_address()
    page.get_by_role("radio", name="Reports near a location").focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1, name="When should we contact you?")).to_be_focused()
    page.get_by_role("button", name="Continue").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="How should we contact you?")).to_be_focused()
    page.get_by_role("radio", name="Email").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type(address)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Check your email")).to_be_focused()


@WIDTHS
def test_no_step_has_a_violation_or_runs_off_the_screen(
    viewport: dict[str, int], new_page: NewPage
) -> None:
    page, address = open_alerts(new_page, viewport=viewport), new_address()

    assert_accessible(page)
    press(page)
    assert_accessible(page)
    choose(page, "Reports in a ward")
    leave(page)
    assert_accessible(page)
    page.get_by_role("link", name="Back").click()
    choose_near_home(page)
    assert_accessible(page)
    for step in ("where", "when"):
        page.evaluate(f"() => {{ location.hash = '{step}' }}")
        expect(page.locator(f"[data-step='{step}']")).to_be_visible()
        assert_accessible(page)
    leave(page)
    choose(page, "Email")
    page.get_by_label("Email address").fill(address)
    leave(page, "Get alerts")
    heading(page, "Check your email")
    assert_accessible(page)
    page.goto("/forms/alerts")
    assert_accessible(page)
    page.get_by_role("button", name="Get alerts").click()
    assert_accessible(page)
