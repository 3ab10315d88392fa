"""Ids derived from an item's subject, so that a repeat gets the same id."""

import hashlib
from typing import Literal

from chalicelib.kernel.addresses import AddressKind, normalise_address
from chalicelib.kernel.signing import Secret, hmac_hex, is_made_with, is_same

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: digits and capitals without I, L, O and U. Source: Douglas Crockford, "Base
32", crockford.com/base32.html."""
REFERENCE_LENGTH = 12
PHOTO_ID_LENGTH = 26
REPLIES = "replies"
"""The part before the + of the address that takes replies to our letters."""


def derived_id(*parts: str) -> str:
    """32 hexadecimal digits, which are no secret."""
    framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hashlib.sha256(framed).hexdigest()[:32]


def reference_of(number: int) -> str:
    """The lowest 60 bits of the number, in the form of a service_request_id."""
    return _base32(number, REFERENCE_LENGTH)


def _base32(number: int, length: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


class Ids:
    """Ids that nobody can guess: HMACs under a pinned secret of what the caller sent.

    That secret can never be rotated: under another one a repeat would not get the id of its first
    attempt. Links to reports that are not public are made under `link_secret`, which can be
    rotated. Neither secret is read before something is made with it.
    """

    def __init__(self, secret: Secret, link_secret: Secret) -> None:
        self._secret = secret
        self._link_secret = link_secret

    def service_request_id(self, scope: str, key: str) -> str:
        """The id of the report that this caller makes with this Idempotency-Key."""
        return reference_of(int(self._digest("report", scope, key), 16))

    def update_id(self, scope: str, service_request_id: str, key: str) -> str:
        """The id of the update that this caller adds with this Idempotency-Key."""
        return reference_of(int(self._digest("update", scope, service_request_id, key), 16))

    def photo_id(self, scope: str, key: str, number: int) -> str:
        """The id of this caller's photo with that number under that key: 130 bits, as anybody who
        knows it may ask for the state of the photo."""
        return _base32(int(self._digest("photo", scope, key, str(number)), 16), PHOTO_ID_LENGTH)

    def subscription_id(self, scope: str, key: str) -> str:
        """The id that follows from this caller's key: 128 bits as 32 hexadecimal digits."""
        return self._digest("subscription", scope, key)[:32]

    def person_id(self, scope: str, key: str) -> str:
        """The id of a person, the same for the same scope and key; does not reveal who it is."""
        return self._digest("person", scope, key)[:32]

    def contact_key(self, kind: AddressKind, value: str) -> str | None:
        """The key of an address: the same for each way of writing it, without revealing it. None if
        the value is not an address."""
        found = normalise_address(kind, value)
        return self._digest("contact", kind, found)[:32] if found else None

    def address_key(self, channel: Literal["email", "sms", "push"], address: str) -> str:
        """The key of a normalised address, equal to its `contact_key`; of a browser's endpoint for
        `push`."""
        kind = "phone" if channel == "sms" else channel
        return self._digest("contact", kind, address)[:32]

    def fingerprint(self, draft: bytes) -> str:
        """A keyed digest of a canonical draft: equal drafts, equal fingerprints."""
        return self._digest("draft", draft.decode())

    def link_token(self, service_request_id: str) -> str:
        """The token in the link to a report that is not public."""
        return _link_token(self._link_secret.current(), service_request_id)

    def is_link_token(self, service_request_id: str, token: str) -> bool:
        """True for the token of such a link, also if it was made before the last rotation."""
        return is_made_with(
            self._link_secret, token, lambda secret: _link_token(secret, service_request_id)
        )

    def follow_token(self, service_request_id: str) -> str:
        """The token in the link of somebody who follows a report of another sender. It shows the
        state, and gives no access to the report."""
        return _follow_token(self._link_secret.current(), service_request_id)

    def is_follow_token(self, service_request_id: str, token: str) -> bool:
        """True for the token of such a link, also if it was made before the last rotation."""
        return is_made_with(
            self._link_secret, token, lambda secret: _follow_token(secret, service_request_id)
        )

    def batch_token(self, service_request_id: str) -> str:
        """The token with which a partner asks for the id of a report of a batch service. It gives
        no access: the link to a report has a token of another secret."""
        return self._digest("batch", service_request_id)[:32]

    def is_batch_token(self, service_request_id: str, token: str) -> bool:
        """True for such a token."""
        return is_same(self.batch_token(service_request_id), token)

    def reply_token(self, service_request_id: str) -> str:
        """The token in the address that takes replies about this report. It never expires: a team
        may answer after years."""
        return self._digest("reply", service_request_id)[:32]

    def is_reply_token(self, service_request_id: str, token: str) -> bool:
        """True for such a token."""
        return is_same(self.reply_token(service_request_id), token)

    def reply_address(self, service_request_id: str, domain: str) -> str:
        """The address for replies about this report."""
        token = self.reply_token(service_request_id)
        return f"{REPLIES}+{service_request_id}-{token}@{domain}".lower()

    def _digest(self, *parts: str) -> str:
        return hmac_hex(self._secret.current(), *parts)


def _link_token(secret: str, service_request_id: str) -> str:
    return hmac_hex(secret, "link", service_request_id)[:32]


def _follow_token(secret: str, service_request_id: str) -> str:
    return hmac_hex(secret, "follow", service_request_id)[:32]
