"""The whole way: a report made on a phone, on everybody's map, tracked to its end."""

import json
import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import DESK, NewPage
from tests.browser.film_strip import FilmStrip

HERE = {"latitude": 53.9591, "longitude": -1.0812}
COUNT_TAPS = """addEventListener("click", ({ isTrusted }) => {
  if (isTrusted) sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1;
}, true)"""
"""Counts in the tab what a person presses, not what a script presses."""
CONTACT = {"Name": "Ann Canary", "Email address": "canary@example.org"}


def locate(page: Page) -> None:
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("#place-words")).to_contain_text("Accurate to about")


def place(page: Page) -> None:
    locate(page)
    page.get_by_label("Nearest house number").fill("Outside 12 Market Place")
    page.get_by_role("button", name="Continue").click()


def step_shown(page: Page) -> str:
    return page.locator("[data-step]:not([hidden])").get_attribute("data-step") or ""


def leave(page: Page, button: str | re.Pattern[str] = "Continue") -> str:
    """Goes on from the step that is shown. Answers the next one."""
    section = page.locator(f"[data-step='{step_shown(page)}']")
    section.get_by_role("button", name=button).last.click()
    expect(section).to_be_hidden()
    return step_shown(page)


def choose_service(page: Page, name: str = "Pothole") -> str:
    page.get_by_role("radio", name=name).check()
    return leave(page)


def go_to(page: Page, wanted: str) -> None:
    """Passes by what may stand between the problem and that step, answering nothing."""
    while (step := step_shown(page)) != wanted:
        assert step == "nearby", f"{step} cannot be passed by"
        leave(page, "It's not one of these")


def describe(page: Page, words: str = "Deep hole by the drain") -> None:
    choose_service(page)
    go_to(page, "details")
    page.get_by_role("textbox", name="Describe the problem").fill(words)
    leave(page)


def leave_contact(page: Page) -> None:
    for label, value in CONTACT.items():
        page.get_by_label(label, exact=True).fill(value)


def reporter(new_page: NewPage) -> Page:
    page = new_page(geolocation=HERE, permissions=["geolocation"])
    page.goto("/")
    page.get_by_role("button", name="Report a problem").click()
    return page


def sent_reference(page: Page) -> str:
    shown = page.locator("#sent-reference")
    expect(shown).to_have_text(re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$"))
    return shown.inner_text()


def add_update(stack: LocalStack, request_id: str, state: str, text: str) -> None:
    with urllib.request.urlopen(f"{stack.url}/_local/tokens.json") as answer:
        token = json.loads(answer.read())["officer"]
    request = urllib.request.Request(
        f"{stack.url}/api/reports/{request_id}/updates",
        data=json.dumps({"state": state, "text": text}).encode(),
        headers={
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": f"{request_id}-{state}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 201


def test_report_is_sent_seen_by_another_person_and_tracked(
    new_page: NewPage, stack: LocalStack
) -> None:
    mine = reporter(new_page)
    place(mine)
    describe(mine)
    leave_contact(mine)
    expect(mine.get_by_role("heading", name="This will be public", exact=True)).to_be_visible()
    mine.get_by_role("button", name="Send report").click()
    reference = sent_reference(mine)
    request_id = reference.replace("-", "")
    expect(mine.get_by_text("We'll send updates to canary@example.org.")).to_be_visible()
    mine.goto("/track/")
    listed = mine.locator("#own-reports-list > li").filter(has_text=reference)
    expect(listed.get_by_role("link", name="Pothole")).to_have_attribute(
        "href", re.compile(f"/reports/{request_id}$")
    )
    listed.get_by_role("button", name="Remove from this list").click()
    expect(mine.locator("#own-reports")).to_be_hidden()

    stack.cloud.pump.wait_until_idle()
    theirs = new_page(viewport=DESK)
    theirs.goto(f"/map/#17/{HERE['latitude']}/{HERE['longitude']}")
    entry = theirs.locator(f"#report-list [data-service-request-id='{request_id}']")
    pin = theirs.locator(f"#map [data-service-request-id='{request_id}']")
    expect(entry).to_be_visible()
    expect(pin).to_be_visible()
    entry.get_by_role("link").click()
    expect(theirs.get_by_text("Deep hole by the drain")).to_be_visible()
    expect(theirs.get_by_text(reference)).to_be_visible()
    assert "canary" not in theirs.content().lower()

    add_update(stack, request_id, "action_scheduled", "A crew comes on Tuesday.")
    stack.cloud.pump.wait_until_idle()
    mine.goto("/track/")
    mine.get_by_label("reference").fill(reference.lower())
    mine.get_by_role("button", name="Track", exact=True).click()
    expect(mine.get_by_text("A crew comes on Tuesday.")).to_be_visible()
    expect(mine.get_by_text("Work planned").first).to_be_visible()


@pytest.mark.exhaustive
def test_place_is_chosen_on_the_map_by_keyboard(new_page: NewPage) -> None:
    page = new_page(with_maps=True)
    page.goto("/report/")
    shown = page.get_by_role("application", name="Map with a pin")
    expect(shown.locator("canvas").first).to_be_visible()
    shown.focus()
    page.keyboard.press("Enter")
    words = page.locator("#place-words")
    expect(words).to_contain_text("Near ")
    first = words.inner_text()
    for _ in range(6):
        # The map ignores a key while it still moves.
        page.keyboard.press("Shift+ArrowUp", delay=300)
    expect(words).not_to_have_text(first)
    expect(page.locator("#place-map .app-pin")).to_have_count(1)
    leave(page)
    expect(page.get_by_role("radio", name="Pothole")).to_be_visible()


@pytest.mark.exhaustive
def test_answers_survive_a_reload_and_back_returns_one_step(new_page: NewPage) -> None:
    page = reporter(new_page)
    place(page)
    describe(page, "Half a manhole cover is missing")
    page.reload()
    page.go_back()
    expect(page.get_by_role("textbox", name="Describe the problem")).to_have_value(
        "Half a manhole cover is missing"
    )
    page.get_by_role("link", name="Back").click()
    expect(page.locator("[data-step=details]")).to_be_hidden()


def test_errors_are_summarised_and_in_the_title_when_nothing_was_chosen(
    new_page: NewPage,
) -> None:
    page = new_page()
    page.goto("/report/")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.get_by_role("alert").first
    expect(summary).to_be_visible()


@pytest.mark.exhaustive
def test_report_is_kept_and_sent_once_when_the_network_fails_after_it_arrived(
    new_page: NewPage, stack: LocalStack
) -> None:
    """The trap of the lost reply: the first try is stored, its answer never comes."""
    page = reporter(new_page)
    place(page)
    words = "Lamp post leans over the pavement"
    describe(page, words)
    leave_contact(page)
    keys: list[str] = []

    def lose_the_first_reply(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/reports", lose_the_first_reply)
    page.get_by_role("button", name="Send report").click()
    reference = sent_reference(page)
    assert len(keys) == 2 and keys[0] == keys[1]
    box = "-1.0813,53.9590,-1.0811,53.9592"
    with urllib.request.urlopen(f"{stack.url}/api/reports?bbox={box}") as answer:
        items = json.loads(answer.read())["items"]
    mine = [item for item in items if item["service_request_id"] == reference.replace("-", "")]
    assert len(mine) == 1
    descriptions = []
    for item in items:
        with urllib.request.urlopen(
            f"{stack.url}/api/reports/{item['service_request_id']}"
        ) as answer:
            descriptions.append(json.loads(answer.read())["description"])
    assert descriptions.count(words) == 1


def test_resident_says_it_is_not_fixed_on_the_reports_page(
    new_page: NewPage, stack: LocalStack
) -> None:
    page = reporter(new_page)
    place(page)
    describe(page, "Kerb stone loose")
    leave_contact(page)
    page.get_by_role("button", name="Send report").click()
    request_id = sent_reference(page).replace("-", "")
    add_update(stack, request_id, "fixed", "The stone is set again.")
    stack.cloud.pump.wait_until_idle()
    page.goto(f"/reports/{request_id}")
    expect(page.get_by_text("The stone is set again.")).to_be_visible()
    page.get_by_role("radio", name=re.compile("not fixed", re.IGNORECASE)).check()
    page.get_by_role("textbox").fill("It rocks again.")
    page.get_by_role("button", name=re.compile("update|Send", re.IGNORECASE)).click()
    expect(page.get_by_text("It rocks again.").first).to_be_visible()
    stack.cloud.pump.wait_until_idle()
    page.reload()
    expect(page.get_by_text("Reopened").first).to_be_visible()


def test_report_with_location_and_photo_takes_at_most_nine_taps_and_five_screens(
    new_page: NewPage, shared_data: Path
) -> None:
    page = new_page(with_maps=True, geolocation={"latitude": 53.9634, "longitude": -1.0921})
    page.context.grant_permissions(["geolocation"])
    page.add_init_script(COUNT_TAPS)
    page.goto("/")
    screens: list[str] = []
    film = FilmStrip(page)
    film.take()
    page.get_by_role("button", name="Report a problem").click()
    screens.append(step_shown(page))
    locate(page)
    film.take()
    screens.append(leave(page))
    film.take()
    page.get_by_role("button", name="Pothole").click()
    expect(page.locator("[data-step=service]")).to_be_hidden()
    screens.append(step_shown(page))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add photos").click()
    chooser.value.set_files(shared_data / "photos" / "photo_1.JPG")
    expect(page.locator("#photo-list img")).to_be_visible()
    page.get_by_role("textbox", name="Describe the problem").click()
    page.keyboard.type("Deep hole by the drain")
    film.take()
    screens.append(leave(page))
    film.take()
    page.get_by_role("button", name="Send report").click()
    sent_reference(page)
    screens.append(step_shown(page))
    film.take()
    film.save()
    assert screens == ["where", "service", "details", "check", "sent"]
    in_the_systems_picker = 1
    assert page.evaluate("Number(sessionStorage.taps)") + in_the_systems_picker <= 9


def test_link_of_a_sent_report_is_copied_and_shared(new_page: NewPage) -> None:
    page = reporter(new_page)
    page.context.grant_permissions(["geolocation", "clipboard-read", "clipboard-write"])
    place(page)
    page.evaluate("void (navigator.share = async ({url}) => void (window.shared = url))")
    describe(page, "A hole that everybody should know")
    page.get_by_role("button", name="Send report").click()
    request_id = sent_reference(page).replace("-", "")
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_text("Link copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f"/reports/{request_id}")
    page.get_by_role("button", name="Share", exact=True).click()
    assert page.evaluate("window.shared") == copied
