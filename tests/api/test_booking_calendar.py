"""The calendar file of a booking over HTTP: for the sender alone, in their language."""

from urllib.parse import urlsplit

import pytest
from icalendar import Calendar

from chalicelib.bootstrap import container
from chalicelib.bootstrap.payments import order_ports
from chalicelib.kernel.time import utc_now
from chalicelib.reports.usecases.orders.effects import carry_out_stored
from tests.api.conftest import Api


@pytest.fixture
def booked(api: Api) -> str:
    """The address of the page of an appointment, with its token."""
    council = container.council()
    day, *_ = council.by_calendar["counter"].bookable_days(utc_now(), council.calendar)
    wanted = {"calendar": "counter", "day": f"{day}", "slot": "0900", "units": 1}
    hold_id = api.post("/api/holds", wanted, key="hold").json_body["hold_id"]
    sent = {
        "service_code": "counter-appointment",
        "description": "About my bill.",
        "attributes": {"about": "council-tax"},
        "hold_id": hold_id,
        "contact": {"name": "Sam", "email": "sam@example.org"},
    }
    answer = api.post("/api/reports", sent, key="appointment")
    assert answer.status_code == 201, answer.body
    carry_out_stored(answer.json_body["service_request_id"], order_ports())
    return str(answer.json_body["tracking_url"])


def test_sender_gets_the_file_of_the_booking(api: Api, booked: str) -> None:
    page = urlsplit(booked)
    answer = api.get(f"{page.path}/booking.ics?{page.query}")
    assert answer.status_code == 200, answer.body
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    (event,) = Calendar.from_ical(answer.body).events
    assert (event["summary"], event["status"]) == ("Appointment at the counter", "CONFIRMED")
    assert event["url"] == booked


def test_nobody_else_gets_it(api: Api, booked: str) -> None:
    path = urlsplit(booked).path
    for query in ("", "?token=guessed"):
        assert api.get(f"{path}/booking.ics{query}").status_code == 404
