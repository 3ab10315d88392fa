"""The reporter answers an officer's question, on the page that the email leads to."""

from playwright.sync_api import Page, expect

from chalicelib.alerts.usecases.questions import officer_question_token
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.parts import Contact
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.staff import questions
from infra.local.stack import LocalStack
from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.test_accessibility import assert_accessible
from tests.support.builders import draft

OUT_OF_THE_WAY = {"lat": 53.9423, "long": -1.0592}
"""No other test reports anything there, or its form would ask about this one."""
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
TEXT = "Which side of the road is it on?\nIs it <b>deep</b>?"


def ask_question(key: str, stack: LocalStack) -> str:
    """The path of the page for the reporter of something that an officer asks about."""
    to, ports = f"{key}@example.org", reports_ports()
    about = draft(contact=Contact(email=to), **OUT_OF_THE_WAY)
    report_id = submission.submit(about, key, Author(), ports).service_request_id
    stack.cloud.pump.wait_until_idle()
    questions.ask_reporter(report_id, TEXT, key, OFFICER, ports, reaches=lambda _: True)
    alerts = alerts_ports()
    (subscription,) = alerts.subscriptions.at_addresses([alerts.ids.address_key("email", to)])
    return f"/forms/questions/{officer_question_token(subscription, report_id, 1, alerts.tokens)}"


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1, name=text)).to_be_visible()


@WIDTHS
def test_question_is_answered_without_javascript_and_no_page_has_a_violation(
    viewport: dict[str, int], new_page: NewPage, stack: LocalStack
) -> None:
    path, page = ask_question(f"asked{viewport['width']}", stack), new_page(viewport=viewport)

    page.goto(path)
    expect(page.locator("blockquote")).to_contain_text("Is it <b>deep</b>?")
    assert_accessible(page)
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter your answer")
    expect(page).to_have_title("Error: We have a question about your report – Eskerby Council")
    assert_accessible(page)
    page.get_by_label("Your answer").fill("The left one.")
    page.get_by_role("button", name="Send your answer").click()
    heading(page, "Thank you for your answer")
    assert_accessible(page)
    page.goto(path)
    heading(page, "You have already answered")
    assert_accessible(page)
    page.goto(f"{path[:-1]}{'0' if path[-1] != '0' else '1'}")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("You have already answered")
    assert_accessible(page)
    page.goto("/forms/questions/nothing")
    assert_accessible(page)
