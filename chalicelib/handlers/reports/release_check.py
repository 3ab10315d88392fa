"""Checks a version of the API with requests as API Gateway sends them: it lists and reads, and
rehearses a report, of which nothing is stored (ADR 117)."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import msgspec

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import UpstreamFailed
from chalicelib.handlers.http.call import REHEARSAL
from chalicelib.handlers.http.cdn import ORIGIN
from chalicelib.kernel import idempotency
from chalicelib.kernel.observability import logs

WORDS = "Check of a new version. Nothing is stored."
Event = Mapping[str, Any]


class CheckFailed(Exception):
    """The version did not do what is expected of it."""


class Named(msgspec.Struct, frozen=True):
    """A report in an answer of the API, of which the check reads the id alone."""

    service_request_id: str


class Taken(Named, frozen=True):
    """A receipt; `tracking_url` has a token that shows the reporter the whole report."""

    tracking_url: str


class Listed(msgspec.Struct, frozen=True):
    """A list of reports in an answer of the API."""

    items: list[Named]


class CheckedApi(NamedTuple):
    """The version of the API: `call` calls it with an event of API Gateway, and raises
    UpstreamFailed. `origin_secret` is what the CDN sends with each request."""

    call: Callable[[Event], Any]
    origin_secret: str

    def ask(self, method: str, route: str, expected: HTTPStatus, **sent: Any) -> bytes:
        """The body of the answer to a request; `sent` is what `event_of` takes. Raises CheckFailed
        for another status than the expected one, and for no answer."""
        try:
            answer = self.call(event_of(method, route, origin_secret=self.origin_secret, **sent))
            status, body = answer["statusCode"], answer["body"].encode()
        except (UpstreamFailed, KeyError, TypeError, AttributeError) as error:
            raise CheckFailed(f"{method} {route} has no answer") from error
        if status != expected:
            logs.event("check failed", "error", method=method, route=route, status=status)
            raise CheckFailed(f"{method} {route}: {status} in place of {expected.value}")
        return bytes(body)


def check_api(api: CheckedApi, council: Council, key: str) -> None:
    """Raises CheckFailed if the version does not answer, list, read and take a report as it should.
    `key` is a new Idempotency-Key."""
    api.ask("GET", "/health", HTTPStatus.OK)
    box = ",".join(map(str, council.bounds))
    listed = api.ask("GET", "/api/reports", HTTPStatus.OK, query={"bbox": box, "limit": "1"})
    for report in _read(listed, Listed).items:
        _read_report(api, report.service_request_id, HTTPStatus.OK, query={})
    if service := rehearsed_service(council):
        draft = {
            "service_code": service.service_code,
            "description": WORDS,
            "address": WORDS,
            "anonymous": True,
        }
        taken = api.ask("POST", "/api/reports", HTTPStatus.CREATED, key=key, draft=draft)
        receipt = _read(taken, Taken)
        seen = dict(parse_qsl(urlsplit(receipt.tracking_url).query))
        _read_report(api, receipt.service_request_id, HTTPStatus.NOT_FOUND, query=seen)


def rehearsed_service(council: Council) -> ServiceDefinition | None:
    """A service that takes a report from anybody, without answers; None if there is none."""
    return next(
        (
            each
            for each in council.services
            if not (each.is_request or each.is_order)
            and each.assurance == "anonymous"
            and not any(question.required for question in each.attributes)
        ),
        None,
    )


def event_of(
    method: str,
    route: str,
    *,
    origin_secret: str,
    parameters: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    key: str = "",
    draft: Mapping[str, Any] | None = None,
) -> Event:
    """A request as API Gateway hands it to the function; a draft is marked as a rehearsal, which
    API Gateway cannot do. `route` is the pattern of the path."""
    headers = {ORIGIN: origin_secret, "content-type": "application/json", "host": "check"}
    return {
        "requestContext": {
            "httpMethod": method,
            "resourcePath": route,
            "path": route.format_map(parameters or {}),
            "identity": {"sourceIp": "127.0.0.1"},
            **({REHEARSAL: True} if draft else {}),
        },
        "headers": headers | ({idempotency.HEADER.lower(): key} if key else {}),
        "pathParameters": dict(parameters or {}),
        "stageVariables": {},
        "multiValueQueryStringParameters": {name: [each] for name, each in (query or {}).items()},
        "body": msgspec.json.encode(draft).decode() if draft else "",
        "isBase64Encoded": False,
    }


def _read_report(
    api: CheckedApi, service_request_id: str, expected: HTTPStatus, *, query: Mapping[str, str]
) -> None:
    parameters = {"service_request_id": service_request_id}
    api.ask(
        "GET",
        "/api/reports/{service_request_id}",
        expected,
        parameters=parameters,
        query=query,
    )


def _read(body: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise CheckFailed("an answer of the API has another shape") from error
