"""Every view of the crew's app: heard, by keyboard, on a narrow phone and on paper."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.crew_office import Office, come_back, job, open_list
from tests.browser.test_accessibility import assert_accessible, overflow

PHOTO = {
    "photo_id": "P" * 26,
    "url": "/_office/whole.svg",
    "thumbnail_url": "/_office/small.svg",
}
RICH = {
    "title": "Deep hole at the school gate",
    "priority": "urgent",
    "hazards": ["Live cable under the kerb", "School run from 08:30 to 09:00"],
    "materials": ["2 bags of cold lay"],
    "window": {"opens": "09:30", "closes": "12:00"},
    "arrives_at": datetime.now(UTC).replace(hour=9, minute=40).isoformat(),
    "due": "2026-05-04T16:00:00Z",
    "instructions": "Make it safe first.\nThen fill it.",
    "photos_before": [PHOTO],
}


@pytest.fixture
def office() -> Office:
    return Office(job(1, **RICH), job(2), job(3, address=None, first_job_id="JOB0"), job(9))


@pytest.fixture
def page(new_page: NewPage, office: Office, stack: LocalStack) -> Page:
    """Today's list, without the service worker, which would answer in the office's place."""
    return open_list(new_page(service_workers="block"), office)


def go(page: Page, view: str) -> None:
    page.evaluate("view => { location.hash = view }", view)
    expect(page.locator("#view-heading")).to_be_focused()


def say_done(page: Page, number: int, text: str = "") -> None:
    go(page, f"job/JOB{number:09d}/done")
    page.get_by_label("What was done").fill(text)
    page.get_by_role("button", name="Save as done").click()
    expect(page.get_by_role("heading", level=1, name="Saved")).to_be_visible()


def test_every_view_has_no_violation_and_fits_a_narrow_phone(page: Page, office: Office) -> None:
    assert_accessible(page)
    for view in ("job/JOB000000001", "job/JOB000000003", "map", "waiting", "summary", "sheet"):
        go(page, view)
        assert_accessible(page)
    for kind in ("done", "could_not", "hand_over", "note", "new_date", "photo"):
        go(page, f"job/JOB000000001/{kind}")
        assert_accessible(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a photo")
    assert_accessible(page)
    go(page, "choose")
    assert_accessible(page)
    go(page, "job/NOBODYS")
    assert_accessible(page)


def test_views_are_fine_with_a_conflict_a_refusal_and_a_removed_job(
    page: Page, office: Office
) -> None:
    office.is_away = True
    say_done(page, 1, "Filled it.")
    expect(page.locator("#badge-offline")).to_have_text("Offline")
    expect(page.get_by_text("Saved on this phone")).to_be_visible()
    assert_accessible(page)
    say_done(page, 3)
    go(page, "")
    expect(page.locator("#view .app-tag--unsent")).to_have_count(2)
    expect(page.locator("#badge-waiting")).to_have_text("2 waiting to send")
    assert_accessible(page)
    go(page, "waiting")
    assert_accessible(page)

    office.first_said["JOB000000001"] = "The gas people dig there first."
    office.refuses["done"] = ""
    office.gone = [{"job_id": "JOB000000009", "because": "South crew does it."}]
    gone = office.jobs.pop("JOB000000009")
    office.is_away = False
    come_back(page)
    expect(page.locator("#badge-waiting")).to_have_text("All sent")
    go(page, "")
    expect(page.get_by_text("The office has changed your list")).to_be_visible()
    expect(page.locator(".crew-list--gone")).to_contain_text("South crew does it.")
    assert_accessible(page)
    page.get_by_role("button", name="I have seen this").click()
    expect(page.get_by_text("The office has changed your list")).to_be_hidden()
    expect(page.locator(".crew-list--gone")).to_contain_text(gone["title"])

    page.get_by_role("link", name="See both records: Deep hole").click()
    expect(page.get_by_role("heading", name="From site")).to_be_visible()
    expect(page.locator(".crew-versions")).to_contain_text("The gas people dig there first.")
    expect(page.locator(".crew-versions")).to_contain_text("Filled it.")
    assert_accessible(page)
    dispute = office.jobs["JOB000000001"]["disputes"][0]
    office.jobs["JOB000000001"]["version"] += 1
    dispute["settled"] = {"at": "2026-05-01T12:00:00Z", "keep": "site"}
    come_back(page)
    expect(page.get_by_text("to keep the record from site")).to_be_visible()

    office.refuses["note"] = "This job is not in your teams and wards."
    go(page, "job/JOB000000002/note")
    page.get_by_label("Your note").fill("Mind the dog.")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("was not accepted")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="See why").click()
    expect(page.get_by_text("Why: This job is not in your teams and wards.")).to_be_visible()
    assert_accessible(page)


def test_refused_operation_is_stored_as_a_note_with_its_photo(
    page: Page, office: Office, shared_data: Path
) -> None:
    office.refuses["done"] = "This job is not in your teams and wards."
    go(page, "job/JOB000000002/done")
    page.get_by_label("Photos after the work").set_input_files(
        shared_data / "photos" / "bath_photo.JPG"
    )
    expect(page.get_by_text("1 photo saved on this phone.")).to_be_visible()
    page.reload()
    expect(page.locator(".crew-chosen img")).to_have_count(1)
    page.get_by_role("button", name="Save as done").click()
    expect(page.get_by_role("heading", level=1, name="Saved")).to_be_visible()
    go(page, "waiting")
    expect(page.get_by_text("Why: This job is not in your teams and wards.")).to_be_visible()
    page.reload()
    expect(page.locator("#view .app-photos img")).to_have_count(1)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="No, keep it").click()
    page.get_by_role("button", name="Save as a note").click()
    expect(page.get_by_text("We have received all your records")).to_be_visible()
    [note] = office.taken
    assert note["kind"] == "note"
    assert "Done" in note["text"]
    assert note["photo_ids"] == [f"PHOTO-{note['op_id']}/1"]


def test_operations_wait_for_signing_in(page: Page, office: Office) -> None:
    office.is_signed_out = True
    page.reload()
    expect(page.locator("#sign-in-note")).to_be_visible()
    expect(page.locator(".crew-job")).to_have_count(4)
    say_done(page, 2)
    go(page, "waiting")
    assert_accessible(page)
    office.is_signed_out = False
    page.reload()
    expect(page.locator("#badge-waiting")).to_have_text("All sent")
    assert len(office.taken) == 1


def test_nearby_jobs_are_offered_when_one_is_done(page: Page) -> None:
    say_done(page, 2)
    expect(page.get_by_role("heading", name="2 more within 150 m")).to_be_visible()
    expect(page.locator(".crew-list--near .crew-job")).to_have_text(
        [re.compile(f"{title}.*111 m from here") for title in ("Deep hole", "Pothole 3")]
    )


def test_complete_job_is_done_by_keyboard_only(page: Page, office: Office) -> None:
    def press_on(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent").strip().startswith(name):
                page.keyboard.press("Enter")
                return
        raise AssertionError(f"No Tab leads to {name}")

    press_on("1. Deep hole")
    expect(page.locator("#view-heading")).to_be_focused()
    press_on("Start")
    expect(page.locator("#view .govuk-tag").first).to_have_text("Started")
    press_on("Could not do it")
    expect(page.get_by_role("heading", name="Could not do it")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    press_on("Save")
    expect(page.get_by_role("heading", level=1, name="Saved")).to_be_focused()
    press_on("Go to the next job")
    expect(page.locator("#view-heading")).to_contain_text("Pothole 2")
    expect(page.locator("#badge-waiting")).to_have_text("All sent")
    assert [(each["kind"], each.get("reason")) for each in office.taken] == [
        ("start", None),
        ("could_not", "parked_car"),
    ]


def test_crew_gives_a_new_date_with_its_reason(page: Page, office: Office) -> None:
    go(page, "job/JOB000000002/new_date")
    page.get_by_role("button", name="Save new date").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a day from today on")
    page.get_by_label("New date").fill("2096-12-04")
    page.get_by_label("Why is it later?").fill("The road is closed.")
    page.get_by_role("button", name="Save new date").click()
    expect(page.locator(".app-timeline")).to_contain_text("4 December 2096")
    expect(page.locator(".app-timeline")).not_to_contain_text("Not sent yet")
    [sent] = office.taken
    expected = ("new_date", "2096-12-04", "The road is closed.")
    assert (sent["kind"], sent["day"], sent["text"]) == expected


def test_sheet_is_printed_without_screen_elements(page: Page) -> None:
    go(page, "sheet")
    page.emulate_media(media="print")
    expect(page.get_by_text("Live cable under the kerb")).to_be_visible()
    expect(page.locator(".crew-sheet > li")).to_have_count(4)
    for hidden in (".app-header", ".app-footer", "#crew-bar", "#print"):
        expect(page.locator(hidden)).to_be_hidden()
    page.set_viewport_size({"width": 720, "height": 1000})
    assert overflow(page) <= 0
