"""The flows without JavaScript, filled in as a browser would: from the HTML alone."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import boto3
import pytest
import time_machine
from chalice.deploy.swagger import SwaggerGenerator
from chalice.test import Client, HTTPResponse

import app
from chalicelib.accounts.usecases.block_list import block
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import block_ports
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.forms.form_parser import MOST_BYTES
from chalicelib.gazetteer.model import PLACES
from chalicelib.kernel.time import utc_now
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.usecases import reading, submission, updating
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from infra.demo.facilities import demo_tables
from infra.demo.gazetteer import COMMITTED
from infra.facilities import import_facilities, kind_named
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.support.builders import draft, update_draft
from tests.support.composition import BrokenPart, replace_built
from tests.support.forms import URLENCODED, File, PageReader, encode_form

REPORT = "/forms/report"
LAMBDA = "arn:aws:lambda:eu-west-2:000000000000:function:api"
SCRIPT = "<script>alert('x')</script>"
Answers = Mapping[str, str | Sequence[str]]


class Browser:
    """One person's browser, without JavaScript."""

    def __init__(self, client: Client, cloud: Cloud) -> None:
        self.client, self.cloud = client, cloud

    def open(self, path: str, headers: Mapping[str, str] | None = None) -> PageReader:
        return self._show(self.client.http.get(path, headers=headers))

    def post(self, path: str, body: bytes, content_type: str = URLENCODED) -> PageReader:
        headers = {"Content-Type": content_type}
        return self._show(self.client.http.post(path, body=body, headers=headers))

    def fill(
        self,
        answers: Answers | None = None,
        *,
        press: str | None = None,
        action: str = REPORT,
        files: Sequence[File] = (),
    ) -> PageReader:
        """Fills in the page's form for that address and presses a button."""
        form = self.page.form(action)
        fields = form.filled(answers or {}, press)
        chosen = {"photos": files} if files else {}
        self.last = (form.action, *encode_form(form, fields, chosen))
        return self.post(*self.last)

    def again(self) -> PageReader:
        """Sends the same once more: a double click, or a reload."""
        return self.post(*self.last)

    def to(self, heading: str, **more: Answers) -> PageReader:
        """Fills in ordinary answers, or those of `more`, up to the page of that title."""
        ordinary: dict[str, Answers] = {
            "Where is the problem?": {"q": "market place"},
            "Which location do you mean?": {"place": "53.959,-1.0815,Market Place"},
            "What is the problem?": {"service_code": "litter"},
            "Describe the problem": {"description": "Cups and paper"},
        }
        self.open(REPORT)
        for _ in range(12):
            title = self.page.title.partition(" – ")[0]
            if title == heading:
                return self.page
            step = dict(self.page.form(REPORT).fields)["step"]
            self.fill(more.get(step, ordinary.get(title, {})))
        raise AssertionError(f"{heading} never came, the last was {self.page.title}")

    def to_end(self) -> PageReader:
        """Fills in what is left after the photos, and sends the report."""
        self.fill({"description": "Cups and paper"})
        self.fill()
        return self.fill(press="Send report")

    def stored(self) -> list[ServiceRequest]:
        repository = reports_ports().repository
        return list(repository.get_many(list(repository.list_ids())).values())

    def _show(self, answer: HTTPResponse) -> PageReader:
        self.status, self.headers = answer.status_code, answer.headers
        if self.status == HTTPStatus.SEE_OTHER:
            return self.open(self.headers["Location"])
        self.html = answer.body.decode()
        self.page = PageReader(self.html)
        return self.page


@pytest.fixture
def browser(cloud: Cloud) -> Iterator[Browser]:
    body = COMMITTED[PLACES].read_bytes()
    boto3.client("s3").put_object(Bucket=cloud.bucket, Key=PLACES, Body=body)
    with Client(app.app) as client:
        yield Browser(client, cloud)


@pytest.fixture
def stored() -> ServiceRequest:
    """A public report; needs `browser` before it."""
    return submission.submit(draft(), "stored", Author(), reports_ports())


def link(page: PageReader) -> str:
    """The path that "See your report" leads to."""
    return page.links["See your report"].removeprefix(container.settings().site_url)


def photo(shared_data: Path, name: str = "photo_1.JPG") -> File:
    return File(name, "image/jpeg", (shared_data / "photos" / name).read_bytes())


def test_report_is_sent_when_all_pages_are_filled_in(browser: Browser, shared_data: Path) -> None:
    browser.open(REPORT)
    browser.fill({"q": "market place"})
    place = next(
        value for value in re.findall(r'value="([^"]+)"', browser.html) if "Market Place" in value
    )
    browser.fill({"place": place, "address": "By the bakery"})
    assert browser.page.title.startswith("What is the problem?")
    browser.fill({"service_code": "pothole"})
    assert browser.page.title.startswith("More about the problem")
    browser.fill({"attributes.size": "large"})
    assert browser.page.title.startswith("Add photos")
    browser.fill(files=[photo(shared_data), photo(shared_data, "bath_photo.JPG")])
    assert browser.page.title.startswith("Describe the problem")
    browser.fill({"description": "Deep hole\nby the drain", "title": "Deep hole"})
    assert browser.page.links["Privacy notice (opens in a new tab)"] == "/privacy/"
    browser.fill({"contact.name": "Ann Canary", "contact.email": "canary@example.org"})
    assert browser.page.title.startswith("Check your answers")
    browser.fill(press="Send report")
    assert browser.status == 200
    assert "Report sent" in browser.page.text
    assert "We aim to deal with this by" in browser.page.text
    [report] = browser.stored()
    assert report.address == "By the bakery, Market Place"
    assert report.attributes == {"size": ("large",)}
    assert (report.title, report.description) == ("Deep hole", "Deep hole\nby the drain")
    assert report.contact and report.contact.email == "canary@example.org"
    assert len(report.photos) == 2
    browser.cloud.pump.run_until_idle()
    view = reading.view_report(report.service_request_id, Author(), reports_ports())
    assert [each.photo_id for each in view.photos] == [each.photo_id for each in report.photos]


def press(browser: Browser, button: str, answers: Answers) -> None:
    """Posts the form with this button."""
    form = next(
        each for each in browser.page.forms if button in [words for *_, words in each.buttons]
    )
    browser.post(form.action, *encode_form(form, form.filled(answers, button), {}))


KINDS = re.compile(r'name="service_code" type="radio" value="([^"]+)"')


def search_for_a_kind(browser: Browser, words: str) -> list[str]:
    """The kinds in the order in which the page lists them for these words."""
    press(browser, "Search", {"find": words})
    return KINDS.findall(browser.html)


def reported() -> list[str]:
    """The codes of all services but those that are booked or paid."""
    services = container.council().services
    return sorted(each.service_code for each in services if not each.is_order)


def test_kinds_that_are_reported_most_often_come_first(browser: Browser) -> None:
    browser.to("What is the problem?")
    listed = KINDS.findall(browser.html)
    assert listed[:6] == list(container.council().frequent_services)
    assert sorted(listed) == reported()
    assert "Reported most often" in browser.page.text


def test_kinds_that_match_a_search_come_first_and_every_kind_stays(browser: Browser) -> None:
    browser.to("What is the problem?")
    for words, first in (("lamposts", "street-light"), ("white lines", "something-else")):
        found = search_for_a_kind(browser, words)
        assert browser.page.title.startswith("What is the problem?")
        assert found[0] == first and "Best matches" in browser.page.text
        assert set(reported()) <= set(found)
    browser.fill({"service_code": "something-else"})
    press(browser, "Back", {})
    assert 'value="white lines"' in browser.html
    browser.fill({"service_code": "street-light"})
    assert browser.page.title.startswith("More about the problem")


def test_search_for_a_kind_says_so_when_nothing_matches(browser: Browser) -> None:
    browser.to("What is the problem?")
    found = search_for_a_kind(browser, "zeppelin" * 200)
    assert len(found) == len(reported())
    assert "No matches for" in browser.page.text and "Best matches" not in browser.page.text


def test_report_is_stored_with_its_contact_when_that_is_blocked(
    browser: Browser,
) -> None:
    block("blocked-form@example.org", "A test", "an-admin", block_ports())
    browser.to("Describe the problem")
    browser.fill({"description": "Cups and paper"})
    browser.fill({"contact.name": "Ann Canary", "contact.email": "blocked-form@example.org"})
    browser.fill(press="Send report")
    assert browser.status == 200 and "Report sent" in browser.page.text
    [report] = browser.stored()
    assert report.contact and report.contact.email == "blocked-form@example.org"


def test_report_is_stored_once_when_it_is_sent_twice(browser: Browser) -> None:
    browser.to("Check your answers")
    first = browser.fill(press="Send report").text
    assert browser.again().text == first
    assert len(browser.stored()) == 1


def test_page_links_to_the_stored_report_when_another_one_has_its_key(browser: Browser) -> None:
    browser.to("Check your answers")
    _, body, _ = _sent(browser)
    browser.post(REPORT, body.replace(b"Cups", b"Cans"))
    assert browser.status == 409
    assert "stored as you sent it" in browser.page.text
    [report] = browser.stored()
    assert browser.page.links["See what was sent"].endswith(f"/reports/{report.service_request_id}")
    assert "start a new report" in browser.page.links


def _sent(browser: Browser) -> tuple[str, bytes, str]:
    browser.fill(press="Send report")
    assert "Report sent" in browser.page.text
    return browser.last


def test_report_has_its_photo_once_when_its_page_is_sent_twice(
    browser: Browser, shared_data: Path
) -> None:
    browser.to("Add photos")
    browser.fill(files=[photo(shared_data)])
    browser.again()
    browser.to_end()
    assert len(browser.stored()[0].photos) == 1


def test_photos_differ_when_they_are_added_one_after_the_other(
    browser: Browser, shared_data: Path
) -> None:
    browser.to("Add photos")
    browser.fill(files=[photo(shared_data)])
    back = next(form for form in browser.page.forms if form.buttons[0][2] == "Back")
    browser.post(REPORT, encode_form(back, back.filled({}, "Back"), {})[0])
    assert "1 photo added" in browser.page.text
    browser.fill(files=[photo(shared_data, "bath_photo.JPG")])
    ids = [value for name, value in browser.page.form(REPORT).fields if name == "photo_ids"]
    assert len(set(ids)) == 2


def test_photo_is_refused_on_its_page_when_it_is_not_a_photo(browser: Browser) -> None:
    browser.to("Add photos")
    browser.fill(files=[File("email.jpg", "image/jpeg", b"%PDF-1.4")])
    assert browser.status == 400
    assert browser.page.title.startswith("Error: Add photos")
    assert "“email.jpg”: We cannot read this file" in browser.page.text


def test_photo_arrives_whole_when_the_gateway_sends_bytes_as_text(
    browser: Browser, shared_data: Path
) -> None:
    browser.to("Add photos")
    form = browser.page.form(REPORT)
    body, content_type = encode_form(form, form.fields, {"photos": [photo(shared_data)]})
    event = {
        "resource": REPORT,
        "path": REPORT,
        "requestContext": {"httpMethod": "POST", "resourcePath": REPORT},
        "headers": {"content-type": content_type},
        "multiValueHeaders": {"content-type": [content_type]},
        "pathParameters": None,
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    answer = app.app(event, None)
    assert answer["statusCode"] == 200
    photo_id = dict(PageReader(answer["body"]).form(REPORT).fields)["photo_ids"]
    bucket = boto3.resource("s3").Bucket(container.settings().uploads_bucket)
    [kept] = [each for each in bucket.objects.all() if each.key.endswith(photo_id)]
    assert kept.get()["Body"].read() == photo(shared_data).body


def test_gateway_keeps_bytes_in_the_packaged_template() -> None:
    packaged = SwaggerGenerator("eu-west-2", {"api_handler_arn": LAMBDA}).generate_swagger(app.app)
    assert "multipart/form-data" in packaged["x-amazon-apigateway-binary-media-types"]
    assert "application/x-www-form-urlencoded" not in app.app.api.binary_types


@pytest.mark.parametrize("content_type", [URLENCODED, "multipart/form-data; boundary=b"])
def test_page_says_so_when_the_files_are_too_large(browser: Browser, content_type: str) -> None:
    browser.post(REPORT, b"a" * (MOST_BYTES + 1), content_type)
    assert browser.status == 413
    assert "Add fewer or smaller photos" in browser.page.text
    assert "Go back in your browser" in browser.page.text


@pytest.mark.parametrize(
    ("typed", "tidy", "after"),
    [
        (
            {"contact.email": "Sam <mailto:sam@example.org>,"},
            ("sam@example.org", None),
            "We'll send updates to sam@example.org",
        ),
        (
            {"contact.phone": "07700\u00a0900123 – after 6pm"},
            (None, "07700 900123 (after 6pm)"),
            "We'll send updates to 07700 900123 (after 6pm)",
        ),
        (
            {"contact.phone": "01632\u2013960001 x4"},
            (None, "01632-960001 ext 4"),
            "We cannot send texts to 01632-960001 ext 4, so you will not get updates.",
        ),
    ],
)
def test_address_is_tidied_and_the_pages_show_it_and_what_it_is_used_for(
    typed: dict[str, str], tidy: tuple[str | None, str | None], after: str, browser: Browser
) -> None:
    browser.to("How can we reach you?")
    browser.fill(typed)
    assert browser.page.title.startswith("Check your answers")
    assert next(filter(None, tidy)) in browser.page.text
    browser.fill(press="Send report")
    assert after in " ".join(browser.page.text.split())
    [report] = browser.stored()
    assert report.contact and (report.contact.email, report.contact.phone) == tidy


@pytest.mark.parametrize("typed", ["a..b@example.org", "sam@example", "sam@example.org; al@x.org"])
def test_address_is_refused_when_no_mail_can_be_sent_to_it(typed: str, browser: Browser) -> None:
    browser.to("How can we reach you?")
    browser.fill({"contact.email": typed})
    assert "Enter an email address like name@example.org" in browser.page.links
    assert dict(browser.page.form(REPORT).fields)["contact.email"] == typed


def test_report_is_stored_when_its_text_was_pasted_from_a_word_processor(browser: Browser) -> None:
    browser.to("Describe the problem")
    browser.fill({"description": "Deep\x0bhole\x0cby the drain", "title": "Deep\x0bhole"})
    browser.fill()
    browser.fill(press="Send report")
    [report] = browser.stored()
    assert (report.title, report.description) == ("Deep hole", "Deep hole by the drain")


def test_page_returns_with_the_typed_values_when_it_is_invalid(browser: Browser) -> None:
    browser.to("How can we reach you?")
    browser.fill({"contact.name": "Ann", "contact.email": "ann at home"})
    assert browser.status == 400
    assert browser.page.title.startswith("Error: How can we reach you?")
    message = "Enter an email address like name@example.org"
    assert browser.page.links[message] == "#contact.email"
    assert "contact.email" in browser.page.ids
    fields = dict(browser.page.form(REPORT).fields)
    assert (fields["contact.name"], fields["contact.email"]) == ("Ann", "ann at home")
    assert fields["description"] == "Cups and paper"


def test_every_error_leads_to_a_field_when_nothing_is_filled_in(browser: Browser) -> None:
    browser.open(REPORT)
    for more in ({}, {"q": "market place"}, {"place": "53.959,-1.0815,Market Place"}):
        if more:
            browser.fill(more)
        browser.fill()
        assert browser.page.title.startswith("Error: ")
        targets = [href[1:] for href in browser.page.links.values() if href.startswith("#")]
        assert set(targets) - {"main"} <= set(browser.page.ids)
        assert len(targets) > 1


def test_typed_markup_is_escaped(browser: Browser) -> None:
    browser.open(REPORT)
    browser.fill({"q": SCRIPT})
    assert SCRIPT not in browser.html
    browser.fill({"q": "", "address": SCRIPT})
    browser.fill({"service_code": "litter"})
    browser.fill()
    browser.fill({"description": SCRIPT, "title": f'"{SCRIPT}'})
    browser.fill({"contact.name": f"'\">{SCRIPT}"})
    assert "Check your answers" in browser.page.title
    assert SCRIPT not in browser.html
    browser.fill(press="Send report")
    browser.open(link(browser.page))
    assert browser.status == 200
    assert SCRIPT in browser.page.text
    assert SCRIPT not in browser.html


def test_report_stops_when_another_organisation_is_responsible_for_the_place(
    browser: Browser,
) -> None:
    browser.to("Which location do you mean?")
    browser.fill({"place": "53.905,-1.0,Some Road"})
    browser.fill({"service_code": "pothole"})
    assert browser.page.title.startswith("Another organisation is responsible for this")
    assert browser.page.links["03069 990100"] == "tel:03069990100"
    browser.fill(press="Change the problem")
    assert browser.page.title.startswith("What is the problem?")
    assert browser.stored() == []


@pytest.mark.parametrize(
    ("moment", "phone", "other"),
    [
        ("2026-06-05T10:00:00Z", "01904 960123", "Call us now."),
        ("2026-06-07T10:00:00Z", "01904 960199", "Our usual line is closed."),
    ],
)
def test_report_stops_and_names_a_number_when_an_answer_is_dangerous(
    moment: str, phone: str, other: str, browser: Browser
) -> None:
    with time_machine.travel(moment, tick=False):
        browser.to("What is the problem?")
        browser.fill({"service_code": "street-light"})
        browser.fill({"attributes.what": "wires"})
    assert browser.page.title.startswith("Call us now")
    assert other in browser.page.text
    rings = [name for name in browser.page.links if name.startswith("Call ")]
    assert rings == [f"Call {phone}"]
    assert browser.page.links[f"Call {phone}"] == f"tel:{phone.replace(' ', '')}"
    browser.fill(press="Change my answer")
    browser.fill({"attributes.what": "out"})
    assert browser.page.title.startswith("Add photos")


def test_existing_report_is_followed_when_it_is_the_same(
    browser: Browser, stored: ServiceRequest
) -> None:
    browser.to("What is the problem?")
    browser.fill({"service_code": "pothole"})
    assert browser.page.title.startswith("Has it been reported already?")
    path = f"/forms/reports/{stored.service_request_id}/follow"
    browser.fill(action=path)
    assert browser.page.title.startswith("Follow this report")
    browser.fill({"to": ""}, action=path)
    assert "Enter an email address" in browser.page.text
    browser.fill({"to": "nobody"}, action=path)
    assert "Enter an email address" in browser.page.text
    browser.fill({"to": "follower@example.org"}, action=path)
    assert browser.page.title.startswith("Check your email")
    assert "You are following this report" not in browser.page.text
    assert "We've sent an email to follower@example.org" in browser.page.text
    assert "1 person follows it" in browser.page.text
    browser.open(browser.page.links["See the report"])
    assert "Followed by 1 person" in browser.page.text
    browser.again()
    [report] = browser.stored()
    assert report.followers == 1


def test_report_continues_when_no_nearby_report_is_the_same(
    browser: Browser, stored: ServiceRequest
) -> None:
    browser.to("What is the problem?")
    browser.fill({"service_code": "pothole"})
    browser.fill(press="It's not one of these – continue")
    assert browser.page.title.startswith("More about the problem")


@pytest.mark.parametrize(
    ("near", "said", "ways_on"),
    [(2, "there are 2 open reports", 1), (8, "there are at least 8 open reports", 2)],
)
def test_list_of_nearby_reports_says_that_there_may_be_more_when_it_is_full(
    browser: Browser, near: int, said: str, ways_on: int
) -> None:
    for number in range(near):
        submission.submit(draft(service_code="litter"), f"near-{number}", Author(), reports_ports())
    browser.to("What is the problem?")
    browser.fill({"service_code": "litter"})
    assert said in browser.page.text
    assert browser.page.text.count("It's not one of these") == ways_on


@pytest.mark.parametrize(("days", "is_overdue"), [(1, False), (60, True)])
def test_nearby_report_is_overdue_when_its_date_has_passed(
    days: int, is_overdue: bool, browser: Browser, stored: ServiceRequest
) -> None:
    browser.to("What is the problem?")
    with time_machine.travel(utc_now() + timedelta(days=days), tick=False):
        browser.fill({"service_code": "pothole"})
    assert browser.page.title.startswith("Has it been reported already?")
    assert ("Overdue" in browser.page.text) is is_overdue


PRIVATE: Mapping[str, Answers] = {
    "service": {"service_code": "noise-nuisance"},
    "questions": {"attributes.kind": "noise"},
    "description": {"description": "Loud music each night"},
}


def private(browser: Browser) -> PageReader:
    browser.to("Check your answers", **PRIVATE)
    assert "This will not be public." in browser.page.text
    return browser.fill(press="Send report")


def test_private_report_is_shown_only_with_its_link(browser: Browser) -> None:
    path = link(private(browser))
    assert path.startswith("/forms/reports/")
    browser.open(path)
    assert browser.status == 200
    assert "Loud music each night" in browser.page.text
    assert "Only the council and anyone who has the link" in browser.page.text
    assert browser.headers["Cache-Control"] == "no-store"
    assert browser.headers["Referrer-Policy"] == "no-referrer"
    bare = path.partition("?")[0]
    refused = []
    for wrong in (bare, bare + "?token=x", path[:-1] + ("0" if path[-1] != "0" else "1")):
        browser.open(wrong)
        refused.append((browser.status, browser.html))
    request_id = bare.rpartition("/")[2]
    browser.open(f"/forms/reports/{'0' * 12}?token=x")
    unknown = (browser.status, browser.html.replace("0" * 12, request_id))
    assert [*refused, unknown] == [unknown] * 4
    assert unknown[0] == 404


def test_report_waits_when_its_place_is_only_described(browser: Browser) -> None:
    browser.to("Check your answers", where={"address": "Behind the library"})
    page = browser.fill(press="Send report")
    assert "We check reports before publishing them" in page.text
    [report] = browser.stored()
    assert (report.visibility, report.lat, report.long) == ("waiting", None, None)


def test_report_is_erased_when_it_is_withdrawn_in_time(browser: Browser) -> None:
    browser.to("Check your answers")
    path = link(browser.fill(press="Send report"))
    request_id = browser.stored()[0].service_request_id
    withdrawal = f"/forms/reports/{request_id}/withdraw"
    browser.post(withdrawal, b"key=somebody-else-0000000000")
    assert browser.status == 404
    browser.again()
    browser.fill(press="Withdraw this report", action=withdrawal)
    assert "You have withdrawn your report" in browser.page.text
    [report] = browser.stored()
    assert report.visibility == "withdrawn"
    assert "Cups" not in report.description
    browser.open(f"/forms{path}" if path.startswith("/reports") else path)
    assert browser.status == 404


def test_page_says_what_to_do_when_it_is_too_late_to_withdraw(browser: Browser) -> None:
    browser.to("Check your answers")
    sent = _sent(browser)
    action = next(form.action for form in browser.page.forms if "withdraw" in form.action)
    with time_machine.travel(utc_now() + timedelta(minutes=6)):
        browser.fill(press="Withdraw", action=action)
        assert browser.status == 409
        assert "Call us on 01904 960123" in browser.page.text
        browser.post(*sent)
        assert "Report sent" in browser.page.text
        assert all("withdraw" not in form.action for form in browser.page.forms)


def test_update_is_added_when_it_is_typed(browser: Browser, stored: ServiceRequest) -> None:
    path = f"/forms/reports/{stored.service_request_id}"
    browser.open(path)
    assert browser.page.links["Add information"] == path + "/update"
    browser.open(path + "/update")
    browser.fill(action=path + "/update")
    assert browser.status == 400
    assert browser.page.links["Enter what you want to tell us"] == "#text"
    browser.fill({"text": "It is larger now"}, action=path + "/update")
    browser.again()
    assert "for your update" in browser.page.text
    [report] = browser.stored()
    assert [update.text for update in report.updates] == ["It is larger now"]


def test_update_has_the_photo_that_was_posted_with_it_once(
    browser: Browser, stored: ServiceRequest, shared_data: Path
) -> None:
    path = f"/forms/reports/{stored.service_request_id}/update"
    browser.open(path)
    browser.fill({"text": "Larger"}, action=path, files=[photo(shared_data)])
    browser.again()
    assert "for your update" in browser.page.text
    [report] = browser.stored()
    [update], [added] = report.updates, report.photos
    assert (added.update_id, update.text) == (update.update_id, "Larger")


def test_update_is_refused_when_its_file_is_not_a_photo(
    browser: Browser, stored: ServiceRequest
) -> None:
    path = f"/forms/reports/{stored.service_request_id}/update"
    browser.open(path)
    no_photo = File("notes.txt", "text/plain", b"not a photo")
    browser.fill({"text": "Larger"}, action=path, files=[no_photo])
    assert browser.status == 400 and "#photos" in browser.page.links.values()
    assert browser.stored()[0].updates == ()


def test_report_is_reopened_when_a_resident_says_that_it_is_not_fixed(
    browser: Browser, stored: ServiceRequest
) -> None:
    ports = reports_ports()
    officer = Author("officer", staff_in=EVERYWHERE)
    updating.add_update(stored.service_request_id, update_draft(state="fixed"), "k", officer, ports)
    path = f"/forms/reports/{stored.service_request_id}"
    assert browser.open(path).links["Tell us it's not fixed"] == path + "/update"
    browser.open(path + "/update")
    browser.fill({"text": "Still a hole", "state": "not_fixed"}, action=path + "/update")
    assert browser.stored()[0].state == "reopen"
    assert "Reopened" in browser.open(path).text


def test_update_is_added_to_a_private_report_with_its_link(browser: Browser) -> None:
    path = link(private(browser))
    browser.open(path)
    update = browser.page.links["Add information"]
    browser.open(update)
    browser.fill({"text": "Again last night"}, action=update.partition("?")[0])
    assert browser.status == 200
    assert browser.page.links["See the report"] == path
    browser.open(update.partition("?")[0])
    assert browser.status == 404


def test_report_is_flagged_when_a_reason_is_chosen(
    browser: Browser, stored: ServiceRequest
) -> None:
    path = f"/forms/reports/{stored.service_request_id}/flag"
    browser.open(path)
    browser.fill({"text": "A name is in it"}, action=path)
    assert browser.status == 400
    assert dict(browser.page.form(path).fields)["text"] == "A name is in it"
    browser.fill({"reason": "personal_data"}, action=path)
    assert "Thank you" in browser.page.text
    [flag] = browser.stored()[0].flags
    assert (flag.reason, flag.text) == ("personal_data", "A name is in it")


@pytest.mark.parametrize("action", ["update", "follow", "flag", "withdraw"])
def test_form_without_its_key_does_nothing(
    browser: Browser, stored: ServiceRequest, action: str
) -> None:
    path = f"/forms/reports/{stored.service_request_id}/{action}"
    browser.post(path, b"text=Hello&reason=other")
    assert browser.status == 400
    assert "start again" in browser.page.text
    assert browser.stored()[0].version == stored.version


@pytest.mark.parametrize("text", ["nothing", "000000000000", "%3Cscript%3E"])
def test_page_is_not_found_when_the_report_does_not_exist(browser: Browser, text: str) -> None:
    for rest in ("", "/update", "/flag"):
        browser.open(f"/forms/reports/{text}{rest}")
        assert browser.status == 404
        assert browser.headers["Content-Type"].startswith("text/html")
    for rest in ("/update", "/flag", "/follow", "/withdraw"):
        browser.post(
            f"/forms/reports/{text}{rest}", b"key=0000000000000000000000&text=x&reason=other"
        )
        assert browser.status == 404


def test_page_says_what_happened_to_the_typed_text_when_an_error_occurs(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.to("Check your answers")

    replace_built(monkeypatch, reports_ports, BrokenPart(RuntimeError("broken on purpose")))
    browser.fill(press="Send report")
    assert browser.status == 500
    assert "select the button again: we will not store it twice" in browser.page.text
    assert "01904 960123" in browser.page.links
    assert "broken on purpose" not in browser.html
    monkeypatch.undo()
    browser.again()
    assert "Report sent" in browser.page.text


def test_page_has_no_script_and_forbids_scripts(browser: Browser) -> None:
    browser.open(REPORT)
    assert "<script" not in browser.html
    policy = browser.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert sources(browser, "img-src") == ["'self'"]


OWN_REPORT = "ginnel-own-report"
"""The facts that the browser lists under "Track"."""


def test_sent_report_is_listed_in_the_browser_until_it_is_withdrawn(browser: Browser) -> None:
    browser.to("Check your answers")
    browser.fill(press="Send report")
    (report,) = browser.stored()
    own = browser.page.metas[OWN_REPORT]
    assert (own["data-id"], own["data-service-code"]) == (report.service_request_id, "litter")
    assert own["data-at"] == report.requested_datetime.isoformat()
    assert own["data-url"] == link(browser.page)
    assert sources(browser, "script-src") == ["'self'"]
    withdrawal = f"/forms/reports/{report.service_request_id}/withdraw"
    browser.fill(press="Withdraw this report", action=withdrawal)
    assert browser.page.metas[OWN_REPORT].keys() == {"name", "data-id"}
    assert sources(browser, "script-src") == ["'self'"]


def sources(browser: Browser, directive: str) -> list[str]:
    """What the policy of the page lets it show or ask."""
    policy = browser.headers["Content-Security-Policy"]
    parts = {name: rest for name, *rest in (part.split() for part in policy.split(";"))}
    return parts[directive]


def test_page_allows_only_its_own_pictures(
    browser: Browser, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UPLOADS_ENDPOINT")
    container.forget_built()
    browser.to("Add photos", service={"service_code": "graffiti"})
    browser.fill(files=[photo(shared_data)])
    page = browser.to_end()
    browser.cloud.pump.run_until_idle()
    browser.open(link(page))
    [picture] = re.findall(r'<img src="([^"]+)"', browser.html)
    parts = urlsplit(picture)
    assert parts.netloc.endswith(".amazonaws.com")
    assert sources(browser, "img-src") == ["'self'", f"{parts.scheme}://{parts.netloc}"]


def test_browser_may_go_back_when_a_page_holds_no_contact_details(browser: Browser) -> None:
    browser.to("How can we reach you?")
    assert browser.headers["Cache-Control"] == "private, no-cache"
    browser.fill({"contact.name": "Ann"})
    assert browser.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "fields",
    [
        {"step": "contact", "go": "questions", "service_code": "dragon"},
        {"step": "contact", "go": "nearby", "service_code": "dragon"},
        {"step": "contact", "go": "nearby", "service_code": "pothole"},
        {"step": "service", "service_code": "pothole", "place": "95,0,Nowhere", "go": "nearby"},
        {"step": "service", "service_code": "pothole", "place": "nan,inf,Nowhere"},
        {"step": "contact", "go": "place", "key": "k"},
        {"step": "contact", "go": "check", "key": "k"},
    ],
)
def test_stored_page_is_shown_when_an_invalid_one_is_requested(
    fields: dict[str, str], api: Api
) -> None:
    body = urlencode(fields).encode()
    answer = api.client.http.post(
        "/forms/report",
        body=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code in (200, 400), answer.body
    assert b"<h1" in answer.body


def test_form_in_an_unknown_character_set_is_refused(api: Api) -> None:
    part = 'Content-Disposition: form-data; name="step"\r\nContent-Type: text/plain; charset=bogus'
    body = f"--b\r\n{part}\r\n\r\nwhere\r\n--b--\r\n".encode()
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = api.client.http.post("/forms/report", body=body, headers=headers)
    assert answer.status_code == 400


@pytest.fixture
def by_the_light(browser: Browser) -> Browser:
    """At the page of the nearest street lights."""
    council = container.council()
    kind, table = kind_named("street-light", council), demo_tables()["street-light"]
    import_facilities(kind, table, council, publishing_ports())
    browser.open("/forms/nearest?kind=street-light&q=Market+Place")
    return browser


def test_report_is_about_the_facility_when_it_is_started_from_the_nearest(
    by_the_light: Browser,
) -> None:
    asset_id = dict(by_the_light.page.form(REPORT).fields)["asset_id"]
    by_the_light.fill()
    by_the_light.fill({"attributes.what": "out"})
    by_the_light.fill()
    by_the_light.to_end()
    (report,) = by_the_light.stored()
    assert (report.asset_id, report.service_code) == (asset_id, "street-light")


def test_report_loses_its_facility_when_its_service_is_changed(
    by_the_light: Browser,
) -> None:
    by_the_light.fill()
    by_the_light.fill({"attributes.what": "out"})
    by_the_light.fill()
    by_the_light.fill({"description": "The light is off."})
    by_the_light.fill()
    by_the_light.fill(press="Change problem")
    by_the_light.fill({"service_code": "litter"})
    assert "asset_id" not in dict(by_the_light.page.form(REPORT).fields)


def test_update_of_the_sender_of_a_private_report_is_signed_you(browser: Browser) -> None:
    path = link(private(browser))
    browser.open(path)
    update = browser.page.links["Add information"]
    browser.open(update)
    browser.fill({"text": "It is louder."}, action=update.partition("?")[0])
    browser.open(path)
    assert "You, " in browser.page.text and "A resident" not in browser.page.text


@pytest.mark.parametrize("email", ["", "sam@example.org"])
def test_address_of_the_page_is_to_be_saved_only_by_senders_without_contact(
    browser: Browser, email: str
) -> None:
    browser.to("Check your answers", **PRIVATE, contact={"contact.email": email})
    browser.fill(press="Send report")
    assert ("Save the address" in browser.page.text) == (not email)
