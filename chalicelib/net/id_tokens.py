"""Verifies ID tokens: the identity of a person (OpenID Connect Core 1.0, 2 and 3.1.3.7)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import jwt

LEEWAY_S = 60
"""The permitted difference between the issuer's clock and ours."""
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
LONGEST_SUBJECT = 255
Keys = Sequence[Mapping[str, Any]]
"""An issuer's public keys, each a JSON Web Key (RFC 7517)."""


class ExpectedClaims(NamedTuple):
    """The values that the token must have."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: Collection[str]


def key_id_of(token: str) -> str | None:
    """The `kid` of the signing key, from the token's header. Raises jwt.PyJWTError."""
    kid: str | None = jwt.get_unverified_header(token).get("kid")
    return kid


def has_key(keys: Keys, kid: str | None) -> bool:
    return any(kid is None or key.get("kid") == kid for key in keys)


def verify_token(token: str, keys: Keys, expected: ExpectedClaims) -> Mapping[str, Any]:
    """The claims of the token. The token never decides where a key is found or which type it has.

    Raises jwt.PyJWTError if anything is not as expected.
    """
    header = jwt.get_unverified_header(token)
    algorithm = str(header.get("alg"))
    if algorithm not in expected.algorithms:
        raise jwt.InvalidAlgorithmError
    claims: dict[str, Any] = jwt.decode(
        token,
        _find_signing_key(keys, header.get("kid"), algorithm),
        algorithms=[algorithm],
        audience=expected.client_id,
        issuer=expected.issuer,
        leeway=LEEWAY_S,
        options={"require": REQUIRED, "enforce_minimum_key_length": True},
    )
    _check_claims(claims, expected)
    return claims


def _find_signing_key(keys: Keys, kid: str | None, algorithm: str) -> jwt.PyJWK:
    """The only key that can have signed the token. Raises jwt.PyJWTError."""
    able = [each for each in keys if each.get("use", "sig") == "sig" and has_key([each], kid)]
    fitting = [each for each in able if each.get("alg", algorithm) == algorithm]
    if len(fitting) != 1:
        raise jwt.InvalidKeyError
    return jwt.PyJWK(dict(fitting[0]), algorithm)


def _check_claims(claims: Mapping[str, Any], expected: ExpectedClaims) -> None:
    """The checks that PyJWT leaves to its user. Raises jwt.PyJWTError."""
    if claims["nonce"] != expected.nonce:
        raise jwt.InvalidTokenError
    # Another audience could present this token to us as its own.
    if claims["aud"] not in (expected.client_id, [expected.client_id]):
        raise jwt.InvalidAudienceError
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise jwt.InvalidAudienceError
    if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= LONGEST_SUBJECT:
        raise jwt.InvalidTokenError
