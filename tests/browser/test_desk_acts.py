"""The page of a case offers what the answer of the API lists, and nothing else."""

from msgspec.structs import replace
from playwright.sync_api import Route, expect

from chalicelib.accounts.model import Grant
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.usecases.staff.questions import ask_reporter
from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.officer import (
    QUICKER,
    case_address,
    change_as_other_officer,
    open_desk_page,
    stored_report,
    submit_report,
    submit_report_with_photo,
    wait_for_page,
)
from tests.browser.signing_in import new_account, sign_in
from tests.support.paying import give_order


def test_case_has_no_button_for_what_the_officer_may_not_do(
    new_page: NewPage, stack: LocalStack
) -> None:
    page = open_desk_page(new_page, "/desk/")
    request_id, _ = submit_report_with_photo(page, stack)
    change_as_other_officer(submit_report(stack, title="The same hole"), duplicate_of=request_id)
    give_order(request_id, 4_200)
    ask_reporter(request_id, "Which side?", "q", QUICKER, reports_ports(), reaches=lambda _: True)
    offered = [
        page.get_by_role("button", name="Cancel what was ordered"),
        page.get_by_role("button", name="Black out parts"),
        page.get_by_role("button", name="Stop waiting for an answer"),
        page.locator("#merged-list").get_by_role("link", name="Compare or unmerge"),
    ]
    wait_for_page(page, f"/desk/case/?id={request_id}")
    for each in offered:
        expect(each).to_be_visible()

    def with_nothing_to_do(route: Route) -> None:
        case = route.fetch().json()
        merged = [each | {"may_unmerge": False} for each in case["merged"]]
        route.fulfill(json=case | {"may": [], "merged": merged})

    page.route(f"**/api/cases/{request_id}", with_nothing_to_do)
    wait_for_page(page, f"/desk/case/?id={request_id}")
    for part in ("#order", "#photo-list > li", "#question-list > li", "#merged-list > li"):
        expect(page.locator(part)).to_be_visible()
    for each in offered:
        expect(each).to_have_count(0)


def test_report_that_was_merged_into_one_of_another_team_is_unmerged_on_its_page(
    new_page: NewPage, stack: LocalStack
) -> None:
    one, other = (submit_report(stack, title=f"Hole at the lock {each}") for each in "ab")
    change_as_other_officer(one, duplicate_of=other.service_request_id)
    change_as_other_officer(other, team="parks")
    page, officer = new_page(), new_account("officer")
    grants = (Grant(role="officer", teams=("highways",)),)
    sign_in(page, accounts_ports().accounts.save(replace(officer, grants=grants)))
    wait_for_page(page, case_address(one))
    survivor = page.locator("#is-duplicate")
    expect(survivor).to_contain_text("Another team or ward has this report.")
    expect(survivor.get_by_role("link")).to_have_count(0)
    survivor.get_by_role("button", name="Unmerge").click()
    expect(page.locator("#staff-status")).to_contain_text("Unmerged, with its followers.")
    expect(survivor).to_be_hidden()
    assert stored_report(one).duplicate_of is None
