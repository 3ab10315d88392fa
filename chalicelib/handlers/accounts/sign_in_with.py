"""Signing in through another organisation: the button that leads there, and the return.

The other site sends the browser back with a GET. It signs in only the browser that began here: the
one with the cookie, once. ADR 25.
"""

import re

from chalicelib.bootstrap.accounts import sign_on_ports
from chalicelib.errors import Invalid, NotFound
from chalicelib.handlers.accounts.sign_in import device_of, redirect_signed_in
from chalicelib.handlers.accounts.sign_in_pages import own_path, problem_page
from chalicelib.handlers.http import auth, cookies, rate_limits
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import SeeOther
from chalicelib.handlers.http.pages import posted_form
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.texts import Text

LONGEST_CODE = 2000
_STATE = re.compile(r"[0-9a-f]{32}")
routes = Routes(__name__, problem_page)


@routes.page(
    "/forms/sign-in/with/{provider}",
    method="POST",
    auth=auth.own_page,
    summary="Sign in through another organisation",
    calls_out="handover",
)
def leave_for_provider(call: Call, provider: str) -> SeeOther:
    from chalicelib.accounts.single_sign_on import HANDOVER_VALID_FOR
    from chalicelib.accounts.usecases.single_sign_on import begin_sign_in

    onward = own_path(posted_form(call).one("next"))
    rate_limits.check("handover", call)
    departure = begin_sign_in(provider, onward, sign_on_ports())
    kept = cookies.handover_cookie(departure.browser, valid_for=HANDOVER_VALID_FOR)
    return SeeOther(departure.url, (kept,))


@routes.page(
    "/forms/sign-in/back/{provider}",
    method="GET",
    auth=auth.anyone,
    summary="Return from the other organisation",
    query=(
        Query("state", "the value that we sent to the other organisation"),
        Query("code", "the code that we exchange for the other organisation's token"),
        Query("iss", "the issuer, if it names itself (RFC 9207)"),
        Query("error", "why there is no code"),
    ),
    calls_out="handover",
)
def return_from_provider(call: Call, provider: str) -> SeeOther:
    from chalicelib.accounts.usecases.single_sign_on import (
        AGAIN,
        ProviderReturn,
        cancel_sign_in,
        finish_sign_in,
    )

    try:
        state = call.parameter("state") or ""
        code = call.parameter("code", longest=LONGEST_CODE) or ""
    except Invalid as error:
        raise NotFound(AGAIN) from error
    if not _STATE.fullmatch(state):
        raise NotFound(AGAIN)
    rate_limits.check("handover", call)
    browser = cookies.read_cookie(call.request, cookies.HANDOVER)
    back = ProviderReturn(provider, state, code, call.parameter("iss"), browser)
    ports = sign_on_ports()
    if not code:
        cancel_sign_in(back, ports)
        raise Invalid(Text("You did not finish signing in with the other organisation."))
    who, onward = finish_sign_in(back, device_of(call), ports)
    # The session opened for a person who is refused here is harmless: nobody holds its cookie.
    rate_limits.refuse_blocked(who.account)
    return redirect_signed_in(onward, who, cookies.expired_handover_cookie())
