"""The rows of the benchmark, and their output. Smaller is better in every row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

RED, PLAIN = "\033[31m", "\033[0m"
HEADINGS = ("", "ours", "peer", "ratio", "goal", "met")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A figure of ours beside its peer's. `most` is the goal as an amount, `most_ratio` as a share
    of the peer's; if both are given both have to be met."""

    group: str
    name: str
    unit: str
    ours: float
    peer: float | None = None
    peer_name: str = ""
    most: float | None = None
    most_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.peer if self.peer else None

    @property
    def goal(self) -> str:
        parts = []
        if self.most is not None:
            parts.append(f"≤ {figure(self.most)}")
        if self.most_ratio is not None:
            parts.append(f"≤ {figure(self.most_ratio)} ×")
        return ", ".join(parts)

    @property
    def holds(self) -> bool | None:
        """None if there is no goal."""
        verdicts = []
        if self.most is not None:
            verdicts.append(self.ours <= self.most)
        if self.most_ratio is not None:
            verdicts.append(self.ratio is not None and self.ratio <= self.most_ratio)
        return all(verdicts) if verdicts else None

    def as_json(self) -> dict[str, Any]:
        names = ("group", "name", "unit", "ours", "peer", "peer_name", "ratio", "goal", "holds")
        return {name: getattr(self, name) for name in names}


def figure(value: float) -> str:
    """At most three significant digits."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def cells(row: Row) -> tuple[str, ...]:
    """The row's cells, under HEADINGS."""
    peer = "" if row.peer is None else f"{figure(row.peer)} {row.peer_name}".strip()
    ratio = "" if row.ratio is None else figure(row.ratio)
    verdict = {None: "", True: "yes", False: "NO"}[row.holds]
    return row.name, f"{figure(row.ours)} {row.unit}", peer, ratio, row.goal, verdict


def as_text(rows: Sequence[Row], *, in_colour: bool) -> str:
    """The table for a terminal; missed goals are red if it has colours."""
    every = [HEADINGS, *map(cells, rows)]
    widths = [max(len(line[at]) for line in every) for at in range(len(HEADINGS))]
    lines = [_line(HEADINGS, widths)]
    for group, members in group_rows(rows):
        lines += ["", group]
        for row in members:
            line = _line(cells(row), widths)
            is_red = in_colour and row.holds is False
            lines.append(f"{RED}{line}{PLAIN}" if is_red else line)
    return "\n".join(lines)


def as_markdown(rows: Sequence[Row]) -> str:
    """The same in Markdown, a table for each group; missed goals are bold."""
    parts = []
    for group, members in group_rows(rows):
        lines = [f"### {group}", ""]
        lines += ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
        for row in members:
            *words, verdict = cells(row)
            shown = f"**{verdict}**" if row.holds is False else verdict
            lines.append("| " + " | ".join([*words, shown]) + " |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def group_rows(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """The rows of each group, in their original order."""
    for group, members in groupby(rows, key=lambda row: row.group):
        yield group, list(members)


def _line(words: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(word.ljust(width) for word, width in zip(words, widths, strict=True)).rstrip()
