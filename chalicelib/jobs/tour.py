"""A crew's tour: its stops in order with the times when work begins, and the search for the place
where one more stop costs the least driving.

Stops and the crews' own places are numbers that index one table of seconds. Times are seconds after
midnight. The search for a place reads each gap once: a gap has the time when the crew is free
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


class PlaceTable(Struct, frozen=True, kw_only=True):
    """The places by number: the stops, the most important first, then for each crew its start and
    the end of its day.

    `drive_from[a][b]` and `drive_to[b][a]` are the drive from a to b in seconds. Work at a place
    begins from `opens` to `closes` and takes `work` seconds. `nearest[a]` are all stops by their
    distance from a.
    """

    stops: int
    drive_from: Sequence[Sequence[int]]
    drive_to: Sequence[Sequence[int]]
    opens: Sequence[int]
    closes: Sequence[int]
    work: Sequence[int]
    nearest: Sequence[Sequence[int]]


class Place(NamedTuple):
    """A place for a stop in a tour: after `position` stops, with `extra_s` more seconds of
    driving."""

    extra_s: int
    position: int


class Tour:
    """The stops of one crew in order; immutable. `driving` is in seconds, with the drives from the
    start and to the end of the day. `is_feasible`: each stop begins within its window and the crew
    is back before its shift ends, or the tour is empty."""

    __slots__ = ("begins", "driving", "ends", "gaps", "is_feasible", "stops", "table")

    def __init__(self, table: PlaceTable, ends: tuple[int, int], stops: Sequence[int]) -> None:
        self.table, self.ends, self.stops = table, ends, stops
        drive_from, opens, closes, work = table.drive_from, table.opens, table.closes, table.work
        here, is_feasible, driving = ends[0], True, 0
        free_at = opens[here]
        gaps, begins = [], []
        for place in (*stops, ends[1]):
            leg = drive_from[here][place]
            gaps.append((here, place, leg, free_at))
            driving += leg
            begin = free_at + leg
            if begin < opens[place]:  # noqa: PLR1730 - max() takes three times as long
                begin = opens[place]
            if begin > closes[place]:
                is_feasible = False
            begins.append(begin)
            free_at = begin + work[place]
            here = place
        self.begins, self.driving, self.is_feasible = begins, driving, is_feasible or not stops
        self.gaps = _with_latest_arrival(gaps, table)

    def find_place(self, stop: int, most: float = FAR, barred: int = -1) -> Place | None:
        """The place where the stop costs the least driving, and less than `most` seconds; never in
        the gap with the number `barred`. None if it fits nowhere."""
        table = self.table
        drive_to, drive_from = table.drive_to[stop], table.drive_from[stop]
        opens, closes, work = table.opens[stop], table.closes[stop], table.work[stop]
        best = position = -1
        for (before, after, leg, free_at), latest in self.gaps:
            position += 1
            there, on = drive_to[before], drive_from[after]
            if there + on - leg < most and position != barred:
                begin = free_at + there
                if begin < opens:  # noqa: PLR1730
                    begin = opens
                if begin <= closes and begin + work + on <= latest:
                    most, best = there + on - leg, position
        return Place(int(most), best) if best >= 0 else None

    def with_stop(self, stop: int, position: int) -> "Tour":
        """The tour with one more stop after `position` stops."""
        stops = self.stops
        return Tour(self.table, self.ends, [*stops[:position], stop, *stops[position:]])

    def without_positions(self, positions: Sequence[int]) -> "Tour":
        """The tour without the stops at these positions."""
        removed = set(positions)
        left = [stop for at, stop in enumerate(self.stops) if at not in removed]
        return Tour(self.table, self.ends, left)

    def only_more_important_than(self, stop: int) -> "Tour":
        """The tour with only the stops that are more important than this one."""
        return Tour(self.table, self.ends, [each for each in self.stops if each < stop])


def _with_latest_arrival(gaps: Sequence[Gap], table: PlaceTable) -> list[tuple[Gap, int]]:
    """Each gap with the latest time when the crew may arrive after it, so that all later stops are
    in time."""
    latest, timed = FAR, []
    for gap in reversed(gaps):
        before, after, leg, _ = gap
        latest = min(latest, table.closes[after])
        timed.append((gap, latest))
        latest -= leg + table.work[before]
    timed.reverse()
    return timed
