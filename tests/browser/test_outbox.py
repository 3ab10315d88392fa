"""A report that was written without a signal waits on the device, and is sent once."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from chalicelib.kernel import proof_of_work
from infra.local.stack import LocalStack
from tests.browser.conftest import NARROW, NewPage, StartPhone
from tests.browser.promises import wait_for_promise
from tests.browser.test_accessibility import overflow, violations
from tests.browser.test_kept_on_the_phone import stored_report
from tests.browser.test_offline import INSTALLED
from tests.browser.test_report_path import (
    HERE,
    choose_service,
    describe,
    go_to,
    leave,
    leave_contact,
    place,
    reporter,
    sent_reference,
)

STOP_TIMERS = """() => {
  for (let id = setTimeout(() => 0); id; id--) clearTimeout(id);
  setTimeout = () => 0;
}"""
"""From now on, the page tries again only when something happens."""


def write_offline(page: Page, words: str, photo: Path) -> None:
    """Writes a report with two photos, all of it without a signal, and presses the button."""
    page.goto("/cookies/")
    wait_for_promise(page, INSTALLED)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.goto("/report/")
    place(page)
    choose_service(page)
    go_to(page, "details")
    page.locator("#photo-files").set_input_files([photo] * 2)
    expect(page.locator("#photo-list > li")).to_have_count(2)
    page.get_by_role("textbox", name="Describe the problem").fill(words)
    leave(page)
    leave_contact(page)
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("heading", name="Waiting to be sent")).to_be_visible()
    expect(page.locator("#waiting-status")).to_contain_text("saved on this device")


def test_offline_report_is_sent_once_after_a_restart_and_its_sender_is_told(
    start_phone: StartPhone, stack: LocalStack, shared_data: Path
) -> None:
    words = "A hole that no signal reaches"
    created: list[str] = []
    write_offline(start_phone(HERE), words, shared_data / "photos" / "photo_1.JPG")
    page = start_phone(HERE, is_offline=True)
    page.goto("/map/")
    expect(page.locator("#bar-waiting")).to_contain_text("1 report is waiting to be sent")
    page.context.on("response", lambda it: note_created(it, created))
    other = page.context.new_page()
    other.goto("/nearest/")
    page.context.set_offline(False)
    sent = page.get_by_text("We've sent your report: Pothole")
    expect(sent).to_be_visible()
    expect(page.locator("#bar-waiting")).to_have_count(0)
    reference = re.search(r"\w{4}-\w{4}-\w{4}", sent.inner_text())
    assert reference
    stack.cloud.pump.wait_until_idle()
    report = stored_report(stack, reference.group().replace("-", ""))
    assert report["description"] == words
    assert len(report["photos"]) == 2
    assert len(created) == 1
    page.get_by_role("button", name="Close").click()
    expect(sent).to_have_count(0)
    page.goto("/report/")
    expect(page.get_by_role("heading", name="Where is the problem?")).to_be_visible()


@pytest.mark.exhaustive
def test_report_is_sent_with_a_proof_of_work_when_many_people_share_the_network(
    new_page: NewPage,
) -> None:
    page, proofs = reporter(new_page), []

    def crowded(route: Route) -> None:
        headers = route.request.headers
        proofs.append(headers.get("x-ginnel-proof", ""))
        if proof_of_work.is_valid(headers["idempotency-key"], proofs[-1]):
            route.continue_()
        else:
            bits = {proof_of_work.BITS_HEADER: str(proof_of_work.BITS), "Retry-After": "600"}
            route.fulfill(status=429, headers=bits, json={"title": "Too Many Requests"})

    page.context.route("**/api/reports", crowded)
    place(page)
    describe(page, "A hole in front of a crowd")
    leave_contact(page)
    page.get_by_role("button", name="Send report").click()
    assert sent_reference(page)
    assert proofs[0] == "" and len(proofs) == 2


def note_created(response: object, created: list[str]) -> None:
    request = response.request  # type: ignore[attr-defined]
    if request.method == "POST" and request.url.endswith("/api/reports"):
        created.append(request.url)


NOTHING_IS_SENT = """async () => {
  const { held, pending } = await navigator.locks.query();
  return ![...held, ...pending].some(({ name }) => name === "ginnel-outbox");
}"""


def is_report(request: Request) -> bool:
    return request.url.endswith("/api/reports")


def open_outbox(new_page: NewPage, words: str) -> Page:
    """A report that was sent without a signal, at its place in the outbox."""
    page = reporter(new_page)
    place(page)
    describe(page, words)
    leave_contact(page)
    expect(page.get_by_role("heading", name="This will be public", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("heading", name="Waiting to be sent")).to_be_visible()
    return page


def test_waiting_report_is_sent_when_its_sender_presses_try_now(new_page: NewPage) -> None:
    page = open_outbox(new_page, "Try it now")
    page.get_by_role("button", name="Try now").click()
    expect(page.locator("#waiting-list")).to_contain_text("Try it now")
    page.evaluate(STOP_TIMERS)
    page.route("**/api/reports", lambda route: route.abort())
    with page.expect_event("requestfailed", is_report):
        page.context.set_offline(False)
    wait_for_promise(page, NOTHING_IS_SENT)
    page.unroute("**/api/reports")
    page.get_by_role("button", name="Try now").click()
    sent_reference(page)
    expect(page.locator("#bar-waiting")).to_have_count(0)
    page.goto("/")
    expect(page.get_by_text("Your reference is")).to_have_count(0)


def test_waiting_report_can_be_edited_and_sent(new_page: NewPage, stack: LocalStack) -> None:
    page = open_outbox(new_page, "Wrong words")
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("link", name="Change description").click()
    page.get_by_role("textbox", name="Describe the problem").fill("Right words")
    leave(page)
    page.context.set_offline(False)
    page.get_by_role("button", name="Send report").click()
    request_id = sent_reference(page).replace("-", "")
    assert stored_report(stack, request_id)["description"] == "Right words"
    page.goto("/report/#waiting")
    expect(page.get_by_text("There is nothing waiting to be sent")).to_be_visible()


def test_waiting_report_fits_a_narrow_phone_and_has_no_violation(new_page: NewPage) -> None:
    page = open_outbox(new_page, "Narrow")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert violations(page) == []
    assert overflow(page) <= 0


def test_waiting_report_is_deleted_after_a_question(new_page: NewPage) -> None:
    page = open_outbox(new_page, "Not wanted after all")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="No, keep it").click()
    expect(page.locator("#waiting-list")).to_contain_text("Not wanted after all")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_text("There is nothing waiting to be sent")).to_be_visible()
    expect(page.locator("#bar-waiting")).to_have_count(0)
