"""Codes and tokens that prove who a person is, derived from a secret each time and never stored.

Each is made of its purpose and of random ids. A code has six digits, so only a few tries are
allowed; links and refresh tokens have 128 and 256 bits.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from chalicelib.accounts.destinations import mailbox_of
from chalicelib.accounts.model import Destination, Session
from chalicelib.kernel.signing import Secret, hmac_hex, is_made_with, is_same, six_digits

MOST_PROOFS = 10
"""Of one device: a household has a few addresses, and a cookie has little room."""
_DEVICE = re.compile(r"[0-9a-f]{32}(?:\.[0-9a-f]{32}){1,10}", re.ASCII)
_REFRESH = re.compile(r"([\w-]{1,64})\.([\w-]{1,64})\.([1-9][0-9]{0,8})\.([0-9a-f]{64})", re.ASCII)


class Codes:
    """Proves that a person reads the messages to an address. It has a secret of its own: the sender
    of codes can derive nothing else."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def code(self, attempt_id: str) -> str:
        """Six digits."""
        return six_digits(self._secret.current(), "code", attempt_id)

    def link_token(self, attempt_id: str) -> str:
        """128 bits, for the link."""
        return _link_token(self._secret.current(), attempt_id)

    def is_right_code(self, attempt_id: str, sent: str) -> bool:
        """True if the code is right; takes the same time in any case."""
        return is_made_with(
            self._secret, sent, lambda secret: six_digits(secret, "code", attempt_id)
        )

    def is_link_token(self, attempt_id: str, sent: str) -> bool:
        """The same for the link's token."""
        return is_made_with(self._secret, sent, lambda secret: _link_token(secret, attempt_id))


class ParsedRefreshToken(NamedTuple):
    """The content of a refresh token: its session, and its number in that session, counted from
    1."""

    account_id: str
    session_id: str
    generation: int


class RefreshTokens:
    """The tokens in session cookies: `<account_id>.<session_id>.<generation>.<256 bits>`."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def token(self, session: Session) -> str:
        """The token of the session's current generation."""
        parts = (session.account_id, session.session_id, str(session.generation))
        return ".".join((*parts, hmac_hex(self._secret.current(), "refresh", *parts)))

    def read(self, text: str) -> ParsedRefreshToken | None:
        """The content of the token, None if we never made it."""
        found = _REFRESH.fullmatch(text)
        if not found:
            return None
        account_id, session_id, generation, sent = found.groups()
        parts = ("refresh", account_id, session_id, generation)
        if not is_made_with(self._secret, sent, lambda secret: hmac_hex(secret, *parts)):
            return None
        return ParsedRefreshToken(account_id, session_id, int(generation))


class KnownDevices:
    """Tells which devices have signed in with which addresses before, from a cookie of each device:
    `<id of the device>.<proof>.<proof>…`, the latest first, 128 bits each. What another site or a
    person writes into the cookie proves nothing."""

    def __init__(self, secret: Secret, new_id: Callable[[], str]) -> None:
        self._secret = secret
        self._new_id = new_id

    def find_device(self, cookie: str, address: Destination) -> str | None:
        """The random id of the device if it has signed in with that address before."""
        if not _DEVICE.fullmatch(cookie):
            return None
        device, *proofs = cookie.split(".")
        made = [_device_proof(each, device, address) for each in self._secret.accepted_values()]
        is_known = any(is_same(own, sent) for own in made for sent in proofs)
        return device if is_known else None

    def cookie_after_sign_in(self, cookie: str, addresses: Sequence[Destination]) -> str:
        """The cookie of a device that has just signed in to an account with these addresses."""
        known = cookie.split(".") if _DEVICE.fullmatch(cookie) else [self._new_id()]
        device, *proofs = known
        new = [_device_proof(self._secret.current(), device, each) for each in addresses]
        rest = [each for each in proofs if each not in new]
        return ".".join([device, *[*new, *rest][:MOST_PROOFS]])


class Proofs(NamedTuple):
    """The proofs of a handover: `browser` stays in the browser that began it, `nonce` comes back in
    the issuer's signed answer, `verifier` goes with the code (RFC 7636)."""

    browser: str
    nonce: str
    verifier: str


class HandoverProofs:
    """Makes the proofs of a handover from its id: 256 bits each."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def of(self, handover_id: str) -> Proofs:
        """All three proofs."""
        return _proofs(self._secret.current(), handover_id)

    def check_browser(self, handover_id: str, browser: str) -> Proofs | None:
        """All three proofs if the browser holds its own, else None."""
        made = (_proofs(secret, handover_id) for secret in self._secret.accepted_values())
        return next((each for each in made if is_same(each.browser, browser)), None)


def _link_token(secret: str, attempt_id: str) -> str:
    return hmac_hex(secret, "sign-in link", attempt_id)[:32]


def _device_proof(secret: str, device: str, address: Destination) -> str:
    return hmac_hex(secret, "known device", device, *mailbox_of(address))[:32]


def _proofs(secret: str, handover_id: str) -> Proofs:
    return Proofs(*(hmac_hex(secret, "handover", name, handover_id) for name in Proofs._fields))
