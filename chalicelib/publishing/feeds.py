"""Feeds of new reports: everything, a ward, a service. A feed has the newest reports and an
archive for each month, so a new reader can go back to the first report.

Sources: RFC 4287 (Atom), RFC 5005 section 4 (archived feeds), RFC 4151 (tag URIs).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from chalicelib.georeport.wire import xml_text
from chalicelib.publishing.open_data import EXTENSIONS, Entry, Feed, Licence
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


class Scope(NamedTuple):
    """The subject of a feed: `kind` is all, ward or service."""

    kind: str
    code: str
    name: str

    @property
    def key(self) -> str:
        """The address of its newest reports."""
        return f"{self._path}.atom"

    def archive_key(self, month: str) -> str:
        """The address of its reports of a month."""
        return f"{self._path}/{month}.atom"

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


def scope_of(feed: Feed) -> Scope:
    """The scope of a feed in the index."""
    return Scope(feed.kind, feed.code, feed.name)


class Writer:
    """Writes the feeds of some reports; each report's element is made once for all its feeds."""

    def __init__(self, publisher: Publisher, entries: Iterable[Entry]) -> None:
        self._publisher = publisher
        self._entries = [(entry, _entry(entry, publisher)) for entry in entries]

    def current(self, scope: Scope, months: list[str]) -> bytes:
        """The newest reports; `months` are those that have archives, oldest first."""
        links = {"self": scope.key}
        if months:
            links["prev-archive"] = scope.archive_key(months[-1])
        return self._feed(scope, links, months[-1:], NEWEST)

    def archive(self, scope: Scope, month: str, months: list[str]) -> bytes:
        """The reports of one of the months."""
        at = months.index(month)
        links = {"self": scope.archive_key(month), "current": scope.key}
        if at:
            links["prev-archive"] = scope.archive_key(months[at - 1])
        if at + 1 < len(months):
            links["next-archive"] = scope.archive_key(months[at + 1])
        return self._feed(scope, links, [month], None)

    def _feed(
        self, scope: Scope, links: Mapping[str, str], months: list[str], most: int | None
    ) -> bytes:
        shown = [each for each in self._entries if scope.has(each[0])][:most]
        # The date of a feed without reports is that of its month, or of our first year.
        begun = f"{months[0] if months else f'{_SINCE}-01'}-01T00:00:00Z"
        updated = max((entry["updated_datetime"] for entry, _ in shown), default=begun)
        feed = _head(scope, links, updated, self._publisher)
        feed.extend(made for _, made in shown)
        return _written(feed)


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


def _entry(entry: Entry, publisher: Publisher) -> "Element":
    made = _element("entry")
    made.append(_element("id", _tag(entry["service_request_id"], publisher)))
    made.append(_element("title", entry.get("title") or entry["service_name"]))
    made.append(_element("published", entry["requested_datetime"]))
    made.append(_element("updated", entry["updated_datetime"]))
    page = entry[EXTENSIONS]["tracking_url"]
    made.append(_element("link", rel="alternate", type="text/html", href=page))
    made.append(_element("category", term=entry["service_code"], label=entry["service_name"]))
    made.append(_element("content", "\n\n".join(_paragraphs(entry)), type="text"))
    return made


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


def _written(element: "Element") -> bytes:
    from xml.etree.ElementTree import tostring  # nosec B405: only used for writing

    written: bytes = tostring(element, encoding="utf-8", xml_declaration=True)
    return written
