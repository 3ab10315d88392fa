"""Checks the signatures of the providers' notifications. A notification only says that a payment
may have changed."""

import hashlib
import hmac
from datetime import datetime, timedelta

from chalicelib.kernel.signing import is_same

TOLERATED = timedelta(minutes=5)
"""How far the time of a notification may differ from the clock. Source: Stripe's libraries, which
have this as their default."""


def is_signed_by_govuk_pay(body: bytes, signature: str, secret: str) -> bool:
    """True if GOV.UK Pay signed the body. Source: GOV.UK Pay's documentation, "Verify webhook
    messages"."""
    return is_same(_signature(body, secret), signature)


def is_signed_by_stripe(body: bytes, header: str, secret: str, now: datetime) -> bool:
    """True if Stripe signed the body within the last minutes. While a secret is being replaced, the
    header has a signature with each secret. Source: Stripe's documentation, "Verify webhook
    signatures manually"."""
    parts = [each.strip().partition("=") for each in header.split(",")]
    sent = next((value for name, _, value in parts if name == "t"), "")
    if not (sent.isascii() and sent.isdecimal() and len(sent) <= len("9999999999")):
        return False
    if abs(int(sent) - now.timestamp()) > TOLERATED.total_seconds():
        return False
    expected = _signature(f"{sent}.".encode() + body, secret)
    return any(is_same(expected, value) for name, _, value in parts if name == "v1")


def _signature(signed: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
