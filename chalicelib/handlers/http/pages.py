"""Server-made pages for the links in messages: how they are rendered, and how posted forms are
read."""

from collections.abc import Iterable
from typing import Any

from chalicelib.bootstrap import container
from chalicelib.errors import (
    AppError,
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    UpstreamFailed,
)
from chalicelib.handlers.http.routes import Call
from chalicelib.kernel.observability import trace


def render(name: str, faults: Iterable[FieldError] = (), **context: Any) -> str:
    """The page of a template of alerts, with the faults of the typed values."""
    return container.pages("alerts").render(name, sentences(faults), **context)


def sentences(faults: Iterable[FieldError]) -> list[tuple[str, str]]:
    """The faults as a page shows them: each message begins with a capital letter."""
    return [(field, message[:1].upper() + message[1:]) for field, message in faults]


def problem_page(error: AppError | None) -> str:
    """The page that describes an error; None means an internal error."""
    return render(
        "problem",
        heading=_heading(error),
        detail=error.detail if error else "The problem is on our side.",
        quoted=trace.current() if error is None or isinstance(error, UpstreamFailed) else None,
    )


def posted_form(call: Call) -> Any:
    """The fields of a posted form. Raises Invalid."""
    from chalicelib.forms import posted

    return posted.parse(call.body, str(call.request.headers.get("content-type", "")))


def _heading(error: AppError | None) -> str:
    match error:
        case NotFound():
            return "This link has expired"
        case TooMany():
            return "You have done this too many times"
        case Conflict() | Forbidden() | Invalid():
            return "You cannot do this"
        case _:
            return "Sorry, something went wrong"
