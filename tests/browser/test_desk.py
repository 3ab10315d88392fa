"""An officer's day at the desk: from the queue to a case and its work, many cases at
once, two that are the same, and what nobody should see of a photo."""

import re
from io import BytesIO

import boto3
import pytest
from msgspec.structs import replace
from PIL import Image
from playwright.sync_api import Page, expect

from chalicelib.accounts.model import Grant
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.partners import partners_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.kernel.fields import copy_fields
from chalicelib.partners.model import NewKey
from chalicelib.partners.usecases import authorise_read, create_key
from chalicelib.reports.partner import Partner, PartnerUpdate
from chalicelib.reports.reference import format_reference
from chalicelib.reports.usecases.exchange.partners import update_for_partner
from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.officer import (
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
from tests.support.undo_window import send_waiting_alerts


def undo(page: Page, saying: str = "change undone") -> None:
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#undo-message")).to_contain_text(saying)


def add_template(page: Page) -> None:
    wait_for_page(page, "/desk/templates/")
    page.get_by_label("Name", exact=True).fill("On our list")
    page.get_by_label("Reply", exact=True).fill("We mend {place} by {target}.")
    expect(page.locator("#preview")).to_contain_text("We mend 12 Mill Lane by")
    page.get_by_label("Change the state to").select_option("Investigating")
    page.get_by_role("button", name="Add template").click()
    expect(page.locator("#staff-status")).to_have_text("“On our list” added.")


def save_view(page: Page) -> None:
    """Filters the queue, and keeps that as a view."""
    wait_for_page(page, "/desk/")
    page.get_by_label("Words in the title or address, or a reference").fill("lych gate")
    page.get_by_label("Service", exact=True).select_option("Pothole")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.locator("#count")).to_have_text("1 case.")
    assert page.url.endswith("/desk/?q=lych+gate&service_code=pothole")
    page.get_by_label("Save this view as").fill("Holes by gates")
    page.get_by_role("button", name="Save view").click()
    expect(page.locator("#view-status")).to_contain_text("saved to your views")


def answer(page: Page, stack: LocalStack, question: str, words: str) -> None:
    """As the reporter, by the link that was sent."""
    send_waiting_alerts(stack.cloud.pump.wait_until_idle)
    mails = page.request.get("/_local/outbox.json").json()["items"]
    asked = next(each for each in mails if question in each.get("body", ""))
    link = re.search(r"http\S+/forms/questions/\S+", asked["body"])
    assert link
    page.goto(link[0])
    page.get_by_role("textbox").fill(words)
    page.get_by_role("button").last.click()


def test_officer_filters_asks_replies_assigns_adds_a_note_and_undoes(
    new_page: NewPage, stack: LocalStack
) -> None:
    report = submit_report(stack, title="Hole by the lych gate")
    page = open_desk_page(new_page, "/desk/templates/")
    add_template(page)
    save_view(page)
    wait_for_page(page, "/desk/")
    page.get_by_role("link", name="Holes by gates").click()
    words = page.get_by_label("Words in the title or address, or a reference")
    expect(words).to_have_value("lych gate")
    page.get_by_role("link", name="Hole by the lych gate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hole by the lych gate")
    expect(page.locator("#facts")).to_contain_text("because the service is “Pothole”")
    expect(page.locator("#reporter")).to_contain_text("alex.ash@example.org")

    page.get_by_label("Your question").fill("Which side of the gate?")
    page.get_by_role("button", name="Send question").click()
    expect(page.locator("#case-tags")).to_contain_text("Waiting for an answer")
    answer(new_page(), stack, "Which side of the gate?", "The left one.")
    page.reload()
    expect(page.locator("#question-list")).to_contain_text("The left one.")
    expect(page.locator("#case-tags")).not_to_contain_text("Waiting for an answer")

    page.get_by_label("Your note").fill("Ring the sexton first.")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("#note-list")).to_contain_text("Ring the sexton first.")
    page.get_by_label("Team").select_option("Parks and trees")
    page.get_by_label("Reply template").select_option("On our list")
    expect(page.locator("#preview")).to_contain_text(f"We mend {report.address} by")
    expect(page.locator("#preview .govuk-tag")).to_have_text("Investigating")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#undo-message")).to_contain_text("Changes saved and reply added.")
    after = stored_report(report)
    assert (after.team, after.state) == ("parks", "investigating")
    assert after.updates[-1].text.startswith(f"We mend {report.address} by")
    page.reload()
    expect(page.locator("#undo-countdown")).to_contain_text("left")
    expect(page.locator("#history")).to_contain_text("Wrote a note")
    undo(page)
    expect(page.locator("#facts")).to_contain_text("Highways")
    assert (stored_report(report).team, stored_report(report).state) == ("highways", report.state)


def test_new_date_is_on_the_reports_page_with_its_reason(
    new_page: NewPage, stack: LocalStack
) -> None:
    report = submit_report(stack, title="Hole by the tannery")
    page = open_desk_page(new_page, case_address(report))
    page.get_by_text("Give a new date").click()
    page.get_by_label("New date", exact=True).fill("2096-12-04")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the reason for the new date")
    page.get_by_label("Reason for the new date").fill("The river is too high.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#undo-message")).to_contain_text("Changes saved.")
    expect(page.locator("#timeline")).to_contain_text("We now aim to deal with this by Tuesday 4")
    stack.cloud.pump.wait_until_idle()
    resident = new_page()
    resident.goto(f"/reports/{report.service_request_id}")
    main = resident.get_by_role("main")
    expect(main).to_contain_text("This is delayed. We now aim to deal with it by 4 December 2096.")
    expect(main).to_contain_text("Reason: The river is too high. We first said")


def test_typed_text_stays_and_new_values_are_shown_after_a_version_conflict(
    new_page: NewPage, stack: LocalStack
) -> None:
    report = submit_report(stack, title="Hole at the mill")
    page = open_desk_page(new_page, case_address(report))
    page.get_by_label("Reply (optional)").fill("We look at it tomorrow.")
    page.get_by_label("Priority").select_option("High")
    change_as_other_officer(report, state="investigating", team="parks")
    page.get_by_role("button", name="Save", exact=True).click()
    newer = page.locator("#newer")
    expect(newer).to_be_focused()
    expect(newer).to_contain_text("Team: Highways is now Parks and trees")
    expect(newer).to_contain_text("is now Investigating")
    expect(page.get_by_label("Reply (optional)")).to_have_value("We look at it tomorrow.")
    expect(page.get_by_label("Priority")).to_have_value("high")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#undo-message")).to_contain_text("Changes saved and reply added.")
    expect(newer).to_be_hidden()
    after = stored_report(report)
    assert (after.team, after.priority, after.state) == ("parks", "high", "investigating")


def test_many_cases_are_checked_changed_and_restored(new_page: NewPage, stack: LocalStack) -> None:
    first, second, third = [submit_report(stack, title="Holes in Moat Street") for _ in range(3)]
    page = open_desk_page(new_page, "/desk/?q=moat+street")
    tick(page, first, second, third)
    expect(page.locator("#chosen-count")).to_have_text("3 cases chosen")
    page.get_by_role("link", name="Change together").click()
    expect(page.locator("#bulk-count")).to_have_text("3 cases chosen")
    page.get_by_role("button", name="Check changes").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose something to change")
    page.get_by_label("Team").select_option("Parks and trees")
    page.get_by_label("Reply to all cases").fill("Our gardeners look at {place}.")
    change_as_other_officer(third, priority="low")
    page.get_by_role("button", name="Check changes").click()
    check = page.locator("#check")
    expect(check).to_contain_text("2 cases will change")
    expect(check).to_contain_text("1 case cannot")
    expect(check.locator(".desk-why")).to_contain_text("version")
    assert stored_report(first).team == "highways"
    page.get_by_role("button", name="Change 2 cases").click()
    expect(page.locator("#undo-message")).to_have_text("2 cases changed.")
    assert [stored_report(each).team for each in (first, second, third)] == [
        "parks",
        "parks",
        "highways",
    ]
    assert stored_report(second).updates[-1].text == f"Our gardeners look at {second.address}."
    wait_for_page(page, "/desk/?q=moat+street")
    undo(page, "Undone for 2 cases.")
    expect(page.locator("#rows")).not_to_contain_text("Parks and trees")
    assert [stored_report(each).team for each in (first, second)] == ["highways", "highways"]


@pytest.mark.exhaustive
def test_many_cases_get_a_new_date_with_its_reason(new_page: NewPage, stack: LocalStack) -> None:
    one, other = [submit_report(stack, title="Holes in Ferry Street") for _ in range(2)]
    page = open_desk_page(new_page, "/desk/?q=ferry+street")
    tick(page, one, other)
    page.get_by_role("link", name="Change together").click()
    page.get_by_text("Give a new date").click()
    page.get_by_label("New date", exact=True).fill("2090-06-01")
    page.get_by_role("button", name="Check changes").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the reason for the new date")
    page.get_by_label("Reason for the new date").fill("The tar is late.")
    page.get_by_role("button", name="Check changes").click()
    expect(page.locator("#check")).to_contain_text("The new date will be 1 June 2090")
    page.get_by_role("button", name="Change 2 cases").click()
    expect(page.locator("#undo-message")).to_have_text("2 cases changed.")
    for each in (one, other):
        after = stored_report(each)
        assert after.delay and after.delay.reason == "The tar is late."
        assert after.expected_datetime and after.expected_datetime.year == 2090


@pytest.mark.exhaustive
def test_undo_names_its_case_and_is_offered_when_something_can_be_restored(
    new_page: NewPage, stack: LocalStack
) -> None:
    one, other = submit_report(stack, title="Hole at the inn"), submit_report(stack)
    page = open_desk_page(new_page, case_address(one))
    page.get_by_label("Reply (optional)").fill("We come tomorrow.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#undo-countdown")).to_contain_text("left")
    wait_for_page(page, case_address(other))
    link = page.locator("#undo-message").get_by_role(
        "link", name=format_reference(one.service_request_id)
    )
    expect(link).to_have_attribute("href", case_address(one))
    undo(page, "Restored: the reply.")
    assert stored_report(one).updates == ()
    page.locator("#removal > summary").click()
    page.locator("#title").fill("A title without a name")
    page.locator("#removal-form").get_by_role("button").last.click()
    expect(page.locator("#undo-message")).to_contain_text("Text removed.")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()


def test_page_says_so_when_a_case_leaves_the_officers_remit(
    new_page: NewPage, stack: LocalStack
) -> None:
    report = submit_report(stack, title="Hole at the weir")
    page, everywhere, accounts = new_page(), new_account("officer"), accounts_ports()
    grants = (Grant(role="officer", teams=("highways",)),)
    sign_in(page, accounts.accounts.save(replace(everywhere, grants=grants)))
    wait_for_page(page, case_address(report))
    page.get_by_label("Team").select_option("Parks and trees")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#staff-status")).to_contain_text("is now with Parks and trees")
    expect(page.locator("#staff-page")).to_be_hidden()
    undo(page)
    expect(page.locator("#facts")).to_contain_text("Highways")


def test_two_reports_are_merged_restored_merged_again_and_unmerged(
    new_page: NewPage, stack: LocalStack
) -> None:
    here = {"lat": 53.9452, "long": -1.0655}
    one = submit_report(stack, title="Hole at the kiosk", **here)
    other = submit_report(stack, title="Pothole, kiosk", **here)
    page = open_desk_page(new_page, case_address(one))
    page.locator("#near-list").get_by_role("link", name="Compare and merge").click()
    expect(page.locator("#sides > section")).to_have_count(2)
    expect(page.locator(f"input[value='{one.service_request_id}']")).to_be_checked()
    page.get_by_role("button", name="Merge reports").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("These reports are merged")
    assert stored_report(other).duplicate_of == one.service_request_id
    undo(page)
    expect(page.get_by_role("button", name="Merge reports")).to_be_visible()
    assert stored_report(other).duplicate_of is None
    page.locator(f"input[value='{other.service_request_id}']").check()
    page.get_by_role("button", name="Merge reports").click()
    expect(page.get_by_role("button", name="Unmerge reports")).to_be_visible()
    assert stored_report(one).duplicate_of == other.service_request_id
    wait_for_page(page, case_address(one))
    page.locator("#is-duplicate").get_by_role("link", name="Compare or unmerge").click()
    page.get_by_role("button", name="Unmerge reports").click()
    expect(page.locator("#undo-message")).to_contain_text("unmerged, with its followers")
    assert (stored_report(one).duplicate_of, stored_report(one).state) == (None, "reopen")


def test_parts_of_a_photo_are_blackened_by_pointer_and_by_coordinates(
    new_page: NewPage, stack: LocalStack
) -> None:
    page = open_desk_page(new_page, "/desk/")
    request_id, photo_id = submit_report_with_photo(page, stack)
    wait_for_page(page, f"/desk/case/?id={request_id}")
    page.get_by_role("button", name="Black out parts").click()
    page.get_by_role("button", name="Black out permanently").click()
    expect(page.get_by_role("alert")).to_contain_text("Draw over part")
    picture = page.locator(".desk-blacken")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.5, steps=4)
    page.mouse.up()
    expect(page.get_by_label("From the left")).to_have_value("50")
    page.get_by_role("button", name="Add an area").click()
    second = page.get_by_role("group", name="Area 2")
    for name, value in (("left", 75), ("top", 50), ("Width", 25), ("Height", 50)):
        second.get_by_label(name).fill(str(value))
    page.get_by_role("button", name="Black out permanently").click()
    expect(page.locator("#blacken")).to_contain_text("Photo changed.")
    key = f"{request_id}/{photo_id}/page.jpg"
    kept = boto3.client("s3").get_object(Bucket=container.settings().photos_bucket, Key=key)
    after = Image.open(BytesIO(kept["Body"].read())).convert("L")
    width, height = after.size
    spots = [(0.6, 0.25), (0.9, 0.75), (0.9, 0.25)]
    shades = [after.crop((int(width * x), int(height * y), width, height)) for x, y in spots]
    assert [each.tobytes()[0] < 20 for each in shades] == [True, True, False]


def test_officer_publishes_one_update_of_another_system_and_refuses_another(
    new_page: NewPage, stack: LocalStack
) -> None:
    report = submit_report(stack, title="Hole by the old mill")
    for key, words in (("1", "Still there in the rain."), ("2", "Rude words.")):
        new = NewKey(name="FixMyStreet", sets_state=True, reports="waiting")
        key_of_partner = authorise_read(create_key(new, partners_ports()).text, partners_ports())
        partner = copy_fields(Partner, key_of_partner)
        sent = PartnerUpdate(text=words, state="in_progress")
        ports = reports_ports()
        update_for_partner(report.service_request_id, sent, key, partner, ports)
    page = open_desk_page(new_page, case_address(report))
    held = page.locator("#held-updates")
    expect(held).to_contain_text("sets the state to In progress")
    held.get_by_role("button", name=re.compile("^Do not publish.*Rude")).click()
    expect(held).not_to_contain_text("Rude words.")
    held.get_by_role("button", name=re.compile("^Publish.*Still")).click()
    expect(page.locator("#timeline")).to_contain_text("Still there in the rain.")
    expect(held).to_be_hidden()
    assert [update.text for update in stored_report(report).updates] == ["Still there in the rain."]
    assert stored_report(report).state == "in_progress"
