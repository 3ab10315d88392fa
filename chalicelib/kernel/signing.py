"""Texts derived from a secret, which can be checked later without being stored.

Each text is an HMAC-SHA256 (RFC 2104) of its parts under the secret.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from typing import Protocol

CODES = 1_000_000


class Secret(Protocol):
    """A value that only this council's system knows. It is read when it is needed."""

    def current(self) -> str:
        """The value to make texts with. Raises UpstreamFailed, ConfigurationError."""

    def accepted_values(self) -> Iterator[str]:
        """The values to check texts with, the likeliest first; read no more than needed.
        Raises UpstreamFailed, ConfigurationError."""


def hmac_hex(secret: str, *parts: str) -> str:
    """64 hexadecimal digits (256 bits). Different parts never give the same input."""
    framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.new(secret.encode(), framed, hashlib.sha256).hexdigest()


def six_digits(secret: str, *parts: str) -> str:
    """A code for a person to type. Only a few tries may be allowed."""
    return f"{int(hmac_hex(secret, *parts), 16) % CODES:06}"


def is_same(own: str, sent: str) -> bool:
    """True if both are equal; takes the same time wherever they differ."""
    return hmac.compare_digest(own.encode(), sent.encode())


def is_made_with(secret: Secret, sent: str, make: Callable[[str], str]) -> bool:
    """True if `make` gives `sent` under the secret, also under the value before the last
    rotation."""
    return any(is_same(make(value), sent) for value in secret.accepted_values())
