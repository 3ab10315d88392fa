"""Codes and tokens that prove who a person is, derived from a secret each time and never stored.

Each is an HMAC-SHA256 (RFC 2104) of its purpose and of random ids. A code has six digits, so only
a few tries are allowed; links and refresh tokens have 128 and 256 bits.
"""

import hmac
import re
from collections.abc import Callable, Sequence
from datetime import datetime

from chalicelib.accounts.destinations import mailbox
from chalicelib.accounts.model import Destination, Session
from chalicelib.accounts.ports import Presented
from chalicelib.accounts.single_sign_on import Proofs
from chalicelib.alerts.model import Subscription
from chalicelib.aws.secrets import Secret
from chalicelib.integrations.ids import hmac_hex
from chalicelib.kernel.time import text_of

CODES = 1_000_000
MOST_PROOFS = 10
"""Of one device: a household has a few addresses, and a cookie has little room."""
_DEVICE = re.compile(r"[0-9a-f]{32}(?:\.[0-9a-f]{32}){1,10}", re.ASCII)
_REFRESH = re.compile(r"([\w-]{1,64})\.([\w-]{1,64})\.([1-9][0-9]{0,8})\.([0-9a-f]{64})", re.ASCII)


class HmacCodes:
    """The Codes port with its own secret: the sender of codes can derive nothing else."""

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


class HmacKnownDevices:
    """The KnownDevices port: `<id of the device>.<proof>.<proof>…`, the latest first, 128 bits
    each. What another site or a person writes into the cookie proves nothing."""

    def __init__(self, secret: Secret, new_id: Callable[[], str]) -> None:
        self._secret = secret
        self._new_id = new_id

    def knows(self, cookie: str, address: Destination) -> str | None:
        if not _DEVICE.fullmatch(cookie):
            return None
        device, *proofs = cookie.split(".")
        made = [_device_proof(each, device, address) for each in self._secret.accepted()]
        is_known = any(_same(own, sent) for own in made for sent in proofs)
        return device if is_known else None

    def after_sign_in(self, cookie: str, addresses: Sequence[Destination]) -> str:
        known = cookie.split(".") if _DEVICE.fullmatch(cookie) else [self._new_id()]
        device, *proofs = known
        new = [_device_proof(self._secret.current(), device, each) for each in addresses]
        rest = [each for each in proofs if each not in new]
        return ".".join([device, *[*new, *rest][:MOST_PROOFS]])


class HmacHandoverProofs:
    """The HandoverProofs port: 256 bits each."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def of(self, handover_id: str) -> Proofs:
        return _proofs(self._secret.current(), handover_id)

    def held_by(self, handover_id: str, browser: str) -> Proofs | None:
        made = (_proofs(secret, handover_id) for secret in self._secret.accepted())
        return next((each for each in made if _same(each.browser, browser)), None)


class HmacAlertTokens:
    """The Tokens port of alerts: 128 bits each, and codes of six digits. Each is of the moment at
    which the subscription was asked for as well: an id can come again, with another address."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def manage(self, of: Subscription) -> str:
        return _alert_token(self._secret.current(), "manage", of)

    def unsubscribe(self, of: Subscription) -> str:
        return _alert_token(self._secret.current(), "unsubscribe", of)

    def confirm(self, of: Subscription) -> str:
        return _alert_token(self._secret.current(), "confirm", of)

    def code(self, of: Subscription) -> str:
        return _code(self._secret.current(), *_asked_for(of))

    def answer(self, of: Subscription, service_request_id: str, repair: int) -> str:
        about = (service_request_id, str(repair))
        return _alert_token(self._secret.current(), "answer", of, *about)

    def reply(self, of: Subscription, service_request_id: str, number: int) -> str:
        about = (service_request_id, str(number))
        return _alert_token(self._secret.current(), "reply", of, *about)

    def holds_manage(self, of: Subscription, sent: str) -> bool:
        return self._holds("manage", sent, of)

    def holds_unsubscribe(self, of: Subscription, sent: str) -> bool:
        return self._holds("unsubscribe", sent, of)

    def holds_confirm(self, of: Subscription, sent: str) -> bool:
        return self._holds("confirm", sent, of)

    def holds_answer(
        self, of: Subscription, service_request_id: str, repair: int, sent: str
    ) -> bool:
        return self._holds("answer", sent, of, service_request_id, str(repair))

    def holds_reply(
        self, of: Subscription, service_request_id: str, number: int, sent: str
    ) -> bool:
        return self._holds("reply", sent, of, service_request_id, str(number))

    def holds_code(self, of: Subscription, sent: str) -> bool:
        about = _asked_for(of)
        return any(_same(_code(secret, *about), sent) for secret in self._secret.accepted())

    def _holds(self, purpose: str, sent: str, of: Subscription, *about: str) -> bool:
        return any(
            _same(_alert_token(secret, purpose, of, *about), sent)
            for secret in self._secret.accepted()
        )


class HmacJobLinks:
    """The Links port of jobs: 128 bits, of the link and of until when it holds."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def proof(self, job_id: str, link_id: str, expires_at: datetime) -> str:
        return _job_proof(self._secret.current(), job_id, link_id, expires_at)

    def holds(self, job_id: str, link_id: str, expires_at: datetime, sent: str) -> bool:
        return any(
            _same(_job_proof(secret, job_id, link_id, expires_at), sent)
            for secret in self._secret.accepted()
        )


def _job_proof(secret: str, job_id: str, link_id: str, expires_at: datetime) -> str:
    return hmac_hex(secret, "job link", job_id, link_id, text_of(expires_at))[:32]


def _alert_token(secret: str, purpose: str, of: Subscription, *about: str) -> str:
    return hmac_hex(secret, "alert", purpose, *_asked_for(of), *about)[:32]


def _asked_for(of: Subscription) -> tuple[str, str]:
    return of.subscription_id, text_of(of.created_at)


def _device_proof(secret: str, device: str, address: Destination) -> str:
    return hmac_hex(secret, "known device", device, *mailbox(address))[:32]


def _proofs(secret: str, handover_id: str) -> Proofs:
    return Proofs(*(hmac_hex(secret, "handover", name, handover_id) for name in Proofs._fields))


def _code(secret: str, *about: str) -> str:
    return f"{int(hmac_hex(secret, 'code', *about), 16) % CODES:06}"


def _link_token(secret: str, attempt_id: str) -> str:
    return hmac_hex(secret, "sign-in link", attempt_id)[:32]


def _same(own: str, sent: str) -> bool:
    return hmac.compare_digest(own.encode(), sent.encode())
