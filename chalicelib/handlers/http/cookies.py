"""The sign-in cookies: their names, how they are set and read.

The session cookie cannot be read by scripts or sent by other sites, and goes only to the routes
that exchange or end it. A second cookie is kept for the minutes in which a person signs in at
another organisation. The browser sends it when that site redirects back, so it is worth nothing
without the values that the redirect carries.

A third cookie records which addresses have been used to sign in on this device. It gives no access:
the device only gets its own number of codes, which strangers cannot use up.

A fourth cookie keeps the link to a request for the page after its payment. The browser sends it
when the payment provider redirects back.

Over https their names begin with `__Secure-`: browsers do not accept such a cookie from a page
without https (RFC 6265bis, 4.1.3.1). `__Host-` would need the path `/`, and send them with every
call.

A neighbouring site, at another name of the same domain, can set a cookie of the same name for the
whole domain. A browser then sends two, in an order that the other site can choose, and nothing
shows which of them is ours (RFC 6265, 4.2.2 and 5.4). So two of one name are refused; a device with
two is not known (ADR 36).
"""

from datetime import datetime, timedelta

from chalice.app import Request

from chalicelib.bootstrap import container
from chalicelib.errors import Invalid
from chalicelib.handlers.http import request_language
from chalicelib.kernel.observability import logs
from chalicelib.texts import Text

SECURE = "__Secure-"
NAME = "ginnel-session"
PATH = "/api/session"
HANDOVER = "ginnel-handover"
HANDOVER_PATH = "/forms/sign-in/back"
DEVICE = "ginnel-device"
DEVICE_PATH = "/forms/sign-in"
DEVICE_KNOWN = timedelta(days=365)
"""Counted from the last sign-in on the device: residents return about twice a year."""
PAYER = "ginnel-payer"
PAYER_PATH = "/forms/payments"
PAYER_KNOWN = timedelta(hours=4)
"""Two payments of 90 minutes, one after the other."""
TWICE = Text(
    "Your browser sent two cookies with the same name, so we cannot tell which one is ours. "
    "Nothing was changed. Delete this site's cookies in your browser settings, then try again."
)


def name_of(cookie: str) -> str:
    """The cookie's name in this environment. This machine's own address has no https; browsers keep
    no Secure cookie for it."""
    return f"{SECURE}{cookie}" if _is_secure() else cookie


def session_cookie(token: str, *, until: datetime, now: datetime) -> str:
    """The Set-Cookie header that sets a refresh token."""
    return _session(token, until - now)


def expired_session_cookie() -> str:
    """The Set-Cookie header that removes it."""
    return _session("", timedelta(0))


def handover_cookie(proof: str, *, valid_for: timedelta) -> str:
    """The Set-Cookie header that sets the proof of a handover."""
    return _cookie(HANDOVER, proof, valid_for, f"Path={HANDOVER_PATH}; HttpOnly; SameSite=Lax")


def expired_handover_cookie() -> str:
    """The Set-Cookie header that removes it."""
    return handover_cookie("", valid_for=timedelta(0))


def device_cookie(proofs: str) -> str:
    """The Set-Cookie header that makes a device known, to the pages of its language."""
    path = request_language.current_language().address(DEVICE_PATH)
    return _cookie(DEVICE, proofs, DEVICE_KNOWN, f"Path={path}; HttpOnly; SameSite=Strict")


def find_device(request: Request) -> str:
    """The cookie value that says which addresses have signed in on the device; empty if there is
    none, or two of that name: the device is then unknown, and can still sign in."""
    return _single_value(request, DEVICE)


def payer_cookie(token: str) -> str:
    """The Set-Cookie header that keeps the token of a request's link, for the pages after its
    payment in this language."""
    path = request_language.current_language().address(PAYER_PATH)
    return _cookie(PAYER, token, PAYER_KNOWN, f"Path={path}; HttpOnly; SameSite=Lax")


def find_payer(request: Request) -> str:
    """The token that was kept; empty if there is none, or two of that name."""
    return _single_value(request, PAYER)


def read_cookie(request: Request, name: str = NAME) -> str:
    """The refresh token that was sent, or the other cookie's value; empty if there is none. Raises
    Invalid if there are two of that name."""
    found = _values(request, name)
    if len(found) > 1:
        logs.event("two cookies of one name came along", "warning")
        raise Invalid(TWICE)
    return found[0] if found else ""


def _single_value(request: Request, name: str) -> str:
    """The cookie's value; empty if there is none, or two of that name."""
    found = _values(request, name)
    return found[0] if len(found) == 1 else ""


def _values(request: Request, name: str) -> list[str]:
    """The values of all cookies of that name, in the order in which they came."""
    wanted = name_of(name)
    pairs = (each.partition("=") for line in _cookie_headers(request) for each in line.split(";"))
    return [value.strip().strip('"') for key, _, value in pairs if key.strip() == wanted]


def _cookie_headers(request: Request) -> list[str]:
    """Every Cookie header of the request: a browser may send several, and API Gateway lists all of
    them separately from the single headers, which keep only the last."""
    event = request.to_original_event()
    several = event.get("multiValueHeaders") or {}
    found = [line for key, lines in several.items() if key.lower() == "cookie" for line in lines]
    return found or [str(request.headers.get("cookie", ""))]


def _session(token: str, valid_for: timedelta) -> str:
    return _cookie(NAME, token, valid_for, f"Path={PATH}; HttpOnly; SameSite=Strict")


def _cookie(name: str, value: str, valid_for: timedelta, reach: str) -> str:
    max_age_s = int(valid_for / timedelta(seconds=1))
    secure = "; Secure" if _is_secure() else ""
    return f"{name_of(name)}={value}; Max-Age={max_age_s}; {reach}{secure}"


def _is_secure() -> bool:
    return container.settings().site_url.startswith("https://")
