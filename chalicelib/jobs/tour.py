"""One crew's way through its stops: when each begins, how late it may, and where another fits.

Stops and the crews' own places are numbers, in one table of seconds. Times are seconds after
midnight. Looking for a place costs one look at each gap, as each knows when the crew is free before
it and how late it may arrive behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

FAR = 1 << 40
"""More seconds than anything takes."""
Gap = tuple[int, int, int, int]
"""Two places that follow each other, the way between them, and when the crew is free before it."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The places, by number: stops in the order in which they are claimed, then for each crew where
    it starts and where its day ends. `there[a][b]` is the way from a to b, `back[b][a]` too; work
    at a place begins from `opens` to `closes` and takes `work`; `near` are all stops, nearest
    first."""

    stops: int
    there: Sequence[Sequence[int]]
    back: Sequence[Sequence[int]]
    opens: Sequence[int]
    closes: Sequence[int]
    work: Sequence[int]
    near: Sequence[Sequence[int]]


class Place(NamedTuple):
    """Where a stop fits: so many seconds of driving more, behind so many stops."""

    extra: int
    behind: int


class Tour:
    """The stops of one crew in their order; it does not change. `driving` is in seconds, the ways
    from where it starts and to where it ends too; `holds`: each stop begins in its time, and the
    crew is back in its shift, or has nothing to do."""

    __slots__ = ("begins", "driving", "ends", "gaps", "ground", "holds", "stops")

    def __init__(self, ground: Ground, ends: tuple[int, int], stops: Sequence[int]) -> None:
        self.ground, self.ends, self.stops = ground, ends, stops
        there, opens, closes, work = ground.there, ground.opens, ground.closes, ground.work
        here, holds, driving = ends[0], True, 0
        free_at = opens[here]
        forth, begins = [], []
        for place in (*stops, ends[1]):
            leg = there[here][place]
            forth.append((here, place, leg, free_at))
            driving += leg
            begin = free_at + leg
            if begin < opens[place]:  # noqa: PLR1730 - max() takes three times as long
                begin = opens[place]
            if begin > closes[place]:
                holds = False
            begins.append(begin)
            free_at = begin + work[place]
            here = place
        self.begins, self.driving, self.holds = begins, driving, holds or not stops
        self.gaps = _with_latest(forth, ground)

    def place(self, stop: int, most: float = FAR, barred: int = -1) -> Place | None:
        """Where the stop costs the least driving, and less than `most`, though not in the gap that
        is barred. None where it fits nowhere."""
        ground = self.ground
        to, away = ground.back[stop], ground.there[stop]
        opens, closes, work = ground.opens[stop], ground.closes[stop], ground.work[stop]
        found = behind = -1
        for (before, after, leg, free_at), latest in self.gaps:
            behind += 1
            there, on = to[before], away[after]
            if there + on - leg < most and behind != barred:
                begin = free_at + there
                if begin < opens:  # noqa: PLR1730
                    begin = opens
                if begin <= closes and begin + work + on <= latest:
                    most, found = there + on - leg, behind
        return Place(int(most), found) if found >= 0 else None

    def with_stop(self, stop: int, behind: int) -> "Tour":
        """The tour with one stop more, behind so many."""
        stops = self.stops
        return Tour(self.ground, self.ends, [*stops[:behind], stop, *stops[behind:]])

    def without(self, places: Sequence[int]) -> "Tour":
        """The tour less the stops at these places of it."""
        gone = set(places)
        left = [stop for at, stop in enumerate(self.stops) if at not in gone]
        return Tour(self.ground, self.ends, left)

    def until(self, stop: int) -> "Tour":
        """The tour with only what is claimed before that one."""
        return Tour(self.ground, self.ends, [each for each in self.stops if each < stop])


def _with_latest(gaps: Sequence[Gap], ground: Ground) -> list[tuple[Gap, int]]:
    """Each gap with how late the crew may arrive behind it, so that all that follows is in time."""
    latest, timed = FAR, []
    for gap in reversed(gaps):
        before, after, leg, _ = gap
        latest = min(latest, ground.closes[after])
        timed.append((gap, latest))
        latest -= leg + ground.work[before]
    timed.reverse()
    return timed
