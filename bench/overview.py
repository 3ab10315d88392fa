"""Residents' pages in one table: their weights, points in Lighthouse and layout shift, beside the
weights of FixMyStreet's pages."""

from collections.abc import Mapping, Sequence

from bench import pages, web
from bench.table import Row, figure

FULL = 100
"""The most points of a category of Lighthouse."""
WEIGHTS = ("JavaScript", "CSS", "all")
HEADINGS = (
    *("page", "JavaScript, kB", "CSS, kB", "all, kB"),
    *(words.capitalize() if words.islower() else words for words in pages.FULL.values()),
    *("Performance", "layout shift"),
)
FIXMYSTREET = (
    *(f"FixMyStreet, {web.REPORT}", *map(figure, web.FIXMYSTREET_KB.values())),
    *[""] * (len(HEADINGS) - 3),
)


def as_markdown(rows: Sequence[Row]) -> str:
    """The table of the rows of `bench.web` and `bench.pages`."""
    found = {row.name: row.ours for row in rows if row.group in (web.GROUP, pages.GROUP)}
    names = [name for name in (*web.PAGES, web.REPORT) if f"{name}: all" in found]
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(_line(name, found) for name in names)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [*lines, FIXMYSTREET])


def _line(page: str, found: Mapping[str, float]) -> tuple[str, ...]:
    start = f"{page}: "
    of_page = {
        name.removeprefix(start): ours for name, ours in found.items() if name.startswith(start)
    }
    performance = next((name for name in of_page if name.startswith(pages.PERFORMANCE)), "")
    points = (of_page.get(name) for name in (*pages.FULL.values(), performance))
    return (
        page,
        *(figure(of_page[kind]) for kind in WEIGHTS),
        *("" if missing is None else figure(FULL - missing) for missing in points),
        figure(of_page[pages.SHIFT]) if pages.SHIFT in of_page else "",
    )
