"""An update that was written without a signal waits with its photo, and is sent once."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chalicelib.reports.model import ServiceRequest
from infra.local.stack import LocalStack
from tests.browser.conftest import NARROW, NewPage, StartPhone
from tests.browser.test_accessibility import overflow, violations
from tests.browser.test_kept_on_the_phone import update_texts
from tests.browser.test_offline import lose_signal, visit
from tests.browser.test_report_page import open_page, store_report, stored_report
from tests.browser.test_report_path import HERE
from tests.support.log_lines import capture_lines, decode_lines

WORDS = "It is wider, and no signal is near."


def write(page: Page, photo: Path) -> None:
    page.get_by_label("Your update").fill(WORDS)
    page.get_by_label("Add photos (optional)").set_input_files(photo)
    expect(page.locator("#update-form li img")).to_be_visible()


def send(page: Page) -> None:
    page.get_by_role("button", name="Send update").click()
    expect(page.locator("#update-status")).to_contain_text("Your update is saved on this device")


def open_outbox(new_page: NewPage, report: ServiceRequest, photo: Path) -> Page:
    """An update that could not be sent, at its place in the outbox."""
    page = open_page(new_page, report)
    write(page, photo)
    page.route("**/api/**", lambda route: route.abort())
    send(page)
    page.get_by_role("link", name="See what is waiting").first.click()
    expect(page.get_by_role("heading", name="Update: ")).to_be_visible()
    return page


@pytest.fixture
def photo(shared_data: Path) -> Path:
    return shared_data / "photos" / "bath_photo.JPG"


def test_offline_update_with_its_photo_is_sent_once_after_a_restart(
    start_phone: StartPhone, stack: LocalStack, photo: Path
) -> None:
    report = store_report(stack, 9180)
    page = start_phone(HERE)
    visit(page)
    page.goto(f"/reports/{report.service_request_id}")
    lose_signal(page)
    page.reload()
    write(page, photo)
    page.reload()
    expect(page.locator("#update-form li img")).to_be_visible()
    send(page)
    expect(page.get_by_label("Your update")).to_have_value("")
    with capture_lines() as lines:
        page = start_phone(HERE, is_offline=True)
        page.goto("/nearest/")
        expect(page.locator("#bar-waiting")).to_contain_text("1 update is waiting to be sent")
        page.context.set_offline(False)
        expect(page.get_by_text("We've sent your update: ")).to_be_visible()
    expect(page.locator("#bar-waiting")).to_have_count(0)
    stack.cloud.pump.wait_until_idle()
    after = stored_report(report)
    [update], [picture] = after.updates, after.photos
    assert (update.text, picture.update_id) == (WORDS, update.update_id)
    route = "/api/reports/{service_request_id}/updates"
    assert len(decode_lines(lines, method="POST", route=route)) == 1


@pytest.mark.exhaustive
def test_waiting_update_is_sent_when_its_sender_presses_try_now(
    new_page: NewPage, stack: LocalStack, photo: Path
) -> None:
    report = store_report(stack, 9181)
    page = open_outbox(new_page, report, photo)
    expect(page.locator("#waiting-list")).to_contain_text(WORDS)
    expect(page.locator("#waiting-list")).to_contain_text("1 photo")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert violations(page) == []
    assert overflow(page) <= 0
    page.unroute("**/api/**")
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_text("We've sent your update: ")).to_be_visible()
    expect(page.get_by_text("There is nothing waiting to be sent")).to_be_visible()
    assert update_texts(stack, report.service_request_id) == [WORDS]


@pytest.mark.exhaustive
def test_waiting_update_is_edited_on_the_page_of_its_report(
    new_page: NewPage, stack: LocalStack, photo: Path
) -> None:
    report = store_report(stack, 9182)
    page = open_outbox(new_page, report, photo)
    page.get_by_role("button", name="Edit").click()
    page.wait_for_url(f"**/reports/{report.service_request_id}#update-form")
    expect(page.get_by_label("Your update")).to_have_value(WORDS)
    expect(page.locator("#update-form li img")).to_be_visible()
    page.unroute("**/api/**")
    page.get_by_label("Your update").fill("It is narrower.")
    page.get_by_role("button", name="Send update").click()
    expect(page.locator("#update-status")).to_contain_text("Your photos follow")
    assert update_texts(stack, report.service_request_id) == ["It is narrower."]
    expect(page.locator("#bar-waiting")).to_have_count(0)


@pytest.mark.exhaustive
def test_waiting_update_is_deleted_after_a_question(
    new_page: NewPage, stack: LocalStack, photo: Path
) -> None:
    page = open_outbox(new_page, store_report(stack, 9183), photo)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_text("There is nothing waiting to be sent")).to_be_visible()
