"""Every route as every kind of caller: who gets what, as docs/PERMISSIONS.md says.

The routes are those of the application itself; one that names no permission and stands in no table
fails here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

import boto3
import pytest
from chalice.app import Chalice
from chalice.test import Client, HTTPResponse
from msgspec.structs import replace

import app
from chalicelib.accounts.model import Account, Grant
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.bootstrap.payments import charges, payment_ids
from chalicelib.gazetteer.wards import WARDS
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.route_facts import RouteFacts
from chalicelib.handlers.http.routes import Routes
from chalicelib.jobs.drafts import JobChanges, JobDraft, Operation
from chalicelib.jobs.people import EVERYWHERE as REMITS
from chalicelib.jobs.people import Operator
from chalicelib.jobs.usecases import planning
from chalicelib.jobs.usecases.operations import apply_operations
from chalicelib.kernel.time import text_of, utc_now
from chalicelib.payments.model import Charge, Payment
from infra.demo.gazetteer import COMMITTED
from infra.local.cloud import Cloud
from infra.permissions import (
    CALLERS,
    DOCUMENT,
    OPEN,
    OWNER_RULES,
    UndeclaredError,
    declared_routes,
    document,
    expected_answer,
    name_of,
)
from infra.tokens import token_of
from tests.support.builders import draft_body, long_key
from tests.support.fakes_alerts import subscription

NOISE: dict[str, Any] = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}
HERE, ELSEWHERE = ("highways", "protection", "contact", "waste"), ("parks",)
"""The teams of the reports and calendars here, and another."""
WARD, OTHER_WARD = "centre", "north"
"""The ward that they lie in, and another."""
BODIES: dict[str, dict[str, Any]] = {
    "updates": {"text": "x"},
    "flags": {"reason": "other"},
    "notes": {"text": "x"},
    "questions": {"text": "x"},
    "waiver": {"reason": "x"},
    "receipt": {"number": "x"},
    "refunds": {"amount_pence": 1, "reason": "x"},
    "redaction": {"areas": [{"x": 0, "y": 0, "width": 1, "height": 1}]},
    # A fault, for each caller is needed again.
    "erasure": {"redact": "x"},
    "confirm": {"token": "x"},
    "links": {"name": "x"},
    "disputed-op": {"keep": "office"},
    "order": {"job_ids": ["0" * 12]},
    "move": {"premises_id": "100"},
    "no-show": {"came": False},
    "booking": {"day": "2026-06-08", "slot": "day"},
    "devices": {"push": {"endpoint": "https://127.0.0.1/x", "p256dh": "x", "auth": "x"}},
}
ANSWERS = {401: "sign in", 403: "refused", 404: "not there"}


@dataclass
class Council:
    """The application on moto, and an account for each kind of caller."""

    client: Client
    accounts: dict[str, Account]
    keys: Iterator[int]

    def token(self, caller: str) -> str | None:
        account = self.accounts.get(caller)
        if account is None:
            return None
        hours = -1 if caller == "expired" else 1
        holding = replace(account, disabled_at=None)
        ports = accounts_ports()
        return token_of(holding, timedelta(hours=hours), "A test", ports)

    def report(self, **values: Any) -> tuple[str, str]:
        """A report of the owner's, and the key that it was sent under."""
        key = f"key-{next(self.keys)}"
        sent = self.call("owner", "POST", "/api/reports", draft_body(**values), key=key)
        assert sent.status_code == 201, sent.body
        return str(sent.json_body["service_request_id"]), key

    def job(self) -> str:
        """One of a report here, about which there is a dispute."""
        staff = Operator(actor="staff", remits=REMITS, device="a phone", scope="account:staff")
        ports, draft = jobs_ports(), JobDraft(service_request_ids=(self.report()[0],))
        job = planning.create_job(draft, f"job-{next(self.keys)}", staff, ports)
        cancelled = JobChanges(state="cancelled", because="Not needed.")
        planning.change_job(job.job_id, cancelled, job.version, staff, ports)
        done = Operation(
            op_id="disputed-op", job_id=job.job_id, kind="done", base_version=1, at=utc_now()
        )
        apply_operations([done], staff, ports)
        return job.job_id

    def unpaid_payment(self, service_request_id: str) -> str:
        """A payment that failed, of a charge for the report."""
        payment_id = payment_ids().make(service_request_id, 1)
        failed = Payment(payment_id=payment_id, asked_at=utc_now(), state="failed")
        charge = Charge(
            service_request_id=service_request_id,
            amount_pence=4_200,
            fund="BULKY",
            description="x",
            payments=(failed,),
        )
        charges().save(charge)
        return payment_id

    def disruption(self) -> str:
        """One of the teams and the ward here."""
        times = {"begins": f"{text_of(utc_now())}", "ends": text_of(utc_now() + timedelta(hours=1))}
        body = {"title": "x", "area": {"ward_code": WARD}, "service_codes": ["pothole"], **times}
        posted = self.call("admin", "POST", "/api/disruptions", body, key=f"d{next(self.keys)}")
        assert posted.status_code == 201, posted.body
        return str(posted.json_body["disruption_id"])

    def subscription(self) -> str:
        """One of the owner's."""
        one = subscription(next(self.keys), account_id=self.accounts["owner"].account_id)
        return alerts_ports().subscriptions.add(one).subscription_id

    def call(
        self, caller: str, method: str, path: str, body: Any = None, *, key: str = "k"
    ) -> HTTPResponse:
        is_form = path.startswith(("/forms", "/open311"))
        kind = "application/x-www-form-urlencoded" if is_form else "application/json"
        headers = {"Idempotency-Key": long_key(key), "If-Match": '"1"', "Content-Type": kind}
        if token := self.token(caller):
            headers["Authorization"] = f"Bearer {token}"
        sent = b"text=x" if is_form else json.dumps(body or {}).encode()
        return self.client.http.request(method, path, headers=headers, body=sent)


def grants_of(caller: str) -> tuple[Grant, ...]:
    kind = CALLERS[caller]
    if kind.role is None or kind.role == "resident":
        return ()
    if kind.role == "admin":
        return (Grant(role="admin"),)
    if kind.is_here:
        return (Grant(role=kind.role, teams=HERE, wards=(WARD,)),)
    # One is of another team, the other of another ward: either is elsewhere.
    if kind.role == "crew":
        return (Grant(role=kind.role, teams=ELSEWHERE, wards=(WARD,)),)
    return (Grant(role=kind.role, teams=HERE, wards=(OTHER_WARD,)),)


def account_for(caller: str) -> Account:
    now = utc_now().replace(microsecond=0)
    account_id = caller.replace(" ", "-")
    made = Account(account_id=account_id, created_at=now, grants=grants_of(caller))
    return replace(made, disabled_at=now if caller == "disabled" else None)


@pytest.fixture(scope="module")
def council() -> Iterator[Council]:
    cloud = Cloud()
    wards = COMMITTED[WARDS].read_bytes()
    boto3.client("s3").put_object(Bucket=cloud.bucket, Key=WARDS, Body=wards)
    people = accounts_ports().accounts
    accounts = {
        caller: people.add(account_for(caller)) for caller, kind in CALLERS.items() if kind.role
    }
    with Client(app.app) as client:
        yield Council(client, accounts, count())
    cloud.stop()


def got(council: Council, facts: RouteFacts, caller: str) -> str:
    """What the caller gets from that route, of a private report where it is one's."""
    request_id, key = council.report(**NOISE) if "service_request_id" in facts.path else ("", "k")
    fields = {"service_request_id": request_id, "photo_id": "0" * 26}
    if "subscription_id" in facts.path:
        fields["subscription_id"] = council.subscription()
    if "job_id" in facts.path:
        fields |= {"job_id": council.job(), "dispute_id": "disputed-op"}
    if "disruption_id" in facts.path:
        fields["disruption_id"] = council.disruption()
    if facts.path.endswith("/refunds"):
        fields["payment_id"] = council.unpaid_payment(council.report(**NOISE)[0])
    fields |= {"crew": "highways-north", "date": "2026-06-01", "calendar": "counter"}
    path = facts.path.format_map(Placeholders(fields))
    body = next((body for end, body in BODIES.items() if path.endswith(end)), {})
    status = council.call(caller, facts.method, path, body, key=key).status_code
    assert status < 500, f"{name_of(facts)} answers {status} to {caller}"
    is_of_a_report = "service_request_id" in facts.path and name_of(facts) not in OPEN
    is_of_one = (is_of_a_report and not facts.is_page) or any(
        name in facts.path
        for name in ("{subscription_id}", "{token}", "{job_id}", "{disruption_id}", "/refunds")
    )
    tells = status in (401, 403) or (status == 404 and is_of_one)
    return ANSWERS[status] if tells else "allowed"


class Placeholders(dict[str, str]):
    """An id of the usual form for every other part of a path."""

    def __missing__(self, _: str) -> str:
        return "0" * 32


ROUTES = {name_of(facts): facts for facts in declared_routes()}


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_every_caller_gets_the_response_in_the_table(name: str, council: Council) -> None:
    facts = ROUTES[name]
    answers = {caller: got(council, facts, caller) for caller in CALLERS}
    assert answers == {caller: expected_answer(facts, caller) for caller in CALLERS}


def undeclared(of: Chalice, declared: dict[str, RouteFacts]) -> set[str]:
    """Routes that are in neither table."""
    registered = {f"{method} {path}" for path, methods in of.routes.items() for method in methods}
    # Each GET answers HEAD, too.
    registered = {name for name in registered if not name.startswith("HEAD ")}
    found = registered - set(declared)
    for name, facts in declared.items():
        try:
            expected_answer(facts, "nobody")
        except UndeclaredError:
            found.add(name)
    return found


def test_every_route_of_the_application_is_in_a_table() -> None:
    assert undeclared(app.app, ROUTES) == set()


def test_route_is_detected_when_it_is_in_no_table() -> None:
    careless = Chalice("careless")
    careless.route("/api/careless")(lambda: {})
    routes = Routes(__name__)
    routes.endpoint(
        "/api/admin/careless", method="GET", auth=auth.anyone, summary="x", answer=None
    )(lambda _: None)
    planted = {name_of(facts): facts for facts in routes.facts}
    assert undeclared(careless, planted) == {"GET /api/careless", "GET /api/admin/careless"}


def test_every_entry_of_the_tables_matches_a_route() -> None:
    names = [
        name
        for name, facts in ROUTES.items()
        if auth.permission_of(facts.auth) is None or name in OWNER_RULES
    ]
    for pattern in [*OPEN, *OWNER_RULES]:
        used = pattern in names or any(fnmatchcase(name, pattern) for name in names)
        assert used, pattern


def test_document_of_permissions_is_up_to_date() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert written == document(ROUTES.values()), "run: python -m infra permissions"


EVERYBODY_WHO_HOLDS = [caller for caller, kind in CALLERS.items() if kind.is_valid]


@pytest.mark.parametrize("caller", EVERYBODY_WHO_HOLDS)
def test_public_report_is_changed_only_by_officers_of_its_team(
    caller: str, council: Council
) -> None:
    allowed = caller in ("officer", "admin")
    other = 401 if caller == "nobody" else 403
    for changes in ({"visibility": "hidden"}, {"clear": ["contact"]}, {"state": "fixed"}):
        request_id, _ = council.report()
        path = f"/api/reports/{request_id}"
        assert council.call(caller, "PATCH", path, changes).status_code == (
            200 if allowed else other
        )


@pytest.mark.parametrize("caller", EVERYBODY_WHO_HOLDS)
def test_state_is_set_only_by_staff_of_the_reports_team(caller: str, council: Council) -> None:
    request_id, _ = council.report()
    path, body = f"/api/reports/{request_id}/updates", {"text": "Done.", "state": "fixed"}
    status = council.call(caller, "POST", path, body).status_code
    assert status == (201 if caller in ("crew", "officer", "admin") else 403)


PUBLIC_FIELDS = {
    "service_request_id",
    "status",
    "state",
    "service_code",
    "service_name",
    "title",
    "description",
    "visibility",
    "lat",
    "long",
    "address",
    "ward_code",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "delay",
    "planned_day",
    "external_reference",
    "asset_id",
    "tracking_url",
    "photos",
    "updates",
    "duplicate_of",
    "followers",
    "version",
}
OFFICERS_FIELDS = PUBLIC_FIELDS | {
    "team",
    "priority",
    "opens",
    "because",
    "decided_by_hand",
    "premises_id",
    "collection",
    "order",
    "review_on",
    "attributes",
    "contact",
    "language",
    "reach_by",
    "failed_repairs",
    "said_fixed",
    "said_not_fixed",
    "anonymous",
    "channel",
    "publish_at",
    "flags",
    "all_photos",
    "held_updates",
    "notes",
}
CONTACT = {"name": "Canary", "email": "canary@example.org", "phone": "01904 960999"}


@pytest.mark.parametrize("caller", EVERYBODY_WHO_HOLDS)
def test_report_has_the_fields_of_the_callers_role_and_no_others(
    caller: str, council: Council
) -> None:
    request_id, _ = council.report(contact=CONTACT)
    answer = council.call(caller, "GET", f"/api/reports/{request_id}")
    is_officer = caller in ("officer", "admin")
    assert set(answer.json_body) == (OFFICERS_FIELDS if is_officer else PUBLIC_FIELDS)
    assert (b"anary" in answer.body) is is_officer


def test_list_of_waiting_reports_has_only_those_of_the_officers_remit(council: Council) -> None:
    council.report(service_code="graffiti")
    shown = {
        caller: council.call(caller, "GET", "/api/moderation?reason=waiting").json_body["items"]
        for caller in ("officer", "officer elsewhere", "admin")
    }
    assert [each["service_code"] for each in shown["admin"]] == ["graffiti"]
    assert shown["officer"] == shown["officer elsewhere"] == []
