"""The pages of alerts, and those to which messages lead, in another language: no text of ours is in
English. The catalogue of these tests puts each text in brackets."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest

from chalicelib.alerts.links import shorten_stop_url, unsubscribe_url
from chalicelib.alerts.model import Topic
from chalicelib.alerts.usecases.questions import answer_link, reply_link
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.kernel.languages import language
from chalicelib.kernel.site import Site
from chalicelib.kernel.time import utc_now
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.staff.questions import ask_reporter
from chalicelib.reports.usecases.updating import add_update
from infra.cdn import language_folder, short_link_target
from infra.local import mail
from infra.local.cloud import Cloud
from tests.api import test_forms_in_welsh
from tests.api.test_forms import Answers
from tests.api.test_forms_in_welsh import Browser
from tests.support.builders import update_draft
from tests.support.fakes_alerts import subscription
from tests.support.forms import encode_form

FORM = "/forms/alerts"
ALL: Answers = {"topic.kind": "council", "channel": "email", "to": "9@example.org"}
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
NOT_OURS = re.compile(r"[0-9.]+ k?m|9…@example\.org|…0123|7, Market Place")
browser = test_forms_in_welsh.browser


def past(browser: Browser) -> set[str]:
    """What passed the catalogue by, but for distances and addresses."""
    return {each for each in browser.past_the_catalogue if not NOT_OURS.fullmatch(each)}


def send(browser: Browser, path: str, answers: Answers, press: str | None = None) -> None:
    """Sends the form that leads back to its own page, at this path."""
    form = browser.page.form("")
    body, kind = encode_form(form, form.filled(answers, press), {})
    browser.show("POST", path, body, kind)


def links_of_last_mail(cloud: Cloud) -> Sequence[str]:
    """The paths of the links in the text of the last mail."""
    cloud.pump.run_until_idle()
    words = mail.text_of(mail.emails()[-1]).replace("⟧", " ").split()
    return [each for word in words if (each := path_of(word))]


def path_of(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}" if parts.scheme else ""


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"topic.kind": "area"},
        {**ALL, "topic.kind": "area", "q": "123456789"},
        {**ALL, "topic.kind": "area", "q": "7 market place"},
        {**ALL, "to": "9"},
    ],
)
def test_faults_of_the_form_pass_no_text_by_the_catalogue(wrong: Answers, browser: Browser) -> None:
    browser.open(f"/cy{FORM}")
    assert past(browser) == set()
    browser.fill(wrong, action=FORM)
    assert "⟦There is a problem⟧" in browser.page.text
    assert past(browser) == set()


def test_pages_of_an_alert_pass_no_text_by_the_catalogue(browser: Browser, cloud: Cloud) -> None:
    browser.open(f"/cy{FORM}")
    browser.fill(ALL, action=FORM)
    assert "⟦Check your email⟧" in browser.page.text and past(browser) == set()
    (confirm,) = links_of_last_mail(cloud)
    browser.open(confirm)
    assert past(browser) == set()
    send(browser, confirm, {})
    assert "⟦You will get these alerts⟧" in browser.page.text and past(browser) == set()
    manage = path_of(browser.page.links["⟦Change or stop these alerts⟧"])
    for answers, said in (
        ({"quiet": "yes", "quiet.begin": "9"}, "⟦There is a problem⟧"),
        ({"frequency": "daily"}, "⟦Your changes have been saved.⟧"),
    ):
        browser.open(manage)
        assert past(browser) == set()
        send(browser, manage, answers)
        assert said in browser.page.text and past(browser) == set()


def test_links_of_an_alert_pass_no_text_by_the_catalogue(browser: Browser, cloud: Cloud) -> None:
    browser.open(f"/cy{FORM}")
    browser.fill(ALL, action=FORM)
    (confirm,) = links_of_last_mail(cloud)
    browser.open(confirm)
    send(browser, confirm, {})
    cloud.pump.run_until_idle()
    test_forms_in_welsh.stored()
    stop = links_of_last_mail(cloud)[-1]
    browser.open(stop)
    assert past(browser) == set()
    all_alerts = browser.page.links["⟦See all alerts that go to this address⟧"]
    browser.open(all_alerts)
    assert "⟦Straight away⟧" in browser.page.text and past(browser) == set()
    browser.open(stop)
    send(browser, stop, {})
    assert "⟦You have stopped these alerts⟧" in browser.page.text and past(browser) == set()
    browser.open(all_alerts)
    assert "⟦This address gets no alerts.⟧" in browser.page.text and past(browser) == set()


def test_all_alerts_of_an_address_are_stopped_in_welsh(browser: Browser) -> None:
    ports, site = alerts_ports(), Site("", language("cy"))
    for number in (1, 2):
        made = ports.subscriptions.add(
            subscription(subscription_id=f"{number}" * 32, channel="email", to="9@example.org")
        )
    token = ports.tokens.unsubscribe_token(made)
    path = site.page(f"{FORM}/{made.subscription_id}/all?token={token}")
    browser.open(path)
    assert past(browser) == set()
    send(browser, path, {}, "⟦Stop all alerts⟧")
    assert "⟦You have stopped all alerts⟧" in browser.page.text and past(browser) == set()


def test_code_of_a_text_passes_no_text_by_the_catalogue(browser: Browser) -> None:
    ports = alerts_ports()
    made = ports.subscriptions.add(
        subscription(channel="sms", state="unconfirmed", confirmed_at=None, created_at=utc_now())
    )
    path = f"/cy{FORM}/{made.subscription_id}/code"
    browser.show("POST", path, b"code=1")
    assert "⟦There is a problem⟧" in browser.page.text and past(browser) == set()
    assert "⟦Enter the code⟧" in browser.page.text


def test_question_whether_it_is_fixed_passes_no_text_by_the_catalogue(
    browser: Browser, cloud: Cloud
) -> None:
    report_id = said_to_be_fixed(cloud)
    ports = alerts_ports()
    made = ports.subscriptions.add(subscription())
    link = answer_link(made, report_id, 1, Site("", language("cy")), tokens=ports.tokens)
    browser.open(link)
    assert past(browser) == set()
    browser.fill({}, action=link.removeprefix("/cy"))
    assert "⟦There is a problem⟧" in browser.page.text and past(browser) == set()
    browser.fill({"answer": "yes"}, action=link.removeprefix("/cy"))
    assert "⟦Thank you for telling us that it's fixed⟧" in browser.page.text
    assert past(browser) == set()
    browser.open(link)
    assert "⟦You have already answered⟧" in browser.page.text and past(browser) == set()


def test_answer_that_it_is_not_fixed_passes_no_text_by_the_catalogue(
    browser: Browser, cloud: Cloud
) -> None:
    report_id = said_to_be_fixed(cloud)
    ports = alerts_ports()
    for number, answer in ((1, "no"), (2, None)):
        made = ports.subscriptions.add(subscription(subscription_id=f"{number}" * 32))
        link = answer_link(made, report_id, 1, Site("", language("cy")), tokens=ports.tokens)
        browser.open(link)
        if answer:
            browser.fill({"answer": answer}, action=link.removeprefix("/cy"))
        assert past(browser) == set()
        browser.open(link)
        assert past(browser) == set()


def said_to_be_fixed(cloud: Cloud) -> str:
    report_id = test_forms_in_welsh.stored().rpartition("/")[2]
    add_update(report_id, update_draft(state="fixed", text="1"), "1", OFFICER, reports_ports())
    cloud.pump.run_until_idle()
    return report_id


def test_officers_question_passes_no_text_by_the_catalogue(browser: Browser) -> None:
    report_id, ports = test_forms_in_welsh.stored().rpartition("/")[2], alerts_ports()
    ask_reporter(report_id, "1", "1", OFFICER, reports_ports(), reaches=lambda _: True)
    own = Topic(kind="report", service_request_id=report_id)
    made = ports.subscriptions.add(subscription(topic=own, is_own=True))
    link = reply_link(made, report_id, 1, Site("", language("cy")), tokens=ports.tokens)
    for text, said in (
        ("", "⟦There is a problem⟧"),
        ("1", "⟦Thank you for your answer⟧"),
    ):
        browser.open(link)
        assert past(browser) == set()
        browser.fill({"text": text}, action=link.removeprefix("/cy"))
        assert said in browser.page.text and past(browser) == set()
    browser.open(link)
    assert "⟦You have already answered⟧" in browser.page.text and past(browser) == set()


@pytest.mark.parametrize(
    "path", [f"{FORM}/{'5' * 32}?token=1", f"{FORM}/{'5' * 32}/confirm?token=1", "/forms/mended/1"]
)
def test_problem_page_passes_no_text_by_the_catalogue(path: str, browser: Browser) -> None:
    browser.open(f"/cy{path}")
    assert past(browser) == set()


def test_short_link_of_a_text_leads_to_the_page_in_its_language(browser: Browser) -> None:
    ports = alerts_ports()
    made = ports.subscriptions.add(subscription(channel="sms", to="+447700900123"))
    site = Site("https://report.example", language("cy"))
    stop = unsubscribe_url(site, made.subscription_id, ports.tokens.unsubscribe_token(made))
    short = shorten_stop_url(stop).removeprefix(site.url)
    assert short.startswith("/cy/s/")
    found = language_folder(str(short_link_target(short)))
    answer = browser.http.get(found.address, headers={"x-ginnel-language": found.language})
    assert answer.status_code == 303
    browser.open(answer.headers["Location"])
    assert "⟦Stop these alerts?⟧" in browser.page.text and past(browser) == set()
