"""The signatures of notifications: a notification says that there may be news of a payment, and
nothing more."""

import hashlib
import hmac

from chalicelib.kernel.signing import is_same


def is_signed_by_govuk_pay(body: bytes, signature: str, secret: str) -> bool:
    """True if GOV.UK Pay signed the body. Source: GOV.UK Pay's documentation, "Verify webhook
    messages"."""
    return is_same(_signature(body, secret), signature)


def _signature(signed: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
