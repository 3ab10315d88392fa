"""Pages for people, and answers in the format of a standard; so are their errors."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib import errors
from chalicelib.handlers.http.answers import STATUS, more_headers, reply
from chalicelib.handlers.http.call import Called
from chalicelib.kernel.observability import logs

HTML = "text/html; charset=utf-8"
CALENDAR = "text/calendar; charset=utf-8"
BARE_PAGE = (
    '<!doctype html><html lang="en-GB"><head><meta '
    'charset="utf-8"><title>Sorry</title></head><body><h1>Sorry, something went '
    "wrong</h1><p>The problem is on our side. We have not sent what you entered: go back in your "
    "browser and try again in a moment.</p></body></html>"
)
PAGE_HEADERS = {
    # A page holds typed text, and the link to it may be a secret.
    "Referrer-Policy": "no-referrer",
    # Few pages have a script (`Page.has_script`), and nobody may embed these forms in another page.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
}
OF_FEW_STATUSES = (errors.Forbidden, errors.NotFound, errors.TooMany, errors.UpstreamFailed)
"""The errors that a standard with few statuses distinguishes: all other refusals are bad requests.
"""


class Page(NamedTuple):
    """A page for people. `is_refusal`: the values typed on the previous page cannot be accepted.
    `may_be_kept`: the browser may go back to it without asking for it again. `leads_to`: where else
    the answer to one of its forms may send the browser, as a Content-Security-Policy says it.
    `pictures_from`: the origins besides ours whose pictures it shows. `has_script`: it runs a
    script of ours.
    """

    html: str
    is_refusal: bool = False
    may_be_kept: bool = False
    leads_to: str = ""
    pictures_from: tuple[str, ...] = ()
    has_script: bool = False


class SeeOther(NamedTuple):
    """A redirect instead of a page: the browser goes to `location`, a path of ours or another
    organisation's sign-in, and keeps the cookies."""

    location: str
    cookies: tuple[str, ...] = ()


ProblemPage = Callable[[errors.AppError | None], str]
"""The page that describes an error; None means an internal error."""


class FormattedAnswer(NamedTuple):
    """An answer in the format of a standard that has its own, such as a file that a page links."""

    body: bytes
    content_type: str


FormatProblem = Callable[[Request, HTTPStatus, errors.AppError | None], FormattedAnswer]
"""An error in that format; None means an internal error."""


def answer_page(view: Callable[..., Any], called: Called, problem_page: ProblemPage) -> Response:
    try:
        page: Page | SeeOther | FormattedAnswer = called.content(view)
        if isinstance(page, FormattedAnswer):
            return reply(page.body, called.facts.success, page.content_type, PAGE_HEADERS)
        if isinstance(page, SeeOther):
            response = reply(b"", HTTPStatus.SEE_OTHER, HTML, PAGE_HEADERS)
            response.headers.update(Location=page.location)
            if page.cookies:
                response.headers["Set-Cookie"] = list(page.cookies)
            return response
        status = HTTPStatus.BAD_REQUEST if page.is_refusal else called.facts.success
        return reply(page.html.encode(), status, HTML, PAGE_HEADERS | _own_headers(page))
    except errors.AppError as error:
        status = STATUS[type(error)]
        called.note(error, status)
        html = _render_problem(problem_page, error)
        return reply(html.encode(), status, HTML, PAGE_HEADERS | more_headers(error))
    except Exception as error:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        called.note(error, status)
        html = _render_problem(problem_page, None)
        return reply(html.encode(), status, HTML, PAGE_HEADERS)


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
    if page.has_script:
        policy += "; script-src 'self'"
    return own | {"Content-Security-Policy": policy}


def answer_formatted(view: Callable[..., Any], called: Called, problem: FormatProblem) -> Response:
    headers: Mapping[str, str] = {}
    try:
        answer: FormattedAnswer = called.content(view)
        status = called.facts.success
    except errors.AppError as error:
        apart = isinstance(error, OF_FEW_STATUSES)
        status = STATUS[type(error)] if apart else HTTPStatus.BAD_REQUEST
        called.note(error, status)
        answer, headers = problem(called.request, status, error), more_headers(error)
    except Exception as error:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        called.note(error, status)
        answer = problem(called.request, status, None)
    return reply(answer.body, status, answer.content_type, headers)


def _render_problem(problem_page: ProblemPage, error: errors.AppError | None) -> str:
    """The page of the problem, or a bare one if even that cannot be made."""
    try:
        return problem_page(error)
    except Exception as failed:
        logs.failure("the page of a problem failed", failed)
        return BARE_PAGE
