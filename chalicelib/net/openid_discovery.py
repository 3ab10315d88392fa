"""An issuer's published metadata and public keys, read again at intervals (OpenID Connect
Discovery 1.0)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from msgspec import Struct

from chalicelib.errors import AddressRefused, UpstreamFailed
from chalicelib.kernel.observability import logs
from chalicelib.net.id_tokens import Keys, has_key
from chalicelib.net.reply import Reply
from chalicelib.net.safe_http_client import SafeHttpClient
from chalicelib.texts import Text

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEPT_FOR_S = 3600
ASKED_AGAIN_AFTER_S = 60
"""An unknown key may be new, so keys are read again: invented keys cause at most one call a minute.
A token without a key id may be signed with a new key, too."""
DOWN_FOR_S = 10
"""How long an issuer counts as down after it did not answer: it is not asked again before then."""
WHILE_DOWN = 6
"""Cached documents are used this many times as long while the issuer does not answer."""
MOST_BYTES = 256 * 1024
TIMEOUT_S = 2.5
"""The time limit of each call: one request of ours makes at most three."""
FAILED = Text("The other organisation did not answer correctly. Try again in a moment.")
Read = TypeVar("Read")


class Metadata(Struct, frozen=True):
    """An issuer's metadata: `names_itself` if its responses name it (RFC 9207),
    `wants_secret_in_body` if it does not accept HTTP basic authentication."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool
    wants_secret_in_body: bool


class CachedAnswer(Generic[Read]):
    """The last result of `read`, which may raise UpstreamFailed."""

    def __init__(self, read: Callable[[], Read], monotonic: Callable[[], float]) -> None:
        self._read = read
        self._monotonic = monotonic
        self._cached: tuple[Read, float] | None = None
        self._failed_at: float | None = None

    def get(self, enough_s: Callable[[Read], float]) -> Read:
        """The cached value if it is fresh enough, else a new one. Raises UpstreamFailed."""
        if self._cached and self._age_s(self._cached[1]) < enough_s(self._cached[0]):
            return self._cached[0]
        if self._failed_at is None or self._age_s(self._failed_at) >= DOWN_FOR_S:
            self._refresh()
        if self._cached and self._age_s(self._cached[1]) < WHILE_DOWN * enough_s(self._cached[0]):
            return self._cached[0]
        raise UpstreamFailed(FAILED)

    def _refresh(self) -> None:
        now = self._monotonic()
        try:
            self._cached, self._failed_at = (self._read(), now), None
        except UpstreamFailed:
            self._failed_at = now

    def _age_s(self, since: float) -> float:
        return self._monotonic() - since


class IssuerDocuments:
    """One issuer's metadata and keys; cached, and read again when they are needed and old."""

    def __init__(
        self, issuer: str, http_client: SafeHttpClient, monotonic: Callable[[], float]
    ) -> None:
        self._issuer = issuer
        self._http_client = http_client
        self._metadata = CachedAnswer(self._read_metadata, monotonic)
        self._keys = CachedAnswer(self._read_keys, monotonic)

    def metadata(self) -> Metadata:
        """Raises UpstreamFailed."""
        return self._metadata.get(lambda _: KEPT_FOR_S)

    def keys(self, kid: str | None) -> Keys:
        """The keys, read again if none has that id. Raises UpstreamFailed."""

        def enough_s(keys: Keys) -> float:
            return KEPT_FOR_S if kid and has_key(keys, kid) else ASKED_AGAIN_AFTER_S

        return self._keys.get(enough_s)

    def _read_keys(self) -> Keys:
        found = self._document(self.metadata().jwks_uri).get("keys")
        return [key for key in found if isinstance(key, dict)] if isinstance(found, list) else []

    def _read_metadata(self) -> Metadata:
        document = self._document(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        endpoints = {name: document.get(name) for name in ENDPOINTS}
        texts = {name: url for name, url in endpoints.items() if isinstance(url, str)}
        # Forged metadata under this name could send browsers and codes to an attacker.
        if document.get("issuer") != self._issuer or len(texts) < len(ENDPOINTS):
            logs.event("an issuer's metadata is not its own, or not whole", "error")
            raise UpstreamFailed(FAILED)
        with refusal_as_failure():
            self._http_client.check(texts["authorization_endpoint"], timeout_s=TIMEOUT_S)
        ways = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return Metadata(
            **texts,
            names_itself=document.get("authorization_response_iss_parameter_supported") is True,
            wants_secret_in_body="client_secret_basic" not in ways,
        )

    def _document(self, url: str) -> dict[str, Any]:
        with refusal_as_failure():
            reply = self._http_client.get(url, most_bytes=MOST_BYTES, timeout_s=TIMEOUT_S)
        found = parse_object(reply)
        if reply.status != 200 or found is None:
            logs.event("an issuer did not publish what it should", "error", status=reply.status)
            raise UpstreamFailed(FAILED)
        return found


def parse_object(reply: Reply) -> dict[str, Any] | None:
    """The JSON object in the reply, None if it is not one."""
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


@contextmanager
def refusal_as_failure() -> Iterator[None]:
    """Raises UpstreamFailed instead of AddressRefused: no user typed that address."""
    try:
        yield
    except AddressRefused as error:
        raise UpstreamFailed(FAILED) from error
