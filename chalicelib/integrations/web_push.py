"""Notifications to browsers, through the push services of their makers, who cannot read them.

Sources: RFC 8030 (web push: its headers and answers); RFC 8291 (how it is encrypted, by http_ece);
RFC 8292 (who sends).
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import http_ece
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)

from chalicelib.alerts.messages import Message
from chalicelib.alerts.push import Urgency, kept_for_s, payload, urgency_of
from chalicelib.errors import AddressRefused, Gone, NotNow
from chalicelib.kernel.delivery_retry import retry_after_s
from chalicelib.kernel.observability import logs
from chalicelib.kernel.push_address import PushAddress
from chalicelib.net.reply import Reply
from chalicelib.net.safe_http_client import SafeHttpClient
from chalicelib.net.vapid_keys import PushKey, decoded

TIMEOUT_S = 10
MOST_BYTES = 1_000
"""Nothing of an answer is used but its status and one header."""
GONE = (404, 410)
LATER = (408, 425, 429)
"""What may go well another time; so may each number from 500 on."""
_CURVE = SECP256R1()
_POINT_BYTES, _AUTH_BYTES = 65, 16


class Carried(NamedTuple):
    """How a push service is to carry something: for how long, how urgently, and what it takes the
    place of."""

    kept_for_s: int
    urgency: Urgency
    thread: str


CREW_DAY = Carried(12 * 3600, "high", "day")
"""For the news that a crew's day has changed: later news replaces news that still waits."""


class WebPush:
    """The way to browsers. `key` gives the key that they know us by."""

    def __init__(
        self,
        outside: Callable[[], SafeHttpClient],
        key: Callable[[], PushKey],
        now: Callable[[], datetime],
    ) -> None:
        self._outside = outside
        self._key = key
        self._now = now

    def check(self, to: PushAddress) -> None:
        """For an address that is to be saved. Raises AddressRefused where nothing is sent to it,
        UpstreamFailed where that cannot be known now."""
        _keys_of(to)
        self._outside().check(to.endpoint)

    def post(self, plain: bytes, to: PushAddress, carried: Carried) -> None:
        """Sends that. Raises as `send` does."""
        headers = {
            "Authorization": self._key().authorization(to.endpoint, self._now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(carried.kept_for_s),
            "Urgency": carried.urgency,
            "Topic": topic_of(carried.thread, to),
        }
        reply = self._outside().post(
            to.endpoint, sealed(plain, to), headers, most_bytes=MOST_BYTES, timeout_s=TIMEOUT_S
        )
        _check(reply)

    def notify_crew(self, content: bytes, to: PushAddress) -> None:
        """Sends a phone of a crew the news of its day. Raises as `send` does."""
        self.post(content, to, CREW_DAY)

    def send(self, message: Message, to: PushAddress) -> None:
        """Sends it; push services call nothing by a name that would be of use.

        Raises Gone where nobody is there now, AddressRefused (never send it again), NoReply
        (it may have arrived), NotNow or another UpstreamFailed (it did not).
        """
        carried = Carried(kept_for_s(message.what), urgency_of(message.what), message.thread)
        self.post(payload(message), to, carried)


def sealed(
    plain: bytes,
    to: PushAddress,
    *,
    salt: bytes | None = None,
    private: EllipticCurvePrivateKey | None = None,
) -> bytes:
    """What only that browser can read; salt and key are new for each message unless they are given.
    Raises AddressRefused where its keys are none."""
    point, auth = _keys_of(to)
    made: bytes = http_ece.encrypt(
        plain,
        salt=salt,
        private_key=private or generate_private_key(_CURVE),
        dh=point,
        auth_secret=auth,
        version="aes128gcm",
    )
    return made


def topic_of(thread: str, to: PushAddress) -> str:
    """Under which a push service puts a newer message in the place of one that still waits. It
    tells the service nothing, not even that two browsers hear of the same: 32 characters."""
    digest = hmac.new(to.auth.encode(), thread.encode(), sha256).digest()
    return urlsafe_b64encode(digest[:24]).decode()


def _keys_of(to: PushAddress) -> tuple[bytes, bytes]:
    """The browser's point on the curve, and the secret that it shares with us. Raises
    AddressRefused."""
    try:
        point, auth = decoded(to.p256dh), decoded(to.auth)
        EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    except ValueError as error:
        raise AddressRefused("These are not the keys of a browser's subscription.") from error
    if len(point) != _POINT_BYTES or len(auth) != _AUTH_BYTES:
        raise AddressRefused("These are not the keys of a browser's subscription.")
    return point, auth


def _check(reply: Reply) -> None:
    """What a status says. Raises Gone, AddressRefused, NotNow."""
    if 200 <= reply.status < 300:
        return
    if reply.status in GONE:
        raise Gone("The browser does not accept notifications any more.")
    if reply.status >= 500 or reply.status in LATER:
        raise NotNow(f"http_{reply.status}", retry_after_s(reply.headers))
    logs.event("a push service refused a notification", "warning", status=reply.status)
    raise AddressRefused("The push service refused the notification.")
