"""Every step by keyboard alone, and axe in every step and state of the report flow."""

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Geolocation, Locator, Page, expect

from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.following import follower, give_email
from tests.browser.test_accessibility import overflow, violations
from tests.browser.test_report_path import choose_service, leave, place, step_shown

HERE: Geolocation = {"latitude": 53.9433, "longitude": -1.0371}
ELSEWHERE: Geolocation = {"latitude": 53.9, "longitude": -1.19}
FURTHEST = 80


def check_page(page: Page, state: str) -> None:
    assert (state, violations(page)) == (state, [])
    assert (state, overflow(page)) == (state, 0)


def tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(FURTHEST):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"The keyboard does not reach {wanted}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    tab_to(page, wanted)
    page.keyboard.press(key)


def go_on(page: Page, name: str = "Continue") -> None:
    section = page.locator(f"[data-step='{step_shown(page)}']")
    press(page, section.get_by_role("button", name=name).last)
    expect(section).to_be_hidden()


def test_report_is_made_by_keyboard_only(new_page: NewPage) -> None:
    page = new_page(with_maps=True)
    page.goto("/report/")
    tab_to(page, page.get_by_label("Postcode or street"))
    page.keyboard.type("market place")
    expect(page.locator("#place-choices li").first).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#place")).to_be_focused()
    go_on(page)
    press(page, page.get_by_role("button", name="Pothole"))
    expect(page.locator("[data-step=service]")).to_be_hidden()
    if step_shown(page) == "nearby":
        go_on(page, "It's not one of these")
    press(page, page.get_by_role("radio", name="Smaller than"), "Space")
    with page.expect_file_chooser():
        press(page, page.get_by_role("button", name="Add photos"))
    tab_to(page, page.get_by_role("textbox", name="Describe the problem"))
    page.keyboard.type("By keyboard, for Mr Smith")
    go_on(page)
    go_on(page, "Keep it and continue")
    press(page, page.get_by_label("Report anonymously"), "Space")
    go_on(page, "Send report")
    expect(page.get_by_role("heading", name="Report sent")).to_be_focused()


def where_states(page: Page) -> None:
    expect(page.get_by_role("heading", name="Where is the problem?")).to_be_visible()
    check_page(page, "where")
    page.get_by_role("button", name="Continue").click()
    check_page(page, "where, error")
    page.get_by_label("Postcode or street").fill("4 ma")
    expect(page.locator("#place-choices li").first).to_be_visible()
    check_page(page, "where, search")
    page.locator("#place-choices li").first.click()
    expect(page.locator("#place-map .app-pin")).to_have_count(1)
    check_page(page, "where, pin")
    page.get_by_role("button", name="Describe the location").click()
    check_page(page, "where, words")
    page.get_by_label("Describe the location, for example").fill("")
    page.context.grant_permissions(["geolocation"])
    place(page)


def problem_states(page: Page) -> None:
    expect(page.get_by_role("radio", name="Pothole")).to_be_visible()
    check_page(page, "service")
    page.get_by_role("button", name="Continue").click()
    check_page(page, "service, error")
    page.get_by_label("Search, or describe the problem").fill("broken lamp")
    check_page(page, "service, search")
    page.get_by_label("Search, or describe the problem").fill("")
    if choose_service(page, "Street light") == "nearby":
        leave(page, "It's not one of these")
    check_page(page, "details")
    page.get_by_role("button", name="Continue").click()
    check_page(page, "details, error")
    page.get_by_role("radio", name="Bare wires").check()
    leave(page)
    check_page(page, "danger")
    page.get_by_role("link", name="change your answer").click()
    page.get_by_role("radio", name="It is out").check()


def photo_states(page: Page, photo: Path) -> None:
    files: list[FilePayload] = [
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo.read_bytes()},
        {"name": "lost.heic", "mimeType": "image/heic", "buffer": b"no picture"},
        {"name": "email.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"},
    ]
    page.locator("#photo-files").set_input_files(files)
    expect(page.get_by_role("alert")).to_be_visible()
    check_page(page, "photos, error")
    page.get_by_role("button", name="Remove photo 2").click()
    expect(page.locator("#photo-list > li")).to_have_count(1)


def words_states(page: Page) -> None:
    page.get_by_role("textbox", name="Describe the problem").fill("Mr Smith, 07700 900123")
    leave(page)
    check_page(page, "personal")
    leave(page, "Keep it and continue")
    check_page(page, "check")
    page.get_by_label("Email address").fill("ann")
    page.get_by_role("button", name="Send report").click()
    check_page(page, "check, error")
    page.get_by_label("Report anonymously").check()


def sending_states(page: Page) -> None:
    expect(page.locator("#preview img")).to_be_visible()
    check_page(page, "check, anonymous")
    page.route("**/api/photos", lambda route: route.abort())
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("heading", name="Waiting to be sent")).to_be_visible()
    check_page(page, "waiting")
    page.get_by_role("button", name="Delete").click()
    check_page(page, "waiting, delete?")
    page.get_by_role("button", name="No, keep it").click()
    page.unroute("**/api/photos")
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_role("heading", name="Report sent")).to_be_visible()
    expect(page.get_by_role("button", name="Withdraw this report")).to_be_visible()
    check_page(page, "sent")
    page.get_by_role("button", name="Withdraw this report").click()
    check_page(page, "sent, withdraw?")
    page.get_by_role("button", name="No, keep it").click()


def following_states(page: Page) -> None:
    page.get_by_role("link", name="Report another problem").locator("visible=true").click()
    place(page)
    assert choose_service(page, "Street light") == "nearby"
    check_page(page, "nearby")
    page.get_by_role("button", name="Follow this instead").first.click()
    check_page(page, "nearby, how to tell")
    give_email(page, follower())
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    check_page(page, "followed")


@WIDTHS
def test_steps_have_no_violation_in_any_state(
    viewport: dict[str, int], new_page: NewPage, shared_data: Path
) -> None:
    page = new_page(with_maps=True, viewport=viewport, geolocation=HERE)
    page.goto("/report/")
    where_states(page)
    problem_states(page)
    photo_states(page, shared_data / "photos" / "photo_1.JPG")
    words_states(page)
    sending_states(page)
    following_states(page)

    page = new_page(
        with_maps=True, viewport=viewport, geolocation=ELSEWHERE, permissions=["geolocation"]
    )
    page.goto("/report/")
    place(page)
    assert choose_service(page, "Litter") == "elsewhere"
    check_page(page, "elsewhere")
