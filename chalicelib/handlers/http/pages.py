"""Server-made pages for the links in messages: how they are rendered, and how posted forms are
read."""

from collections.abc import Callable, Iterable
from typing import Any, Literal

from chalicelib.bootstrap import container
from chalicelib.errors import (
    AppError,
    Conflict,
    Ended,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    UpstreamFailed,
)
from chalicelib.handlers.http import request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import ProblemPage
from chalicelib.kernel.languages import translatable
from chalicelib.kernel.observability import trace

Kind = Literal["accounts", "alerts", "forms", "jobs"]
Heading = Callable[[AppError | None], str]


def render_page(
    kind: Kind, name: str, /, faults: Iterable[tuple[str, str]] = (), **context: Any
) -> str:
    """The page of a template of that kind in the language of the request, with the faults of the
    typed values, and links to the page in the other languages."""
    pages = container.template_pages(kind, request_language.current_language())
    others = {"other_languages": request_language.other_languages()}
    return pages.render(name, faults, **(others | context))


def render_alerts_page(name: str, faults: Iterable[FieldError] = (), **context: Any) -> str:
    """The page of a template of alerts, with the faults of the typed values."""
    return render_page("alerts", name, faults, **context)


def heading_of(error: AppError | None) -> str:
    """What a link in a message leads to where it does not lead on."""
    match error:
        case NotFound() | Ended():
            return translatable("This link has expired")
        case TooMany():
            return translatable("You have done this too many times")
        case Conflict() | Forbidden() | Invalid():
            return translatable("You cannot do this")
        case _:
            return translatable("Sorry, something went wrong")


def problem_pages(kind: Kind, heading: Heading = heading_of) -> ProblemPage:
    """What makes the page that tells people of an error, in the look of one kind of pages; None
    means a mistake of ours."""

    def page(error: AppError | None) -> str:
        say = request_language.current_language().say
        return render_page(
            kind,
            "problem",
            other_languages=(),
            heading=say(heading(error)),
            detail=say(error.detail) if error else say("The problem is on our side."),
            quoted=trace.current_id()
            if error is None or isinstance(error, UpstreamFailed)
            else None,
        )

    return page


problem_page = problem_pages("alerts")


def posted_form(call: Call) -> Any:
    """The fields of a posted form. Raises Invalid."""
    from chalicelib.forms import form_parser

    return form_parser.parse_form(call.body, str(call.request.headers.get("content-type", "")))
