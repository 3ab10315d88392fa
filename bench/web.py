"""Page weights: the compressed size of a page's first load, from the built web client. The report's
page is rendered by the server; one from tests/support/fakes_publishing.py represents all.
"""

import gzip
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from bench.process import WEB
from bench.table import Row
from chalicelib.catalogue.load import load
from chalicelib.publishing.pages import JinjaPages
from tests.support.builders import NOON
from tests.support.fakes_publishing import report_view

GROUP = "Page weights at first load, gzip -9"
PAGES = {
    "home": "index.html",
    "report": "report/index.html",
    "track": "track/index.html",
    "map": "map/index.html",
    "nearest": "nearest/index.html",
    "facility": "facility/index.html",
    "my area": "my-area/index.html",
    "bins": "bins/index.html",
}
MOST_SCRIPT, MOST_STYLE, MOST_PAGE, MOST_MAP = 15, 12, 60, 90
REPORT = "a report's page"
FIXMYSTREET = "FixMyStreet"
FIXMYSTREET_KB = {f"{REPORT}: JavaScript": 200, f"{REPORT}: CSS": 36}
FIXMYSTREET_MAP_KB = 258
"""The weights of FixMyStreet's pages, measured by the project in 2026-08."""
HASH = re.compile(r"-.{8}(?=\.\w+$)")
"""The part of a name that distinguishes the languages' files of one name."""
STATIC_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\.[^"']+\.js)["']""")


class Links(HTMLParser):
    """The scripts and style sheets that a page loads immediately."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: set[str] = set()
        self.styles: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        match tag, found.get("rel"):
            case "script", _ if "src" in found:
                self.scripts.add(found["src"])
            case "link", "modulepreload":
                self.scripts.add(found["href"])
            case "link", "stylesheet":
                self.styles.add(found["href"])


def rows() -> Iterator[Row]:
    """The rows for the build in build/web/demo. Raises OSError if there is none."""
    pages = {name: (WEB / path).read_bytes() for name, path in PAGES.items()}
    for name, html in (pages | {REPORT: page_of_a_report()}).items():
        yield from _rows_of(name, html)
    yield _map()


def weight(path: Path) -> int:
    return compressed_size(path.read_bytes())


def compressed_size(content: bytes) -> int:
    """The number of bytes on the wire."""
    return len(gzip.compress(content, 9))


def scripts_of(names: Iterable[str]) -> set[Path]:
    """These scripts and all their static imports."""
    waiting, found = [WEB / name.removeprefix("/") for name in names], set[Path]()
    while waiting:
        path = waiting.pop().resolve()
        if path not in found:
            found.add(path)
            imports = STATIC_IMPORT.findall(path.read_text(encoding="utf-8"))
            waiting += [path.parent / name for name in imports]
    return found


def page_of_a_report() -> bytes:
    """A report's published page."""
    council = load("demo")
    pages = JinjaPages(
        council=council.page_details,
        zone=council.zone,
        now=lambda: NOON,
    )
    return pages.render_report(report_view(service_request_id="R00000000001"))


def _rows_of(name: str, html: bytes) -> Iterator[Row]:
    links = Links()
    links.feed(html.decode())
    scripts = sum(map(weight, scripts_of(links.scripts))) / 1000
    styles = sum(weight(WEB / each.removeprefix("/")) for each in links.styles) / 1000
    whole = compressed_size(html) / 1000 + scripts + styles
    for kind, ours, most in (
        ("JavaScript", scripts, MOST_SCRIPT),
        ("CSS", styles, MOST_STYLE),
        ("all", whole, MOST_PAGE),
    ):
        row = f"{name}: {kind}"
        peer = FIXMYSTREET_KB.get(row)
        yield Row(
            group=GROUP,
            name=row,
            unit="kB",
            ours=ours,
            peer=peer,
            peer_name=FIXMYSTREET if peer else "",
            most=most,
        )


def _map() -> Row:
    """The additional files of "choose on a map", in the language in which they are largest."""
    chunks = WEB / "assets" / "chunks"
    files = [*chunks.glob("basemap-*.js"), *chunks.glob("basemap-*.css"), *chunks.glob("pins-*.js")]
    largest: dict[str, int] = {}
    for path in files:
        name = HASH.sub("", path.name)
        largest[name] = max(weight(path), largest.get(name, 0))
    return Row(
        group=GROUP,
        name="the map itself, on request",
        unit="kB",
        ours=sum(largest.values()) / 1000,
        peer=FIXMYSTREET_MAP_KB,
        peer_name=f"{FIXMYSTREET}'s map page",
        most=MOST_MAP,
    )
