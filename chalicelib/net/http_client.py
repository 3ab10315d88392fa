"""The port to other systems over HTTP. Loads nothing, so that the ports of a slice can name it."""

from collections.abc import Mapping
from typing import Protocol

from chalicelib.net.reply import Reply

NO_HEADERS: Mapping[str, str] = {}


class HttpClient(Protocol):
    """Sends requests to addresses that other people gave us. Raises AddressRefused (never try
    again), UpstreamFailed (nothing was sent), NoReply (it may have arrived)."""

    def get(
        self,
        url: str,
        headers: Mapping[str, str] = NO_HEADERS,
        *,
        most_bytes: int,
        timeout_s: float,
    ) -> Reply: ...

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        most_bytes: int,
        timeout_s: float,
    ) -> Reply: ...
