"""Ids that come from the client's key, so that a repeat meets itself.

HMAC-SHA256 under a pinned secret (RFC 2104): nobody can guess an id from a key. That secret can
never be rotated: the ids of reports, updates and photos, followers and the fingerprints of drafts
follow from it, so under another one a repeat would no longer meet what it made. Links to reports
that are not public are made under a secret of their own, which can be.
"""

import hashlib
import hmac
from typing import Literal

from chalicelib.alerts.model import Channel
from chalicelib.aws.secrets import Secret
from chalicelib.reports import reference

PHOTO_ID_LENGTH = 26
REPLIES = "replies"
"""The part before the + of the address that takes replies to our letters."""


class HmacIds:
    """The Ids port under its two secrets. Neither is read before something is made with it."""

    def __init__(self, secret: Secret, link_secret: Secret) -> None:
        self._secret = secret
        self._link_secret = link_secret

    def service_request_id(self, scope: str, key: str) -> str:
        return reference.encode(int(self._digest("report", scope, key), 16))

    def update_id(self, scope: str, service_request_id: str, key: str) -> str:
        return reference.encode(int(self._digest("update", scope, service_request_id, key), 16))

    def person(self, scope: str, key: str) -> str:
        return self._digest("person", scope, key)[:32]

    def contact_key(self, kind: Literal["email", "phone"], value: str) -> str | None:
        # Imported where an address is read, as what it stands on takes a while to load.
        from chalicelib.accounts.destinations import contact

        found = contact(kind, value)
        return self._digest("contact", *found)[:32] if found else None

    def photo_id(self, scope: str, key: str, number: int) -> str:
        """26 characters, 130 bits: anybody who knows it may ask for the state of the photo."""
        digest = int(self._digest("photo", scope, key, str(number)), 16)
        return "".join(
            reference.ALPHABET[digest >> 5 * place & 31]
            for place in reversed(range(PHOTO_ID_LENGTH))
        )

    def fingerprint(self, draft: bytes) -> str:
        return self._digest("draft", draft.decode())

    def subscription_id(self, scope: str, key: str) -> str:
        return self._digest("subscription", scope, key)[:32]

    def address_key(self, channel: Channel, address: str) -> str:
        """The same as `contact_key` of the address, which is normalised."""
        kind = {"sms": "phone"}.get(channel, channel)
        return self._digest("contact", kind, address)[:32]

    def link_token(self, service_request_id: str) -> str:
        return _link_token(self._link_secret.current(), service_request_id)

    def holds_link_token(self, service_request_id: str, token: str) -> bool:
        return any(
            hmac.compare_digest(token.encode(), _link_token(secret, service_request_id).encode())
            for secret in self._link_secret.accepted()
        )

    def batch_token(self, service_request_id: str) -> str:
        """What a partner asks with for the id of a report of a batch service. It opens nothing: the
        link to a report has a token of another secret."""
        return self._digest("batch", service_request_id)[:32]

    def holds_batch_token(self, service_request_id: str, token: str) -> bool:
        own = self.batch_token(service_request_id)
        return hmac.compare_digest(token.encode(), own.encode())

    def reply_token(self, service_request_id: str) -> str:
        """What the address carries that an answer about this report is mailed to. It holds for
        ever: a team may answer after years."""
        return self._digest("reply", service_request_id)[:32]

    def reply_address(self, service_request_id: str, domain: str) -> str:
        """The address for replies about this report."""
        token = self.reply_token(service_request_id)
        return f"{REPLIES}+{service_request_id}-{token}@{domain}".lower()

    def holds_reply_token(self, service_request_id: str, token: str) -> bool:
        own = self.reply_token(service_request_id)
        return hmac.compare_digest(token.encode(), own.encode())

    def _digest(self, *parts: str) -> str:
        return hmac_hex(self._secret.current(), *parts)


def _link_token(secret: str, service_request_id: str) -> str:
    return hmac_hex(secret, "link", service_request_id)[:32]


def hmac_hex(secret: str, *parts: str) -> str:
    framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.new(secret.encode(), framed, hashlib.sha256).hexdigest()
