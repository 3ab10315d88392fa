"""Administrators invite people, change what they may do, and disable them."""

from itertools import count

from msgspec.structs import replace
from playwright.sync_api import Page, Route, expect

from chalicelib.accounts.model import Destination, Grant
from chalicelib.accounts.usecases.staff import find_person_at, invite
from chalicelib.bootstrap.accounts import accounts_ports, people_ports
from infra.local.stack import LocalStack
from infra.tokens import account_with
from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.signing_in import sign_in
from tests.browser.test_accessibility import overflow, violations

NUMBERS = count()


def open_people_page(page: Page, stack: LocalStack, role: str = "admin") -> Page:
    """The page of people, as somebody with that role sees it."""
    ports = accounts_ports()
    sign_in(page, account_with(role, f"of-people-{role}", ports))  # type: ignore[arg-type]
    page.goto("/admin/people/")
    expect(page.locator("#people-status")).not_to_have_text("Loading…")
    return page


def invite_officer() -> str:
    """The address of an officer who was invited just now."""
    address = f"officer{next(NUMBERS)}@example.org"
    grants = (Grant(role="officer", teams=("highways",), wards=("centre",)),)
    invite(Destination("email", address), grants, "operator", people_ports())
    return address


def test_page_asks_to_sign_in_when_nobody_is(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/admin/people/")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert page.locator("input[name=next]").input_value() == "/admin/people/"


def test_page_lists_nobody_when_an_officer_opens_it(new_page: NewPage, stack: LocalStack) -> None:
    page = open_people_page(new_page(), stack, "officer")
    expect(page.locator("#people-status")).to_contain_text("for the council's administrators")
    expect(page.get_by_role("heading", name="Invite a member of staff")).to_be_hidden()


def test_person_is_invited_with_a_role_for_one_team(new_page: NewPage, stack: LocalStack) -> None:
    page, address = open_people_page(new_page(), stack), f"new{next(NUMBERS)}@example.org"
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what they can do")
    page.get_by_label("Work email address").fill(address)
    page.get_by_label("Officer").check()
    page.get_by_role("group", name="Teams").get_by_label("Highways").check()
    page.get_by_role("button", name="Invite").click()
    invitation = page.get_by_role("form", name="Invite a member of staff")
    expect(invitation.get_by_role("status")).to_contain_text(f"You have invited {address}")
    entry = page.locator(".app-person", has_text=address)
    expect(entry).to_contain_text("Not signed in yet")
    expect(entry).to_contain_text("Officer: Highways")
    page.reload()
    expect(page.locator(".app-person", has_text=address)).to_be_visible()


def test_roles_are_changed_and_the_person_disabled(new_page: NewPage, stack: LocalStack) -> None:
    address = invite_officer()
    entry = open_people_page(new_page(), stack).locator(".app-person", has_text=address)
    expect(entry).to_contain_text("Officer: Highways, only in Centre")
    entry.get_by_role("button", name="Change roles").click()
    entry.get_by_label("Crew").check()
    entry.get_by_label("Officer").uncheck()
    entry.get_by_role("button", name="Save").click()
    expect(entry.get_by_role("status")).to_have_text(f"You have changed what {address} can do.")
    expect(entry).not_to_contain_text("Officer")
    entry.get_by_role("button", name="Disable").click()
    expect(entry.get_by_role("status")).to_contain_text(f"{address} has been signed out everywhere")
    expect(entry).to_contain_text("Disabled")
    entry.get_by_role("button", name="Enable").click()
    expect(entry.get_by_role("status")).to_have_text(f"{address} can sign in again.")
    expect(entry).not_to_contain_text("Disabled")


def test_second_press_invites_nobody_while_the_first_is_sent(
    new_page: NewPage, stack: LocalStack
) -> None:
    page, sent = open_people_page(new_page(), stack), list[Route]()

    def hold(route: Route) -> None:
        sent.append(route)

    page.route("**/api/admin/people", hold)
    page.get_by_label("Work email address").fill(f"twice{next(NUMBERS)}@example.org")
    page.get_by_label("Officer").check()
    invite_button = page.get_by_role("button", name="Invite")
    invite_button.click()
    expect(invite_button).to_be_disabled()
    page.get_by_label("Work email address").press("Enter")
    invite_button.click(force=True)
    assert len(sent) == 1
    sent[0].continue_()
    expect(page.get_by_role("form").get_by_role("status")).to_contain_text("You have invited")
    expect(invite_button).to_be_enabled()


def test_change_is_refused_with_an_explanation_after_a_version_conflict(
    new_page: NewPage, stack: LocalStack
) -> None:
    address = invite_officer()
    quicker, slower = (
        open_people_page(new_page(), stack).locator(".app-person", has_text=address)
        for _ in range(2)
    )
    quicker.get_by_role("button", name="Disable").click()
    expect(quicker).to_contain_text("Disabled")
    slower.get_by_role("button", name="Disable").click()
    expect(slower.get_by_role("alert")).to_contain_text("Reload it and try again")
    slower.get_by_role("button", name="Enable").click()
    expect(slower.get_by_role("status")).to_contain_text("can sign in again")


def test_ticked_boxes_are_saved_with_the_next_press_after_a_version_conflict(
    new_page: NewPage, stack: LocalStack
) -> None:
    address = invite_officer()
    entry = open_people_page(new_page(), stack).locator(".app-person", has_text=address)
    entry.get_by_role("button", name="Change roles").click()
    entry.get_by_label("Crew").check()
    quicker = find_person_at(Destination("email", address), people_ports())
    people_ports().accounts.save(replace(quicker, grants=(Grant(role="officer"),)))
    entry.get_by_role("button", name="Save").click()
    expect(entry.get_by_role("alert")).to_contain_text("Reload it and try again")
    expect(entry.get_by_role("listitem").filter(has_text="Officer")).to_have_text("Officer")
    expect(entry.get_by_label("Crew")).to_be_checked()
    entry.get_by_role("button", name="Save").click()
    expect(entry.get_by_role("status")).to_contain_text("You have changed")
    expect(entry).to_contain_text("Crew")
    expect(entry).to_contain_text("Officer: Highways, only in Centre")


def test_own_entry_has_no_buttons(new_page: NewPage, stack: LocalStack) -> None:
    own = open_people_page(new_page(), stack).locator(".app-person", has_text="of-people-admin")
    expect(own).to_contain_text("This is you")
    expect(own.get_by_role("button")).to_have_count(0)


def test_page_continues_when_its_token_has_expired(new_page: NewPage, stack: LocalStack) -> None:
    address, page = invite_officer(), open_people_page(new_page(), stack)
    refused: list[Route] = []

    def once(route: Route) -> None:
        if refused:
            return route.continue_()
        refused.append(route)
        return route.fulfill(status=401, json={"title": "Unauthorized", "status": 401})

    page.route("**/api/admin/people/*", once)
    entry = page.locator(".app-person", has_text=address)
    entry.get_by_role("button", name="Disable").click()
    expect(entry).to_contain_text("Disabled")


@WIDTHS
def test_page_has_no_violation_and_fits(
    viewport: dict[str, int], new_page: NewPage, stack: LocalStack
) -> None:
    address = invite_officer()
    page = open_people_page(new_page(viewport=viewport), stack)
    page.get_by_label("Officer").check()
    entry = page.locator(".app-person", has_text=address)
    entry.get_by_role("button", name="Change roles").click()
    assert violations(page) == []
    assert overflow(page) <= 0
