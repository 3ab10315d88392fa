"""Tokens that prove that a person may do something with a subscription.

They have 128 bits, in text messages 64; codes have six digits. Each is also made of the moment at
which the subscription was requested: an id can come again, with another address. None is stored.
"""

from chalicelib.alerts.links import SHORT_TOKEN
from chalicelib.alerts.model import Subscription
from chalicelib.kernel.signing import Secret, hmac_hex, holds, six_digits
from chalicelib.kernel.time import text_of


class SubscriptionTokens:
    """Makes the tokens and checks them. Every method raises UpstreamFailed; a check takes the same
    time in any case."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def manage(self, of: Subscription) -> str:
        """For the page of the subscription."""
        return self._token("manage", of)

    def unsubscribe(self, of: Subscription) -> str:
        """For the one click that stops the subscription, and nothing else."""
        return self._token("unsubscribe", of)

    def confirm(self, of: Subscription) -> str:
        """For the link in the message that asks the address to confirm."""
        return self._token("confirm", of)

    def code(self, of: Subscription) -> str:
        """For the text message that asks the address to confirm."""
        return six_digits(self._secret.current(), "code", *_requested(of))

    def answer(self, of: Subscription, service_request_id: str, repair: int) -> str:
        """For the page that asks whether that repair of the report holds."""
        return self._token("answer", of, service_request_id, str(repair))

    def reply(self, of: Subscription, service_request_id: str, number: int) -> str:
        """For the page that takes an answer to an officer's question about the report."""
        return self._token("reply", of, service_request_id, str(number))

    def holds_manage(self, of: Subscription, sent: str) -> bool:
        return self._holds("manage", sent, of)

    def holds_unsubscribe(self, of: Subscription, sent: str) -> bool:
        """Text messages have the beginning of the token."""
        length = SHORT_TOKEN if len(sent) == SHORT_TOKEN else None
        return holds(self._secret, sent, lambda secret: _made(secret, "unsubscribe", of)[:length])

    def holds_confirm(self, of: Subscription, sent: str) -> bool:
        return self._holds("confirm", sent, of)

    def holds_code(self, of: Subscription, sent: str) -> bool:
        return holds(self._secret, sent, lambda each: six_digits(each, "code", *_requested(of)))

    def holds_answer(
        self, of: Subscription, service_request_id: str, repair: int, sent: str
    ) -> bool:
        return self._holds("answer", sent, of, service_request_id, str(repair))

    def holds_reply(
        self, of: Subscription, service_request_id: str, number: int, sent: str
    ) -> bool:
        return self._holds("reply", sent, of, service_request_id, str(number))

    def _token(self, purpose: str, of: Subscription, *about: str) -> str:
        return _made(self._secret.current(), purpose, of, *about)

    def _holds(self, purpose: str, sent: str, of: Subscription, *about: str) -> bool:
        return holds(self._secret, sent, lambda secret: _made(secret, purpose, of, *about))


def _made(secret: str, purpose: str, of: Subscription, *about: str) -> str:
    return hmac_hex(secret, "alert", purpose, *_requested(of), *about)[:32]


def _requested(of: Subscription) -> tuple[str, str]:
    return of.subscription_id, text_of(of.created_at)
