"""Requests to the API of a payment provider, and its replies."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct

from chalicelib.errors import NoReply, UpstreamFailed
from chalicelib.net.http_client import HttpClient
from chalicelib.net.reply import Reply
from chalicelib.texts import Text

TIMEOUT_S = 10
MOST_BYTES = 2_000_000
NOT_BY_CARD = Text("We cannot take this amount by card. Contact us to pay in another way.")
FAILED = Text("The payment provider did not answer. Try again in a few minutes.")
T = TypeVar("T")


class ProviderApi(Struct, frozen=True):
    """`url` is the origin of the API, `api_key` the council's key."""

    client: Callable[[], HttpClient]
    url: str
    api_key: Callable[[], str]

    def get(self, path: str, headers: Mapping[str, str]) -> Reply:
        """The reply to a GET request. Raises UpstreamFailed, NoReply."""
        return self.client().get(
            self.url + path, self._with_key(headers), most_bytes=MOST_BYTES, timeout_s=TIMEOUT_S
        )

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """The reply to a POST request. Raises UpstreamFailed; NoReply also for a status that leaves
        the outcome open."""
        reply = self.client().post(
            self.url + path,
            body,
            self._with_key(headers),
            most_bytes=MOST_BYTES,
            timeout_s=TIMEOUT_S,
        )
        if reply.status >= 500:
            raise NoReply(FAILED)
        return reply

    def _with_key(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.api_key()}", **headers}


def decode_reply(reply: Reply, statuses: Collection[int], kind: type[T]) -> T:
    """Decode the content of a reply. Raises UpstreamFailed for a status other than `statuses`,
    NoReply for content that cannot be read."""
    if reply.status not in statuses:
        raise UpstreamFailed(FAILED)
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except msgspec.DecodeError as error:
        raise NoReply(FAILED) from error
