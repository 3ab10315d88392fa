"""The addresses of our pages, for messages and links."""

from typing import NamedTuple

from chalicelib.kernel.languages import ENGLISH, Language


class Site(NamedTuple):
    """The pages in a language of the site at `url`, which has no slash at its end; empty for
    addresses within the site."""

    url: str
    language: Language = ENGLISH

    def page(self, address: str) -> str:
        """The address of a page, in this language if the page is translated."""
        return f"{self.url}{self.language.address(address)}"
