"""The port to other systems over HTTP. Loads nothing, so that the ports of a slice can name it."""

from collections.abc import Mapping
from typing import Protocol

from chalicelib.net.reply import Reply

NO_HEADERS: Mapping[str, str] = {}


class HttpClient(Protocol):
    """Sends requests to addresses that other people gave us. Raises AddressRefused (never try
    again), UpstreamFailed (nothing was sent), NoReply (it may have arrived)."""

    def request(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        most_bytes: int,
        timeout_s: float,
    ) -> Reply:
        """Sends one request. The whole call takes at most `timeout_s`."""
        ...

    def get(
        self,
        url: str,
        headers: Mapping[str, str] = NO_HEADERS,
        *,
        most_bytes: int,
        timeout_s: float,
    ) -> Reply:
        """Sends a GET request."""
        return self.request("GET", url, None, headers, most_bytes=most_bytes, timeout_s=timeout_s)

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        most_bytes: int,
        timeout_s: float,
    ) -> Reply:
        """Sends a POST request."""
        return self.request("POST", url, body, headers, most_bytes=most_bytes, timeout_s=timeout_s)
