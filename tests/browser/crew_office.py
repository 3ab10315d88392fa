"""A fake API for a crew's page, which answers as the test wants."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, expect

from tests.browser.crew_rounds import Rounds

JobJson = dict[str, Any]

ACCOUNT = {"account_id": "crew-1", "name": None, "roles": ["crew"], "assurance": "staff"}
NAME = "North crew"
CREW = {
    "crew": "north",
    "name": NAME,
    "team": "highways",
    "depot": {"name": "Foss yard", "lat": 53.962, "long": -1.07},
    "shift": {"starts": "07:30", "ends": "15:30"},
    "skills": [],
}
STATES = {"start": "started", "done": "done", "could_not": "could_not", "hand_over": "handed_over"}
PICTURE = b"""<svg xmlns="http://www.w3.org/2000/svg" width="160" height="120">
<rect width="160" height="120" fill="#987"/></svg>"""


def job(number: int, **changes: Any) -> JobJson:
    """The job with this number, about 110 m north of the one before."""
    return {
        "job_id": f"JOB{number:09d}",
        "version": 1,
        "state": "planned",
        "kind": "repair",
        "title": f"Pothole {number}",
        "service_code": "pothole",
        "service_name": "Pothole",
        "priority": "normal",
        "lat": 53.95 + number / 1000,
        "long": -1.0815,
        "address": f"{number} Mill Lane",
        "ward_code": None,
        "description": "A deep hole by the kerb.",
        "service_request_ids": [f"REPORT{number:06d}"],
        "team": "highways",
        "crew": "north",
        "planned_day": None,
        "position": number,
        "arrives_at": None,
        "minutes": 30,
        "window": None,
        "due": None,
        "materials": [],
        "hazards": [],
        "skills": [],
        "instructions": "",
        "first_job_id": None,
        "cancelled_because": None,
        "photos_before": [],
        "opened_at": "2026-05-01T08:00:00Z",
        "updated_at": "2026-05-01T08:00:00Z",
        "contractor": None,
        "events": [],
        "disputes": [],
        **changes,
    }


class Office:
    """Answers the calls of a page.

    `is_away` breaks every connection, `is_signed_out` refuses a token. `refuses` has, by kind of
    operation, the reason to reject it; `first_said` has, by job, the reason why the office
    cancelled it before the phone's operation arrived. `account` is signed in; `refuses_list` is the
    reason why it may not read the day.
    """

    def __init__(self, *jobs: JobJson) -> None:
        self.jobs = {each["job_id"]: each for each in jobs}
        self.gone: list[dict[str, str]] = []
        self.taken: list[dict[str, Any]] = []
        self.uploads: list[str] = []
        self.asked: list[str] = []
        self.refuses: dict[str, str] = {}
        self.first_said: dict[str, str] = {}
        self.account, self.refuses_list = ACCOUNT["account_id"], ""
        self.is_away = self.is_signed_out = False
        self.rounds = Rounds()

    def meet(self, page: Page) -> None:
        for pattern, answer in (
            ("**/api/session/refresh", self._session),
            ("**/api/crews", lambda _: {"items": [CREW]}),
            ("**/api/crews/*/day?*", self._link),
            ("**/_office/day.json", None),
            ("**/api/photos", self._photo),
            ("**/_office/upload", None),
            ("**/_office/*.svg", None),
            ("**/api/jobs/operations", self._operations),
            ("**/api/rounds?*", self.rounds.listed),
            ("**/api/rounds/streets?*", self.rounds.streets),
            ("**/api/rounds/premises?*", self.rounds.premises),
            ("**/api/rounds/operations", self.rounds.operations),
        ):
            page.route(pattern, partial(self._answer, answer=answer))

    def _answer(self, route: Route, *, answer: Any) -> None:
        path = urlsplit(route.request.url).path
        self.asked.append(path)
        if self.is_away:
            route.abort()
        elif answer:
            self._fulfill(route, answer(route))
        elif path.endswith(".svg"):
            route.fulfill(content_type="image/svg+xml", body=PICTURE)
        elif path.endswith("/upload"):
            self._upload(route)
        else:
            self._day(route)

    def _upload(self, route: Route) -> None:
        self.uploads.append(route.request.headers["content-type"])
        route.fulfill(status=204)

    def _fulfill(self, route: Route, answer: Any) -> None:
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        route.fulfill(status=status, content_type="application/json", body=json.dumps(body))

    def _session(self, _: Route) -> Any:
        if self.is_signed_out:
            return 401, {"title": "Unauthorized", "status": 401}
        return {"access_token": "token", "account": {**ACCOUNT, "account_id": self.account}}

    def _link(self, _: Route) -> Any:
        if self.refuses_list:
            return 404, {"title": "Not Found", "status": 404, "detail": self.refuses_list}
        until = datetime.now(UTC) + timedelta(hours=1)
        return {"url": "/_office/day.json", "expires_at": until.isoformat(), "etag": self._etag}

    @property
    def _document(self) -> str:
        document = {
            **CREW,
            "date": datetime.now(UTC).date().isoformat(),
            "made_at": "2026-05-01T08:00:00Z",
            "jobs": list(self.jobs.values()),
            "gone": self.gone,
        }
        return json.dumps(document)

    @property
    def _etag(self) -> str:
        return f'"{abs(hash(self._document))}"'

    def _day(self, route: Route) -> None:
        if route.request.headers.get("if-none-match") == self._etag:
            route.fulfill(status=304, headers={"ETag": self._etag})
            return
        route.fulfill(
            content_type="application/json", headers={"ETag": self._etag}, body=self._document
        )

    def _photo(self, route: Route) -> Any:
        key = route.request.headers["idempotency-key"]
        return 201, {"photo_id": f"PHOTO-{key}", "url": "/_office/upload", "fields": {"key": key}}

    def _operations(self, route: Route) -> Any:
        sent = json.loads(route.request.post_data or "{}")["operations"]
        return {"items": [self._take(each) for each in sent]}

    def _take(self, sent: Mapping[str, Any]) -> Any:
        if reason := self.refuses.get(sent["kind"]):
            return {"op_id": sent["op_id"], "result": "rejected", "reason": reason}
        known = self.jobs[sent["job_id"]]
        if any(each["op_id"] == sent["op_id"] for each in self.taken):
            return {"op_id": sent["op_id"], "result": "duplicate", "job": known}
        self.taken.append(dict(sent))
        photos = [{"photo_id": each, "state": "waiting", "url": None} for each in sent["photo_ids"]]
        event = {
            **{
                "received_at": sent["at"],
                "by": "crew",
                "crew": "north",
                "text": "",
                "reason": None,
            },
            **sent,
            "photos": [{**each, "thumbnail_url": None} for each in photos],
        }
        after = {**known, "version": known["version"] + 1, "events": [*known["events"], event]}
        said = STATES.get(sent["kind"])
        because = self.first_said.get(sent["job_id"])
        if because and said:
            after |= {"state": "cancelled", "cancelled_because": because}
            after["disputes"] = [self._dispute(sent, said)]
        elif said:
            after["state"] = said
        self.jobs[sent["job_id"]] = after
        result = "conflict" if because and said else "applied"
        return {"op_id": sent["op_id"], "result": result, "job": after}

    def _dispute(self, sent: Mapping[str, Any], said: str) -> dict[str, Any]:
        return {
            "dispute_id": sent["op_id"],
            "op_id": sent["op_id"],
            "about": "outcome",
            "site": {"state": said, "at": sent["at"], "by": "crew"},
            "office": {"state": "cancelled", "at": "2026-05-01T09:00:00Z", "by": "office"},
            "opened_at": sent["at"],
            "settled": None,
        }


def open_list(page: Page, office: Office) -> Page:
    """Open the list of today's jobs and choose the crew."""
    office.meet(page)
    page.goto("/crew/")
    page.get_by_role("radio", name=NAME).check()
    page.get_by_role("button", name="Show list").click()
    expect(page.locator("#badge-synced")).to_contain_text("Synced")
    return page


def come_back(page: Page) -> None:
    """Make the page visible again, like a phone that is taken out of a pocket."""
    page.evaluate("dispatchEvent(new Event('online'))")
