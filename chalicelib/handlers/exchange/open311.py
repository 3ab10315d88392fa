"""Routes of Open311 GeoReport v2, below /open311. docs/OPEN311.md lists what is supported.

Chalice cannot route an address such as /requests/{id}.json, and answers unknown addresses in a
format of its own. So there is one route for each depth of an address, and this module dispatches
the addresses: the suffix of the last segment decides the format of every answer, errors too.
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import unquote

from chalice.app import Request

from chalicelib.errors import AppError, Invalid, NotFound
from chalicelib.georeport.wire import CONTENT_TYPES, Answer, Format, Tree, write
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import FormattedAnswer
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.observability import trace
from chalicelib.reports.open311_forms import with_open311_names

SEGMENTS = ("first", "second", "third", "fourth", "fifth")
MOST_BYTES = 5_000_000
"""Lambda answers at most 6 MB, and a phone waits for less."""


class Address(NamedTuple):
    """The requested address below /open311: its segments, the last without its suffix."""

    segments: tuple[str, ...]
    form: Format | None


def address_of(parameters: dict[str, str]) -> Address:
    """The address with these segments. Some servers decode them, and some do not."""
    *before, last = (unquote(parameters[name]) for name in SEGMENTS if name in parameters)
    stem, dot, suffix = last.rpartition(".")
    if dot and suffix in ("xml", "json"):
        return Address((*before, stem), "xml" if suffix == "xml" else "json")
    return Address((*before, last), None)


def problem(request: Request, status: HTTPStatus, error: AppError | None) -> FormattedAnswer:
    """An error in Open311's format: a list of codes and descriptions, in the requested format, and
    in XML if none was requested."""
    form = address_of(request.uri_params or {}).form or "xml"
    errors: list[Tree] = [
        {"code": status.value, "description": description} for description in _descriptions(error)
    ]
    return FormattedAnswer(write("errors", errors, form), CONTENT_TYPES[form])


def _descriptions(error: AppError | None) -> Sequence[str]:
    if error is None:
        return [f"Something went wrong on our side. Try again. ({trace.current_id()})"]
    if isinstance(error, Invalid) and error.errors:
        return [f"{field}: {message}" for field, message in with_open311_names(error.errors)]
    return [str(error.detail)]


routes = Routes(__name__, format_problem=problem)


def answer(call: Call, **parameters: str) -> FormattedAnswer:
    """Answers any request below /open311. Raises NotFound, and as the view does."""
    from chalicelib.handlers.exchange import open311_views

    address = address_of(parameters)
    view, given = _find_view(open311_views.VIEWS, call.request.method, address)
    if view is None or address.form is None:
        asked = "/".join(address.segments)
        raise NotFound(f"There is no {call.request.method} /open311/{asked} in this format.")
    shown: Answer = view(call, *given)
    body = write(shown.root, shown.tree, address.form)
    if len(body) > MOST_BYTES:
        raise Invalid.field("page_size", "this answer is too long: ask for smaller pages")
    return FormattedAnswer(body, CONTENT_TYPES[address.form])


def _find_view(
    views: dict[tuple[str, ...], Callable[..., Any]], method: str, address: Address
) -> tuple[Callable[..., Any] | None, tuple[str, ...]]:
    """The view of that address, and the segments that match a * in the views."""
    for (of_method, *pattern), view in views.items():
        if of_method == method and len(pattern) == len(address.segments):
            pairs = list(zip(pattern, address.segments, strict=True))
            if all(part in ("*", segment) for part, segment in pairs):
                return view, tuple(segment for part, segment in pairs if part == "*")
    return None, ()


for _method in ("GET", "POST"):
    for _depth in range(1, len(SEGMENTS) + 1):
        routes.formatted_answer(
            "/open311/" + "/".join(f"{{{name}}}" for name in SEGMENTS[:_depth]),
            method=_method,
            auth=auth.partner,
            summary=(
                "Use Open311 GeoReport v2 (docs/OPEN311.md); the suffix .xml or .json chooses the "
                "format"
            ),
            media_types=tuple(each.partition(";")[0] for each in CONTENT_TYPES.values()),
        )(answer)
