"""The cookie that keeps somebody signed in. Scripts cannot read it, other sites cannot send it, and
it goes to nothing but the routes that exchange or end it.

Another one is kept for the minutes in which somebody says elsewhere who she is. It comes along when
that site sends her back, so it is worth nothing without what that brings.

Over https their names begin with `__Secure-`: browsers take none such from a page without it
(RFC 6265bis, 4.1.3.1). `__Host-` would need the path `/`, and send them with every call.
"""

from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie

from chalice.app import Request

from chalicelib import bootstrap

SECURE = "__Secure-"
NAME = "ginnel-session"
PATH = "/api/session"
HANDOVER = "ginnel-handover"
HANDOVER_PATH = "/forms/sign-in/back"


def name_of(cookie: str) -> str:
    """Its name here. This machine's own address has no https; browsers keep no Secure cookie for
    it."""
    return f"{SECURE}{cookie}" if _is_secure() else cookie


def kept(token: str, *, until: datetime, now: datetime) -> str:
    """The Set-Cookie header that keeps a refresh token."""
    return _session(token, until - now)


def dropped() -> str:
    """The Set-Cookie header that ends it."""
    return _session("", timedelta(0))


def handed_over(proof: str, *, holds: timedelta) -> str:
    """The Set-Cookie header that keeps what a handover began with."""
    return _cookie(HANDOVER, proof, holds, f"Path={HANDOVER_PATH}; HttpOnly; SameSite=Lax")


def handover_dropped() -> str:
    """The Set-Cookie header that ends it."""
    return handed_over("", holds=timedelta(0))


def sent(request: Request, name: str = NAME) -> str:
    """The refresh token that came along, or the other cookie's value; empty where there is none."""
    try:
        found = SimpleCookie(str(request.headers.get("cookie", ""))).get(name_of(name))
    except CookieError:
        return ""
    return found.value if found else ""


def _session(token: str, holds: timedelta) -> str:
    return _cookie(NAME, token, holds, f"Path={PATH}; HttpOnly; SameSite=Strict")


def _cookie(name: str, value: str, holds: timedelta, reach: str) -> str:
    max_age_s = int(holds / timedelta(seconds=1))
    secure = "; Secure" if _is_secure() else ""
    return f"{name_of(name)}={value}; Max-Age={max_age_s}; {reach}{secure}"


def _is_secure() -> bool:
    return bootstrap.settings().site_url.startswith("https://")
