"""What not just anybody may report: the form says so first, and keeps what was begun."""

from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from chalicelib.catalogue.identity import WHY_SIGN_IN, RequiredLevel
from infra.local.stack import LocalStack
from tests.browser import signing_in
from tests.browser.conftest import NewPage
from tests.browser.test_accessibility import violations
from tests.browser.test_report_path import choose_service, go_to, leave, place, step_shown
from tests.support.people import newest_code, newest_link

HERE = {"latitude": 53.9533, "longitude": -1.0943}
"""Where no other test reports: what is sent here would be asked about there."""


def reporter_with_assurance(assurance: RequiredLevel, new_page: NewPage) -> Page:
    """A resident at the problem step, where the published services require sign-in for litter."""

    def answer(route: Route) -> None:
        fetched = route.fetch()
        document: dict[str, Any] = fetched.json()
        for service in document["items"]:
            if service["service_code"] == "litter":
                service |= {"assurance": assurance, "why_sign_in": WHY_SIGN_IN[assurance]}
        route.fulfill(response=fetched, json=document)

    page = new_page(geolocation=HERE, permissions=["geolocation"])
    page.route("**/data/services*.json", answer)
    page.goto("/report/")
    place(page)
    return page


def sign_in(page: Page, stack: LocalStack, address: str) -> None:
    page.locator("#sign-in-link").click()
    page.get_by_label("Email address or mobile number").fill(address)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code")).to_be_visible()
    stack.cloud.pump.wait_until_idle()
    page.get_by_label("Code").fill(newest_code(address))
    page.get_by_role("button", name="Sign in").click()


def test_form_explains_the_required_sign_in_and_continues_afterwards(
    new_page: NewPage, stack: LocalStack
) -> None:
    page = reporter_with_assurance("contact", new_page)
    assert choose_service(page, "Litter") == "sign-in"
    expect(page.get_by_role("heading", name="Sign in to report this")).to_be_focused()
    expect(page.locator("#sign-in-reason")).to_contain_text("we can contact you")
    sign_in(page, stack, "litter@example.org")
    expect(page.get_by_label("Nearest house number")).to_have_value("Outside 12 Market Place")
    leave(page)
    go_on = choose_service(page, "Litter")
    assert go_on != "sign-in"
    go_to(page, "details")
    page.get_by_role("textbox", name="Describe the problem").fill("Bags by the gate")
    leave(page)
    assert step_shown(page) == "check"
    expect(page.get_by_label("Report anonymously")).to_be_hidden()
    expect(page.get_by_label("Email address")).to_have_value("litter@example.org")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if is_report(request) else None)
    leave(page, "Send report")
    assert step_shown(page) == "sent"
    assert sent[0].headers["authorization"].startswith("Bearer ")


def is_report(request: Request) -> bool:
    return request.method == "POST" and request.url.endswith("/api/reports")


def test_link_in_the_email_returns_to_the_tab_with_the_report(
    new_page: NewPage, stack: LocalStack
) -> None:
    page = reporter_with_assurance("contact", new_page)
    choose_service(page, "Litter")
    page.locator("#sign-in-link").click()
    page.get_by_label("Email address or mobile number").fill("linked@example.org")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code")).to_be_visible()
    stack.cloud.pump.wait_until_idle()
    other = page.context.new_page()
    other.goto(newest_link("linked@example.org"))
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("You are signed in")
    expect(other.get_by_role("main")).to_contain_text("Go back to the page where you started")
    page.get_by_role("link", name="continue", exact=True).click()
    expect(page.get_by_label("Nearest house number")).to_have_value("Outside 12 Market Place")
    leave(page)
    assert choose_service(page, "Litter") != "sign-in"


@pytest.mark.exhaustive
def test_form_says_so_when_the_users_assurance_is_too_low(new_page: NewPage) -> None:
    page = reporter_with_assurance("proven", new_page)
    signing_in.sign_in(page, signing_in.new_account())
    assert choose_service(page, "Litter") == "sign-in"
    expect(page.locator("#sign-in-reason")).to_contain_text("proof of who you are")
    expect(page.get_by_text("You signed in with a code")).to_be_visible()
    page.locator("#sign-in-link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in with proof of who you are")
    expect(page.get_by_role("main").get_by_role("textbox")).to_have_count(0)
    assert violations(page) == []
    page.go_back()
    page.get_by_role("link", name="change the problem").click()
    assert choose_service(page, "Pothole") != "sign-in"


def test_officer_reports_for_a_caller_without_proof_but_not_in_their_own_name(
    new_page: NewPage,
) -> None:
    page = reporter_with_assurance("proven", new_page)
    officer = signing_in.new_account("officer")
    signing_in.sign_in(page, officer, assurance="contact")
    assert choose_service(page, "Litter") != "sign-in"
    go_to(page, "details")
    page.get_by_role("textbox", name="Describe the problem").fill("Bags by the gate")
    leave(page)
    page.get_by_label("I do").check()
    leave(page, "Send report")
    assert step_shown(page) == "sign-in"
