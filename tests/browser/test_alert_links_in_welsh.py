"""A resident asks for alerts in Welsh, and follows the links of the messages, on a narrow phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from chalicelib.alerts.usecases.questions import answer_link
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.kernel.languages import language
from chalicelib.kernel.site import Site
from chalicelib.reports.parts import Contact
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.updating import add_update
from infra.local import mail
from infra.local.stack import LocalStack
from tests.browser.conftest import NARROW, NewPage
from tests.browser.test_accessibility import assert_accessible
from tests.support.builders import draft, update_draft

FOLLOWER, REPORTER = "dilynwr@example.org", "gohebydd@example.org"
OUT_OF_THE_WAY = {"lat": 53.9431, "long": -1.0615}
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
WELSH = language("cy")


def check_page(page: Page, heading: str) -> None:
    """The page has that heading, is in Welsh, and fits the phone."""
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    assert "/cy/" in page.url
    assert_accessible(page)


def link_to(path: str, address: str, stack: LocalStack) -> str:
    """The first link to such a page in the last message to the address."""
    stack.cloud.pump.wait_until_idle()
    text = mail.text_of([each for each in mail.emails() if each["To"] == address][-1])
    found = re.search(rf"https?://[^/\s]+(/cy/forms/{path}\S+)", text)
    assert found, text
    return found[1]


@pytest.mark.exhaustive
def test_alert_is_asked_for_confirmed_changed_and_stopped_in_welsh(
    new_page: NewPage, stack: LocalStack
) -> None:
    page = new_page(NARROW)
    page.goto("/cy/forms/alerts")
    check_page(page, "Cael rhybuddion")
    page.get_by_role("button", name="Cael rhybuddion").click()
    expect(page.get_by_role("alert")).to_contain_text("Dewiswch")
    assert_accessible(page)
    page.get_by_label("Adroddiadau unrhyw le yn ardal y cyngor").check()
    page.get_by_label("E-bost", exact=True).check()
    page.get_by_label("Eich cyfeiriad e-bost neu rif ffôn symudol").fill(FOLLOWER)
    page.get_by_role("button", name="Cael rhybuddion").click()
    check_page(page, "Gwiriwch eich e-bost")
    page.goto(link_to("alerts/", FOLLOWER, stack))
    check_page(page, "Ydych chi eisiau’r rhybuddion hyn?")
    page.get_by_role("button", name="Ydw, anfonwch rybuddion ataf").click()
    check_page(page, "Byddwch yn cael y rhybuddion hyn")
    page.get_by_role("button", name="Newid neu stopio’r rhybuddion hyn").click()
    check_page(page, "Newid eich rhybuddion")
    page.get_by_role("button", name="Cadw").click()
    expect(page.get_by_role("status")).to_have_text("Mae eich newidiadau wedi’u cadw.")
    page.get_by_role("button", name="Stopio’r rhybuddion hyn").click()
    check_page(page, "Rydych wedi stopio’r rhybuddion hyn")


@pytest.mark.exhaustive
def test_question_whether_it_is_fixed_is_answered_in_welsh(
    new_page: NewPage, stack: LocalStack
) -> None:
    ports, alerts = reports_ports(), alerts_ports()
    about = draft(contact=Contact(email=REPORTER), **OUT_OF_THE_WAY)
    report = submission.submit(about, "cwestiwn", Author(), ports, language="cy")
    report_id = report.service_request_id
    stack.cloud.pump.wait_until_idle()
    add_update(report_id, update_draft(state="fixed"), "wedi’i drwsio", OFFICER, ports)
    (own,) = alerts.subscriptions.at_addresses([alerts.ids.address_key("email", REPORTER)])
    page = new_page(NARROW)
    page.goto(answer_link(own, report_id, 1, Site("", WELSH), tokens=alerts.tokens))
    check_page(page, "A yw wedi’i drwsio?")
    page.get_by_label("Nac ydy, nid yw wedi’i drwsio").check()
    page.get_by_role("button", name="Anfon eich ateb").click()
    check_page(page, "Diolch, byddwn yn edrych arno eto")
    page.goto(link_to("alerts/[0-9a-f]+/unsubscribe", REPORTER, stack))
    check_page(page, "Stopio’r rhybuddion hyn?")
    page.get_by_role("link", name="Gweld pob rhybudd sy’n mynd i’r cyfeiriad hwn").click()
    check_page(page, "Rhybuddion i’r cyfeiriad hwn")
