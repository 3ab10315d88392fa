"""A crew's whole day without a signal: nothing it did is lost, and everything arrives once."""

import json
import re
import urllib.request
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Geolocation, Page, expect

from chalicelib.accounts.model import Account
from chalicelib.bootstrap import container
from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.jobs.model import Job, derive_job_id
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.submission import submit
from infra.local.stack import LocalStack
from tests.browser.conftest import StartPhone
from tests.browser.signing_in import new_account, sign_in
from tests.support.builders import draft
from tests.support.patience import wait_until

CREW, OTHER = "highways-north", "highways-south"
JOBS = 30
DONE = (1, 2, 3, 4, 5)
CANCELLED, CANCELLED_TOO, MOVED, MADE_LONGER = 3, 20, 10, 4
LONGER = 95
MARKET: Geolocation = {"latitude": 53.959, "longitude": -1.0815}


def today() -> date:
    return jobs_ports().now().astimezone(container.council().zone).date()


def job_of(number: int) -> str:
    return derive_job_id("a whole day", str(number))


def name_of(number: int) -> str:
    return f"Gully {number} of the day"


def report_id_of(number: int) -> str:
    """The report that the job of that number is about."""
    about = draft(title=name_of(number), service_code="pothole")
    ports = reports_ports()
    return submit(about, f"crew-day-{number}", Author(), ports).service_request_id


def planned_job(number: int, now: datetime, reports: tuple[str, ...]) -> Job:
    """The job of that number in today's order, 66 m east of the one before."""
    return Job(
        job_id=job_of(number),
        kind="repair",
        state="planned",
        title=name_of(number),
        service_code="pothole",
        team="highways",
        minutes=15,
        lat=53.959,
        long=-1.0815 + number / 1000,
        opened_at=now,
        updated_at=now,
        crew=CREW,
        planned_day=today(),
        position=number,
        address=f"{number} Mill Lane",
        service_request_ids=reports,
        hazards=("Live cable",) if number == 1 else (),
        plans=1,
    )


class TheOffice:
    """What an officer sees and does of the jobs, over the API."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        with urllib.request.urlopen(f"{stack.url}/_local/tokens.json") as answer:
            self._token = json.load(answer)["officer"]

    def look(self, number: int) -> dict[str, Any]:
        return self._call("GET", number)

    def change(self, number: int, **changes: Any) -> None:
        self._call("PATCH", number, changes, {"If-Match": f'"{self.look(number)["version"]}"'})

    def settle(self, number: int, keep: str) -> None:
        job = self.look(number)
        path = f"/disputes/{job['disputes'][0]['dispute_id']}"
        version = {"If-Match": f'"{job["version"]}"'}
        self._call("POST", number, {"keep": keep}, version, path)

    def _call(
        self,
        method: str,
        number: int,
        body: Any = None,
        headers: dict[str, str] | None = None,
        path: str = "",
    ) -> dict[str, Any]:
        self._stack.cloud.pump.wait_until_idle()
        request = urllib.request.Request(
            f"{self._stack.url}/api/jobs/{job_of(number)}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                **(headers or {}),
            },
            method=method,
        )
        with urllib.request.urlopen(request) as answer:
            told: dict[str, Any] = json.load(answer)
        self._stack.cloud.pump.wait_until_idle()
        return told


@pytest.fixture(scope="module")
def office(stack: LocalStack) -> TheOffice:
    """The office, which has planned thirty jobs for the crew today."""
    ports = jobs_ports()
    for number in range(1, JOBS + 1):
        ids = (report_id_of(number),) if number in DONE else ()
        ports.jobs.add(planned_job(number, ports.now().replace(microsecond=0), ids))
    stack.cloud.pump.wait_until_idle()
    return TheOffice(stack)


def begin(page: Page, account: Account) -> None:
    """Signs in, chooses the crew, and waits until the phone can do without a signal."""
    sign_in(page, account)
    with page.expect_response("**/basemap.pmtiles"):
        page.goto("/crew/")
    page.get_by_role("radio", name="Highways north").check()
    page.get_by_role("button", name="Show list").click()
    expect(page.locator("ol.crew-list > li")).to_have_count(JOBS)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")


def say_done(page: Page, number: int, photo: Path) -> None:
    page.get_by_role("link", name=re.compile(rf"^{number}\. ")).click()
    page.get_by_role("button", name="Done").click()
    page.get_by_label("Photos after the work").set_input_files(photo)
    expect(page.locator(".crew-chosen img")).to_have_count(1)
    page.get_by_label("What was done").fill(f"Emptied gully {number}.")
    page.get_by_role("button", name="Save as done").click()
    expect(page.get_by_text("Saved on this phone")).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()


def send_push(page: Page) -> None:
    """What the office sends when it changed the day, as it comes to the service worker."""
    line, known = page.context.new_cdp_session(page), list[str]()
    line.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: known.extend(each["registrationId"] for each in told["registrations"]),
    )
    line.send("ServiceWorker.enable")
    wait_until(lambda: known, lambda: page.wait_for_timeout(20))
    site = page.url.split("/crew/")[0]
    told = {"origin": site, "registrationId": known[0], "data": '{"kind":"day"}'}
    line.send("ServiceWorker.deliverPushMessage", told)
    line.detach()


def test_offline_day_is_sent_once_and_shows_the_offices_changes(
    start_phone: StartPhone, office: TheOffice, shared_data: Path
) -> None:
    crew, photo = new_account("crew"), shared_data / "photos" / "bath_photo.JPG"
    page = start_phone(MARKET)
    begin(page, crew)
    page.context.set_offline(True)
    page.reload()
    for number in DONE:
        say_done(page, number, photo)
    expect(page.locator("#badge-waiting")).to_have_text("5 waiting to send")
    expect(page.locator("#badge-offline")).to_have_text("Offline")

    office.change(CANCELLED, state="cancelled", because="The gas people dig there first.")
    office.change(CANCELLED_TOO, state="cancelled", because="Nobody found it.")
    office.change(MOVED, crew=OTHER)
    office.change(MADE_LONGER, minutes=LONGER)

    page = start_phone(MARKET, is_offline=True)
    page.goto("/crew/")
    expect(page.locator("ol.crew-list > li")).to_have_count(JOBS)
    expect(page.locator("#badge-waiting")).to_have_text("5 waiting to send")
    expect(page.locator(".app-tag--unsent")).to_have_count(5)
    page.get_by_role("button", name="Map").click()
    expect(page.get_by_text("Tap a number")).to_be_visible()
    expect(page.locator("#crew-map canvas").first).to_be_visible()

    sign_in(page, crew)
    page.context.set_offline(False)
    page.goto("/crew/")
    expect(page.locator("#badge-waiting")).to_have_text("All sent")
    changes = page.locator("#changes")
    expect(changes).to_contain_text(f"Removed: {name_of(CANCELLED_TOO)}")
    expect(changes).to_contain_text(f"Removed: {name_of(MOVED)}")
    for number in DONE:
        job = office.look(number)
        [event] = job["events"]
        assert (event["kind"], event["text"]) == ("done", f"Emptied gully {number}.")
        assert len(event["photos"]) == 1 and event["photos"][0]["state"] == "ready"
        assert (event["lat"], event["long"]) == (53.959, -1.0815)
        assert job["state"] == ("cancelled" if number == CANCELLED else "done")
    assert office.look(MADE_LONGER)["minutes"] == LONGER
    page.get_by_role("button", name="I have seen this").click()
    expect(changes).to_be_hidden()

    page.get_by_role("link", name="See both").click()
    versions = page.locator(".crew-versions")
    expect(versions).to_contain_text("The gas people dig there first.")
    expect(versions).to_contain_text(f"Emptied gully {CANCELLED}.")
    office.settle(CANCELLED, "site")
    send_push(page)
    expect(page.get_by_text("to keep the record from site")).to_be_visible()
    page.goto("/crew/#summary")
    expect(page.get_by_text("We have received all your records.")).to_be_visible()
