"""Requests made from the API's description: answers are as described, and what it allows is taken.

Everything is generated from fixed seeds. `make test` sends a few requests to each operation, and
those marked exhaustive many.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

import boto3
import pytest
from chalice.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode, Response
from schemathesis import openapi as schemathesis
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import (
    AnalysisConfig,
    ConstantsConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)

import app
from chalicelib.accounts.model import Role
from chalicelib.gazetteer.wards import WARDS
from chalicelib.handlers.http.routes import REQUEST_ID
from chalicelib.net.internet import Internet
from infra.demo.gazetteer import COMMITTED
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.support.builders import draft_body
from tests.support.effort import EXHAUSTIVE
from tests.support.jobs import JobsApi
from tests.support.wsgi import wsgi_of

FEW, FEWEST, MANY = 2, 1, 40
PEOPLE: tuple[Role, ...] = ("resident", "crew", "officer", "admin")
SENDERS = PEOPLE if EXHAUSTIVE else ("resident", "admin")
"""Those who send what is generated: the administrator gets all that crews and officers get, which
`test_permissions.py` calls as everybody."""
NUMBERS = count(1)
SOMEWHERE = "93.184.215.14"
"""The address of each other system, none of which is called."""
OPAQUE = {"cursor", "after", "token"}
"""Parameters whose values come from earlier answers."""
OF_THE_COUNCIL = {
    *("service_code", "service_codes", "team", "kind", "crew", "crews", "ward_code"),
    "language",
}
"""Codes that each council chooses."""
NOT_SET = {"clear"}
"""A field cannot be both set and cleared."""
ADDRESS = "an email address or a UK mobile number, however it is typed"
ADMIN = "an administrator is one of all teams and wards"
DISRUPTION = {
    "ends": "after it begins, in the future, within 366 days",
    "area": "a ward or a whole circle",
}
PUBLIC = "a public https address"
REPORTS = "of the caller's teams and wards"
PUSH_KEYS = "keys of a browser, which lie on a curve"
RULES: dict[str, dict[str, str]] = {
    "GET /api/ledger": {"to": "from day on, at most seven days"},
    "GET /api/my-area": {
        "postcode": "a whole postcode, or else a place",
        "lat": "with long",
        "long": "with lat",
    },
    "GET /api/outbound/deliveries": {"destination": "a council's or a receiver's"},
    "GET /api/reports": {"bbox": "west before east, south before north"},
    "PATCH /api/admin/people/{account_id}": {"grants": ADMIN},
    "PATCH /api/desk/templates/{template_id}": {"state": "one of a report"},
    "PATCH /api/disruptions/{disruption_id}": DISRUPTION,
    "PATCH /api/jobs/{job_id}": {
        "add_reports": REPORTS,
        "because": "where the job is cancelled",
        "remove_reports": "not the last one",
        "service_request_ids": REPORTS,
        "state": "one that follows",
    },
    "PATCH /api/outbound/receivers/{receiver_id}": {"url": PUBLIC},
    "PATCH /api/subscriptions/{subscription_id}": {"topic": "each kind has fields of its own"},
    "POST /api/account/addresses": {"address": ADDRESS},
    "POST /api/account/addresses/removal": {"address": ADDRESS},
    "POST /api/admin/blocks": {"address_or_domain": f"{ADDRESS}, or a domain"},
    "POST /api/admin/people": {"address": ADDRESS, "grants": ADMIN},
    "POST /api/cases/bulk": {"changes": "at least one", "ids": "each once"},
    "POST /api/crews/{crew}/devices": {"push": PUSH_KEYS},
    "POST /api/days/plan": {"date": "within three months"},
    "POST /api/desk/templates": {"state": "one of a report"},
    "POST /api/desk/views": {"query": "filters that GET /api/cases takes"},
    "POST /api/disruptions": DISRUPTION,
    "POST /api/disruptions/audience": DISRUPTION,
    "POST /api/jobs": {"service_request_ids": REPORTS},
    "POST /api/outbound/receivers": {"url": PUBLIC},
    "POST /api/outbound/receivers/{receiver_id}/replay": {"since": "within the last 30 days"},
    "POST /api/photos": {"service_request_id": "a reference, however it is typed"},
    "POST /api/premises/{premises_id}/garden/move": {"premises_id": "of an address of the council"},
    "POST /api/reports": {
        "lat": "in the council's area; without it and long, address",
        "long": "in the council's area; without it and lat, address",
        "photo_ids": "of this report's key",
        "attributes": "as the service asks",
        "collection": "as the service asks",
    },
    "POST /api/reports/{service_request_id}/follow": {
        "to": "where the channel needs it",
        "push": "where the channel needs it",
    },
    "POST /api/reports/{service_request_id}/updates": {
        "photo_ids": "of this update's key",
        "state": "one that follows",
    },
    "POST /api/rounds/corrections": {
        "day": "of the last two weeks",
        "premises_id": "of the round",
        "reason": "one of those of the kind",
        "round": "one that is published",
        "street": "of the round",
    },
    "POST /api/subscriptions": {
        "to": "where the channel needs it",
        "push": "where the channel needs it",
        "topic": "each kind has fields of its own",
        "event_types": "each kind of topic has its own",
        "remind_at": "with the topic bins",
    },
    "POST /api/subscriptions/moved": {"push": PUSH_KEYS},
}
"""The fields of a request that rules beyond the schema can refuse, and the rule."""


def described() -> dict[str, Any]:
    """The document, in which answers have no other fields than those described."""
    with Client(app.app) as client:
        document: dict[str, Any] = client.http.get("/api/openapi.json").json_body
    for schema in document["components"]["schemas"].values():
        if schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
    return document


@cache
def operations() -> dict[str, Any]:
    """What schemathesis makes of each operation, by its method and path."""
    document = described()
    for item in document["paths"].values():
        for said in item.values():
            # The callers below show what they have.
            del said["security"]
            # Any text is a good one.
            said["parameters"] = [each for each in said["parameters"] if each["name"] != REQUEST_ID]
    without_constants = AnalysisConfig(constants=ConstantsConfig(enabled=False))
    project = ProjectConfig(analysis=without_constants)
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    found = schemathesis.from_dict(document, config=config).get_all_operations()
    return {f"{each.method.upper()} {each.path}": each for each in map(_well_formed, found)}


def _well_formed(result: Any) -> Any:
    return result.ok()


@dataclass
class Council:
    """The application with wards, and people of each role."""

    api: Api
    depot: JobsApi
    answers: Callable[..., Any]
    tokens: dict[str, str] = field(default_factory=dict)

    def callers(self, path: str) -> tuple[str, ...]:
        follows = ("partner",) if path == "/api/events" else ()
        return ("nobody", *SENDERS, *follows)

    def renew(self) -> None:
        """New people: some requests end sessions and accounts."""
        number = next(NUMBERS)
        self.tokens = {role: self.api.token(role, f"{role}-{number}") for role in PEOPLE}

    def headers(self, who: str, case: Case[Any]) -> dict[str, str]:
        if who == "partner":
            return {"X-Api-Key": self.made("/api/partners/keys", "api_key", name="x")}
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who in self.tokens else {}
        if "Idempotency-Key" in (case.headers or {}) and who not in self.tokens:
            number = "/1" if case.path == "/api/photos" else ""
            # The key of a caller who is not signed in must be one that nobody can guess.
            headers["Idempotency-Key"] = f"{next(NUMBERS):032}{number}"
        return headers

    def send(self, who: str, case: Case[Any]) -> Response:
        return case.call(headers=self.headers(who, case), app=self.answers)

    def identifiers(self, path: str) -> dict[str, str]:
        """Identifiers of what there is, for the parameters in the path."""
        names = re.findall(r"\{(\w+)\}", path)
        known: dict[str, Callable[[], str]] = {
            "service_request_id": lambda: self.report(path),
            "job_id": lambda: str(self.depot.job()["job_id"]),
            "crew": lambda: "highways-north",
            "date": lambda: "2026-06-01",
            "template_id": lambda: self.made(
                "/api/desk/templates", "template_id", name="x", text="x"
            ),
            "view_id": lambda: self.made("/api/desk/views", "view_id", name="x"),
            "key_id": lambda: self.made("/api/partners/keys", "key_id", name="x"),
            "receiver_id": lambda: self.made(
                "/api/outbound/receivers", "receiver_id", name="x", url="https://example.org/x"
            ),
            "account_id": self.person,
        }
        if not set(names) <= set(known):
            return {}
        return {name: known[name]() for name in names}

    def report(self, path: str) -> str:
        """A new report, of the resident's own where the path needs one."""
        token = self.tokens["resident"] if path.startswith("/api/account") else None
        sent = self.api.post("/api/reports", draft_body(), key=f"own-{next(NUMBERS)}", token=token)
        return str(sent.json_body["service_request_id"])

    def person(self) -> str:
        name = f"invited-{next(NUMBERS)}"
        self.api.token("crew", name)
        return name

    def made(self, path: str, identifier: str, **values: Any) -> str:
        key = f"made-{next(NUMBERS)}"
        answer = self.api.post(path, values, key=key, token=self.tokens["admin"])
        assert answer.status_code == 201, answer.body
        return str(answer.json_body[identifier])


@pytest.fixture(scope="module")
def council() -> Iterator[Council]:
    load_all_checks()
    cloud = Cloud()
    wards = COMMITTED[WARDS].read_bytes()
    boto3.client("s3").put_object(Bucket=cloud.bucket, Key=WARDS, Body=wards)
    with pytest.MonkeyPatch.context() as patch, Client(app.app) as client:
        patch.setattr(Internet, "look_up", lambda *_: [SOMEWHERE])
        api = Api(client, cloud)
        yield Council(api, JobsApi(api), wsgi_of(client))
    cloud.stop()


def sent_by_each(
    name: str, mode: GenerationMode, examples: int, council: Council
) -> Iterator[tuple[str, Case[Any], Response]]:
    """The answers to every caller who sends what is generated."""
    operation = operations()[name]
    council.renew()
    there = council.identifiers(operation.path)
    found: list[tuple[str, Case[Any], Response]] = []
    turns = count()

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def send(case: Case[Any]) -> None:
        if there and next(turns) % 2 == 0:
            case.path_parameters = there
            if "If-Match" in (case.headers or {}):
                case.headers["If-Match"] = '"1"'
        for who in council.callers(operation.path):
            found.append((who, case, council.send(who, case)))

    send()
    yield from found


CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


def check(case: Case[Any], answer: Response) -> None:
    checks: list[Any] = [CHECKS.get_one(each) for each in CHECKED]
    case.validate_response(answer, checks=checks)


def refused_by_no_rule(name: str, answer: Response) -> set[str]:
    """The fields that are refused though the description allows what was sent."""
    faults = {re.split(r"[.\[]", each["field"])[0] for each in answer.json().get("errors", [])}
    return (faults or {answer.text}) - OPAQUE - OF_THE_COUNCIL - NOT_SET - set(RULES.get(name, {}))


def is_page(answer: Response) -> bool:
    """Pages and Open311 have forms that the document does not describe."""
    return "json" not in answer.headers["content-type"][0]


def assert_taken(name: str, examples: int, council: Council) -> None:
    refused: dict[str, Any] = {}
    for who, case, answer in sent_by_each(name, GenerationMode.POSITIVE, examples, council):
        check(case, answer)
        if answer.status_code in (400, 413) and not is_page(answer):
            sent = (who, case.query, case.headers, case.body, answer.text)
            refused |= dict.fromkeys(refused_by_no_rule(name, answer), sent)
    assert refused == {}


def assert_withstood(name: str, examples: int, council: Council) -> None:
    for _, case, answer in sent_by_each(name, GenerationMode.NEGATIVE, examples, council):
        check(case, answer)


NAMES = sorted(operations())
WITH_VALUES = [name for name in NAMES if operations()[name].body or list(operations()[name].query)]
WITH_BODY = [name for name in NAMES if "application/json" in str(operations()[name].body)]


@pytest.mark.parametrize("name", NAMES)
def test_request_that_the_document_allows_is_accepted(name: str, council: Council) -> None:
    assert_taken(name, FEW, council)


@pytest.mark.parametrize("name", WITH_VALUES)
def test_request_that_the_document_forbids_causes_no_internal_error(
    name: str, council: Council
) -> None:
    assert_withstood(name, FEWEST, council)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", NAMES)
def test_requests_that_the_document_allows_are_accepted(name: str, council: Council) -> None:
    assert_taken(name, MANY, council)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", WITH_VALUES)
def test_requests_that_the_document_forbids_cause_no_internal_error(
    name: str, council: Council
) -> None:
    assert_withstood(name, MANY, council)


def test_every_rule_belongs_to_an_operation() -> None:
    assert set(RULES) <= set(NAMES)
