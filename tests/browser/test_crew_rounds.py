"""A crew's collection round, from the depot through streets without a signal."""

from playwright.sync_api import Page, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.crew_office import Office, come_back, job, open_list
from tests.browser.crew_rounds import Rounds, round_day
from tests.browser.test_accessibility import assert_accessible


def choose_street(page: Page, reason: str) -> None:
    page.get_by_label("Street", exact=True).select_option("Dial Row")
    page.get_by_role("radio", name=reason).check()


def test_crew_records_its_round_without_a_signal(new_page: NewPage, stack: LocalStack) -> None:
    office = Office(job(1))
    office.rounds = Rounds(round_day("R1"), round_day("Y1", "Blue bin: recycling"))
    page = open_list(new_page(), office)
    page.get_by_role("link", name="Collection rounds").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Collection rounds")
    assert_accessible(page)
    with page.expect_response("**/api/rounds/premises?*"):
        page.get_by_role("link", name="R1, Black bin").click()
    office.is_away = True

    page.get_by_role("button", name="Out").click()
    expect(page.locator(".crew-tags")).to_contain_text("Not sent yet")
    page.get_by_role("button", name="Street not reached").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a street")
    assert_accessible(page)
    choose_street(page, "Parked cars in the way")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Bin not emptied").click()
    choose_street(page, "The bin was not out")
    page.get_by_label("Address").select_option("2 Dial Row")
    assert_accessible(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Bins not emptied")).to_be_visible()
    expect(page.locator("#badge-waiting")).to_have_text("3 waiting to send")
    assert_accessible(page)

    office.is_away = False
    come_back(page)
    expect(page.locator("#badge-waiting")).to_have_text("All sent")
    said = [(each["kind"], each.get("street")) for each in office.rounds.taken]
    assert said == [("out", None), ("street_missed", "Dial Row"), ("not_emptied", None)]
    expect(page.locator(".crew-tags")).to_have_text("Out ")
    page.get_by_role("button", name="Reached now").click()
    expect(page.get_by_role("heading", name="Streets not reached")).to_be_hidden()
