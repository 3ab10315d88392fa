"""Ids that come from the client's key, so that a repeat meets itself.

HMAC-SHA256 under a pinned secret: nobody can guess an id from a key, and the secret can never be
changed without losing that property (RFC 2104).
"""

import hashlib
import hmac

from chalicelib.reports import reference


class HmacIds:
    """The Ids port under one secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def service_request_id(self, scope: str, key: str) -> str:
        return reference.encode(int(self._digest("report", scope, key), 16))

    def update_id(self, scope: str, service_request_id: str, key: str) -> str:
        return reference.encode(int(self._digest("update", scope, service_request_id, key), 16))

    def fingerprint(self, draft: bytes) -> str:
        return self._digest("draft", draft.decode())

    def _digest(self, *parts: str) -> str:
        framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        return hmac.new(self._secret, framed, hashlib.sha256).hexdigest()
