"""What the sender of a booking gets over HTTP: its calendar file, and an email before the day."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import time_machine
from icalendar import Calendar

from chalicelib.alerts.usecases.sending import wake_due_alerts
from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import delivery_ports
from chalicelib.kernel.time import utc_now
from infra.local import mail
from tests.api.conftest import Api

pytestmark = pytest.mark.usefixtures("unpublished")
MONDAY, THURSDAY = (datetime(2027, 3, day, 10, tzinfo=UTC) for day in (1, 11))


@pytest.fixture
def booked(api: Api) -> str:
    """The address of the page of an appointment, with its token."""
    council = container.council()
    day, *_ = council.by_calendar["counter"].bookable_days(utc_now(), council.calendar)
    return book(api, f"{day}")


def book(api: Api, day: str) -> str:
    wanted = {"calendar": "counter", "day": day, "slot": "0900", "units": 1}
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
    api.cloud.pump.run_until_idle()
    return str(answer.json_body["tracking_url"])


def test_sender_gets_the_file_of_the_booking(api: Api, booked: str) -> None:
    page = urlsplit(booked)
    shown = api.get(f"{page.path}?{page.query}").body.decode()
    (link,) = re.findall(r'href="([^"]*booking\.ics[^"]*)"', shown)
    answer = api.get(link)
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


def test_reminder_comes_the_day_before_with_a_link_to_the_page(api: Api) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        page = book(api, "2027-03-12")
        before = len(mail.emails())
        clock.move_to(THURSDAY)
        wake_due_alerts(delivery_ports())
        api.cloud.pump.run_until_idle()
    said = [(each["Subject"], mail.text_of(each)) for each in mail.emails()[before:]]
    found = [text for subject, text in said if "Your booking is tomorrow" in subject]
    assert len(found) == 1, said
    assert page in found[0] and "Friday 12 March 2027, 9am" in found[0]
