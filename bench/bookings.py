"""Booking and paying at the demo council without JavaScript: the requests of each path, its pages'
compressed bodies, and what an order adds to the item of its request. All pages of these paths come
from the service; styles and the provider's own pages are not counted.
"""

import re
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import boto3

from bench import stack, web
from bench.bins import POSTCODE
from bench.capacity import item_bytes, write_units
from bench.meter import indexes_in
from bench.table import Row
from tests.support.forms import URLENCODED, Form, PageReader, encode_form

GROUP = "Booking and paying: requests and compressed bodies"
CARD, CARD_PAGES = "4444333322221111", "/_local/pay/"
CONTACT = {"contact.name": "Sam Reed", "contact.email": "sam.reed@example.org"}
Answers = Mapping[str, str]


class Path(NamedTuple):
    """The requests of a path, the bytes of its answers, and the id of its request."""

    requests: int
    size: int
    service_request_id: str


class Browser:
    """Opens pages and fills in their forms, as a browser without JavaScript does."""

    def __init__(self, url: str) -> None:
        self.requests = self.size = 0
        self.html = self.path = ""
        self._host = urlsplit(url).netloc

    def open(self, path: str) -> None:
        self._ask("GET", path, b"", {})

    def fill(self, answers: Answers, press: str | None = None) -> None:
        """Fills in the last form of the page and sends it."""
        form = PageReader(self.html).form()
        self._send(form, form.filled(answers, press))

    def first(self, name: str) -> str:
        """The first choice of that name. Raises RuntimeError if there is none."""
        choices = (
            rf'name="{name}" type="radio" value="([^"]+)"',
            rf'<select[^>]* name="{name}".*?<option value="([^"]+)"',
        )
        for each in choices:
            if found := re.search(each, self.html, re.DOTALL):
                return found[1]
        raise RuntimeError(f"{self.path} offers no {name}.")

    def pay(self) -> None:
        """Pays at the provider's pages, and comes back."""
        card_page = self.path
        for path, body in ((card_page, f"card_number={CARD}"), (f"{card_page}/confirm", "")):
            self._ask("POST", path, body.encode(), {"Content-Type": URLENCODED})

    def _send(self, form: Form, fields: list[tuple[str, str]]) -> None:
        body, kind = encode_form(form, fields, {})
        self._ask("POST", form.action or self.path, body, {"Content-Type": kind})

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Follows redirects. Raises RuntimeError if the answer is an error."""
        connection = HTTPConnection(self._host)
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        content, location = answer.read(), answer.headers.get("Location")
        connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path} answered {answer.status}.")
        if not path.startswith(CARD_PAGES):
            self.requests, self.size = self.requests + 1, self.size + web.compressed_size(content)
        self.path, self.html = path, content.decode()
        if location:
            at = urlsplit(location)
            self._ask("GET", f"{at.path}?{at.query}" if at.query else at.path, b"", {})


def rows() -> Iterator[Row]:
    """The rows for the seeded stack."""
    with stack.running_stack(seed="demo", pump=False) as here:
        booking, bill = book(here.url), pay_bill(here.url)
        with stack.working_environment(here.environment):
            yield from _rows_of_item(_stored_item(here.environment, booking.service_request_id))
    for name, found in (("a collection, booked and paid", booking), ("a bill, paid", bill)):
        yield Row(group=GROUP, name=f"{name}: requests", unit="requests", ours=found.requests)
        yield Row(group=GROUP, name=f"{name}: all", unit="kB", ours=found.size / 1000)


def book(url: str) -> Path:
    """A mattress for the first free day."""
    browser = Browser(url)
    browser.open("/forms/services/bulky-waste")
    browser.fill({"postcode": POSTCODE})
    browser.fill({"premises": browser.first("premises")})
    browser.fill({"items.mattress": "1"})
    browser.fill({"day": browser.first("day")})
    browser.fill({})
    return _send_and_pay(browser)


def pay_bill(url: str) -> Path:
    """A part of a council tax bill."""
    browser = Browser(url)
    browser.open("/forms/services/pay-council-tax")
    browser.fill({"attributes.account": "70102201"})
    browser.fill({"amount": "120.50"})
    return _send_and_pay(browser)


def _send_and_pay(browser: Browser) -> Path:
    """From the contact details to the page after the payment. Raises RuntimeError if it is not
    paid."""
    browser.fill(CONTACT)
    browser.fill({}, "Continue to payment")
    service_request_id = browser.path.split("/")[3]
    browser.fill({}, "Pay by card")
    browser.pay()
    if "Payment received" not in browser.html:
        raise RuntimeError(f"{browser.path} says nothing of a payment.")
    return Path(browser.requests, browser.size, service_request_id)


def _stored_item(
    environment: Mapping[str, str], service_request_id: str
) -> tuple[str, dict[str, Any]]:
    """The table of requests, and the item of one."""
    table = environment["REPORTS_TABLE"]
    key = {"service_request_id": {"S": service_request_id}, "record": {"S": "report"}}
    return table, boto3.client("dynamodb").get_item(TableName=table, Key=key)["Item"]


def _rows_of_item(stored: tuple[str, dict[str, Any]]) -> Iterator[Row]:
    table, item = stored
    without = {name: value for name, value in item.items() if name != "order"}
    indexes = indexes_in(table)
    name, peer = "the item of a request with an order", "without"
    yield Row(
        group=GROUP,
        name=f"{name}: size",
        unit="bytes",
        ours=item_bytes(item),
        peer=item_bytes(without),
        peer_name=peer,
    )
    yield Row(
        group=GROUP,
        name=f"{name}: a write of all",
        unit="units",
        ours=write_units(None, item, indexes),
        peer=write_units(None, without, indexes),
        peer_name=peer,
    )
