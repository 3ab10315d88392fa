"""Phones that are slow, full, put away or handed on: nothing a crew said or photographed is lost,
and nobody finds what was another's."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.crew_office import NAME, Office, come_back, job, open_list
from tests.browser.test_accessibility import assert_accessible, overflow
from tests.browser.test_crew_pages import PHOTO, go, say_done

SLOW_CAMERA = """() => {
  const decode = createImageBitmap;
  window.createImageBitmap = async (...all) => {
    await new Promise((done) => setTimeout(done, 800));
    return decode(...all);
  };
}"""
FULL = """stores => {
  const { put, clear } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...all) {
    if (stores.includes(this.name)) throw new DOMException("full", "QuotaExceededError");
    return put.apply(this, all);
  };
  IDBObjectStore.prototype.clear = function () {
    if (this.name === "files") IDBObjectStore.prototype.put = put;
    return clear.apply(this);
  };
}"""
"""A full phone, until what can be fetched again is gone from it."""
PUT_AWAY = """() => {
  const { transaction } = IDBDatabase.prototype;
  const closed = new Set();
  IDBDatabase.prototype.transaction = function (...all) {
    if (!closed.has(this.name)) this.close();
    closed.add(this.name);
    return transaction.apply(this, all);
  };
}"""
"""As phones do to a page that was in the background: each connection is closed, once."""
COUNT = """async ([database, store]) => {
  const open = indexedDB.open(database);
  await new Promise((done) => { open.onsuccess = done; });
  const all = open.result.transaction(store).objectStore(store).getAllKeys();
  await new Promise((done) => { all.onsuccess = done; });
  open.result.close();
  return all.result;
}"""


@pytest.fixture
def office() -> Office:
    return Office(job(1, photos_before=[PHOTO]), job(2), job(3))


@pytest.fixture
def page(new_page: NewPage, office: Office, stack: LocalStack) -> Page:
    return open_list(new_page(service_workers="block"), office)


def days_later(days: int) -> str:
    return f"""(() => {{ const Real = Date; window.Date = class extends Real {{
      constructor(...all) {{ all.length ? super(...all) : super(Real.now() + {days} * 864e5); }}
      static now() {{ return Real.now() + {days} * 864e5; }}
    }}; }})()"""


def keys(page: Page, database: str, store: str) -> list[str]:
    found: list[str] = page.evaluate(COUNT, [database, store])
    return found


def choose_again(page: Page) -> None:
    page.get_by_role("radio", name=NAME).check()
    page.get_by_role("button", name="Show list").click()
    expect(page.locator(".crew-job")).to_have_count(3)


def test_every_photo_is_sent_when_save_is_pressed_during_resizing(
    page: Page, office: Office, shared_data: Path
) -> None:
    page.evaluate(SLOW_CAMERA)
    go(page, "job/JOB000000002/done")
    photo = shared_data / "photos" / "bath_photo.JPG"
    page.get_by_label("Photos after the work").set_input_files([photo] * 3)
    page.get_by_role("button", name="Save as done").click()
    expect(page.get_by_role("heading", level=1, name="Saved")).to_be_visible()
    expect(page.locator("#badge-waiting")).to_have_text("All sent")
    [done] = office.taken
    assert len(done["photo_ids"]) == len(office.uploads) == 3
    assert keys(page, "crew_drafts", "drafts") == keys(page, "crew_photos", "photos") == []


def test_invalid_photo_is_reported_when_save_is_pressed_too_early(
    page: Page, office: Office
) -> None:
    page.evaluate(SLOW_CAMERA)
    go(page, "job/JOB000000002/done")
    text = {"name": "words.jpg", "mimeType": "image/jpeg", "buffer": b"words"}
    page.get_by_label("Photos after the work").set_input_files([text])  # type: ignore[arg-type]
    page.get_by_role("button", name="Save as done").click()
    expect(page.get_by_role("alert")).to_contain_text("words.jpg is not a photo")
    page.get_by_role("button", name="Save as done").click()
    expect(page.get_by_role("heading", level=1, name="Saved")).to_be_visible()


def test_operation_is_kept_and_sent_when_the_phone_is_full(page: Page, office: Office) -> None:
    expect(page.locator("#badge-synced")).to_contain_text("Synced")
    page.evaluate(FULL, ["operations", "jobs", "photos"])
    say_done(page, 2)
    expect(page.locator("#badge-waiting")).to_have_text("All sent")
    page.evaluate(FULL, ["jobs"])
    say_done(page, 3)
    expect(page.locator("#badge-waiting")).to_have_text("All sent")
    assert [each["job_id"] for each in office.taken] == ["JOB000000002", "JOB000000003"]


def test_crew_is_warned_when_the_phone_cannot_store_a_start(page: Page) -> None:
    page.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new Error('disk') } }")
    go(page, "job/JOB000000002")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_contain_text("could not save this")
    assert_accessible(page)


def test_operation_is_kept_when_the_phone_suspended_the_page(page: Page, office: Office) -> None:
    page.evaluate(PUT_AWAY)
    say_done(page, 2)
    expect(page.locator("#badge-waiting")).to_have_text("All sent")
    assert len(office.taken) == 1


def test_page_says_so_when_the_browser_has_no_storage(new_page: NewPage, office: Office) -> None:
    page = new_page(service_workers="block")
    office.meet(page)
    page.add_init_script("IDBFactory.prototype.open = () => { throw new Error('private') }")
    page.goto("/crew/")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "You cannot use the crew app in this window"
    )
    assert_accessible(page)


def test_job_started_before_midnight_can_be_ended_after_it(page: Page, office: Office) -> None:
    go(page, "job/JOB000000002")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#badge-waiting")).to_have_text("All sent")
    office.is_away = True
    page.evaluate(days_later(1))
    come_back(page)
    expect(page.locator("#badge-offline")).to_have_text("Offline")
    expect(page.get_by_role("button", name="Could not do it")).to_be_visible()
    go(page, "")
    expect(page.get_by_role("heading", name="Started the day before")).to_be_visible()
    assert_accessible(page)
    say_done(page, 2)
    office.is_away = False
    come_back(page)
    expect(page.locator("#badge-waiting")).to_have_text("All sent")
    assert [each["kind"] for each in office.taken] == ["start", "done"]


def test_next_user_of_a_phone_sees_nothing_of_the_previous_one(
    page: Page, office: Office, shared_data: Path
) -> None:
    go(page, "job/JOB000000002/done")
    photo = shared_data / "photos" / "bath_photo.JPG"
    page.get_by_label("Photos after the work").set_input_files(photo)
    expect(page.get_by_text("1 photo saved on this phone.")).to_be_visible()
    page.get_by_label("What was done").fill("Half of it.")
    office.account = "crew-2"
    page.reload()
    choose_again(page)
    go(page, "job/JOB000000002/done")
    expect(page.get_by_label("What was done")).to_have_value("")
    office.account = "crew-1"
    page.goto("/crew/?")
    choose_again(page)
    go(page, "job/JOB000000002/done")
    expect(page.get_by_label("What was done")).to_have_value("Half of it.")
    expect(page.locator(".crew-chosen img")).to_have_count(1)


def test_list_disappears_when_the_user_signs_out_in_another_tab(page: Page, office: Office) -> None:
    other = page.context.new_page()
    office.meet(other)
    other.goto("/crew/#summary")
    page.route("**/api/session", lambda route: route.fulfill(json={}))
    go(page, "summary")
    office.is_signed_out = True
    page.get_by_role("button", name="Sign out").click()
    for each in (page, other):
        expect(each.get_by_role("button", name="Sign in")).to_be_visible()
    for database, store in (("crew_days", "days"), ("crew_jobs", "jobs"), ("crew_files", "files")):
        assert [key for key in keys(page, database, store) if key != "map"] == []


def test_focus_and_live_regions_are_unchanged_when_the_list_is_reloaded(
    page: Page, office: Office
) -> None:
    go(page, "job/JOB000000002")
    page.get_by_role("button", name="Add a note").focus()
    page.evaluate(
        """() => {
          window.told = 0;
          for (const each of document.querySelectorAll("#crew-bar [role=status]"))
            new MutationObserver((all) => { window.told += all.length }).observe(each, {
              childList: true, characterData: true, subtree: true });
        }"""
    )
    office.jobs["JOB000000002"] |= {"version": 2, "hazards": ["Live cable"]}
    come_back(page)
    expect(page.get_by_text("Live cable")).to_be_visible()
    expect(page.locator("#badge-synced")).to_contain_text("Synced")
    expect(page.get_by_role("button", name="Add a note")).to_be_focused()
    assert page.evaluate("window.told") == 0
    page.get_by_role("button", name="Start").press("Enter")
    expect(page.locator("#view .govuk-tag").first).to_have_text("Started")
    expect(page.locator("#view-heading")).to_be_focused()


def test_crew_is_told_when_it_lost_access_to_its_list(page: Page, office: Office) -> None:
    office.refuses_list = "You are in this crew no more."
    page.reload()
    expect(
        page.get_by_text("We could not update this list: You are in this crew no more")
    ).to_be_visible()
    expect(page.locator(".crew-job")).to_have_count(3)
    assert_accessible(page)


@pytest.mark.parametrize("view", ["", "job/JOB000000001", "job/JOB000000001/could_not", "summary"])
def test_view_fits_a_phone_when_its_text_is_twice_as_large(page: Page, view: str) -> None:
    if view:
        go(page, view)
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    assert overflow(page) <= 0
