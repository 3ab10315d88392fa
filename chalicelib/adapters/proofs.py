"""What somebody proves herself with, made anew each time from a secret: nothing of it is stored.

HMAC-SHA256 (RFC 2104) of what it is for and of random ids. A code has six digits, so it is worth
only a few tries; links and refresh tokens have 128 and 256 bits.
"""

import hmac
import re

from chalicelib.accounts.model import Session
from chalicelib.accounts.ports import Presented
from chalicelib.accounts.single_sign_on import Proofs
from chalicelib.adapters.ids import hmac_hex
from chalicelib.adapters.secrets import Secret

CODES = 1_000_000
_REFRESH = re.compile(r"([\w-]{1,64})\.([\w-]{1,64})\.([1-9][0-9]{0,8})\.([0-9a-f]{64})", re.ASCII)


class HmacCodes:
    """The Codes port under a secret of its own: whoever sends codes can make nothing else."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def code(self, attempt_id: str) -> str:
        return _code(self._secret.current(), attempt_id)

    def link_token(self, attempt_id: str) -> str:
        return _link_token(self._secret.current(), attempt_id)

    def holds_code(self, attempt_id: str, sent: str) -> bool:
        return any(_same(_code(secret, attempt_id), sent) for secret in self._secret.accepted())

    def holds_link_token(self, attempt_id: str, sent: str) -> bool:
        return any(
            _same(_link_token(secret, attempt_id), sent) for secret in self._secret.accepted()
        )


class HmacRefreshTokens:
    """The RefreshTokens port: `<account_id>.<session_id>.<generation>.<256 bits>`."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def token(self, session: Session) -> str:
        parts = (session.account_id, session.session_id, str(session.generation))
        return ".".join((*parts, hmac_hex(self._secret.current(), "refresh", *parts)))

    def read(self, text: str) -> Presented | None:
        found = _REFRESH.fullmatch(text)
        if not found:
            return None
        account_id, session_id, generation, sent = found.groups()
        parts = ("refresh", account_id, session_id, generation)
        if not any(_same(hmac_hex(each, *parts), sent) for each in self._secret.accepted()):
            return None
        return Presented(account_id, session_id, int(generation))


class HmacHandoverProofs:
    """The HandoverProofs port: 256 bits each."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def of(self, handover_id: str) -> Proofs:
        return _proofs(self._secret.current(), handover_id)

    def held_by(self, handover_id: str, browser: str) -> Proofs | None:
        made = (_proofs(secret, handover_id) for secret in self._secret.accepted())
        return next((each for each in made if _same(each.browser, browser)), None)


def _proofs(secret: str, handover_id: str) -> Proofs:
    return Proofs(*(hmac_hex(secret, "handover", name, handover_id) for name in Proofs._fields))


def _code(secret: str, attempt_id: str) -> str:
    return f"{int(hmac_hex(secret, 'code', attempt_id), 16) % CODES:06}"


def _link_token(secret: str, attempt_id: str) -> str:
    return hmac_hex(secret, "sign-in link", attempt_id)[:32]


def _same(own: str, sent: str) -> bool:
    return hmac.compare_digest(own.encode(), sent.encode())
