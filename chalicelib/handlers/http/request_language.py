"""The language in which a request is answered.

Pages have the language of their address: the CDN takes the folder of the address (`/cy/`) away and
names it in a header. So a shared address shows everybody the same language. The API has no folders:
it reads Accept-Language. Only languages that the council offers are answered in; everything else
gets English.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from chalice.app import Request

from chalicelib.bootstrap import container
from chalicelib.catalogue.model import Council
from chalicelib.kernel.languages import ENGLISH, Language, language_names

FOLDER = "x-ginnel-language"
"""The header in which the CDN names the folder; it drops a client's own."""
LONGEST_LIST = 1_000
"""The length up to which Accept-Language is read. Browsers send less than 100 characters."""
_RANGE = re.compile(
    r"\s*([a-z]{2,3})(?:-[a-z0-9-]*)?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?", re.I
)

_current: ContextVar[Language] = ContextVar("language", default=ENGLISH)
_address: ContextVar[str | None] = ContextVar("address", default=None)


class OtherLanguage(NamedTuple):
    """A language by its code and its name in itself, and the address of the page in it."""

    code: str
    name: str
    address: str


def current_language() -> Language:
    """The language of the current request."""
    return _current.get()


def other_languages() -> list[OtherLanguage]:
    """The current page in the other languages that the council offers; none for the answer to a
    form, which has no address of its own."""
    address = _address.get()
    if address is None:
        return []
    return [
        OtherLanguage(
            code, language_names()[code], address if code == ENGLISH.code else f"/{code}{address}"
        )
        for code in (ENGLISH.code, *container.council().translations)
        if code != current_language().code
    ]


def council() -> Council:
    """The council in the language of the current request, to be shown."""
    return container.council().in_language(current_language().code)


@contextmanager
def use_language_of(request: Request, page: str | None) -> Iterator[Language]:
    """Runs the block in the language of the request. `page` is the English address of the page
    that it asks for, if it does."""
    before = _current.set(language_requested(request.headers, is_page=page is not None))
    at = _address.set(page if request.method == "GET" else None)
    try:
        yield current_language()
    finally:
        _current.reset(before)
        _address.reset(at)


def language_requested(headers: Mapping[str, str], *, is_page: bool) -> Language:
    """The language that the headers ask for, among those that the council offers."""
    folder = headers.get(FOLDER)
    wishes = (
        [folder] if folder or is_page else _accepted_codes(str(headers.get("accept-language", "")))
    )
    for wish in filter(None, wishes):
        if wish == ENGLISH.code:
            break
        if wish in container.council().translations:
            return container.language_of_council(wish)
    return ENGLISH


def _accepted_codes(accepted: str) -> list[str]:
    """The codes in Accept-Language (RFC 9110, 12.5.4) by their weights, highest first. What cannot
    be read in it counts as missing."""
    if len(accepted) > LONGEST_LIST:
        return []
    weights: dict[str, float] = {}
    for found in filter(None, map(_RANGE.fullmatch, accepted.split(","))):
        weights.setdefault(found[1].lower(), float(found[2] or 1))
    return sorted(filter(weights.get, weights), key=weights.__getitem__, reverse=True)
