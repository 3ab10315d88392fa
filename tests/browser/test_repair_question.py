"""The reporter answers whether it is fixed, on the page that the message leads to."""

from itertools import count

from playwright.sync_api import Page, expect

from chalicelib.alerts.usecases.questions import repair_question_token
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.parts import Contact
from chalicelib.reports.usecases import submission, updating
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from infra.local.stack import LocalStack
from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.test_accessibility import assert_accessible
from tests.support.builders import draft, update_draft

NUMBERS = count()
OUT_OF_THE_WAY = {"lat": 53.9412, "long": -1.0603}
"""No other test reports anything there, or its form would ask about this one."""
OFFICER = Author("officer", staff_in=EVERYWHERE)


def ask_question(stack: LocalStack) -> str:
    """The path of the page for the reporter of something that was said to be fixed."""
    number, ports = next(NUMBERS), reports_ports()
    to = f"mended{number}@example.org"
    about = draft(contact=Contact(email=to), **OUT_OF_THE_WAY)
    report_id = submission.submit(about, to, Author(), ports).service_request_id
    fixed = update_draft(state="fixed", text="Done.")
    updating.add_update(report_id, fixed, f"fixed {number}", OFFICER, ports)
    stack.cloud.pump.wait_until_idle()
    alerts = alerts_ports()
    (subscription,) = alerts.subscriptions.at_addresses([alerts.ids.address_key("email", to)])
    return f"/forms/mended/{repair_question_token(subscription, report_id, 1, alerts.tokens)}"


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1, name=text)).to_be_visible()


def test_answer_needs_one_tap_and_no_javascript(new_page: NewPage, stack: LocalStack) -> None:
    path = ask_question(stack)
    page = new_page(java_script_enabled=False)
    page.goto(f"{path}?answer=yes")
    expect(page.get_by_role("radio", name="Yes, it's fixed")).to_be_checked()
    page.get_by_role("button", name="Send your answer").click()
    heading(page, "Thank you for telling us that it's fixed")
    page.goto(path)
    heading(page, "You have already answered")


@WIDTHS
def test_no_page_of_the_question_has_a_violation_or_runs_off_the_screen(
    viewport: dict[str, int], new_page: NewPage, stack: LocalStack
) -> None:
    page = new_page(viewport=viewport)

    page.goto(ask_question(stack))
    assert_accessible(page)
    page.get_by_label("Tell us what is still wrong").fill("The paint is back.")
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose yes or no")
    expect(page.get_by_label("Tell us what is still wrong")).to_have_value("The paint is back.")
    assert_accessible(page)
    page.get_by_role("radio", name="No, it's not fixed").check()
    page.get_by_role("button", name="Send your answer").click()
    heading(page, "Thank you, we'll look at it again")
    assert_accessible(page)
