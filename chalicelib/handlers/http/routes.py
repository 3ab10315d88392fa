"""HTTP on top of Chalice: every route declares its caller and shapes, every error has one shape.

The only module with status numbers. Errors are RFC 9457 problem details, or pages for people if the
answer is a page. Every call has an id, which the caller may send; it is in the answer, and in the
one line that is logged of the call.
"""

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec
from chalice.app import Blueprint, Request, Response
from msgspec.structs import replace

from chalicelib import errors
from chalicelib.handlers.http import request_language
from chalicelib.handlers.http.auth import Gate
from chalicelib.handlers.http.call import Call, Called
from chalicelib.handlers.http.route_facts import Query, RouteFacts
from chalicelib.kernel import proof_of_work
from chalicelib.kernel.languages import translatable
from chalicelib.kernel.observability import logs, trace

REQUEST_ID = "X-Request-Id"
OPEN_TO_SITES = "Access-Control-Allow-Origin"
PROBLEM = "application/problem+json"
JSON = "application/json"
HTML = "text/html; charset=utf-8"
BARE_PAGE = (
    '<!doctype html><html lang="en-GB"><head><meta '
    'charset="utf-8"><title>Sorry</title></head><body><h1>Sorry, something went '
    "wrong</h1><p>The problem is on our side. We have not sent what you entered: go back in your "
    "browser and try again in a moment.</p></body></html>"
)
PAGE_HEADERS = {
    # A page holds typed text, and the link to it may be a secret.
    "Referrer-Policy": "no-referrer",
    # Nothing here needs a script, and nobody may embed these forms in a page of their own.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
}
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
    errors.VersionRequired: HTTPStatus.PRECONDITION_REQUIRED,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.UpstreamFailed: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NoReply: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NotNow: HTTPStatus.SERVICE_UNAVAILABLE,
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
OF_FEW_STATUSES = (errors.Forbidden, errors.NotFound, errors.TooMany, errors.UpstreamFailed)
"""The errors that a standard with few statuses distinguishes: all other refusals are bad requests.
"""


class Page(NamedTuple):
    """A page for people. `is_refusal`: the values typed on the previous page cannot be accepted.
    `may_be_kept`: the browser may go back to it without asking for it again. `leads_to`: where else
    the answer to one of its forms may send the browser, as a Content-Security-Policy says it.
    `pictures_from`: the origins besides ours whose pictures it shows.
    """

    html: str
    is_refusal: bool = False
    may_be_kept: bool = False
    leads_to: str = ""
    pictures_from: tuple[str, ...] = ()


class SeeOther(NamedTuple):
    """A redirect instead of a page: the browser goes to `location`, a path of ours or another
    organisation's sign-in, and keeps the cookies."""

    location: str
    cookies: tuple[str, ...] = ()


class WithCookie(NamedTuple):
    """An answer with a cookie that the browser keeps."""

    content: Any
    cookie: str


ProblemPage = Callable[[errors.AppError | None], str]
"""The page that describes an error; None means an internal error."""


class Written(NamedTuple):
    """An answer in the format of a standard that has its own."""

    body: bytes
    content_type: str


WrittenProblem = Callable[[Request, HTTPStatus, errors.AppError | None], Written]
"""An error in that format; None means an internal error."""


class Routes(Blueprint):
    """A blueprint whose views take a Call and whose errors all have one shape.

    `problem_page` makes the errors of views that answer with pages, `written_problem` of those that
    answer in the format of a standard.
    """

    def __init__(
        self,
        import_name: str,
        problem_page: ProblemPage | None = None,
        written_problem: WrittenProblem | None = None,
    ) -> None:
        super().__init__(import_name)
        self.module = import_name
        self.facts: list[RouteFacts] = []
        self._problem_page = problem_page
        self._written_problem = written_problem

    def endpoint(
        self,
        path: str,
        *,
        method: str,
        auth: Gate,
        summary: str,
        answer: Any = None,
        body: Any = None,
        may_be_empty: bool = False,
        success: HTTPStatus = HTTPStatus.OK,
        keyed: bool = False,
        may_be_keyed: bool = False,
        versioned: bool = False,
        may_miss: bool = False,
        query: tuple[Query, ...] = (),
        open_to_sites: bool = False,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Registers a view. A parameter of the view that is not in the path is the JSON body,
        parsed into the type that the parameter is declared with; `body`: the shape, for a view that
        reads `call.body` itself. `may_be_empty`: nothing in the body is required. `answer`: the
        shape of its answer, if that is not what the view is declared to return. `keyed`: it needs
        an Idempotency-Key; `versioned`: an If-Match. `may_miss`: an object named in the query or
        the body may not exist.
        `open_to_sites`: pages of other sites may read its answers, which are the same for every
        caller."""
        return self._registered(
            _answer,
            path=path,
            method=method,
            summary=summary,
            auth=auth,
            body=body,
            may_be_empty=may_be_empty,
            answer=answer,
            success=success,
            keyed=keyed,
            may_be_keyed=may_be_keyed,
            versioned=versioned,
            may_miss=may_miss,
            query=query,
            open_to_sites=open_to_sites,
        )

    def page(
        self,
        path: str,
        *,
        method: str,
        auth: Gate,
        summary: str,
        query: tuple[Query, ...] = (),
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Registers a view that answers with a Page, of forms that browsers post."""
        problem_page = self._problem_page
        assert problem_page, "Routes that answer with pages need a problem_page."

        return self._registered(
            partial(_answer_page, problem_page=problem_page),
            path=path,
            method=method,
            summary=summary,
            auth=auth,
            query=query,
            is_page=True,
        )

    def written(
        self, path: str, *, method: str, auth: Gate, summary: str, media_types: tuple[str, ...]
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Registers a view that answers with a Written, of forms that other systems post."""
        problem = self._written_problem
        assert problem, "Routes that answer in a form of their own need a written_problem."

        return self._registered(
            partial(_answer_written, problem=problem),
            path=path,
            method=method,
            summary=summary,
            auth=auth,
            may_be_keyed=method == "POST",
            written=media_types,
        )

    def _registered(
        self, reply: Callable[..., Response], **declared: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        place = len(self.facts)
        self.facts.append(RouteFacts(**declared))

        def register(view: Callable[..., Any]) -> Callable[..., Any]:
            facts = self.facts[place]
            if reply is _answer:
                facts = self.facts[place] = _with_shapes(facts, view)

            def answered(**parameters: str) -> Response:
                return _followed(partial(reply, view), self.current_request, facts, parameters)

            answered.__name__ = view.__name__
            # With types listed, Chalice answers 415 to a GET too, and in a shape of its own; a
            # body is read as JSON whatever it is called.
            self.route(facts.path, methods=[facts.method], content_types=[])(answered)
            return view

        return register


def _with_shapes(facts: RouteFacts, view: Callable[..., Any]) -> RouteFacts:
    """The declaration, with the shapes of the body and of the answer that the view declares."""
    shapes = dict(view.__annotations__)
    returned = shapes.pop("return", None)
    if facts.answer is None:
        facts = replace(facts, answer=returned)
    for name, shape in shapes.items():
        if shape is not Call and f"{{{name}}}" not in facts.path:
            facts = replace(facts, body=shape, body_name=name)
    return facts


def _followed(
    answer: Callable[[Called], Response],
    request: Request,
    facts: RouteFacts,
    parameters: dict[str, str],
) -> Response:
    """The answer, under the id that came with the call or a new one, in its language."""
    page = _page_address(request, facts, parameters)
    with (
        trace.following(request.headers.get(REQUEST_ID)) as request_id,
        request_language.answering(request, page) as language,
        logs.line(
            "called", logs.CALLS, function="api", route=facts.path, method=facts.method
        ) as line,
    ):
        response = answer(Called(request, facts, parameters, line))
        line["status"] = response.status_code
        line["errors"] = int(response.status_code >= 500)
        response.headers |= {REQUEST_ID: request_id, "Content-Language": language.code}
        if page is None:
            response.headers["Vary"] = "Accept-Language"
        if facts.open_to_sites:
            response.headers[OPEN_TO_SITES] = "*"
        if facts.method == "HEAD":
            response.body = ""
        return response


def _page_address(request: Request, facts: RouteFacts, parameters: dict[str, str]) -> str | None:
    """The address of the page in English; None for the API, whose pages scripts ask for."""
    if not facts.is_page or facts.path.startswith("/api/"):
        return None
    path = facts.path.format(
        **{name: quote(value, errors="replace") for name, value in parameters.items()}
    )
    query = urlencode(request.query_params or {}, errors="replace")
    return f"{path}?{query}" if query else path


def _answer(view: Callable[..., Any], called: Called) -> Response:
    try:
        content = called.content(view)
        headers = {}
        if isinstance(content, WithCookie):
            content, headers["Set-Cookie"] = content
        return _reply(msgspec.json.encode(content), called.facts.success, JSON, headers)
    except errors.AppError as error:
        called.note(error, STATUS[type(error)])
        return problem(error)
    except Exception as error:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        called.note(error, status)
        return _problem(status, translatable("Something went wrong on our side. Try again."), {})


def _answer_page(view: Callable[..., Any], called: Called, problem_page: ProblemPage) -> Response:
    try:
        page: Page | SeeOther = called.content(view)
        if isinstance(page, SeeOther):
            response = _reply(b"", HTTPStatus.SEE_OTHER, HTML, PAGE_HEADERS)
            response.headers.update(Location=page.location)
            if page.cookies:
                response.headers["Set-Cookie"] = list(page.cookies)
            return response
        status = HTTPStatus.BAD_REQUEST if page.is_refusal else called.facts.success
        return _reply(page.html.encode(), status, HTML, PAGE_HEADERS | _own_headers(page))
    except errors.AppError as error:
        status = STATUS[type(error)]
        called.note(error, status)
        html = _told(problem_page, error)
        return _reply(html.encode(), status, HTML, PAGE_HEADERS | _more_headers(error))
    except Exception as error:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        called.note(error, status)
        html = _told(problem_page, None)
        return _reply(html.encode(), status, HTML, PAGE_HEADERS)


def _own_headers(page: Page) -> dict[str, str]:
    """The headers of a page that differ from those of all pages."""
    own = {"Cache-Control": "private, no-cache"} if page.may_be_kept else {}
    policy = PAGE_HEADERS["Content-Security-Policy"]
    for within, more in (
        ("form-action 'self'", page.leads_to),
        ("img-src 'self'", " ".join(page.pictures_from)),
    ):
        if more:
            policy = policy.replace(within, f"{within} {more}")
    return own | {"Content-Security-Policy": policy}


def _answer_written(view: Callable[..., Any], called: Called, problem: WrittenProblem) -> Response:
    headers: Mapping[str, str] = {}
    try:
        written: Written = called.content(view)
        status = called.facts.success
    except errors.AppError as error:
        apart = isinstance(error, OF_FEW_STATUSES)
        status = STATUS[type(error)] if apart else HTTPStatus.BAD_REQUEST
        called.note(error, status)
        written, headers = problem(called.request, status, error), _more_headers(error)
    except Exception as error:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        called.note(error, status)
        written = problem(called.request, status, None)
    return _reply(written.body, status, written.content_type, headers)


def _told(problem_page: ProblemPage, error: errors.AppError | None) -> str:
    """The page of the problem, or a bare one if even that cannot be made."""
    try:
        return problem_page(error)
    except Exception as failed:
        logs.failure("the page of a problem failed", failed)
        return BARE_PAGE


def problem(error: errors.AppError) -> Response:
    """The answer to an error, as RFC 9457 problem details in the caller's language."""
    say = request_language.current().say
    more: dict[str, Any] = {}
    if isinstance(error, errors.Invalid):
        more["errors"] = [
            {"field": field, "message": say(message)} for field, message in error.errors
        ]
    if isinstance(error, errors.Conflict):
        said = {"link": error.link, "version": error.version}
        more |= {name: value for name, value in said.items() if value is not None}
    return _problem(STATUS[type(error)], error.detail, more, _more_headers(error))


def _more_headers(error: errors.AppError) -> dict[str, str]:
    if not isinstance(error, errors.TooMany | errors.UpstreamFailed):
        return {}
    headers = {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, errors.TooMany) and error.proof_bits:
        headers[proof_of_work.BITS_HEADER] = str(error.proof_bits)
    return headers


def _problem(
    status: HTTPStatus, detail: str, more: dict[str, Any], headers: dict[str, str] | None = None
) -> Response:
    say = request_language.current().say
    content = {
        "type": "about:blank",
        "title": say(TITLES[status]),
        "status": status,
        "detail": say(detail),
    }
    if status >= 500:
        # For a caller who reports it to the council: the same id is in the log.
        content["request_id"] = trace.current()
    return _reply(msgspec.json.encode(content | more), status, PROBLEM, headers)


def _reply(
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
