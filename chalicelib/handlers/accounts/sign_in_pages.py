"""The pages of signing in: the content of each, and the conditions for showing it."""

import re
from typing import Any
from urllib.parse import urlsplit

from chalicelib.accounts.model import CODE_VALID_FOR
from chalicelib.accounts.usecases import code_requests
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.errors import AppError, Forbidden, Invalid, NotFound, TooMany
from chalicelib.handlers.http import request_language
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.pages import problem_pages, render_page
from chalicelib.texts import Text

ACCOUNT = "/account/"
_PATH = re.compile(r"/(?![/\\])[\w/.~%?&=+,:@-]{0,200}", re.ASCII)
"""A path on this site, which no browser reads as another site's address."""
OVER = Text("It was already used, is more than 10 minutes old, or was tried too many times.")


def _heading(error: AppError | None) -> str:
    match error:
        case NotFound():
            return Text("This code has expired")
        case Forbidden():
            return Text("You cannot sign in here")
        case TooMany():
            return Text("Too many codes")
        case Invalid():
            return Text("Check what you entered")
        case _:
            return Text("Sorry, something went wrong")


problem_page = problem_pages("accounts", _heading)


def own_path(text: str | None) -> str:
    """The path to go on to: the requested one if it is ours, else the account's."""
    if text and _PATH.fullmatch(text):
        return text
    return request_language.current_language().address(ACCOUNT)


def address_page(address: str, onward: str, faults: Any = ()) -> Page:
    providers = request_language.council().identity_providers
    takes_phones = accounts_ports().takes_phones
    shown = {"address": address, "takes_phones": takes_phones}
    return _provider_page("sign-in", providers, onward, faults, **shown)


def proof_page(sure: str, onward: str) -> Page:
    """The page with the ways to sign in that prove a person's identity at that level."""
    providers = request_language.council().identity_providers
    ways = [each for each in providers if each.can_prove(sure)]
    return _provider_page("surer", ways, onward)


def _provider_page(
    name: str, providers: Any, onward: str, faults: Any = (), **context: Any
) -> Page:
    """A page with a button for each of these organisations."""
    html = render(name, faults, providers=providers, onward=onward, **context)
    # Browsers apply the page's policy to every redirect that follows a form, an issuer's own too.
    scheme = f"{urlsplit(container.settings().site_url).scheme}:"
    return Page(html, is_refusal=bool(faults), leads_to=scheme if providers else "")


def code_page(attempt_id: str, faults: Any = ()) -> Page:
    """Asks for the code of that attempt. If the attempt is over, or all tries are spent, the page
    offers another one; if no text message could be sent, it offers another way. Raises NotFound if
    there is none.
    """
    ports = accounts_ports()
    begun = code_requests.find_sign_in_attempt(attempt_id, ports)
    if begun is None:
        raise NotFound(OVER)
    is_valid = begun.is_valid(ports.now())
    onward = own_path(begun.onward)
    if is_valid and begun.is_over_cap:
        return Page(render("no-text", onward=onward), is_refusal=True)
    # An address is shown only while its code may come: others may use this browser, too.
    address = begun.destination.value if is_valid else None
    if not (is_valid and begun.tries_left):
        shown = {"address": address, "is_used": begun.session_id is not None}
        return Page(render("over", detail=OVER, onward=onward, **shown), is_refusal=True)
    html = render(
        "code",
        faults,
        attempt_id=attempt_id,
        address=address,
        onward=onward,
        minutes=int(CODE_VALID_FOR.total_seconds() // 60),
    )
    return Page(html, is_refusal=bool(faults), may_be_kept=bool(faults))


def render(name: str, faults: Any = (), **context: Any) -> str:
    return render_page("accounts", name, faults, **context)
