"""What the CDN does to requests and answers on their way, on the local site."""

from chalice.local import ChaliceRequestHandler

from chalicelib.handlers.http import cdn as viewer
from infra import cdn

HSTS = "Strict-Transport-Security"


class EdgeHandler(ChaliceRequestHandler):
    """Adds the CDN's headers to an answer, and says to the API who calls."""

    _added: tuple[cdn.Header, ...] = ()
    _sent: frozenset[str] = frozenset()
    """The headers that the origin sent."""

    def begin_answer(self, added: tuple[cdn.Header, ...]) -> None:
        """From here to the end of its headers, these are added to the answer."""
        self._added, self._sent = added, frozenset()

    def introduce(self, secret: str) -> None:
        """Says to the API what only the CDN may say, in the place of what the client said."""
        for name, value in ((viewer.ORIGIN, secret), (viewer.VIEWER, self.client_address[0])):
            del self.headers[name]
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
