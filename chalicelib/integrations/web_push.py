"""Sends notifications to browsers through their vendors' push services, encrypted so that only the
browser can read them.

Sources: RFC 8030 (web push: headers and answers); RFC 8291 (encryption, done by http_ece); RFC 8292
(the key that identifies the sender).
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
from chalicelib.alerts.push import Urgency, payload_of, time_to_live_s, urgency_of
from chalicelib.errors import AddressRefused, Gone, NotNow
from chalicelib.kernel.delivery_retry import retry_after_s
from chalicelib.kernel.observability import logs
from chalicelib.kernel.push_address import PushAddress
from chalicelib.net.reply import Reply
from chalicelib.net.safe_http_client import SafeHttpClient
from chalicelib.net.vapid_keys import PushKey, decode_base64url

TIMEOUT_S = 10
MOST_BYTES = 1_000
"""The most bytes of an answer that are read; only its status and one header are used."""
GONE = (404, 410)
RETRYABLE = (408, 425, 429)
"""Statuses after which another try may succeed, as after every status from 500 on."""
_CURVE = SECP256R1()
_POINT_BYTES, _AUTH_BYTES = 65, 16


class PushOptions(NamedTuple):
    """How a push service handles a notification: how long it keeps it, how urgent it is, and its
    thread, in which a newer notification replaces an older one."""

    time_to_live_s: int
    urgency: Urgency
    thread: str


CREW_DAY = PushOptions(12 * 3600, "high", "day")
"""For the news that a crew's day has changed."""


class WebPush:
    """Sends to browsers. `key` gives the key that identifies this deployment to push services."""

    def __init__(
        self,
        http_client: Callable[[], SafeHttpClient],
        key: Callable[[], PushKey],
        now: Callable[[], datetime],
    ) -> None:
        self._http_client = http_client
        self._key = key
        self._now = now

    def check(self, to: PushAddress) -> None:
        """Checks an address before it is stored. Raises AddressRefused if nothing may be sent to
        it, UpstreamFailed if that cannot be checked now."""
        _keys_of(to)
        self._http_client().check(to.endpoint)

    def post(self, plain: bytes, to: PushAddress, options: PushOptions) -> None:
        """Encrypts the content and sends it. Raises as `send` does."""
        headers = {
            "Authorization": self._key().authorization(to.endpoint, self._now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(options.time_to_live_s),
            "Urgency": options.urgency,
            "Topic": topic_of(options.thread, to),
        }
        reply = self._http_client().post(
            to.endpoint, encrypt(plain, to), headers, most_bytes=MOST_BYTES, timeout_s=TIMEOUT_S
        )
        _raise_for_status(reply)

    def notify_crew(self, content: bytes, to: PushAddress) -> None:
        """Tells a crew's phone that its day has changed. Raises as `send` does."""
        self.post(content, to, CREW_DAY)

    def send(self, message: Message, to: PushAddress) -> None:
        """Sends the message. Returns no id, because push services give none that is of use.

        Raises Gone (nobody is at that address now), AddressRefused (never send it again), NoReply
        (it may have arrived), NotNow or another UpstreamFailed (it did not arrive).
        """
        options = PushOptions(
            time_to_live_s(message.what), urgency_of(message.what), message.thread
        )
        self.post(payload_of(message), to, options)


def encrypt(
    plain: bytes,
    to: PushAddress,
    *,
    salt: bytes | None = None,
    private: EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Encrypts for that browser alone. Salt and private key are new for each message unless they
    are given. Raises AddressRefused if the browser's keys are invalid."""
    point, auth = _keys_of(to)
    encrypted: bytes = http_ece.encrypt(
        plain,
        salt=salt,
        private_key=private or generate_private_key(_CURVE),
        dh=point,
        auth_secret=auth,
        version="aes128gcm",
    )
    return encrypted


def topic_of(thread: str, to: PushAddress) -> str:
    """The topic under which a push service replaces a waiting message with a newer one: 32
    characters. It reveals nothing to the service, not even that two browsers follow the same
    thread."""
    digest = hmac.new(to.auth.encode(), thread.encode(), sha256).digest()
    return urlsafe_b64encode(digest[:24]).decode()


def _keys_of(to: PushAddress) -> tuple[bytes, bytes]:
    """The browser's public key as a point on the curve, and its authentication secret. Raises
    AddressRefused if they are invalid."""
    try:
        point, auth = decode_base64url(to.p256dh), decode_base64url(to.auth)
        EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    except ValueError as error:
        raise AddressRefused("These are not the keys of a browser's subscription.") from error
    if len(point) != _POINT_BYTES or len(auth) != _AUTH_BYTES:
        raise AddressRefused("These are not the keys of a browser's subscription.")
    return point, auth


def _raise_for_status(reply: Reply) -> None:
    """Raises Gone, AddressRefused or NotNow for a status that is no success."""
    if 200 <= reply.status < 300:
        return
    if reply.status in GONE:
        raise Gone("The browser does not accept notifications any more.")
    if reply.status >= 500 or reply.status in RETRYABLE:
        raise NotNow(f"http_{reply.status}", retry_after_s(reply.headers))
    logs.event("a push service refused a notification", "warning", status=reply.status)
    raise AddressRefused("The push service refused the notification.")
