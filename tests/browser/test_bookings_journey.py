"""A resident books a collection, pays, moves it, cancels it and gets the money back, and pays a
bill; and twelve people want ten places at once. At the end the council's ledger has what the
payment provider has, to the penny."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import APIRequestContext, Page, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import PHONE, NewPage
from tests.browser.following import follower
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_follow import messages_to
from tests.support.builders import long_key
from tests.support.patience import wait_until
from tests.support.paying import DECLINED_CARD, GOOD_CARD

POSTCODE = "ZZ3 8AT"
"""One of the demo council."""
DAY = date(2026, 6, 1)
"""Only journeys pay on that day, and compare its whole ledger with the provider's list."""
CALENDAR, SLOT, CAPACITY = "bulky", "day", 40
UNITS = 4
"""So many of a day's units make ten places of it."""
Free = Mapping[tuple[str, str], int]


@pytest.fixture
def page(request: pytest.FixtureRequest, new_page: NewPage) -> Iterator[Page]:
    """A phone on the day of the tests."""
    page = new_page(PHONE, java_script_enabled=getattr(request, "param", True))
    for time in ("09:50", "10:00"):
        move_clock(page, time)
    yield page
    page.request.post("/_local/clock", data={})


def move_clock(page: Page, time: str) -> None:
    """Schedules run when it moves forward."""
    page.request.post("/_local/clock", data={"at": f"{DAY}T{time}:00+01:00"})


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def press(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def pay_with(page: Page, card: str) -> None:
    heading(page, "Enter card details")
    page.get_by_label("Card number").fill(card)
    press(page, "Continue", "Confirm payment")


class Resident:
    """Somebody on a phone. Looks at each new page with axe if it has JavaScript."""

    def __init__(self, page: Page, stack: LocalStack, *, has_scripts: bool) -> None:
        self.page = page
        self._stack = stack
        self._email = follower()
        self._has_scripts = has_scripts

    def sees(self, title: str) -> None:
        heading(self.page, title)
        if self._has_scripts:
            assert_accessible(self.page)

    def gives_contact(self) -> None:
        self.page.get_by_label("Name").fill("Sam Reed")
        self.page.get_by_label("Email address").fill(self._email)
        press(self.page, "Continue")

    def messages(self) -> list[str]:
        self._stack.cloud.pump.wait_until_idle()
        return messages_to(self.page, self._email)

    def orders_a_mattress(self) -> None:
        page = self.page
        page.goto("/book/")
        page.get_by_role("link", name="Bulky waste collection").click()
        page.get_by_label("Postcode of the address").fill(POSTCODE)
        press(page, "Continue")
        page.get_by_label("Which address is it?").select_option(index=1)
        press(page, "Continue")
        self.sees("Choose items")
        page.get_by_label("Mattress").fill("1")
        press(page, "Continue")
        self.sees("Choose a day")
        page.get_by_label("Thursday 4 June").check()
        press(page, "Continue", "Continue")
        self.gives_contact()
        self.sees("Check your answers")
        press(page, "Continue to payment")
        self.sees("Pay £20")

    def opens_the_request(self) -> None:
        """With the link of the first message."""
        (message,) = self.messages()
        link = next(line for line in message.splitlines() if "/forms/reports/" in line)
        self.page.goto(link)

    def pays_council_tax(self) -> None:
        page = self.page
        page.goto("/pay/")
        page.get_by_role("link", name="Pay council tax").click()
        page.get_by_label("Account number").fill("7010 2201")
        press(page, "Continue")
        self.sees("How much do you want to pay?")
        page.get_by_label("How much do you want to pay?").fill("120.50")
        press(page, "Continue")
        self.gives_contact()
        press(page, "Continue to payment", "Pay by card")
        pay_with(page, GOOD_CARD)
        heading(page, "Payment received")


def money_of_the_provider(api: APIRequestContext) -> Counter[tuple[str, int]]:
    """What was paid and what went back on the day, as the provider says it."""
    held = api.get("/_local/pay.json").json()
    paid = [each for each in held["payments"] if each["state"]["status"] == "success"]
    money = [(f"payment:{each['payment_id']}", each["amount"], each) for each in paid]
    money += [(f"refund:{each['refund_id']}", -each["amount"], each) for each in held["refunds"]]
    return Counter(
        (name, pence) for name, pence, each in money if each["created_date"].startswith(f"{DAY}")
    )


def has_settled_refunds(api: APIRequestContext) -> bool:
    refunds = api.get("/_local/pay.json").json()["refunds"]
    return bool(refunds) and all(each["status"] == "success" for each in refunds)


def money_of_the_ledger(api: APIRequestContext) -> Counter[tuple[str, int]]:
    """The same as the council's ledger says it."""
    token = api.get("/_local/tokens.json").json()["officer"]
    answer = api.get(f"/api/ledger?day={DAY}", headers={"Authorization": f"Bearer {token}"})
    return Counter((each["entry_id"], each["amount_pence"]) for each in answer.json()["items"])


@pytest.mark.parametrize(
    "page", [True, pytest.param(False, marks=pytest.mark.exhaustive)], indirect=True
)
def test_resident_books_pays_moves_cancels_and_is_refunded(
    page: Page, stack: LocalStack, request: pytest.FixtureRequest
) -> None:
    has_scripts = request.node.callspec.params["page"]
    resident = Resident(page, stack, has_scripts=has_scripts)
    before = money_of_the_ledger(page.request)
    resident.orders_a_mattress()
    press(page, "Pay by card")
    pay_with(page, DECLINED_CARD)
    resident.sees("Your card was declined")
    press(page, "Go to the card page")
    pay_with(page, GOOD_CARD)
    resident.sees("Payment received")
    page.get_by_role("link", name="See your request").click()
    resident.sees("Bulky waste collection")

    resident.opens_the_request()
    expect(page.get_by_text("Paid by card")).to_be_visible()
    resident.sees("Bulky waste collection")
    page.get_by_role("button", name="Change the day").click()
    resident.sees("Change your booking")
    page.get_by_label("Friday 5 June").check()
    press(page, "Continue")
    expect(page.get_by_text("Friday 5 June 2026, From 7am")).to_be_visible()

    page.get_by_role("button", name="Cancel", exact=True).click()
    resident.sees("Cancel your request")
    expect(page.get_by_text("You get £20 back")).to_be_visible()
    press(page, "Cancel the request")
    expect(page.get_by_text("£20 goes back to your card")).to_be_visible()

    resident.pays_council_tax()
    stack.cloud.pump.wait_until_idle()
    wait_until(lambda: has_settled_refunds(page.request))
    move_clock(page, "10:05")
    wait_until(lambda: len(money_of_the_ledger(page.request) - before) == 3)
    ledger = money_of_the_ledger(page.request)
    assert ledger == money_of_the_provider(page.request)
    assert sorted(pence for _, pence in ledger - before) == [-2000, 2000, 12050]


def test_pages_of_an_appointment_are_accessible(page: Page, stack: LocalStack) -> None:
    """The states that a collection, which takes the whole day, does not have."""
    resident = Resident(page, stack, has_scripts=True)
    page.goto("/forms/services/counter-appointment")
    page.get_by_label("Council tax").check()
    press(page, "Continue")
    page.get_by_label("Tuesday 2 June").check()
    press(page, "Continue", "Continue")
    resident.sees("Choose a time")
    page.get_by_label("9:40am").check()
    press(page, "Continue")
    resident.gives_contact()
    press(page, "Book")
    resident.sees("Booking confirmed")
    page.get_by_role("button", name="See your request").click()
    page.get_by_role("button", name="Change the day").click()
    page.get_by_label("Wednesday 3 June").check()
    press(page, "Continue")
    expect(page.get_by_label("9:40am")).to_be_visible()
    resident.sees("Change your booking")


def free_units(api: APIRequestContext) -> Free:
    """The published free units of each day and slot."""
    days = api.get(f"/data/bookings/{CALENDAR}.json").json()["days"]
    return {(day["day"], each["slot"]): each["free"] for day in days for each in day["slots"]}


def test_ten_of_twelve_people_get_the_ten_places_of_a_day(page: Page, stack: LocalStack) -> None:
    api, day = page.request, f"{DAY + timedelta(days=28)}"
    assert free_units(api)[day, SLOT] == CAPACITY
    answers = request_holds(12, stack.url, day)
    kept = [body for status, body in answers if status == HTTPStatus.CREATED]
    told = [body for status, body in answers if status == HTTPStatus.CONFLICT]
    assert (len(kept), len(told)) == (10, 2)
    assert all(each["free"] and day not in map(str, each["free"]) for each in told)
    wait_until(lambda: free_units(api).get((day, SLOT), 0) == 0)
    for each in kept:
        assert api.delete(f"/api/holds/{each['hold_id']}").ok
    wait_until(lambda: free_units(api).get((day, SLOT), 0) == CAPACITY)


def request_holds(people: int, url: str, day: str) -> list[tuple[int, Any]]:
    """Everybody asks for a place of the day at the same moment. Returns: statuses and bodies."""
    sent = {"calendar": CALENDAR, "day": day, "slot": SLOT, "units": UNITS}
    with ThreadPoolExecutor(people) as pool:
        return list(
            pool.map(lambda number: post_json(f"{url}/api/holds", sent, number), range(people))
        )


def post_json(url: str, sent: Any, number: int) -> tuple[int, Any]:
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": long_key(f"person {number}"),
    }
    try:
        with urlopen(Request(url, json.dumps(sent).encode(), headers)) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)
