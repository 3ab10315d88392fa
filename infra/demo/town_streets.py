"""Grows the town's side streets: each starts on a street and runs until it meets another."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from infra.demo.town_land import Land
from infra.demo.town_plane import Draft, Index, Line, Point, ahead, along, bearing, length

LAST_GENERATION = 6


@dataclass(frozen=True)
class Style:
    """How streets of one sort run; lengths in metres, bends in radians per metre."""

    step: float
    gap: float  # to a street that runs alongside
    shortest: float
    longest: tuple[float, float]
    wobble: float
    bend: float
    every: tuple[float, float]  # between side streets along it


CORE = Style(11, 36, 44, (80, 230), 0.07, 0.0016, (50, 95))
COLLECTOR = Style(22, 92, 180, (500, 1100), 0.02, 0.0008, (130, 210))
STREET = Style(18, 82, 110, (220, 560), 0.012, 0.0014, (110, 190))
BEND = Style(16, 76, 130, (280, 520), 0.01, 0.0062, (120, 190))
CLOSE = Style(14, 56, 62, (75, 160), 0.03, 0.004, (100, 160))
VILLAGE = Style(16, 58, 70, (120, 300), 0.04, 0.002, (95, 160))


class Growth:
    def __init__(self, rng: Random, land: Land, drafts: list[Draft], index: Index) -> None:
        self.rng, self.land, self.drafts, self.index = rng, land, drafts, index

    def run(self) -> None:
        """Side streets breadth first, so that long streets come before short ones."""
        queue = deque((i, 1) for i, d in enumerate(self.drafts) if d.kind != "path")
        while queue:
            parent, generation = queue.popleft()
            for start, heading in self._starts(self.drafts[parent], generation):
                style = self._style(start, generation)
                grown = style and self._trace(start, heading, style, parent)
                if grown and style:
                    self._add(grown, style, start)
                    if generation < LAST_GENERATION:
                        queue.append((len(self.drafts) - 1, generation + 1))

    def ginnels(self, share: float) -> None:
        """Footways that carry a dead end on to the next street."""
        for draft in [d for d in self.drafts if d.dead_end]:
            if self.rng.random() > share:
                continue
            owner = self.drafts.index(draft)
            line, met = self._run(draft.line[-1], bearing(*draft.line[-2:]), CLOSE, owner, 110)
            if met and length(line) > 25 and not any(self.land.wet(p) for p in line):
                self.drafts.append(Draft("path", "ginnel", line))
                self.index.add(line, len(self.drafts) - 1)

    def _starts(self, parent: Draft, generation: int) -> Iterator[tuple[Point, float]]:
        spacing = {"ring": (170, 300), "radial": (110, 190), "lane": (110, 190)}
        low, high = spacing.get(parent.role, (0, 0))
        for side in (1, -1):
            due = self.rng.uniform(20, 80)
            for point, heading in along(parent.line, 6):
                due -= 6
                if due > 0:
                    continue
                style = self._style(point, generation)
                if style:
                    turn = side * math.pi / 2 + self.rng.gauss(0, 0.09)
                    yield point, heading + turn
                every = (low, high) if high else style.every if style else (60, 90)
                due = self.rng.uniform(*every)

    def _style(self, point: Point, generation: int) -> Style | None:
        zone = self.land.zone(point)
        if zone == "suburb":
            if generation == 1:
                return COLLECTOR
            draw = self.rng.random()
            if generation >= 4 or draw < 0.15:
                return CLOSE
            return BEND if draw < 0.4 else STREET
        return {"core": CORE, "village": VILLAGE}.get(zone)

    def _trace(self, start: Point, heading: float, style: Style, parent: int) -> Draft | None:
        limit = self.rng.uniform(*style.longest)
        line, met = self._run(start, heading, style, parent, limit)
        if length(line) < style.shortest or len(line) < 3:
            return None
        return Draft("minor", "", line, dead_end=not met)

    def _run(
        self, start: Point, heading: float, style: Style, parent: int, limit: float
    ) -> tuple[Line, bool]:
        """The points from `start` on, and whether the line ended on another street."""
        points, gone, met = [start], 0.0, False
        bend = self.rng.gauss(0, style.bend)
        while gone < limit:
            heading += bend * style.step + self.rng.gauss(0, style.wobble)
            point = ahead(points[-1], heading, style.step)
            gone += style.step
            if not self.land.open(point):
                break
            close = self._close(point, heading, style.gap, parent if gone < style.gap * 2 else -1)
            if close:
                met = close[1] > 0.55 and not self._crosses_wet(point, close[0])
                points += [close[0]] if met else []
                break
            points.append(point)
        return tuple(points), met

    def _close(
        self, point: Point, heading: float, gap: float, skip: int
    ) -> tuple[Point, float] | None:
        """The nearest street within the gap that is not behind: its point and how far ahead."""
        best: tuple[float, Point, float] | None = None
        for away, sample, owner in self.index.near(point, gap):
            facing = math.cos(bearing(point, sample) - heading) if away else 1.0
            if owner != skip and facing > -0.25 and (best is None or away < best[0]):
                best = (away, sample, facing)
        return (best[1], best[2]) if best else None

    def _crosses_wet(self, start: Point, end: Point) -> bool:
        return self.land.wet(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), 36)

    def _add(self, draft: Draft, style: Style, start: Point) -> None:
        draft.role = self._role(draft, style)
        self.drafts.append(draft)
        self.index.add(draft.line, len(self.drafts) - 1)

    def _role(self, draft: Draft, style: Style) -> str:
        if style is CORE:
            return "yard" if draft.dead_end else "core"
        if draft.dead_end and length(draft.line) < 260:
            return "close"
        if style is COLLECTOR:
            return "collector"
        return "bend" if _turn(draft.line) > 0.9 else "street"


def _turn(line: Line) -> float:
    """How far the line turns in all, in radians."""
    turn = bearing(line[-2], line[-1]) - bearing(line[0], line[1])
    return abs((turn + math.pi) % math.tau - math.pi)
