"""Does on the local site what the CDN does to requests and responses."""

from chalice.local import ChaliceRequestHandler

from chalicelib.handlers.http import cdn as viewer
from chalicelib.handlers.http import request_language
from infra import cdn

HSTS = "Strict-Transport-Security"


class EdgeHandler(ChaliceRequestHandler):
    """Adds the CDN's headers to a response, and identifies the caller to the API."""

    path: str
    _added: tuple[cdn.Header, ...] = ()
    _sent: frozenset[str] = frozenset()
    """The headers that the origin sent."""

    def begin_answer(self, added: tuple[cdn.Header, ...]) -> None:
        """Adds these headers to the response, until the end of its headers."""
        self._added, self._sent = added, frozenset()

    def introduce(self, secret: str) -> None:
        """Sends the headers that only the CDN may set, replacing the client's; the folder of a
        language becomes one of them."""
        found = cdn.language_folder(self.path)
        self.path = found.address
        for name, value in (
            (viewer.ORIGIN, secret),
            (viewer.VIEWER, self.client_address[0]),
            (request_language.FOLDER, found.language),
        ):
            del self.headers[name]
            if value:
                self.headers[name] = value

    def send_header(self, keyword: str, value: str) -> None:
        if not any(each.overrides and each.name.lower() == keyword.lower() for each in self._added):
            super().send_header(keyword, value)
            self._sent |= {keyword.lower()}

    def end_headers(self) -> None:
        added, self._added = self._added, ()
        for each in added:
            if each.name.lower() not in self._sent:
                super().send_header(each.name, each.value)
        super().end_headers()
