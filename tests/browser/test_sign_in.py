"""Signing in, with JavaScript and without: the address, the code, the link, and what goes wrong."""

from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from infra.local import mail
from infra.local.stack import LocalStack
from tests.browser.conftest import NARROW, PHONE
from tests.browser.test_accessibility import assert_accessible
from tests.support.patience import PATIENCE_MS, wait_until
from tests.support.people import code_in, newest_link

NUMBERS = count()


@pytest.fixture
def address() -> str:
    return f"signing-in{next(NUMBERS)}@example.org"


@pytest.fixture(
    params=[
        pytest.param(True, id="with JavaScript"),
        pytest.param(False, id="without", marks=pytest.mark.exhaustive),
    ]
)
def page(browser: Browser, stack: LocalStack, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        base_url=stack.url,
        viewport=PHONE,  # type: ignore[arg-type]
        java_script_enabled=request.param,
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def ask_for_code(page: Page, address: str, stack: LocalStack) -> None:
    page.get_by_label("Email address or mobile number").fill(address)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter the code")
    stack.cloud.pump.wait_until_idle()


def code_for(address: str) -> str:
    email = next(each for each in mail.outbox()["items"] if each["to"] == address)
    return code_in(email["body"])


def is_signed_in(page: Page) -> bool:
    """Whether the browser has a session's cookie, and scripts cannot read it."""
    [cookie] = [each for each in page.context.cookies() if each["name"] == "ginnel-session"] or [{}]
    return bool(cookie) and cookie["httpOnly"] and cookie["sameSite"] == "Strict"


def test_code_signs_in_and_continues_to_the_account(
    page: Page, address: str, stack: LocalStack
) -> None:
    page.goto("/forms/sign-in?next=/account/devices/")
    ask_for_code(page, f"  {address.upper()} ", stack)
    page.get_by_label("Code").fill(" ".join(code_for(address)))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My devices")
    assert page.url.endswith("/account/devices/")
    assert is_signed_in(page)
    page.go_back()
    page.get_by_role("link", name="continue", exact=True).click()
    assert page.url.endswith("/account/devices/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page).to_have_url(f"{stack.url}/")
    assert not is_signed_in(page)


@pytest.mark.parametrize("page", [True], indirect=True)
def test_sign_out_leads_home_when_the_page_is_still_loading(
    page: Page, address: str, stack: LocalStack
) -> None:
    page.goto("/forms/sign-in?next=/account/devices/")
    ask_for_code(page, address, stack)
    page.get_by_label("Code").fill(code_for(address))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My devices")
    loading: list[Route] = []
    ending: list[Route] = []

    def hold(route: Route) -> None:
        loading.append(route)

    def hold_end(route: Route) -> None:
        ending.append(route) if route.request.method == "DELETE" else route.continue_()

    page.route("**/api/account/devices", hold)
    page.route("**/api/session", hold_end)
    page.reload(wait_until="domcontentloaded")
    wait_until(lambda: loading, lambda: page.wait_for_timeout(20))
    page.get_by_role("button", name="Sign out", exact=True).click()
    wait_until(lambda: ending, lambda: page.wait_for_timeout(20))
    for _ in range(2):  # The page tries again with a new token.
        wait_until(lambda: loading, lambda: page.wait_for_timeout(20))
        loading.pop().fulfill(status=401, json={"type": "about:blank", "status": 401})
    ending[0].continue_()
    expect(page).to_have_url(f"{stack.url}/")


def test_address_and_code_are_requested_again_when_they_are_wrong(
    page: Page, address: str, stack: LocalStack
) -> None:
    page.goto("/forms/sign-in")
    page.get_by_label("Email address or mobile number").fill("nobody@")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter an email address")
    expect(page.get_by_label("Email address or mobile number")).to_have_value("nobody@")
    ask_for_code(page, address, stack)
    code = code_for(address)
    page.get_by_label("Code").fill("000000" if code != "000000" else "111111")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
    expect(page.get_by_role("alert")).to_contain_text("4 more tries")
    assert not is_signed_in(page)
    page.goto("/cookies/")
    page.go_back()
    expect(page.get_by_role("main")).to_contain_text(address)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My reports")


def test_link_signs_in_by_its_button_only_and_only_once(
    page: Page, address: str, stack: LocalStack
) -> None:
    page.goto("/forms/sign-in")
    ask_for_code(page, address, stack)
    link = newest_link(address)
    page.goto(link)
    assert not is_signed_in(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My reports")
    assert is_signed_in(page)
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This code has expired")
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_no_page_has_a_violation_or_runs_off_the_screen(
    browser: Browser, stack: LocalStack, address: str
) -> None:
    context = browser.new_context(base_url=stack.url, viewport=NARROW)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()

    page.goto("/forms/sign-in")
    assert_accessible(page)
    page.get_by_role("button", name="Send me a code").click()
    assert_accessible(page)
    page.get_by_label("Email address or mobile number").fill(address)
    page.get_by_role("button", name="Send me a code").click()
    assert_accessible(page)
    page.get_by_role("button", name="Sign in").click()
    assert_accessible(page)
    page.goto(f"/forms/sign-in/confirm/{'0' * 32}?token=x")
    assert_accessible(page)
    page.get_by_role("button", name="Sign in").click()
    assert_accessible(page)
    context.close()
