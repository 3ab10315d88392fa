"""Following a report: one control, and the follower hears what becomes of the report."""

import re
from itertools import count

from playwright.sync_api import Page, expect

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.usecases import submission, updating
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from infra.local.stack import LocalStack
from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.following import follower, give_email
from tests.browser.test_accessibility import overflow, violations
from tests.support.builders import draft, update_draft
from tests.support.undo_window import send_waiting_alerts

NUMBERS = count()
OFFICER = Author("officer", staff_in=EVERYWHERE)
OUT_OF_THE_WAY = {"lat": 53.9409, "long": -1.0641}
"""No other test reports anything there."""


def submit_report(stack: LocalStack) -> ServiceRequest:
    about = draft(title="A deep hole", **OUT_OF_THE_WAY)
    report = submission.submit(about, f"to follow {next(NUMBERS)}", Author(), reports_ports())
    stack.cloud.pump.wait_until_idle()
    return report


def fix_report(report: ServiceRequest, stack: LocalStack) -> None:
    """Say as an officer that the report is fixed, and send the messages about it. Subscriptions
    are indexed first, because the index follows the store."""
    stack.cloud.pump.wait_until_idle()
    fixed = update_draft(state="fixed", text="We have filled the hole.")
    key = f"fixed {next(NUMBERS)}"
    updating.add_update(report.service_request_id, fixed, key, OFFICER, reports_ports())
    send_waiting_alerts(stack.cloud.pump.wait_until_idle)


def messages_to(page: Page, address: str) -> list[str]:
    """The bodies of the messages to that address."""
    sent = page.request.get("/_local/outbox.json").json()["items"]
    return [str(each["body"]) for each in sent if each["to"] == address]


def confirm_by_email(page: Page, address: str) -> None:
    (asked,) = messages_to(page, address)
    link = re.search(r"http\S+/forms/alerts/[0-9a-f]+/confirm\?\S+", asked)
    assert link
    page.goto(link[0])
    page.get_by_role("button", name="Yes, send me alerts").click()
    expect(page.get_by_role("heading", name="You will get these alerts")).to_be_visible()


def test_follower_by_email_confirms_and_hears_that_it_is_fixed(
    new_page: NewPage, stack: LocalStack
) -> None:
    report, page = submit_report(stack), new_page()
    address = follower()
    page.goto(f"/reports/{report.service_request_id}")
    page.get_by_role("button", name="Follow this report").click()
    give_email(page, address)
    expect(page.get_by_text(f"We've sent an email to {address}")).to_be_focused()
    expect(page.locator("#followers")).to_have_text("1 person")
    stack.cloud.pump.wait_until_idle()
    confirm_by_email(page, address)
    fix_report(report, stack)
    assert any("Fixed" in body for body in messages_to(page, address))


def test_follower_by_text_types_the_code_in_the_same_place(
    new_page: NewPage, stack: LocalStack
) -> None:
    report, page = submit_report(stack), new_page()
    number = "07700 900456"
    page.goto(f"/reports/{report.service_request_id}#follow")
    page.get_by_role("radio", name="Text message").check()
    page.get_by_label("Mobile number").fill(number)
    page.get_by_role("button", name="Follow this report").click()
    expect(page.get_by_label("Code")).to_be_focused()
    stack.cloud.pump.wait_until_idle()
    (asked,) = messages_to(page, "+447700900456")
    code = re.search(r"\b[0-9]{6}\b", asked)
    assert code
    page.get_by_label("Code").fill("000000" if code[0] != "000000" else "000001")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.get_by_label("Code").fill(code[0])
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("We'll text updates to 07700 900456.")).to_be_focused()
    fix_report(report, stack)
    assert any("Fixed" in body for body in messages_to(page, "+447700900456"))


def test_wrong_address_is_refused_beside_its_field_and_kept(
    new_page: NewPage, stack: LocalStack
) -> None:
    report, page = submit_report(stack), new_page()
    page.goto(f"/reports/{report.service_request_id}#follow")
    give_email(page, "")
    expect(page.locator("#to-error")).to_contain_text("Enter an email address")
    give_email(page, "nobody")
    expect(page.locator("#to-error")).to_be_visible()
    expect(page.get_by_label("Email address")).to_have_value("nobody")
    stored = reports_ports().repository.get(report.service_request_id)
    assert stored is not None and stored.followers == 0


@WIDTHS
def test_control_has_no_violation_and_fits_the_screen(
    viewport: dict[str, int], new_page: NewPage, stack: LocalStack
) -> None:
    report, page = submit_report(stack), new_page(viewport=viewport)
    page.goto(f"/reports/{report.service_request_id}#follow")
    expect(page.get_by_label("Email address")).to_be_visible()
    assert (violations(page), overflow(page)) == ([], 0)
    give_email(page, "")
    assert (violations(page), overflow(page)) == ([], 0)
