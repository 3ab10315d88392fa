"""Creates, lists, revokes and verifies API keys. A key is `ginnel_<key_id>_<secret>`. The id finds
it, and only a SHA-256 of the secret is stored: a slow hash protects passwords that people choose,
but these are 256 random bits, which cannot be guessed.
"""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import NamedTuple

from chalicelib.errors import Forbidden, Invalid, NotFound, TooMany, UpstreamFailed
from chalicelib.kernel.observability import logs
from chalicelib.kernel.time import truncate_to_second
from chalicelib.partners.model import READS_A_WRITE, ApiKey, NewKey
from chalicelib.partners.ports import CallKind, Ports

USE_NOTED_EVERY = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
_FORM = re.compile(r"ginnel_([0-9a-f]{12})_([0-9a-f]{64})")


class CreatedKey(NamedTuple):
    """A new key, and its text, which cannot be read again."""

    key: ApiKey
    text: str


def create_key(
    new: NewKey, ports: Ports, record: Callable[[str], None] = lambda _: None
) -> CreatedKey:
    """Stores a new key, after calling `record` with its id. Raises Invalid for an unknown service,
    and as `record` does."""
    codes = tuple(sorted(set(new.service_codes))) if new.service_codes else None
    for code in codes or ():
        if code not in ports.service_codes:
            raise Invalid.field("service_codes", f"there is no service {code}")
    key_id, secret = ports.token_hex(6), ports.token_hex(32)
    key = ApiKey(
        key_id=key_id,
        name=new.name,
        hashed=_hash_secret(secret),
        service_codes=codes,
        sets_state=new.sets_state,
        reports=new.reports,
        per_minute=new.per_minute,
        created_at=truncate_to_second(ports.now()),
    )
    record(key_id)
    ports.keys.add(key)
    return CreatedKey(key, f"ginnel_{key_id}_{secret}")


def list_keys(ports: Ports) -> Sequence[ApiKey]:
    """All keys, valid ones first, then the newest first."""
    newest = sorted(ports.keys.all(), key=lambda key: (key.created_at, key.key_id), reverse=True)
    return sorted(newest, key=lambda key: key.revoked_at is not None)


def revoke(key_id: str, ports: Ports) -> ApiKey:
    """Revokes the key and returns it. Raises NotFound."""
    key = ports.keys.revoke(key_id, truncate_to_second(ports.now()))
    if key is None:
        raise NotFound(f"There is no API key {key_id}.")
    return key


def authorise_read(text: str | None, ports: Ports) -> ApiKey:
    """The key of a reading caller. Raises Forbidden, with the same text for any fault, TooMany
    above the key's limit per minute."""
    key = _verify_key(text, ports)
    _count(key, "reads", key.per_minute * READS_A_WRITE, ports)
    return key


def authorise_write(text: str | None, service_code: str | None, ports: Ports) -> ApiKey:
    """The key of a writing caller, for a service if one is named. Raises as `authorise_read`."""
    key = _verify_key(text, ports)
    if service_code is not None and not key.may_report(service_code):
        raise _refusal()
    _count(key, "writes", key.per_minute, ports)
    return key


def _verify_key(text: str | None, ports: Ports) -> ApiKey:
    """The valid key. Raises Forbidden."""
    sent = _FORM.fullmatch(text or "")
    key = ports.keys.get(sent[1]) if sent else None
    is_same = sent and key and compare_digest(key.hashed, _hash_secret(sent[2]))
    if not key or not is_same or key.revoked_at:
        raise _refusal()
    _note_use(key, ports)
    return key


def _refusal() -> Forbidden:
    return Forbidden("The api_key is missing, or not valid for this.")


def _count(key: ApiKey, what: CallKind, most: int, ports: Ports) -> None:
    """Raises TooMany for more than `most` in a minute. If counting fails, all pass: the key is
    valid, and a refused report may be lost."""
    now = ports.now()
    minute = now.replace(second=0, microsecond=0)
    try:
        count = ports.keys.count(key.key_id, what, minute)
    except UpstreamFailed as error:
        logs.failure("the use of a key was not counted", error, key_id=key.key_id)
        return
    if count > most:
        wait = minute + MINUTE - now
        raise TooMany(
            f"This key has used its {most} {what} for this minute. Send it again in a while.",
            retry_after_s=int(wait.total_seconds()) + 1,
        )


def _note_use(key: ApiKey, ports: Ports) -> None:
    now = truncate_to_second(ports.now())
    if key.last_used_at and now - key.last_used_at < USE_NOTED_EVERY:
        return
    try:
        ports.keys.note_use(key.key_id, now)
    except UpstreamFailed as error:
        logs.failure("the use of a key was not noted", error, key_id=key.key_id)


def _hash_secret(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
