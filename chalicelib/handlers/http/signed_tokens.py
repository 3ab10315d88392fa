"""Tokens that name an account on a device: JWTs (RFC 7519) with one pinned algorithm.

exp, aud, iss, sub and sid are required. Account and session are read for every token, so an account
that signs out or is disabled is refused at once.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.accounts.model import SignedInAccount
from chalicelib.accounts.usecases.sessions import find_signed_in
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.errors import Unauthenticated

ALGORITHM = "HS256"
REQUIRED = ("exp", "aud", "iss", "sub", "sid")
REFUSED = "Your session has expired. Sign in again."


class Kind(NamedTuple):
    """What a token is for: one kind is never accepted in place of another. `typ` is its type in the
    header, `audience` the part of this service that it is for."""

    typ: str
    audience: str

    @property
    def header(self) -> dict[str, str]:
        """All fields that a token's header may have (RFC 9068). None of them names a key."""
        return {"alg": ALGORITHM, "typ": self.typ}


class Holder(NamedTuple):
    """The account that a token names, on its device, and all claims of the token."""

    who: SignedInAccount
    claims: Mapping[str, Any]


def sign(
    kind: Kind,
    who: SignedInAccount,
    *,
    now: datetime,
    lifetime: timedelta,
    secret: str,
    issuer: str,
    **more: Any,
) -> str:
    """A token for that account on that device, valid from `now`, with more claims."""
    import jwt

    claims = {
        "sub": who.account.account_id,
        "sid": who.session.session_id,
        "aud": kind.audience,
        "iss": issuer,
        "iat": now,
        "exp": now + lifetime,
        **more,
    }
    return jwt.encode(claims, secret, algorithm=ALGORITHM, headers=kind.header)


def verify(kind: Kind, token: str) -> Holder:
    """Raises Unauthenticated, UpstreamFailed."""
    import jwt

    try:
        claims = _claims(kind, token)
    except jwt.InvalidTokenError as error:
        raise Unauthenticated(REFUSED) from error
    found = find_signed_in(claims["sub"], claims["sid"], accounts_ports())
    if found is None:
        raise Unauthenticated(REFUSED)
    return Holder(found, claims)


def _claims(kind: Kind, token: str) -> dict[str, Any]:
    """The claims of the token, signed with an accepted secret. Raises jwt.InvalidTokenError."""
    import jwt

    if jwt.get_unverified_header(token) != kind.header:
        raise jwt.InvalidTokenError
    refused = jwt.InvalidSignatureError()
    for secret in container.secret("token").accepted_values():
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                secret,
                algorithms=[ALGORITHM],
                audience=kind.audience,
                issuer=container.settings().site_url,
                options={"require": list(REQUIRED)},
            )
        except jwt.InvalidSignatureError as error:
            refused = error
        else:
            if not isinstance(claims["sid"], str):
                raise jwt.InvalidTokenError
            return claims
    raise refused
