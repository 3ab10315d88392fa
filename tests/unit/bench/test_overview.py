"""Residents' pages in one table."""

from bench import overview, pages, web
from bench.table import Row


def rows(page: str) -> list[Row]:
    weights = {"JavaScript": 12.34, "CSS": 10.0, "all": 30.0}
    points = {
        **dict.fromkeys(pages.FULL.values(), 0.0),
        f"{pages.PERFORMANCE}, median of 3": 3.0,
        pages.SHIFT: 0.004,
    }
    return [
        Row(group=group, name=f"{page}: {name}", unit="", ours=ours)
        for group, found in ((web.GROUP, weights), (pages.GROUP, points))
        for name, ours in found.items()
    ]


def test_each_page_has_a_line_and_fixmystreets_stands_below() -> None:
    measured = [row for page in (*web.PAGES, web.REPORT) for row in rows(page)]
    unmeasured = [row for row in measured if not row.name.startswith("track: ")] + rows("track")[:3]
    heading, _, *lines, theirs = overview.as_markdown(unmeasured).splitlines()
    assert heading.startswith("| page | JavaScript, kB | CSS, kB | all, kB | Accessibility |")
    assert len(lines) == len(web.PAGES) + 1
    assert "| report | 12.3 | 10 | 30 | 100 | 100 | 100 | 97 | 0.004 |" in lines
    assert "| track | 12.3 | 10 | 30 |  |  |  |  |  |" in lines
    assert theirs.startswith("| FixMyStreet, a report's page | 200 | 36 |")
