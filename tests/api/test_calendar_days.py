"""What officers see of a day of a calendar, and the capacity that they change."""

from chalice.test import HTTPResponse

from chalicelib.bootstrap import container
from chalicelib.kernel.time import utc_now
from tests.api.conftest import Api


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
    sent = {"calendar": "counter", "day": day, "slot": "0900", "units": 2}
    until = api.post("/api/holds", sent, key="one").json_body["until"]
    seen = api.get(path, api.token("officer")).json_body
    assert (seen["version"], seen["capacity"]) == (1, 2)
    assert seen["slots"][0] == {
        "slot": "0900",
        "name": "9am",
        "free": 0,
        "bookings": [{"units": 2, "service_request_id": None, "until": until}],
    }
    answer = changed(api, path, 1, version=1)
    assert answer.status_code == 200
    assert answer.json_body == api.get(path, api.token("officer")).json_body
    assert [each["free"] for each in answer.json_body["slots"][:2]] == [0, 1]
    assert answer.json_body["slots"][0]["bookings"] == seen["slots"][0]["bookings"]
    assert changed(api, path, 5, version=1).status_code == 409


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
