"""Makes and checks tokens that prove that a person may do something with a subscription.

Tokens have 128 bits, in text messages 64; codes have six digits. Each is derived from the id of the
subscription and the moment when it was requested, because an id can be used again with another
address. None is stored.
"""

from chalicelib.alerts.links import SHORT_TOKEN
from chalicelib.alerts.model import Subscription
from chalicelib.kernel.signing import Secret, hmac_hex, is_made_with, six_digits
from chalicelib.kernel.time import text_of


class SubscriptionTokens:
    """Makes the tokens and checks them. Every method raises UpstreamFailed. A check takes the same
    time whether the token is right or wrong."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def manage_token(self, of: Subscription) -> str:
        """The token for the page of the subscription."""
        return self._token("manage", of)

    def unsubscribe_token(self, of: Subscription) -> str:
        """The token that stops the subscription, and does nothing else to it."""
        return self._token("unsubscribe", of)

    def confirm_token(self, of: Subscription) -> str:
        """The token for the link in the email that asks the address to confirm."""
        return self._token("confirm", of)

    def confirmation_code(self, of: Subscription) -> str:
        """The code in the text message that asks the address to confirm."""
        return six_digits(self._secret.current(), "code", *_identity_of(of))

    def answer_token(self, of: Subscription, service_request_id: str, repair: int) -> str:
        """The token for the page that asks whether that repair of the report holds."""
        return self._token("answer", of, service_request_id, str(repair))

    def reply_token(self, of: Subscription, service_request_id: str, number: int) -> str:
        """The token for the page that takes an answer to an officer's question about the report."""
        return self._token("reply", of, service_request_id, str(number))

    def is_manage_token(self, of: Subscription, sent: str) -> bool:
        return self._holds("manage", sent, of)

    def is_unsubscribe_token(self, of: Subscription, sent: str) -> bool:
        """Accepts the beginning of the token, too, which text messages have."""
        length = SHORT_TOKEN if len(sent) == SHORT_TOKEN else None
        return is_made_with(
            self._secret, sent, lambda secret: _derive_token(secret, "unsubscribe", of)[:length]
        )

    def is_confirm_token(self, of: Subscription, sent: str) -> bool:
        return self._holds("confirm", sent, of)

    def is_confirmation_code(self, of: Subscription, sent: str) -> bool:
        return is_made_with(
            self._secret, sent, lambda each: six_digits(each, "code", *_identity_of(of))
        )

    def is_answer_token(
        self, of: Subscription, service_request_id: str, repair: int, sent: str
    ) -> bool:
        return self._holds("answer", sent, of, service_request_id, str(repair))

    def is_reply_token(
        self, of: Subscription, service_request_id: str, number: int, sent: str
    ) -> bool:
        return self._holds("reply", sent, of, service_request_id, str(number))

    def _token(self, purpose: str, of: Subscription, *about: str) -> str:
        return _derive_token(self._secret.current(), purpose, of, *about)

    def _holds(self, purpose: str, sent: str, of: Subscription, *about: str) -> bool:
        return is_made_with(
            self._secret, sent, lambda secret: _derive_token(secret, purpose, of, *about)
        )


def _derive_token(secret: str, purpose: str, of: Subscription, *about: str) -> str:
    return hmac_hex(secret, "alert", purpose, *_identity_of(of), *about)[:32]


def _identity_of(of: Subscription) -> tuple[str, str]:
    return of.subscription_id, text_of(of.created_at)
