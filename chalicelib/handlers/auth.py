"""Who calls: bearer tokens, and what a route asks of its caller.

Tokens are JWTs (RFC 7519) with one pinned algorithm; exp, aud, iss and sub are required.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from chalice.app import Request

from chalicelib import bootstrap
from chalicelib.errors import Forbidden, Unauthenticated
from chalicelib.handlers.cdn import came_through_the_cdn
from chalicelib.partners.usecases import known
from chalicelib.reports.usecases import Author

ALGORITHM = "HS256"
AUDIENCE = "ginnel-api"
Role = Literal["resident", "crew", "officer", "admin"]
STAFF: frozenset[str] = frozenset(("crew", "officer", "admin"))
OFFICERS: frozenset[str] = frozenset(("officer", "admin"))


@dataclass(frozen=True)
class Caller:
    """Somebody with a token, or nobody in particular."""

    account: str | None = None
    role: Role | None = None

    def author(self, token: str | None = None) -> Author:
        """The caller as reports know her; `token` came with a link to a report."""
        return Author(
            self.account,
            is_staff=self.role in STAFF,
            is_officer=self.role in OFFICERS,
            token=token,
        )


Gate = Callable[[Request], Caller]


def anywhere(_: Request) -> Caller:
    """Lets everybody through, past the CDN too: for what tells nothing and reads nothing."""
    return Caller()


def anyone(request: Request) -> Caller:
    """Lets everybody through; a token that is sent must hold. Raises Unauthenticated, Forbidden."""
    _refuse_past_the_cdn(request)
    header = request.headers.get("authorization")
    if not header:
        return Caller()
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send the token as: Authorization: Bearer <token>.")
    return _caller(token.strip())


def partner(request: Request) -> Caller:
    """Lets everybody through: another system shows its key in what it sends, and a token that
    comes along is not ours. Raises Forbidden."""
    _refuse_past_the_cdn(request)
    return Caller()


def officer(request: Request) -> Caller:
    """Lets officers and administrators through. Raises Unauthenticated, Forbidden."""
    caller = anyone(request)
    if caller.role is None:
        raise Unauthenticated("Sign in first: this is for the council's officers.")
    if caller.role not in OFFICERS:
        raise Forbidden("This is for the council's officers.")
    return caller


def admin(request: Request) -> Caller:
    """Lets administrators through. Raises Unauthenticated, Forbidden."""
    caller = officer(request)
    if caller.role != "admin":
        raise Forbidden("This is for the council's administrators.")
    return caller


def follower(request: Request) -> Caller:
    """Lets those with an API key through, and officers. Raises Unauthenticated, Forbidden."""
    caller = anyone(request)
    key = request.headers.get("x-api-key")
    if key:
        known(key, bootstrap.partners_ports())
        return caller
    if caller.role is None:
        raise Unauthenticated("Send your API key in the header X-Api-Key.")
    return officer(request)


def issue(
    *, account: str, role: Role, now: datetime, lifetime: timedelta, secret: str, issuer: str
) -> str:
    """A token for that account, valid from `now` for `lifetime`."""
    import jwt

    claims = {
        "sub": account,
        "role": role,
        "aud": AUDIENCE,
        "iss": issuer,
        "iat": now,
        "exp": now + lifetime,
    }
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def _refuse_past_the_cdn(request: Request) -> None:
    """Raises Forbidden where there is a CDN before the API and the request went round it."""
    settings = bootstrap.settings()
    if not settings.origin_secret_arn:
        return
    if not came_through_the_cdn(request.headers, bootstrap.secret("origin").accepted()):
        raise Forbidden(f"This is answered at {settings.site_url} only: use that address.")


def _caller(token: str) -> Caller:
    import jwt

    try:
        claims = _claims(token)
    except jwt.InvalidTokenError as error:
        raise Unauthenticated("The token does not hold: sign in again.") from error
    role = claims.get("role")
    if role not in get_args(Role):
        raise Unauthenticated("The token names no known role: sign in again.")
    return Caller(str(claims["sub"]), role)


def _claims(token: str) -> dict[str, Any]:
    """What the token says, signed with an accepted secret. Raises jwt.InvalidTokenError."""
    import jwt

    refused = jwt.InvalidSignatureError()
    for secret in bootstrap.secret("token").accepted():
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=bootstrap.settings().site_url,
                options={"require": ["exp", "aud", "iss", "sub"]},
            )
        except jwt.InvalidSignatureError as error:
            refused = error
        else:
            return claims
    raise refused
