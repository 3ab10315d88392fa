"""The page that describes an error."""

from chalicelib.errors import (
    AppError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    UpstreamFailed,
)
from chalicelib.handlers.http import request_language
from chalicelib.handlers.http.pages import render_page
from chalicelib.kernel.observability import trace
from chalicelib.texts import Text

NOT_SENT = Text(
    "We have not sent what you entered. Go back in your browser to change it: your answers are "
    "still there."
)
NOT_SURE = Text(
    "We are not sure whether we received what you entered. Go back in your browser and select "
    "the button again: we will not store it twice."
)


def problem_page(error: AppError | None) -> str:
    """The page that describes an error, and says whether the typed text was stored."""
    heading, typed = Text("Sorry, something went wrong"), NOT_SURE
    match error:
        case NotFound():
            heading = Text("We can't find this page")
            typed = Text("Check the address or the reference.")
        case Conflict():
            heading, typed = Text("You cannot do this"), Text("Nothing was changed.")
        case Invalid() | Forbidden():
            heading, typed = Text("Check what you entered"), NOT_SENT
        case TooMany(proof_bits=bits) if bits:
            heading, typed = Text("Your network has reached its limit"), NOT_SENT
        case TooMany():
            heading, typed = Text("You have done this too many times"), NOT_SENT
    say = request_language.current_language().say
    link = error.link if isinstance(error, Conflict) else None
    quoted = trace.current_id() if error is None or isinstance(error, UpstreamFailed) else None
    return render_page(
        "forms",
        "problem",
        other_languages=(),
        heading=say(heading),
        detail=_detail(error),
        typed=say(typed),
        link=link,
        quoted=quoted,
    )


def _detail(error: AppError | None) -> str:
    """The cause of the error, without the names of fields and headers."""
    say = request_language.current_language().say
    if isinstance(error, Conflict) and error.link:
        return say("You have already sent something from this page. It is stored as you sent it.")
    if isinstance(error, Invalid) and error.errors:
        said = "; ".join(say(fault.message) for fault in error.errors)
        return said[:1].upper() + said[1:] + "."
    return say(error.detail) if error else say("The problem is on our side.")
