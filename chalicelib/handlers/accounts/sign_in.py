"""Signing in without JavaScript: an address, a code or a link, and a redirect to the page where the
sign-in began.

A link's GET shows a button and reads nothing: programs that check the links in emails sign nobody
in and use up no code. Pages are loaded when they are requested, as those of `forms` are. The
message that a code is on its way has a page with its own address: a browser can return to it
without asking for another code.
"""

import re
from urllib.parse import urlencode

from chalicelib.accounts.destinations import parse_destination
from chalicelib.accounts.devices import device_name
from chalicelib.accounts.model import SignedInAccount
from chalicelib.accounts.usecases import code_requests, code_verification, sessions
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.errors import FieldError, Invalid, NotFound
from chalicelib.handlers.accounts.sign_in_pages import (
    address_page,
    code_page,
    own_path,
    problem_page,
    proof_page,
    render,
)
from chalicelib.handlers.http import auth, cookies, rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page, SeeOther
from chalicelib.handlers.http.pages import posted_form
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.texts import Text

CONTINUES_IN_SAME_TAB = re.compile(r"(/[a-z]{2,3})?/report/")
"""The page that continues only in the tab where the sign-in began, in every language."""
_ID = re.compile(r"[0-9a-f]{32}")
SURER = ("proven", "staff")
"""The levels that a code cannot prove."""
NEXT = Query("next", "the path on this site to continue to")
SURE = Query("sure", "proven or staff: only the ways to sign in that prove this are offered")
DIGITS = 6
NOT_SIX = (FieldError("code", Text("enter the 6-digit code")),)
routes = Routes(__name__, problem_page)


@routes.page(
    "/forms/sign-in",
    method="GET",
    auth=auth.anyone,
    summary="Show the page that asks for the address to sign in with",
    query=(NEXT, SURE),
)
def show_address_page(call: Call) -> Page:
    onward, sure = own_path(call.parameter("next")), call.parameter("sure")
    return proof_page(sure, onward) if sure in SURER else address_page("", onward)


@routes.page(
    "/forms/sign-in",
    method="POST",
    auth=auth.own_page,
    summary=("Send a code to sign in with to the address"),
)
def request_code(call: Call) -> Page | SeeOther:
    form = posted_form(call)
    address, onward = form.one("address"), own_path(form.one("next"))
    try:
        ports = accounts_ports()
        to = parse_destination(address, takes_phones=ports.takes_phones)
        known = ports.known_devices.find_device(cookies.find_device(call.request), to)
        asker = rate_limits.code_requester(call, to, known)
        language = request_language.current_language().code
        attempt = code_requests.request_code(
            address, ports, onward=onward, origin=asker, language=language
        )
    except Invalid as error:
        return address_page(address, onward, error.errors)
    return SeeOther(_address("/forms/sign-in/code", attempt=attempt.attempt_id))


@routes.page(
    "/forms/sign-in/code",
    method="GET",
    auth=auth.anyone,
    summary="Show the page that asks for the code",
    query=(Query("attempt", "the id of the attempt to sign in"),),
)
def show_code_page(call: Call) -> Page:
    return code_page(_attempt_id(call.parameter("attempt") or ""))


@routes.page(
    "/forms/sign-in/code", method="POST", auth=auth.own_page, summary="Sign in with the code"
)
def enter_code(call: Call) -> Page | SeeOther:
    form = posted_form(call)
    attempt_id, code = _attempt_id(form.one("attempt")), digits_of(form.one("code"))
    if len(code) != DIGITS:
        return code_page(attempt_id, NOT_SIX)
    ports = accounts_ports()
    try:
        who = code_verification.sign_in_with_code(attempt_id, code, device_of(call), ports)
    except Invalid as error:
        return code_page(attempt_id, error.errors)
    except NotFound:
        return code_page(attempt_id)
    return redirect_signed_in(own_path(form.one("next")), who, _known_device_cookie(call, who))


@routes.page(
    "/forms/sign-in/confirm/{attempt_id}",
    method="GET",
    auth=auth.anyone,
    summary="Show the page with the button that signs in with the link",
    query=(Query("token", "the link's token"),),
)
def show_confirm_page(call: Call, attempt_id: str) -> Page:
    shown = {"attempt_id": _attempt_id(attempt_id), "token": call.parameter("token") or ""}
    return Page(render("confirm", **shown))


@routes.page(
    "/forms/sign-in/confirm/{attempt_id}",
    method="POST",
    auth=auth.own_page,
    summary="Sign in with the link",
)
def confirm(call: Call, attempt_id: str) -> SeeOther:
    token, ports = posted_form(call).one("token"), accounts_ports()
    who = code_verification.sign_in_with_link(
        _attempt_id(attempt_id), token, device_of(call), ports
    )
    begun = code_requests.find_sign_in_attempt(attempt_id, ports)
    onward = own_path(begun.onward if begun else None)
    if CONTINUES_IN_SAME_TAB.match(onward):
        onward = _address("/forms/sign-in/done", next=onward)
    return redirect_signed_in(onward, who, _known_device_cookie(call, who))


@routes.page(
    "/forms/sign-in/done",
    method="GET",
    auth=auth.anyone,
    summary="Show that the link signed in, and the way back",
    query=(NEXT,),
)
def show_signed_in(call: Call) -> Page:
    return Page(render("done", onward=own_path(call.parameter("next"))))


@routes.page(
    "/api/session/end", method="POST", auth=auth.own_page, summary="Sign out without JavaScript"
)
def sign_out(call: Call) -> SeeOther:
    sessions.sign_out_by_token(cookies.read_cookie(call.request), accounts_ports())
    return SeeOther("/", (cookies.expired_session_cookie(),))


def _address(page: str, **query: str) -> str:
    """The address of a page in the language of the request."""
    return f"{request_language.current_language().address(page)}?{urlencode(query)}"


def digits_of(text: str) -> str:
    """The digits in the text typed as a code."""
    return "".join(re.findall(r"[0-9]", text))


def redirect_signed_in(location: str, who: SignedInAccount, *more: str) -> SeeOther:
    """Redirects to that path, with the cookie of the new session, and any others."""
    ports = accounts_ports()
    token = ports.refresh_tokens.token(who.session)
    kept = cookies.session_cookie(token, until=who.session.expires_at, now=ports.now())
    return SeeOther(location, (kept, *more))


def _known_device_cookie(call: Call, who: SignedInAccount) -> str:
    """The Set-Cookie header that makes the device known for the addresses of the account."""
    addresses = [each.destination for each in who.account.addresses]
    devices = accounts_ports().known_devices
    return cookies.device_cookie(
        devices.cookie_after_sign_in(cookies.find_device(call.request), addresses)
    )


def _attempt_id(text: str) -> str:
    """Raises NotFound if this id cannot exist."""
    if not _ID.fullmatch(text):
        raise NotFound(Text("This link is incomplete. Open all of it, or start again."))
    return text


def device_of(call: Call) -> str:
    return device_name(str(call.request.headers.get("user-agent", "")))
