"""The local stack's own push service and its subscribed browsers. Messages that are sent there are
decrypted and shown in the outbox. It has its own port, so that the stack may request only this on
this machine.

Sources: RFC 8030 (a push service's answers), RFC 8291 (encryption), RFC 8292 (the sender's
identity).
"""

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_bytes, token_urlsafe
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.net.vapid_keys import decode_base64url, encode_base64url

CURVE = SECP256R1()
MOST_BYTES = 4096
LONGEST_WORD_S = 24 * 3600


@dataclass(frozen=True)
class Browser:
    """A browser's subscription, with the keys that only the browser has."""

    private: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(CURVE))
    auth: bytes = field(default_factory=lambda: token_bytes(16))

    def subscription(self, endpoint: str) -> dict[str, Any]:
        """In the format of `JSON.stringify(PushSubscription)`."""
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": encode_base64url(point), "auth": encode_base64url(self.auth)}
        return {"endpoint": endpoint, "expirationTime": None, "keys": keys}

    def read(self, body: bytes) -> dict[str, Any]:
        """The decrypted message."""
        plain = http_ece.decrypt(
            body, private_key=self.private, auth_secret=self.auth, version="aes128gcm"
        )
        found: dict[str, Any] = json.loads(plain)
        return found


@dataclass(frozen=True)
class ReceivedNotification:
    """A notification that was sent, its headers by their names in lower case."""

    endpoint: str
    headers: dict[str, str]
    message: dict[str, Any]
    at: datetime

    def outbox_entry(self) -> dict[str, str]:
        """The notification in the outbox's format."""
        return {
            "channel": "push",
            "to": f"{self.endpoint[:40]}…",
            "subject": self.message["title"],
            "body": f"{self.message['body']}\n{self.message['url']}".strip(),
            "sent_at": f"{self.at:%Y-%m-%dT%H:%M:%SZ}",
        }


class PushService(ThreadingHTTPServer):
    """Receives notifications for its subscribed browsers. `status` is a status to answer instead of
    the right one, for tests of failures; 0 for none."""

    daemon_threads = True

    def __init__(self, host: str = "127.0.0.1") -> None:
        """Chooses a free port. Serves from `start()` to `stop()`."""
        super().__init__((host, 0), _PushHandler)
        self.origin = f"http://{host}:{self.server_address[1]}"
        self.taken: list[ReceivedNotification] = []
        self.status = 0
        self._browsers: dict[str, Browser] = {}

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def subscribe(self) -> dict[str, Any]:
        """A new browser's subscription, as that browser would give it to a page."""
        endpoint = f"{self.origin}/{token_urlsafe(16)}"
        self._browsers[endpoint] = Browser()
        return self._browsers[endpoint].subscription(endpoint)

    def leave(self, endpoint: str) -> None:
        """Removes a browser, or its subscription."""
        del self._browsers[endpoint]

    def take(self, endpoint: str, headers: dict[str, str], body: bytes) -> int:
        """Returns the status required by RFC 8030."""
        browser = self._browsers.get(endpoint)
        if browser is None:
            return 410
        if not self._is_signed(headers.get("authorization", "")):
            return 403
        if len(body) > MOST_BYTES:
            return 413
        try:
            message = browser.read(body)
        except (ValueError, http_ece.ECEException):
            return 400
        self.taken.append(ReceivedNotification(endpoint, headers, message, datetime.now(UTC)))
        return 201

    def _is_signed(self, authorization: str) -> bool:
        """True if the sender signed the message for this service, for at most a day."""
        kind, _, parameters = authorization.partition(" ")
        said = dict(each.strip().split("=", 1) for each in parameters.split(",") if "=" in each)
        try:
            point = EllipticCurvePublicKey.from_encoded_point(CURVE, decode_base64url(said["k"]))
            claims = jwt.decode(
                said["t"],
                point,
                algorithms=["ES256"],
                audience=self.origin,
                options={"require": ["aud", "exp", "sub"]},
            )
        except (KeyError, ValueError, jwt.PyJWTError):
            return False
        soon = datetime.now(UTC).timestamp() + LONGEST_WORD_S
        return kind == "vapid" and claims["exp"] <= soon


class _PushHandler(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        named = {name.lower(): value for name, value in self.headers.items()}
        endpoint = f"{self.server.origin}{self.path}"
        status = self.server.status or self.server.take(endpoint, named, body)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Does not log each request."""
