"""HTTP on top of Chalice: every route declares its caller and shapes, every error has one shape.

Every call has an id, which the caller may send; it is in the answer, and in the one line that is
logged of the call.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Unpack
from urllib.parse import quote, urlencode

from chalice.app import Blueprint, Request, Response
from msgspec.structs import replace

from chalicelib.accounts.usecases.rate_limits import Flow
from chalicelib.handlers.http import answers, page_answers, request_language
from chalicelib.handlers.http.auth import Gate
from chalicelib.handlers.http.call import Call, Called
from chalicelib.handlers.http.page_answers import FormatProblem, ProblemPage
from chalicelib.handlers.http.route_facts import Endpoint, Query, RouteFacts
from chalicelib.kernel.observability import logs, trace

REQUEST_ID = "X-Request-Id"
OPEN_TO_SITES = "Access-Control-Allow-Origin"


class Routes(Blueprint):
    """A blueprint whose views take a Call and whose errors all have one shape.

    `problem_page` makes the errors of views that answer with pages, `format_problem` of those that
    answer in the format of a standard.
    """

    def __init__(
        self,
        import_name: str,
        problem_page: ProblemPage | None = None,
        format_problem: FormatProblem | None = None,
    ) -> None:
        super().__init__(import_name)
        self.module = import_name
        self.facts: list[RouteFacts] = []
        self._problem_page = problem_page
        self._format_problem = format_problem

    def endpoint(
        self, path: str, **declared: Unpack[Endpoint]
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Registers a view that answers with JSON. A parameter of the view that is not in the path
        is the JSON body, parsed into the type that the parameter is declared with."""
        return self._register(answers.answer, path=path, **declared)

    def page(
        self,
        path: str,
        *,
        method: str,
        auth: Gate,
        summary: str,
        query: tuple[Query, ...] = (),
        media_types: tuple[str, ...] = (),
        calls_out: Flow | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Registers a view that answers with a Page, of forms that browsers post, or with a file of
        one of these media types."""
        problem_page = self._problem_page
        assert problem_page, "Routes that answer with pages need a problem_page."

        return self._register(
            partial(page_answers.answer_page, problem_page=problem_page),
            path=path,
            method=method,
            summary=summary,
            auth=auth,
            query=query,
            media_types=media_types,
            is_page=True,
            calls_out=calls_out,
        )

    def formatted_answer(
        self, path: str, *, method: str, auth: Gate, summary: str, media_types: tuple[str, ...]
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Registers a view that answers in the format of a standard, such as Open311's."""
        problem = self._format_problem
        assert problem, "Routes that answer in a form of their own need a format_problem."

        return self._register(
            partial(page_answers.answer_formatted, problem=problem),
            path=path,
            method=method,
            summary=summary,
            auth=auth,
            may_be_keyed=method == "POST",
            media_types=media_types,
        )

    def _register(
        self, reply: Callable[..., Response], **declared: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        place = len(self.facts)
        self.facts.append(RouteFacts(**declared))

        def register(view: Callable[..., Any]) -> Callable[..., Any]:
            facts = self.facts[place]
            if reply is answers.answer:
                facts = self.facts[place] = _with_shapes(facts, view)

            def answer_request(**parameters: str) -> Response:
                return reply_to(partial(reply, view), self.current_request, facts, parameters)

            answer_request.__name__ = view.__name__
            # With types listed, Chalice answers 415 to a GET too, and in a shape of its own; a
            # body is read as JSON whatever it is called.
            methods = ["GET", "HEAD"] if facts.method == "GET" else [facts.method]
            self.route(facts.path, methods=methods, content_types=[])(answer_request)
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


def reply_to(
    answer: Callable[[Called], Response],
    request: Request,
    facts: RouteFacts,
    parameters: dict[str, str],
) -> Response:
    """The answer, under the id that came with the call or a new one, in its language."""
    page = _page_address(request, facts, parameters)
    with (
        trace.request_context(request.headers.get(REQUEST_ID)) as request_id,
        request_language.use_language_of(request, page) as language,
        logs.line(
            "called", logs.CALLS, function="api", route=facts.path, method=facts.method
        ) as line,
    ):
        response = answer(Called(request, facts, parameters, line))
        line["status"] = response.status_code
        line["errors"] = int(response.status_code >= 500)
        response.headers |= {REQUEST_ID: request_id, "Content-Language": language.code}
        response.headers |= _headers_of(facts, is_page=page is not None)
        if request.method == "HEAD":
            response.body = ""
        return response


def _headers_of(facts: RouteFacts, *, is_page: bool) -> dict[str, str]:
    """The headers that every answer of the route has."""
    by_language = {} if is_page else {"Vary": "Accept-Language"}
    return by_language | ({OPEN_TO_SITES: "*"} if facts.open_to_sites else {})


def _page_address(request: Request, facts: RouteFacts, parameters: dict[str, str]) -> str | None:
    """The address of the page in English; None for the API, whose pages scripts ask for."""
    if not facts.is_page or facts.path.startswith("/api/"):
        return None
    path = facts.path.format(
        **{name: quote(value, errors="replace") for name, value in parameters.items()}
    )
    query = urlencode(request.query_params or {}, errors="replace")
    return f"{path}?{query}" if query else path
