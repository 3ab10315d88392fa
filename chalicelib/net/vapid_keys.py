"""The key that identifies us to browsers (VAPID): they accept notifications with it only. The
private key is derived from a secret, so nobody has to create or transport one. Sources: RFC 8292
(VAPID); RFC 5869 (HKDF); FIPS 186-5, A.2.1 (a private key from 64 extra bits, so that all are
equally likely).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.errors import AddressRefused

ORDER = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551
"""The order of P-256: a private key is a number from 1 to one less."""
VALID_FOR = timedelta(hours=12)
"""RFC 8292, 2: at most 24 hours; half of that tolerates wrong clocks."""
_PURPOSE = b"Ginnel web push P-256"
_BYTES = 40


class PushKey:
    """The key pair that is derived from a secret; `subject` is the contact address for push
    services, such as https://council.example."""

    def __init__(self, secret: str, *, subject: str) -> None:
        self._private = derive_private_key(scalar_of(secret), SECP256R1())
        self._subject = subject

    @property
    def public_key(self) -> str:
        """The key with which a browser subscribes (its applicationServerKey)."""
        point = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return encode_base64url(point)

    def authorization(self, endpoint: str, now: datetime) -> str:
        """The header that identifies the sender to this endpoint's push service."""
        claims = {"aud": origin_of(endpoint), "exp": now + VALID_FOR, "sub": self._subject}
        return (
            f"vapid t={jwt.encode(claims, self._private, algorithm='ES256')}, k={self.public_key}"
        )


def scalar_of(secret: str) -> int:
    """The private key as a number."""
    derived = HKDF(SHA256(), _BYTES, salt=None, info=_PURPOSE).derive(secret.encode())
    return int.from_bytes(derived) % (ORDER - 1) + 1


def origin_of(url: str) -> str:
    """The origin of a URL, without a default port. Raises AddressRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("This is not a web address.") from error
    is_usual = port in (None, {"https": 443, "http": 80}.get(parts.scheme))
    return f"{parts.scheme}://{parts.hostname}" + ("" if is_usual else f":{port}")


def encode_base64url(some: bytes) -> str:
    """Encodes as base64url without padding (RFC 7515)."""
    return urlsafe_b64encode(some).rstrip(b"=").decode()


def decode_base64url(text: str) -> bytes:
    """The bytes of base64url, with or without its padding. Raises ValueError."""
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
