"""Every page of the desk in every state: for a screen reader, by keyboard alone, and on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from chalicelib.bootstrap.desk import desk_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.desk.model import TemplateDraft
from chalicelib.desk.usecases.reply_templates import add_template
from chalicelib.handlers.jobs.job_params import today
from chalicelib.reports.usecases.staff import casework
from infra.local.stack import LocalStack
from tests.browser.conftest import DESK, PHONE, NewPage
from tests.browser.officer import (
    QUICKER,
    case_address,
    change_as_other_officer,
    open_desk_page,
    stored_report,
    submit_report,
    submit_report_with_photo,
    tick,
    wait_for_page,
)
from tests.browser.signing_in import new_account, sign_in
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_desk_days import create_dispute, job_of

LONG = "Donaudampfschifffahrtsgesellschaftskapitaen"


def assert_accessible_at_a_desk(page: Page) -> None:
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    assert_accessible(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]


def tab_to(page: Page, wanted: Locator) -> None:
    """Goes on by keyboard until the focus is there, and is in view."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"The keyboard does not reach {wanted}.")


def with_everything(page: Page, stack: LocalStack) -> str:
    """The address of a case that has one of each."""
    request_id, _ = submit_report_with_photo(page, stack)
    ports = reports_ports()
    casework.write_note(request_id, f"A note. {LONG}", "n", QUICKER, ports)
    submit_report(stack, lat=53.951, long=-1.09, title=f"The same {LONG}", address=LONG)
    draft = TemplateDraft(name=f"Thanks {LONG}", text="Thank you. {target}", state="fixed")
    add_template(draft, request_id, "quicker", desk_ports())
    return f"/desk/case/?id={request_id}"


def test_queue_and_bulk_change_are_accessible(new_page: NewPage, stack: LocalStack) -> None:
    reports = [submit_report(stack, title=LONG) for _ in range(2)]
    page = open_desk_page(new_page, f"/desk/?q={LONG}", PHONE)
    expect(page.locator("#rows tr")).to_have_count(2)
    assert_accessible(page)
    tick(page, *reports)
    expect(page.get_by_role("link", name="Compare and merge")).to_be_visible()
    assert_accessible_at_a_desk(page)
    page.get_by_label("Save this view as").fill(LONG)
    page.get_by_role("button", name="Save view").click()
    expect(page.locator("#own-views")).to_contain_text(LONG)
    assert_accessible(page)
    page.get_by_label("Save this view as").fill("")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a name for the view")
    assert_accessible(page)
    page.get_by_role("link", name="Change together").click()
    page.get_by_role("button", name="Check changes").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose something")
    assert_accessible(page)
    change_as_other_officer(reports[0], priority="low")
    page.get_by_label("Priority").select_option("Urgent")
    page.get_by_role("button", name="Check changes").click()
    expect(page.locator("#check")).to_contain_text("1 case cannot")
    assert_accessible(page)
    page.get_by_role("button", name="Change 1 case").click()
    expect(page.locator("#undo-countdown")).to_contain_text("left")
    assert_accessible(page)
    wait_for_page(page, "/desk/bulk/")
    expect(page.locator("#nothing-chosen")).to_be_visible()
    assert_accessible(page)
    wait_for_page(page, "/desk/?q=nothing+is+called+this")
    expect(page.locator("#count")).to_have_text("No matching cases.")
    assert_accessible(page)


def test_case_and_comparison_are_accessible(new_page: NewPage, stack: LocalStack) -> None:
    page = open_desk_page(new_page, "/desk/merge/?one=x", PHONE)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a reference")
    assert_accessible(page)
    wait_for_page(page, with_everything(page, stack))
    for summary in page.locator("summary:visible").all():
        summary.click()
    expect(page.locator("#job-list .app-facts")).to_be_visible()
    page.get_by_role("button", name="Black out parts").click()
    page.get_by_role("button", name="Add an area").click()
    page.get_by_label("Reply template").select_option(f"Thanks {LONG}")
    expect(page.locator("#preview")).to_contain_text("Thank you.")
    page.get_by_role("button", name="View on map").click()
    expect(page.locator("#case-map .app-mark")).to_be_visible()
    assert_accessible(page)
    assert_accessible_at_a_desk(page)
    page.get_by_role("button", name="Create a link for a contractor").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the company's name")
    page.get_by_label("Company").fill("Lane & Sons")
    page.get_by_role("button", name="Create a link for a contractor").click()
    expect(page.get_by_label("Link for Lane & Sons")).to_be_focused()
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter your note")
    assert_accessible(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#undo-message")).to_contain_text("reply added")
    assert_accessible(page)
    page.locator("#near-list").get_by_role("link", name="Compare and merge").first.click()
    expect(page.locator("#sides > section")).to_have_count(2)
    assert_accessible(page)
    page.get_by_role("button", name="Merge reports").click()
    expect(page.get_by_role("button", name="Unmerge reports")).to_be_visible()
    assert_accessible(page)
    page.goto("/desk/case/?id=nonsense")
    expect(page.locator("#staff-status")).to_contain_text("can't find this case")
    assert_accessible(page)


def test_templates_and_days_are_accessible(new_page: NewPage, stack: LocalStack) -> None:
    draft = TemplateDraft(name=f"Thanks {LONG}", text=f"Thank you. {LONG}", state="fixed")
    add_template(draft, "k", "quicker", desk_ports())
    page = open_desk_page(new_page, "/desk/templates/", PHONE)
    page.get_by_role("button", name="Change Thanks").first.click()
    page.get_by_text("Choose services").click()
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a name for the template")
    assert_accessible(page)
    page.get_by_role("button", name="Remove Thanks").first.click()
    expect(page.get_by_role("button", name="Undo removal")).to_be_focused()
    assert_accessible(page)
    page.get_by_role("button", name="Undo removal").click()
    expect(page.locator("#undo-message")).to_contain_text("added again")

    job_of(stack, title=LONG, address=LONG)
    create_dispute(stack)
    day = today() + timedelta(days=50)
    wait_for_page(page, f"/desk/days/?date={day}")
    assert_accessible(page)
    page.get_by_role("button", name="Plan the day").click()
    expect(page.locator("#day-status")).to_contain_text("planned")
    expect(page.locator(".desk-dispute").first).to_be_visible()
    assert_accessible(page)
    assert_accessible_at_a_desk(page)


@pytest.mark.exhaustive
def test_cases_are_changed_and_restored_by_keyboard_only(
    new_page: NewPage, stack: LocalStack
) -> None:
    reports = [submit_report(stack, title="Hole by the keys") for _ in range(2)]
    page = open_desk_page(new_page, "/desk/?q=by+the+keys")
    for each in reports:
        tab_to(page, page.locator(f"input[value='{each.service_request_id}']"))
        page.keyboard.press("Space")
        page.keyboard.press("Shift+Tab")
    page.locator("#count").focus()
    tab_to(page, page.get_by_role("link", name="Change together"))
    page.keyboard.press("Enter")
    expect(page.locator("#bulk-count")).to_have_text("2 cases chosen")
    tab_to(page, page.get_by_label("Priority"))
    page.keyboard.type("Urgent")
    tab_to(page, page.get_by_role("button", name="Check changes"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check changes")).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Change 2 cases"))
    page.keyboard.press("Enter")
    expect(page.locator("#check-heading")).to_be_focused()
    assert [stored_report(each).priority for each in reports] == ["urgent", "urgent"]
    wait_for_page(page, case_address(reports[0]))
    tab_to(page, page.get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")
    expect(page.locator("#undo-message")).to_be_focused()
    expect(page.locator("#undo-message")).to_have_text("Undone for 2 cases.")
    assert [stored_report(each).priority for each in reports] == [each.priority for each in reports]


def test_desk_is_hidden_from_residents_and_returns_to_the_case_after_signing_in(
    new_page: NewPage, stack: LocalStack
) -> None:
    address = case_address(submit_report(stack))
    page = new_page()
    page.goto(address)
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    assert page.locator("input[name=next]").input_value() == address
    sign_in(page, new_account())
    for path in (address, "/desk/", "/desk/days/"):
        page.goto(path)
        expect(page.locator("#staff-status")).to_contain_text("for the council's officers")
        expect(page.locator("#staff-page")).to_be_hidden()
