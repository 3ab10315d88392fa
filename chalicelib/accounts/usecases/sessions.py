"""Keeps a person signed in, lists their devices, and signs out.

A refresh token is exchanged for its successor at each use. The previous token is answered once more
with that same successor for a short while, because a reply may get lost and two tabs may ask at
once. An older token was copied: its session then ends, even for the holder of the newest token.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from chalicelib.accounts.model import (
    PREVIOUS_TOKEN_VALID_FOR,
    Session,
    SignedInAccount,
    session_expiry,
)
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.tokens import ParsedRefreshToken
from chalicelib.errors import NotFound, Unauthenticated
from chalicelib.kernel.observability import logs
from chalicelib.kernel.time import truncate_to_second

AGAIN = "You are signed out on this device. Sign in again."
ATTEMPTS = 2
"""A second try, for when another tab has exchanged the token in between, or this call's own reply
was lost."""


class RefreshedSession(NamedTuple):
    """The signed-in account, and the refresh token from now on."""

    who: SignedInAccount
    refresh_token: str


def find_signed_in(account_id: str, session_id: str, ports: Ports) -> SignedInAccount | None:
    """The signed-in account, None if the session has ended or expired or the account is
    disabled."""
    found = ports.sessions.find(account_id, session_id)
    if found is None or found.account.disabled_at or not found.session.is_valid(ports.now()):
        return None
    return found


def refresh(token: str, ports: Ports) -> RefreshedSession:
    """Exchanges a refresh token. Raises Unauthenticated."""
    sent = ports.refresh_tokens.read(token)
    if sent is None:
        raise Unauthenticated(AGAIN)
    for _ in range(ATTEMPTS):
        found = find_signed_in(sent.account_id, sent.session_id, ports)
        if found is None:
            raise Unauthenticated(AGAIN)
        current = _exchange(found, sent, ports)
        if current:
            return RefreshedSession(current, ports.refresh_tokens.token(current.session))
    raise Unauthenticated(AGAIN)


def sign_out(account_id: str, session_id: str, ports: Ports) -> None:
    """Signs out of one device. Raises NotFound if the account has no device with that id."""
    if not ports.sessions.end(account_id, session_id, truncate_to_second(ports.now())):
        raise NotFound("This device is not in your list.")


def sign_out_by_token(token: str, ports: Ports) -> None:
    """Signs out of the device that sent this cookie; a token that does not hold is signed out
    already."""
    sent = ports.refresh_tokens.read(token)
    if sent:
        ports.sessions.end(sent.account_id, sent.session_id, truncate_to_second(ports.now()))


def devices(account_id: str, ports: Ports) -> Sequence[Session]:
    """The devices that are signed in, the last used first."""
    holding = [each for each in ports.sessions.of(account_id) if each.is_valid(ports.now())]
    return sorted(holding, key=lambda each: (each.last_used_at, each.session_id), reverse=True)


def sign_out_everywhere(account_id: str, ports: Ports) -> int:
    """Signs out of every device; returns how many there were."""
    holding = devices(account_id, ports)
    for each in holding:
        ports.sessions.end(account_id, each.session_id, truncate_to_second(ports.now()))
    return len(holding)


def _exchange(
    found: SignedInAccount, sent: ParsedRefreshToken, ports: Ports
) -> SignedInAccount | None:
    """The account signed in with the new token; None if the caller has to read again. Raises
    Unauthenticated."""
    session, now = found.session, truncate_to_second(ports.now())
    if sent.generation == session.generation:
        expires_at = session_expiry(found.account, session.created_at, now)
        if not ports.sessions.rotate(session, now=now, expires_at=expires_at):
            return None
        return SignedInAccount(found.account, _next_generation(session, now, expires_at))
    if (
        sent.generation == session.generation - 1
        and now - session.last_used_at < PREVIOUS_TOKEN_VALID_FOR
    ):
        return found
    if sent.generation < session.generation:
        logs.event("a refresh token came again, its session ended", "warning")
        ports.sessions.end(sent.account_id, sent.session_id, now)
    raise Unauthenticated(AGAIN)


def _next_generation(session: Session, now: datetime, expires_at: datetime) -> Session:
    return replace(
        session, generation=session.generation + 1, last_used_at=now, expires_at=expires_at
    )
