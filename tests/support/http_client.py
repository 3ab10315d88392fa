"""An HTTP client whose requests are answered in this process."""

from abc import abstractmethod
from collections.abc import Mapping
from urllib.parse import urlsplit

from chalicelib.net.http_client import HttpClient
from chalicelib.net.reply import Reply


class InProcessClient(HttpClient):
    """Gives each request to `answered`, which a class implements."""

    @abstractmethod
    def answered(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The reply to a request; the names of headers are in lower case."""

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
        lower = {name.lower(): value for name, value in headers.items()}
        return self.answered(method, url, lower, body or b"")


def path_of(url: str) -> str:
    """The path and the query of a URL."""
    at = urlsplit(url)
    return f"{at.path}?{at.query}" if at.query else at.path
