"""An officer fills in the forms for a caller, with a ticket instead of a session."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
import time_machine

from chalicelib.accounts.usecases import sessions
from chalicelib.accounts.usecases.rate_limits import HOURLY
from chalicelib.bootstrap.accounts import accounts_ports, hourly
from chalicelib.kernel.time import utc_now
from tests.api.conftest import Api
from tests.api.test_collections import import_homes
from tests.api.test_forms import Browser
from tests.api.test_orders_form import first_choice, form_of
from tests.api.test_requests import KEPT, to_contact

START = "/forms/for-caller"
ASSISTED, BULKY = "assisted-collection", "bulky-waste"
FORM = form_of(ASSISTED)
CALLER = {"contact.name": "Lee", "contact.email": "lee@example.org"}
ENDED = "Your ticket has ended"


@pytest.fixture
def desk(api: Api, tmp_path: Path) -> Api:
    import_homes(tmp_path)
    return api


@pytest.fixture
def browser(desk: Api) -> Browser:
    return Browser(desk.client, desk.cloud)


def ticket(desk: Api, channel: str = "phone", by: str | None = None) -> str:
    """A ticket of an officer, or of the holder of the token `by`."""
    token = by or desk.token("officer")
    answer = desk.post("/api/desk/caller-tickets", {"channel": channel}, token=token)
    assert answer.status_code == 201, answer.body
    return str(answer.json_body["ticket"])


def begin(browser: Browser, ticket: str, service_code: str = ASSISTED) -> None:
    fields = {"for_caller": ticket, "service_code": service_code}
    browser.post(START, urlencode(fields).encode())


def send(browser: Browser) -> str:
    """Fills in the rest without following the redirect. Returns: where it leads."""
    browser.fill(CALLER, action=FORM)
    form = browser.page.form(FORM)
    fields = urlencode(form.filled({}, "Send request")).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browser.client.http.post(FORM, body=fields, headers=headers)
    return str(answer.headers.get("Location", ""))


def test_pages_for_a_caller_do_not_speak_of_javascript(desk: Api, browser: Browser) -> None:
    begin(browser, ticket(desk), "")
    pages = [(browser.page.title, browser.html)]
    for answers in ({"address": "By the bakery"}, {"service_code": "litter"}):
        browser.fill(answers)
        pages.append((browser.page.title, browser.html))
    titles = [title.partition(" – ")[0] for title, _ in pages]
    assert titles == ["Where is the problem?", "What is the problem?", "Add photos"]
    assert not [title for title, html in pages if "JavaScript" in html]


@pytest.mark.parametrize(
    ("channel", "words"), [("phone", "a caller on the phone"), ("counter", "at the counter")]
)
def test_every_page_names_the_channel_and_the_request_is_the_callers(
    desk: Api, browser: Browser, channel: str, words: str
) -> None:
    begin(browser, ticket(desk, channel))
    assert words in browser.page.text
    to_contact(browser)
    assert words in browser.page.text and browser.headers["Cache-Control"] == "no-store"
    leads_to = send(browser)
    (stored,) = browser.stored()
    assert leads_to == f"/desk/case/?id={stored.service_request_id}"
    assert (stored.channel, stored.reporter, stored.premises_id) == (channel, None, "100")
    assert stored.contact and stored.contact.email == "lee@example.org" and stored.email_key
    audit = desk.get("/api/admin/audit", desk.token("admin")).json_body["items"]
    found = [(each["action"], each["actor"], each["details"]) for each in audit]
    assert ("reports.assist", "some-officer", channel) in found


def test_street_report_is_filled_in_for_a_caller_too(desk: Api, browser: Browser) -> None:
    begin(browser, ticket(desk), "litter")
    browser.fill({"address": "Behind the library"})
    browser.fill()
    browser.fill({"description": "Cups"})
    assert browser.page.title.startswith("How can we reach you?")
    assert "a caller on the phone" in browser.page.text, browser.page.text


def test_rate_limits_do_not_stop_an_officer(
    desk: Api, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for scope in HOURLY:
        monkeypatch.setitem(hourly(), scope, 1)
    same = ticket(desk)
    for _ in range(2):
        begin(browser, same)
        to_contact(browser)
    assert send(browser).startswith("/desk/case/")


def test_ended_ticket_asks_for_a_new_one_and_keeps_what_was_typed(
    desk: Api, browser: Browser
) -> None:
    begin(browser, ticket(desk))
    to_contact(browser)
    with time_machine.travel(utc_now() + timedelta(hours=2, minutes=1), tick=False):
        browser.fill(CALLER, action=FORM)
        assert browser.status == 400 and browser.page.title.startswith(ENDED)
        browser.fill(action=FORM)
        assert browser.page.title.startswith(ENDED), (
            "An empty ticket must not send it as a resident"
        )
        browser.fill({"new_ticket": ticket(desk, "counter")}, action=FORM)
        assert browser.page.title.startswith("Check your answers"), browser.page.text
        for kept in ("Lee", KEPT, "10 Dial Row", "at the counter"):
            assert kept in browser.page.text
        browser.fill(press="Send request", action=FORM)
    (stored,) = browser.stored()
    assert stored.channel == "counter"


def forged(desk: Api) -> str:
    return ticket(desk)[:-4] + "AAAA"


def of_signed_out(desk: Api) -> str:
    made, ports = ticket(desk), accounts_ports()
    for each in ports.sessions.of("some-officer"):
        sessions.sign_out("some-officer", each.session_id, ports)
    return made


@pytest.mark.parametrize(
    "wrong", [lambda desk: desk.token("officer"), forged, of_signed_out, lambda desk: "x"]
)
def test_other_ticket_is_refused_on_the_first_page_and_on_a_later_one(
    desk: Api, browser: Browser, wrong: object
) -> None:
    text = wrong(desk)  # type: ignore[operator]
    begin(browser, text)
    assert browser.page.title.startswith(ENDED)
    fields = {"for_caller": text, "step": "postcode", "postcode": "YO1 7HH", "key": "k" * 32}
    browser.post(FORM, urlencode(fields).encode())
    assert browser.page.title.startswith(ENDED) and browser.stored() == []


def test_form_for_a_caller_needs_a_ticket(browser: Browser) -> None:
    browser.post(START, urlencode({"service_code": ASSISTED}).encode())
    assert browser.page.title.startswith(ENDED)


def test_ticket_is_no_access_token(desk: Api) -> None:
    assert desk.get("/api/account", ticket(desk)).status_code == 401


def test_resident_gets_no_ticket(desk: Api) -> None:
    path, body = "/api/desk/caller-tickets", {"channel": "phone"}
    assert desk.post(path, body, token=desk.token("resident")).status_code == 403
    assert desk.post(path, {"channel": "online"}, token=desk.token("officer")).status_code == 400


def test_crew_that_cannot_open_the_case_sees_the_reference(desk: Api, browser: Browser) -> None:
    begin(browser, ticket(desk, by=desk.token("crew")))
    to_contact(browser)
    assert send(browser) == ""
    (stored,) = browser.stored()
    assert stored.channel == "phone"


def test_booking_for_a_caller_leads_to_the_case_where_it_is_paid(
    desk: Api, browser: Browser
) -> None:
    form = form_of(BULKY)
    begin(browser, ticket(desk), BULKY)
    browser.fill({"postcode": "yo17hh"}, action=form)
    browser.fill({"premises": "100,10 Dial Row"}, action=form)
    browser.fill({"items.sofa": "1"}, action=form)
    browser.fill({"day": first_choice(browser, "day")}, action=form)
    browser.fill(action=form)
    browser.fill(CALLER, action=form)
    browser.fill(press="Continue to payment", action=form)
    (stored,) = browser.stored()
    assert stored.order and stored.order.state == "unpaid" and stored.channel == "phone"
    case = desk.get(f"/api/cases/{stored.service_request_id}", desk.token("officer")).json_body
    assert case["order"]["amount_pence"] == stored.order.amount_pence
