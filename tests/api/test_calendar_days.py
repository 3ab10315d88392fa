"""What officers see of a day of a calendar, and the capacity that they change."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from chalice.test import HTTPResponse

from chalicelib.accounts.model import Grant
from chalicelib.bootstrap import container
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.kernel.time import utc_now
from chalicelib.reports.orders import BookedSlot
from tests.api.conftest import Api
from tests.api.test_booking_file import book
from tests.support.builders import draft_body
from tests.support.paying import give_order, serve_payments


def first_day() -> str:
    council = container.council()
    calendar = council.by_calendar["counter"]
    return f"{next(calendar.bookable_days(utc_now(), council.calendar))}"


def changed(api: Api, path: str, capacity: int, version: int) -> HTTPResponse:
    officer = api.token("officer")
    return api.patch(path, {"capacity": capacity}, version=version, token=officer)


def test_an_officer_sees_bookings_and_lowers_the_capacity_below_them(api: Api) -> None:
    day = first_day()
    path = f"/api/calendars/counter/days/{day}"
    sent = {"calendar": "counter", "day": day, "slot": "0900", "units": 1}
    untils = [api.post("/api/holds", sent, key=key).json_body["until"] for key in ("one", "two")]
    seen = api.get(path, api.token("officer")).json_body
    assert (seen["version"], seen["capacity"]) == (2, 2)
    held = [
        {"units": 1, "service_request_id": None, "until": until, "request": None}
        for until in untils
    ]
    assert seen["slots"][0] == {
        "slot": "0900",
        "name": "9am",
        "taken": 2,
        "free": 0,
        "bookings": held,
    }
    answer = changed(api, path, 1, version=2)
    assert answer.status_code == 200
    assert answer.json_body == api.get(path, api.token("officer")).json_body
    assert [each["free"] for each in answer.json_body["slots"][:2]] == [0, 1]
    assert answer.json_body["slots"][0]["bookings"] == seen["slots"][0]["bookings"]
    assert changed(api, path, 5, version=2).status_code == 409


def test_officer_sees_what_is_booked_and_how_it_was_paid(api: Api) -> None:
    day = first_day()
    book(api, day)
    seen = api.get(f"/api/calendars/counter/days/{day}", api.token("officer")).json_body
    (booking,) = seen["slots"][0]["bookings"]
    assert booking == {
        "units": 1,
        "service_request_id": api.stored_ids()[0],
        "until": None,
        "request": {
            "service_name": "Appointment at the counter",
            "items": [],
            "paid_by": "free",
            "no_show_at": None,
        },
    }
    case = api.get(f"/api/cases/{api.stored_ids()[0]}", api.token("officer")).json_body
    assert case["booked"] == {"calendar": "Appointment at the counter", "slot": "9am"}


def test_officer_sees_which_request_waits_for_its_payment(api: Api) -> None:
    day = first_day()
    sent = {"calendar": "counter", "day": day, "slot": "0900", "units": 1}
    held = api.post("/api/holds", sent, key="hold").json_body
    place = SlotOfDay("counter", date.fromisoformat(day), "0900")
    request_id = str(api.post("/api/reports", draft_body()).json_body["service_request_id"])
    give_order(request_id, 1_000, BookedSlot(hold_id=held["hold_id"], place=place, units=1))
    with serve_payments():
        assert api.post(f"/api/reports/{request_id}/payments", {}).status_code == 201
    seen = api.get(f"/api/calendars/counter/days/{day}", api.token("officer")).json_body
    (booking,) = seen["slots"][0]["bookings"]
    assert (booking["service_request_id"], booking["request"]["paid_by"]) == (request_id, None)
    assert booking["until"] > held["until"]


def test_officer_sees_a_week_of_each_calendar(api: Api) -> None:
    officer, day = api.token("officer"), first_day()
    listed = api.get("/api/calendars", officer).json_body["items"]
    counter = {"calendar": "counter", "name": "Appointment at the counter", "is_visited": True}
    assert counter in listed
    book(api, day)
    assert changed(api, f"/api/calendars/counter/days/{day}", 1, version=3).status_code == 200
    days = api.get(f"/api/calendars/counter/days?from={day}", officer).json_body["items"]
    assert [each["day"] for each in days] == [
        f"{date.fromisoformat(day) + timedelta(days=n)}" for n in range(7)
    ]
    first = days[0]
    assert (first["capacity"], first["closed"]) == (1, None)
    assert first["slots"][0] == {"slot": "0900", "name": "9am", "taken": 1, "free": 0}
    at_weekends = [each for each in days if date.fromisoformat(each["day"]).weekday() > 4]
    assert {(each["closed"], len(each["slots"])) for each in at_weekends} == {("weekday", 0)}


@pytest.mark.parametrize("day", ["9999-12-31", "9998-12-01", "0001-01-01", "2020-02-29"])
def test_capacity_of_a_day_out_of_reach_is_refused_by_its_field(api: Api, day: str) -> None:
    answer = changed(api, f"/api/calendars/counter/days/{day}", 3, version=0)
    assert answer.status_code == 400
    assert [each["field"] for each in answer.json_body["errors"]] == ["day"]


def test_a_change_is_audited(api: Api) -> None:
    path = f"/api/calendars/counter/days/{first_day()}"
    assert changed(api, path, 0, version=0).status_code == 200
    log = api.get("/api/admin/audit", api.token("admin")).json_body["items"]
    (entry,) = [each for each in log if each["action"] == "calendars.change"]
    assert (entry["subject"], entry["details"]) == (f"counter {first_day()}", "capacity=0")


def test_an_unknown_calendar_or_day_is_refused(api: Api) -> None:
    officer = api.token("officer")
    assert api.get("/api/calendars/unknown/days/2026-06-08", officer).status_code == 404
    assert changed(api, "/api/calendars/unknown/days/2026-06-08", 1, 0).status_code == 404
    assert api.get("/api/calendars/counter/days/monday", officer).status_code == 404
    assert api.get("/api/calendars/unknown/days?from=2026-06-08", officer).status_code == 404
    assert api.get("/api/calendars/counter/days?from=monday", officer).status_code == 400
    assert api.get("/api/calendars/counter/days", officer).status_code == 400
    assert api.get("/api/calendars/counter/days?from=9999-12-30", officer).status_code == 200


def test_officer_notes_that_nobody_came_and_takes_it_back(api: Api) -> None:
    day = first_day()
    book(api, day)
    officer, path = api.token("officer"), f"/api/calendars/counter/days/{day}"
    missed = f"/api/reports/{api.stored_ids()[0]}/booking/no-show"
    assert api.post(missed, {"came": False}, token=officer).status_code == 409
    with time_machine.travel(datetime.fromisoformat(f"{day}T12:00:00+00:00"), tick=False):
        officer = api.token("officer")
        for came in (False, True):
            answer = api.post(missed, {"came": came}, token=officer)
            assert answer.status_code == 200, answer.body
            (booking,) = api.get(path, officer).json_body["slots"][0]["bookings"]
            assert (booking["request"]["no_show_at"] is None) is came
        log = api.get("/api/admin/audit", api.token("admin")).json_body["items"]
    found = [each["details"] for each in log if each["action"] == "bookings.no_show"]
    assert sorted(found)[-2:] == ["came=false", "came=true"]
    assert api.post(missed, {"came": False}, token=api.token("resident")).status_code == 403


def test_officer_sees_and_changes_only_calendars_of_their_teams(api: Api) -> None:
    path = f"/api/calendars/counter/days/{first_day()}"
    waste = api.staff("waste", Grant(role="officer", teams=("waste",)))
    listed = api.get("/api/calendars", waste).json_body["items"]
    assert [each["calendar"] for each in listed] == ["bulky"]
    assert api.get(path, waste).status_code == 403
    week = f"/api/calendars/counter/days?from={first_day()}"
    assert api.get(week, waste).status_code == 403
    assert api.patch(path, {"capacity": 0}, version=0, token=waste).status_code == 403
    assert len(api.get("/api/calendars", api.token("officer")).json_body["items"]) == 3


def test_booking_outside_the_officers_wards_is_only_counted(api: Api) -> None:
    day = first_day()
    book(api, day)
    path = f"/api/calendars/counter/days/{day}"
    elsewhere = api.staff("elsewhere", Grant(role="officer", teams=("contact",), wards=("x",)))
    (booking,) = api.get(path, elsewhere).json_body["slots"][0]["bookings"]
    assert (booking["units"], booking["service_request_id"], booking["request"]) == (1, None, None)


def test_officer_of_a_ward_sees_a_calendar_that_all_wards_share_and_does_not_change_it(
    api: Api,
) -> None:
    path = f"/api/calendars/counter/days/{first_day()}"
    of_ward = api.staff("of-ward", Grant(role="officer", wards=("centre",)))
    assert api.get(path, of_ward).status_code == 200
    refused = api.patch(path, {"capacity": 0}, version=0, token=of_ward)
    assert refused.status_code == 403
    assert "All wards share this calendar" in refused.json_body["detail"]
