"""The whole report in Welsh, with a signal and without one."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import PHONE, NewPage
from tests.browser.promises import wait_for_promise
from tests.browser.test_accessibility import overflow, violations
from tests.browser.test_offline import INSTALLED
from tests.browser.test_report_path import COUNT_TAPS, leave, sent_reference, step_shown
from tests.browser.welsh import english_on

PLACE = {"latitude": 53.9652, "longitude": -1.0874}
"""Where no other test reports anything, and near none of the demo reports."""
ELSEWHERE = {"latitude": 53.9512, "longitude": -1.0711}
WORDS = "Twll dwfn wrth y draen"


def locate(page: Page) -> None:
    page.get_by_role("button", name="Defnyddio fy lleoliad").click()
    expect(page.locator("#place-words")).to_contain_text("Yn gywir o fewn tua")


def choose_pothole(page: Page) -> None:
    page.get_by_role("button", name="Twll yn y ffordd").click()
    expect(page.locator("[data-step=service]")).to_be_hidden()


def assert_welsh(page: Page) -> None:
    assert english_on(page) == [], step_shown(page)
    assert overflow(page) == 0
    assert violations(page) == []


def test_welsh_report_takes_at_most_nine_taps_and_shows_no_english(
    new_page: NewPage, shared_data: Path
) -> None:
    page = new_page(PHONE, geolocation=PLACE, permissions=["geolocation"])
    page.add_init_script(COUNT_TAPS)
    languages: list[str] = []

    def note(request: Request) -> None:
        if "/api/reports" in request.url and request.method == "POST":
            languages.append(request.headers["accept-language"])

    page.on("request", note)
    page.goto("/cy/")
    screens: list[str] = []
    page.get_by_role("button", name="Rhoi gwybod am broblem").click()
    screens.append(step_shown(page))
    locate(page)
    assert_welsh(page)
    screens.append(leave(page, "Parhau"))
    assert_welsh(page)
    choose_pothole(page)
    screens.append(step_shown(page))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Ychwanegu lluniau").click()
    chooser.value.set_files(shared_data / "photos" / "photo_1.JPG")
    expect(page.locator("#photo-list img")).to_be_visible()
    page.get_by_role("textbox", name="Disgrifiwch y broblem").click()
    page.keyboard.type(WORDS)
    assert_welsh(page)
    screens.append(leave(page, "Parhau"))
    assert_welsh(page)
    page.get_by_role("button", name="Anfon yr adroddiad").click()
    sent_reference(page)
    screens.append(step_shown(page))
    assert_welsh(page)
    assert screens == ["where", "service", "details", "check", "sent"]
    in_the_systems_picker = 1
    assert page.evaluate("Number(sessionStorage.taps)") + in_the_systems_picker <= 9
    assert set(languages) == {"cy"}
    expect(page.locator("#sent-promise")).to_have_text(
        re.compile(r"^Ein nod yw delio â hyn erbyn \d+ [A-Z][a-z]+ \d{4}\.$")
    )


def test_welsh_words_find_the_kind_of_problem(new_page: NewPage) -> None:
    page = new_page(PHONE, geolocation=PLACE, permissions=["geolocation"])
    page.goto("/cy/report/")
    locate(page)
    leave(page, "Parhau")
    for typed, found in [
        ("mae twll mawr yn y ffordd", "pothole"),
        ("polyn lamp", "street-light"),
        ("llygod mawr", "noise-nuisance"),
        ("rats", "noise-nuisance"),
        ("sbwriel wedi'i ddympio", "fly-tipping"),
        ("baw ci", "dog-fouling"),
        ("bin heb ei gasglu", "missed-bin"),
        ("coeden wedi cwympo", "fallen-tree"),
    ]:
        page.get_by_role("searchbox").fill(typed)
        first = page.locator("#service-matches input").first
        expect(first).to_have_value(found)


@pytest.mark.exhaustive
def test_welsh_report_without_a_signal_waits_and_is_sent_in_welsh(new_page: NewPage) -> None:
    page = new_page(PHONE, service_workers="allow", geolocation=PLACE, permissions=["geolocation"])
    page.goto("/cy/cookies/")
    wait_for_promise(page, INSTALLED)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.goto("/cy/report/")
    expect(page.get_by_role("heading", name="Ble mae’r broblem?")).to_be_visible()
    locate(page)
    leave(page, "Parhau")
    choose_pothole(page)
    page.get_by_role("textbox", name="Disgrifiwch y broblem").fill(WORDS)
    leave(page, "Parhau")
    page.get_by_role("button", name="Anfon yr adroddiad").click()
    expect(page.locator("#waiting-status")).to_contain_text("wedi’i gadw ar y ddyfais hon")
    expect(page.locator("[data-step=waiting]")).to_be_visible()
    assert_welsh(page)
    page.goto("/cy/")
    expect(page.locator("#bar-waiting")).to_contain_text("Mae 1 adroddiad yn aros")
    with page.expect_request(lambda each: each.url.endswith("/api/reports")) as asked:
        page.context.set_offline(False)
    assert asked.value.headers["accept-language"] == "cy"
    expect(page.get_by_text("Rydym wedi anfon eich adroddiad: Twll yn y ffordd.")).to_be_visible()
    assert english_on(page) == []


@pytest.mark.exhaustive
def test_draft_is_continued_in_the_other_language(new_page: NewPage) -> None:
    page = new_page(PHONE, geolocation=ELSEWHERE, permissions=["geolocation"])
    page.goto("/cy/report/")
    locate(page)
    leave(page, "Parhau")
    choose_pothole(page)
    page.get_by_role("textbox", name="Disgrifiwch y broblem").fill(WORDS)
    page.goto("/report/#details")
    expect(page.get_by_role("textbox", name="Describe the problem")).to_have_value(WORDS)
    leave(page)
    expect(page.locator("#answers")).to_contain_text("Pothole")
