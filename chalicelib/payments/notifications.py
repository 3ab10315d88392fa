"""The provider's notifications, which say that there may be news of a payment, and nothing more."""

import hashlib
import hmac

import msgspec
from msgspec import Struct

from chalicelib.kernel.signing import is_same


class _Resource(Struct):
    reference: str = ""


class _Notification(Struct):
    resource: _Resource


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """True if GOV.UK Pay signed the body. Source: GOV.UK Pay's documentation, "Verify webhook
    messages"."""
    return is_same(hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(), signature)


def reference_in(body: bytes) -> str:
    """The reference of the payment that a notification is about; empty if it names none."""
    try:
        return msgspec.json.decode(body, type=_Notification).resource.reference
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
