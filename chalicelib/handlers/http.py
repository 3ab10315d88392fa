"""HTTP on top of Chalice: every route declares its caller and shapes, every error has one shape.

The only place that knows status numbers. Errors are RFC 9457 problem details.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from chalice.app import Blueprint, Request, Response

from chalicelib import errors
from chalicelib.handlers.auth import Caller, Gate

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
JSON = "application/json"
STATUS: dict[type[errors.AppError], HTTPStatus] = {
    errors.Invalid: HTTPStatus.BAD_REQUEST,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.UpstreamFailed: HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True)
class Query:
    """A parameter of the query string, for the OpenAPI document."""

    name: str
    description: str
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class RouteFacts:
    """What a route declares of itself."""

    path: str
    method: str
    summary: str
    auth: Gate
    body: Any
    answer: Any
    success: HTTPStatus
    keyed: bool
    query: tuple[Query, ...]


class Call(NamedTuple):
    """A request on its way to a view: who, and what was sent."""

    request: Request
    caller: Caller

    @property
    def body(self) -> bytes:
        raw = self.request.raw_body
        return raw.encode() if isinstance(raw, str) else raw

    @property
    def idempotency_key(self) -> str:
        """The Idempotency-Key header. Raises Invalid where it is missing or unusable."""
        key = str(self.request.headers.get("idempotency-key", "")).strip()
        if not 1 <= len(key) <= 255 or not key.isprintable():
            raise errors.Invalid.field(
                "Idempotency-Key",
                "send this header with 1 to 255 printable characters, new for each thing you send",
            )
        return key

    def parameter(self, name: str) -> str | None:
        """A parameter of the query string; an empty one counts as absent."""
        sent = self.request.query_params
        return (sent.get(name) or None) if sent else None


class Routes(Blueprint):
    """A blueprint whose views take a Call and whose errors all have one shape."""

    def __init__(self, import_name: str) -> None:
        super().__init__(import_name)
        self.facts: list[RouteFacts] = []

    def endpoint(
        self,
        path: str,
        *,
        method: str,
        auth: Gate,
        summary: str,
        answer: Any,
        body: Any = None,
        success: HTTPStatus = HTTPStatus.OK,
        keyed: bool = False,
        query: tuple[Query, ...] = (),
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Registers a view. `keyed`: it needs an Idempotency-Key."""
        facts = RouteFacts(
            path=path,
            method=method,
            summary=summary,
            auth=auth,
            body=body,
            answer=answer,
            success=success,
            keyed=keyed,
            query=query,
        )
        self.facts.append(facts)

        def register(view: Callable[..., Any]) -> Callable[..., Any]:
            def answered(**parameters: str) -> Response:
                return _answer(view, self.current_request, facts, parameters)

            answered.__name__ = view.__name__
            # With types listed, Chalice answers 415 to a GET too, and in a shape of its own; a
            # body is read as JSON whatever it is called.
            self.route(path, methods=[method], content_types=[])(answered)
            return view

        return register


def _answer(
    view: Callable[..., Any], request: Request, facts: RouteFacts, parameters: dict[str, str]
) -> Response:
    try:
        caller = facts.auth(request)
        content = view(Call(request, caller), **parameters)
        return _reply(msgspec.json.encode(content), facts.success, JSON)
    except errors.AppError as error:
        return problem(error)
    except Exception:
        log.exception("A view failed: %s %s", facts.method, facts.path)
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return _problem(status, "Something went wrong on our side; send it again.", {})


def problem(error: errors.AppError) -> Response:
    """The answer to an error, as RFC 9457 problem details."""
    more: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(error, errors.Invalid):
        more["errors"] = [entry._asdict() for entry in error.errors]
    if isinstance(error, errors.Conflict) and error.link:
        more["link"] = error.link
    if isinstance(error, errors.UpstreamFailed):
        headers["Retry-After"] = str(error.retry_after_s)
    return _problem(STATUS[type(error)], error.detail, more, headers)


def _problem(
    status: HTTPStatus, detail: str, more: dict[str, Any], headers: dict[str, str] | None = None
) -> Response:
    content = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    return _reply(msgspec.json.encode(content | more), status, PROBLEM, headers)


def _reply(
    body: bytes, status: HTTPStatus, content_type: str, headers: dict[str, str] | None = None
) -> Response:
    return Response(
        body=body.decode(),
        status_code=status.value,
        headers={
            "Content-Type": content_type,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        },
    )
