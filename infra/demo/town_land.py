"""The town's land: where streets may grow, and its parks and woods."""

import math
from dataclasses import dataclass, field
from random import Random

from infra.demo.town_frame import Frame
from infra.demo.town_plane import Blob, Draft, Index, Line, Point, ahead, bearing, blob, length

RIVER_HALF_WIDTH = 32.0
BANK = 50.0  # metres from the middle of the river that stay free of streets
PARKS, WOODS = 11, 14


@dataclass
class Land:
    frame: Frame
    water: Index = field(default_factory=Index)
    greens: list[tuple[str, Blob]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.water.add(self.frame.river, 0, 15)

    def zone(self, point: Point) -> str:
        """core, suburb, village, or country where nothing is built."""
        if self.frame.core.contains(point):
            return "core"
        if any(b.contains(point) for b in self.frame.suburbs):
            return "suburb"
        return "village" if any(b.contains(point) for b in self.frame.villages) else "country"

    def wet(self, point: Point, margin: float = BANK) -> bool:
        near_river = next(self.water.near(point, margin), None) is not None
        return near_river or self.frame.lake.contains(point, margin)

    def open(self, point: Point) -> bool:
        """Whether a new street may lie here."""
        planted = any(green.contains(point, 14) for _, green in self.greens)
        return not planted and not self.wet(point) and self.zone(point) != "country"


def plant(rng: Random, land: Land, roads: Index) -> None:
    """Parks in the built-up town, woods outside; clear of roads, water and one another."""
    for kind, count, nearest, farthest, smallest, largest in (
        ("park", PARKS, 350, 2900, 90, 230),
        ("wood", WOODS, 3300, 6700, 160, 460),
    ):
        left, tries = count, 0
        while left and tries < 4000:
            tries += 1
            away = math.sqrt(rng.uniform(nearest**2, farthest**2))
            centre = ahead((0.0, 0.0), rng.uniform(0, math.tau), away)
            patch = blob(rng, centre, rng.uniform(smallest, largest), 0.3)
            if _fits(patch, land, roads) and (land.zone(centre) == "country") == (kind == "wood"):
                land.greens.append((kind, patch))
                left -= 1


def _fits(patch: Blob, land: Land, roads: Index) -> bool:
    reach = patch.reach + 30
    apart = all(math.dist(g.centre, patch.centre) > g.reach + reach for _, g in land.greens)
    if not apart or land.wet(patch.centre, reach + RIVER_HALF_WIDTH):
        return False
    if max(abs(patch.centre[0]), abs(patch.centre[1])) + reach > 7000:
        return False
    villages = land.frame.villages
    clear = all(math.dist(v.centre, patch.centre) > v.reach + reach for v in villages)
    return clear and next(roads.near(patch.centre, reach), None) is None


def river_ring(frame: Frame) -> Line:
    """The river as a polygon, a little wider here than there."""
    left, right = [], []
    river = frame.river
    for i, point in enumerate(river):
        heading = bearing(river[max(0, i - 1)], river[min(len(river) - 1, i + 1)])
        half = RIVER_HALF_WIDTH + 6 * math.sin(i / 5)
        left.append(ahead(point, heading + math.pi / 2, half))
        right.append(ahead(point, heading - math.pi / 2, half))
    return (*right, *reversed(left), right[0])


def park_walks(land: Land, index: Index) -> list[Draft]:
    """Paths through each park from the nearest street on one side to one on the other."""
    walks = []
    for kind, patch in land.greens:
        for turn in (0.4, 1.9) if kind == "park" else ():
            ends = [
                _entrance(ahead(patch.centre, turn + half, patch.reach), index)
                for half in (0.0, math.pi)
            ]
            bend = ahead(patch.centre, turn + 1.6, patch.reach * 0.2)
            line = tuple(p for p in (ends[0], bend, ends[1]) if p)
            if len(line) == 3 and length(line) < patch.reach * 3.5:
                walks.append(Draft("path", "walk", line))
    return walks


def _entrance(point: Point, index: Index) -> Point | None:
    nearest = min(index.near(point, 130), default=None)
    return nearest[1] if nearest else None
