"""A tour: one crew's stops in order, with the time when each begins, and the search for a place
for one more.

Stops and the crews' own places are numbers, which index one table of seconds. Times are seconds
after midnight. The search for a place reads each gap once: a gap has the time when the crew is free
before it, and the latest time when it may arrive after it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

FAR = 1 << 40
"""A number of seconds that is longer than any tour."""
Gap = tuple[int, int, int, int]
"""Two consecutive places, the drive between them in seconds, and the time when the crew is free
before it."""


class Ground(Struct, frozen=True, kw_only=True):
    """The places by number: the stops, the most important first, then for each crew its start and
    the end of its day.

    `there[a][b]` and `back[b][a]` are the drive from a to b in seconds. Work at a place begins from
    `opens` to `closes` and takes `work` seconds. `near[a]` are all stops, those nearest to a first.
    """

    stops: int
    there: Sequence[Sequence[int]]
    back: Sequence[Sequence[int]]
    opens: Sequence[int]
    closes: Sequence[int]
    work: Sequence[int]
    near: Sequence[Sequence[int]]


class Place(NamedTuple):
    """A place for a stop in a tour: after `behind` stops, for `extra` more seconds of driving."""

    extra: int
    behind: int


class Tour:
    """The stops of one crew in order; immutable. `driving` is in seconds, with the drives from the
    start and to the end of the day. `holds`: each stop begins within its window and the crew is
    back before its shift ends, or the tour is empty."""

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
        """The place where the stop costs the least driving, and less than `most` seconds; never in
        the gap with the number `barred`. None if it fits nowhere."""
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
        """The tour with one more stop after `behind` stops."""
        stops = self.stops
        return Tour(self.ground, self.ends, [*stops[:behind], stop, *stops[behind:]])

    def without(self, places: Sequence[int]) -> "Tour":
        """The tour without the stops at these places in its order."""
        gone = set(places)
        left = [stop for at, stop in enumerate(self.stops) if at not in gone]
        return Tour(self.ground, self.ends, left)

    def until(self, stop: int) -> "Tour":
        """The tour with only the stops that are more important than this one."""
        return Tour(self.ground, self.ends, [each for each in self.stops if each < stop])


def _with_latest(gaps: Sequence[Gap], ground: Ground) -> list[tuple[Gap, int]]:
    """Each gap with the latest time when the crew may arrive after it, so that all later stops are
    in time."""
    latest, timed = FAR, []
    for gap in reversed(gaps):
        before, after, leg, _ = gap
        latest = min(latest, ground.closes[after])
        timed.append((gap, latest))
        latest -= leg + ground.work[before]
    timed.reverse()
    return timed
