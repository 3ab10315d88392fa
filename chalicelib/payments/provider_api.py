"""Requests to the API of a payment provider, and its replies."""

import time
from collections.abc import Callable, Collection, Mapping
from random import SystemRandom
from typing import TypeVar

import msgspec
from msgspec import Struct

from chalicelib.errors import NoReply, UpstreamFailed
from chalicelib.kernel.observability import logs
from chalicelib.net.http_client import HttpClient
from chalicelib.net.reply import Reply
from chalicelib.texts import Text

TIMEOUT_S = 10
MOST_BYTES = 2_000_000
NOT_BY_CARD = Text("We cannot take this amount by card. Contact us to pay in another way.")
FAILED = Text("The payment provider did not answer. Try again in a few minutes.")
NOT_TAKING_CARDS = Text(
    "We cannot take cards at the moment. Try again tomorrow, or contact us to pay in another way."
)
TOO_MANY = 429
MOST_WAITS = 4
"""How often a request that the provider puts off is sent again: 60 payers at once are served by a
provider that takes 15 requests a second."""
T = TypeVar("T")


class ProviderApi(Struct, frozen=True):
    """`url` is the origin of the API, `api_key` the council's key. `wait` waits for seconds,
    `chance` is a random number from 0 to 1."""

    client: Callable[[], HttpClient]
    url: str
    api_key: Callable[[], str]
    wait: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = SystemRandom().random

    def get(self, path: str, headers: Mapping[str, str]) -> Reply:
        """The reply to a GET request. Raises UpstreamFailed, NoReply."""
        return self._send_until_taken(
            lambda: self.client().get(
                self.url + path, self._with_key(headers), most_bytes=MOST_BYTES, timeout_s=TIMEOUT_S
            )
        )

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """The reply to a POST request. Raises UpstreamFailed; NoReply also for a status that leaves
        the outcome open."""
        reply = self._send_until_taken(
            lambda: self.client().post(
                self.url + path,
                body,
                self._with_key(headers),
                most_bytes=MOST_BYTES,
                timeout_s=TIMEOUT_S,
            )
        )
        if reply.status >= 500:
            raise NoReply(FAILED)
        return reply

    def _send_until_taken(self, send: Callable[[], Reply]) -> Reply:
        """The reply to a request, which is sent again later while there are too many."""
        reply = send()
        for number in range(1, MOST_WAITS + 1):
            if reply.status != TOO_MANY:
                break
            self.wait(number * (0.5 + self.chance()))
            reply = send()
        return reply

    def _with_key(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.api_key()}", **headers}


def account_refused() -> UpstreamFailed:
    """The error for a key that the provider refuses, or an account that cannot take cards. An alarm
    counts them."""
    logs.measurement(
        "the payment provider refused our account",
        logs.ACCOUNT_REFUSALS,
        function="payments",
        account_refusals=1,
    )
    return UpstreamFailed(NOT_TAKING_CARDS)


def require_status(reply: Reply, statuses: Collection[int]) -> None:
    """Raises UpstreamFailed for a status other than `statuses`."""
    if reply.status in (401, 403):
        raise account_refused()
    if reply.status not in statuses:
        raise UpstreamFailed(FAILED)


def decode_reply(reply: Reply, statuses: Collection[int], kind: type[T]) -> T:
    """Decode the content of a reply. Raises UpstreamFailed for a status other than `statuses`,
    NoReply for content that cannot be read."""
    require_status(reply, statuses)
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except msgspec.DecodeError as error:
        raise NoReply(FAILED) from error
