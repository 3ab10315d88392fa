"""What a route declares of itself: for its checks, for the OpenAPI document and for the tests."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Literal, Required, TypedDict

import msgspec

from chalicelib.accounts.usecases.rate_limits import Flow
from chalicelib.errors import AppError
from chalicelib.handlers.http.auth import Gate


class Query(msgspec.Struct, frozen=True):
    """A parameter of the query string, for the OpenAPI document; `schema` is its JSON Schema."""

    name: str
    description: str
    required: bool = False
    schema: Mapping[str, Any] = msgspec.field(default_factory=lambda: {"type": "string"})


REPORT_TOKEN = Query("token", "the token in the link to a report that is not public")


class RouteFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The declaration of a route."""

    path: str
    method: str
    summary: str
    auth: Gate
    body: Any = None
    body_name: str | None = None
    may_be_empty: bool = False
    answer: Any = None
    success: HTTPStatus = HTTPStatus.OK
    keyed: bool = False
    query: tuple[Query, ...] = ()
    may_be_keyed: bool = False
    versioned: bool = False
    raises: tuple[type[AppError], ...] = ()
    is_page: bool = False
    media_types: tuple[str, ...] = ()
    open_to_sites: bool = False
    as_csv: bool = False
    calls_out: Flow | Literal["audited"] | None = None


class Endpoint(TypedDict, total=False):
    """What a route that answers with JSON may declare. `body`: the shape, for a view that reads
    `call.body` itself. `may_be_empty`: nothing in the body is required. `answer`: the shape of the
    answer, if that is not what the view is declared to return. `keyed`: the call needs an
    Idempotency-Key; `versioned`: an If-Match. `raises`: the errors that the view can raise besides
    those that follow from the declaration (Invalid for what was sent, NotFound for an id in the
    path, Unauthenticated and Forbidden of the gate, UpstreamFailed). `open_to_sites`: pages of
    other sites may read the answers, which are the same for every caller. `as_csv`: it answers a
    caller who accepts CSV with a table. `calls_out`: the view can call a system outside, and counts
    each call under this limit before; "audited" for staff, whose actions are recorded instead.
    """

    method: Required[str]
    auth: Required[Gate]
    summary: Required[str]
    answer: Any
    body: Any
    may_be_empty: bool
    success: HTTPStatus
    keyed: bool
    may_be_keyed: bool
    versioned: bool
    raises: tuple[type[AppError], ...]
    query: tuple[Query, ...]
    open_to_sites: bool
    as_csv: bool
    calls_out: Flow | Literal["audited"]
