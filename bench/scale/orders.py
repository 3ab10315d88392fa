"""Bookings and bills of a town: what payers do, and what the payment provider says."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from bench.scale.ledger import Ledger
from bench.scale.load import BOOKINGS_OF_A_DAY
from bench.scale.wards import place_of
from chalicelib.bookings.model import BookingDay, Claim
from chalicelib.bootstrap import container
from chalicelib.bootstrap.bookings import bookings_ports
from chalicelib.bootstrap.collections import premises_bucket
from chalicelib.bootstrap.payment_provider import signing_secret
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.collections.premises import Premises
from chalicelib.kernel.time import utc_now
from chalicelib.net.reply import Reply
from infra.local.pay.notifications import signature
from infra.premises_store import store_premises
from tests.support.builders import long_key
from tests.support.paying import GOOD_CARD, InProcessPay, serve_payments

CALENDAR, SLOT, UNITS = "bulky", "day", 2
DAYS_AHEAD, ROOM = 10, 5
"""The days of the calendar that have bookings, and the bookings for which each has room."""
AT = place_of(0, 1)
HOME = Premises(
    premises_id="100",
    address="1 Dial Row",
    postcode="YO1 7HH",
    lat=AT["lat"],
    long=AT["long"],
    rounds=(),
)
BOOKING = {
    "service_code": "bulky-waste",
    "description": "A sofa",
    "premises_id": HOME.premises_id,
    "items": [{"code": "sofa", "count": 1}],
}
BILL = {
    "service_code": "pay-council-tax",
    "description": "Council tax",
    "attributes": {"account": "70102201"},
    "amount_pence": 12_050,
}


class Provider(InProcessPay):
    """The payment provider, whose answers the function that asks waits for."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger

    def get(self, *args: Any, **options: Any) -> Reply:
        self._ledger.outside += 1
        return super().get(*args, **options)

    def post(self, *args: Any, **options: Any) -> Reply:
        self._ledger.outside += 1
        return super().post(*args, **options)


@contextmanager
def provider(ledger: Ledger) -> Iterator[InProcessPay]:
    """The provider, in place of all that the process reaches outside."""
    with serve_payments(Provider(ledger)) as found:
        yield found


class Payers:
    """The people of a town who book and pay. `ask` sends a request to the API."""

    def __init__(
        self, ask: Callable[..., str], run_queues: Callable[[], None], pay: InProcessPay
    ) -> None:
        self._ask, self._run_queues, self._pay = ask, run_queues, pay
        self._number = 0

    def prepare(self) -> None:
        """There is a home, and the next days of the calendar have as many bookings as usual."""
        store_premises([HOME], premises_bucket(), utc_now())
        ports = bookings_ports()
        for place in _places():
            claims = tuple(_claim(place, number) for number in range(BOOKINGS_OF_A_DAY))
            day = BookingDay(
                calendar=CALENDAR,
                day=place.day,
                claims=claims,
                capacity=UNITS * (BOOKINGS_OF_A_DAY + ROOM),
            )
            ports.days.save(day)
        self._run_queues()

    def book(self) -> str:
        """Somebody books the collection of a sofa for the last of those days, and pays. Answers
        the path of the request."""
        *_, last = _places()
        slot = {"calendar": CALENDAR, "day": f"{last.day}", "slot": SLOT, "units": UNITS}
        self._number += 1
        hold_id = json.loads(self._ask("POST", "/api/holds", slot, self._key()))["hold_id"]
        return self._order({**BOOKING, "hold_id": hold_id})

    def cancel(self, path: str) -> None:
        """The payer cancels a booking, and gets the money back."""
        at, _, token = path.partition("?")
        self._ask("POST", f"{at}/booking/cancellation?{token}")
        self._run_queues()
        self._pay.service.settle_refunds()
        self._notify()

    def pay_bill(self) -> None:
        """Somebody pays a bill."""
        self._number += 1
        self._order(BILL)

    def _order(self, body: dict[str, Any]) -> str:
        contact = {"email": f"payer{self._number}@example.org"}
        sent = self._ask("POST", "/api/reports", {**body, "contact": contact}, self._key())
        self._run_queues()
        made = json.loads(sent)
        at = f"/api/reports/{made['service_request_id']}"
        token = urlsplit(made["tracking_url"]).query
        begun = json.loads(self._ask("POST", f"{at}/payments?{token}", {}, self._key()))
        self._pay.enter(begun["next_url"], GOOD_CARD)
        self._notify()
        self._ask("GET", f"/forms/payments/{begun['payment_id']}")
        self._run_queues()
        return f"{at}?{token}"

    def _notify(self) -> None:
        for message in self._pay.messages():
            signed = {"pay-signature": signature(message, signing_secret())}
            self._ask("POST", "/api/payments/notifications", json.loads(message), signed)

    def _key(self) -> dict[str, str]:
        return {"Idempotency-Key": long_key(f"payer-{self._number}")}


def _places() -> list[SlotOfDay]:
    """The next slots that can be booked."""
    ports = bookings_ports()
    calendar = ports.calendars(CALENDAR)
    assert calendar
    days = islice(calendar.bookable_days(ports.now(), ports.working), DAYS_AHEAD)
    return [SlotOfDay(CALENDAR, day, SLOT) for day in days]


def _claim(place: SlotOfDay, number: int) -> Claim:
    hold_id = bookings_ports().hold_id("scope", f"{number}", place, UNITS)
    service_request_id = container.ids().service_request_id("scope", f"{number}")
    return Claim(hold_id=hold_id, slot=SLOT, units=UNITS, service_request_id=service_request_id)
