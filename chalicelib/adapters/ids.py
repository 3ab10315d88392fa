"""Ids that come from the client's key, so that a repeat meets itself.

HMAC-SHA256 under a pinned secret: nobody can guess an id from a key, and the secret can never be
changed without losing that property (RFC 2104). Links to reports that are not public are made
under a secret of their own: changing that one ends every such link.
"""

import hashlib
import hmac

from chalicelib.reports import reference

PHOTO_ID_LENGTH = 26


class HmacIds:
    """The Ids port under its two secrets."""

    def __init__(self, secret: str, link_secret: str) -> None:
        self._secret = secret.encode()
        self._link_secret = link_secret.encode()

    def service_request_id(self, scope: str, key: str) -> str:
        return reference.encode(int(self._digest("report", scope, key), 16))

    def update_id(self, scope: str, service_request_id: str, key: str) -> str:
        return reference.encode(int(self._digest("update", scope, service_request_id, key), 16))

    def person(self, scope: str, key: str) -> str:
        return self._digest("person", scope, key)[:32]

    def photo_id(self, scope: str, key: str, number: int) -> str:
        """26 characters, 130 bits: whoever knows it may ask what became of the photo."""
        digest = int(self._digest("photo", scope, key, str(number)), 16)
        return "".join(
            reference.ALPHABET[digest >> 5 * place & 31]
            for place in reversed(range(PHOTO_ID_LENGTH))
        )

    def fingerprint(self, draft: bytes) -> str:
        return self._digest("draft", draft.decode())

    def link_token(self, service_request_id: str) -> str:
        return _hmac(self._link_secret, "link", service_request_id)[:32]

    def _digest(self, *parts: str) -> str:
        return _hmac(self._secret, *parts)


def _hmac(secret: bytes, *parts: str) -> str:
    framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.new(secret, framed, hashlib.sha256).hexdigest()
