"""Answers in JSON: what a view returns, or its error as RFC 9457 problem details.

The only module with the status numbers of errors.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from chalice.app import Response

from chalicelib import errors
from chalicelib.handlers.http import request_language
from chalicelib.handlers.http.call import Called
from chalicelib.kernel import proof_of_work
from chalicelib.kernel.languages import translatable
from chalicelib.kernel.observability import trace
from chalicelib.kernel.stored_json import without_unknown

PROBLEM = "application/problem+json"
JSON = "application/json"
CSV = "text/csv; charset=utf-8"
STATUS: dict[type[errors.AppError], HTTPStatus] = {
    errors.Invalid: HTTPStatus.BAD_REQUEST,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.AddressRefused: HTTPStatus.BAD_REQUEST,
    errors.Gone: HTTPStatus.BAD_REQUEST,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Ended: HTTPStatus.GONE,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.SlotFull: HTTPStatus.CONFLICT,
    errors.PriceChanged: HTTPStatus.CONFLICT,
    errors.VersionRequired: HTTPStatus.PRECONDITION_REQUIRED,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.UpstreamFailed: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NoReply: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NotNow: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ProviderMissing: HTTPStatus.SERVICE_UNAVAILABLE,
}
TITLES: dict[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: translatable("Bad Request"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: translatable("Request Entity Too Large"),
    HTTPStatus.UNAUTHORIZED: translatable("Unauthorized"),
    HTTPStatus.FORBIDDEN: translatable("Forbidden"),
    HTTPStatus.NOT_FOUND: translatable("Not Found"),
    HTTPStatus.GONE: translatable("Gone"),
    HTTPStatus.CONFLICT: translatable("Conflict"),
    HTTPStatus.PRECONDITION_REQUIRED: translatable("Precondition Required"),
    HTTPStatus.TOO_MANY_REQUESTS: translatable("Too Many Requests"),
    HTTPStatus.SERVICE_UNAVAILABLE: translatable("Service Unavailable"),
    HTTPStatus.INTERNAL_SERVER_ERROR: translatable("Internal Server Error"),
}
"""The titles of problems: the phrases of the statuses."""


class WithCookie(NamedTuple):
    """An answer with a cookie that the browser keeps."""

    content: Any
    cookie: str


class CsvText(NamedTuple):
    """An answer as CSV, for a caller who accepts that."""

    text: str


def answer(view: Callable[..., Any], called: Called) -> Response:
    try:
        content = called.content(view)
        headers = {}
        if isinstance(content, WithCookie):
            content, headers["Set-Cookie"] = content
        if isinstance(content, CsvText):
            return reply(content.text.encode(), called.facts.success, CSV)
        body = without_unknown(msgspec.json.encode(content))
        return reply(body, called.facts.success, JSON, headers)
    except errors.AppError as error:
        called.note(error, STATUS[type(error)])
        return problem(error)
    except Exception as error:
        called.note(error, HTTPStatus.INTERNAL_SERVER_ERROR)
        return _details(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            translatable("Something went wrong on our side. Try again."),
            {},
        )


def reply(
    body: bytes, status: HTTPStatus, content_type: str, headers: Mapping[str, str] | None = None
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


def problem(error: errors.AppError) -> Response:
    """The answer to an error, as RFC 9457 problem details in the caller's language."""
    say = request_language.current_language().say
    more: dict[str, Any] = {}
    if isinstance(error, errors.Invalid):
        more["errors"] = [
            {"field": field, "message": say(message)} for field, message in error.errors
        ]
    if isinstance(error, errors.Conflict):
        said = {"link": error.link, "version": error.version}
        more |= {name: value for name, value in said.items() if value is not None}
    if isinstance(error, errors.SlotFull):
        more["free"] = [each._asdict() for each in error.nearest]
    if isinstance(error, errors.PriceChanged):
        lines = [{"text": say(text), "amount_pence": pence} for text, pence in error.lines]
        more |= {"lines": lines, "amount_pence": error.amount_pence}
    return _details(STATUS[type(error)], error.detail, more, more_headers(error))


def more_headers(error: errors.AppError) -> dict[str, str]:
    """The headers that say when, or with what proof, the call may be repeated."""
    if not isinstance(error, errors.TooMany | errors.UpstreamFailed):
        return {}
    headers = {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, errors.TooMany) and error.proof_bits:
        headers[proof_of_work.BITS_HEADER] = str(error.proof_bits)
    return headers


def _details(
    status: HTTPStatus, detail: str, more: dict[str, Any], headers: dict[str, str] | None = None
) -> Response:
    say = request_language.current_language().say
    content = {
        "type": "about:blank",
        "title": say(TITLES[status]),
        "status": status,
        "detail": say(detail),
    }
    if status >= 500:
        # For a caller who reports it to the council: the same id is in the log.
        content["request_id"] = trace.current_id()
    return reply(msgspec.json.encode(content | more), status, PROBLEM, headers)
