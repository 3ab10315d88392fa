"""Atom feeds of new reports: everything, a ward, a service. A feed has the newest reports. The feed
of everything also has an archive for each part of a day, so a new reader can go back to the first
report.

A published feed is read again to change it: its entries are bytes that this module wrote.

Sources: RFC 4287 (Atom), RFC 5005 section 4 (archived feeds), RFC 4151 (tag URIs).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from chalicelib.georeport.wire import xml_text
from chalicelib.publishing.open_data import EXTENSIONS, Entry, Licence
from chalicelib.publishing.open_data_index import ARCHIVES, Feed
from chalicelib.publishing.ports import Publisher

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FOLDER = "feeds/"
ATOM = "application/atom+xml; charset=utf-8"
NEWEST = 50
_SINCE = 2026
"""The first year of our ids; a tag URI needs a date on which we owned its host."""
_NAMESPACES = {
    "xmlns": "http://www.w3.org/2005/Atom",
    "xmlns:fh": "http://purl.org/syndication/history/1.0",
}
_END = b"</feed>"
_ENTRY = re.compile(rb"<entry><id>[^<]*:([^<:]+)</id>.*?</entry>", re.DOTALL)
_ARCHIVE = re.compile(
    rb'<link rel="(prev-archive|next-archive)"[^>]*/(%s[^"/]+)"' % ARCHIVES.encode()
)
_PUBLISHED = re.compile(rb"<published>([^<]+)</published><updated>([^<]+)</updated>")


class Scope(NamedTuple):
    """The subject of a feed: `kind` is all, ward or service."""

    kind: str
    code: str
    name: str

    @property
    def key(self) -> str:
        """The address of its newest reports."""
        return f"{self._path}.atom"

    @property
    def feed(self) -> Feed:
        """Its entry in the index."""
        return Feed(kind=self.kind, code=self.code, name=self.name, url=f"/{self.key}")

    def has(self, entry: Entry) -> bool:
        """True for a report that the feed shows."""
        if self.kind == "ward":
            return bool(entry[EXTENSIONS]["ward_code"] == self.code)
        return self.kind == "all" or bool(entry["service_code"] == self.code)

    @property
    def _path(self) -> str:
        return f"{FOLDER}all" if self.kind == "all" else f"{FOLDER}{self.kind}s/{self.code}"


def scope_of_all(publisher: Publisher) -> Scope:
    """The scope of the feed of all reports."""
    return Scope("all", "", publisher.name)


def entries_of(feed: bytes) -> dict[str, bytes]:
    """The entries of a published feed, by service_request_id."""
    return {found[1].decode(): found[0] for found in _ENTRY.finditer(feed)}


def links_to_archives(feed: bytes) -> dict[str, str]:
    """The keys of the archives before and after a published feed, by relation."""
    return {found[1].decode(): found[2].decode() for found in _ARCHIVE.finditer(feed)}


def feed_entry(entry: Entry, publisher: Publisher) -> bytes:
    """A report as an entry of a feed."""
    made = _element("entry")
    made.append(_element("id", _tag(entry["service_request_id"], publisher)))
    made.append(_element("title", entry.get("title") or entry["service_name"]))
    made.append(_element("published", entry["requested_datetime"]))
    made.append(_element("updated", entry["updated_datetime"]))
    page = entry[EXTENSIONS]["tracking_url"]
    made.append(_element("link", rel="alternate", type="text/html", href=page))
    made.append(_element("category", term=entry["service_code"], label=entry["service_name"]))
    made.append(_element("content", "\n\n".join(_paragraphs(entry)), type="text"))
    return _serialise(made)


def sort_newest_first(entries: Mapping[str, bytes]) -> list[bytes]:
    """The entries of a feed in their order."""
    by_id = sorted(entries.items())
    return [body for _, body in sorted(by_id, key=lambda each: _moments(each[1])[0], reverse=True)]


def current_feed(
    scope: Scope, entries: Iterable[bytes], archive: str | None, publisher: Publisher
) -> bytes:
    """The newest reports of a scope; `archive` is the key of the newest archive."""
    links = {"self": scope.key} | ({"prev-archive": archive} if archive else {})
    return _feed(scope, links, entries, f"{_SINCE}-01-01", publisher)


def archive_feed(
    day: str, links: Mapping[str, str], entries: Iterable[Entry], *, publisher: Publisher
) -> bytes:
    """The reports of a part of a day. `links` are the keys of this and the neighbouring archives,
    by relation."""
    scope = scope_of_all(publisher)
    made = (feed_entry(entry, publisher) for entry in entries)
    return _feed(scope, {**links, "current": scope.key}, made, day, publisher)


def _feed(
    scope: Scope,
    links: Mapping[str, str],
    entries: Iterable[bytes],
    empty_since: str,
    publisher: Publisher,
) -> bytes:
    shown = list(entries)
    updated = max((_moments(each)[1] for each in shown), default=f"{empty_since}T00:00:00Z")
    head = _serialise(_head(scope, links, updated, publisher))
    start = b"<?xml version='1.0' encoding='utf-8'?>\n" + head.removesuffix(_END)
    return b"".join((start, *shown, _END))


def _moments(entry: bytes) -> tuple[str, str]:
    """When a report was requested and updated, as text that sorts by time."""
    found = _PUBLISHED.search(entry)
    return (found[1].decode(), found[2].decode()) if found else ("", "")


def _head(scope: Scope, links: Mapping[str, str], updated: str, publisher: Publisher) -> "Element":
    about = {
        "all": f"Reports to {publisher.name}",
        "ward": f"Reports in {scope.name}, {publisher.name}",
        "service": f"{scope.name}: reports to {publisher.name}",
    }
    feed = _element("feed", **_NAMESPACES)
    feed.append(_element("id", _tag(scope.key.removesuffix(".atom"), publisher)))
    feed.append(_element("title", about[scope.kind]))
    feed.append(_element("updated", updated))
    author = _element("author")
    author.append(_element("name", publisher.name))
    feed.append(author)
    feed.append(_element("rights", Licence().name))
    feed.append(_element("link", rel="alternate", type="text/html", href=f"{publisher.site_url}/"))
    for rel, key in links.items():
        kind = ATOM.partition(";")[0]
        feed.append(_element("link", rel=rel, type=kind, href=f"{publisher.site_url}/{key}"))
    if "current" in links:
        feed.append(_element("fh:archive"))
    return feed


def _paragraphs(entry: Entry) -> Iterator[str]:
    yield entry["description"]
    if entry["address"]:
        yield f"Place: {entry['address']}"
    yield f"Status: {entry['status']}"
    if entry["status_notes"]:
        yield entry["status_notes"]


def _tag(specific: str, publisher: Publisher) -> str:
    return f"tag:{urlsplit(publisher.site_url).hostname},{_SINCE}:{specific}"


def _element(name: str, text: Any = None, **attributes: str) -> "Element":
    # Loaded only for writing feeds.
    from xml.etree.ElementTree import Element  # nosec B405: only used for writing

    element = Element(name, {each: xml_text(value) for each, value in attributes.items()})
    element.text = None if text is None else xml_text(text)
    return element


def _serialise(element: "Element") -> bytes:
    from xml.etree.ElementTree import tostring  # nosec B405: only used for writing

    return str(tostring(element, encoding="unicode")).encode()
