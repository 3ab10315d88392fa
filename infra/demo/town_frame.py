"""The town's frame: its river, ring roads and main roads, and what else streets grow from."""

import math
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from infra.demo.town_country import lanes, suburbs, village_sites
from infra.demo.town_plane import Blob, Draft, Line, Point, ahead, blob, meeting, wobbly

EDGE = 7_300.0  # metres from the centre to where the main roads leave the map
HALF_BOUNDS = 7_500.0
RIVER_HEADING = math.radians(-24)
RIVER_AWAY = 500.0
NORTH_GATES = (6, 38, 70, 99, 129)  # bearings of the main roads, degrees from east
SOUTH_GATES = (186, 243, 299)


@dataclass(frozen=True)
class Frame:
    river: Line
    lake: Blob
    core: Blob
    suburbs: tuple[Blob, ...]
    villages: tuple[Blob, ...]
    drafts: tuple[Draft, ...]


def build_frame(rng: Random) -> Frame:
    river = _river(rng)
    foot = ahead((0.0, 0.0), RIVER_HEADING - math.pi / 2, RIVER_AWAY + 170)
    inner, ring = _loop(rng, 360, 0.09, 24), _loop(rng, 2550, 0.11, 90)
    radials = [_radial(rng, inner[round(g / 15) % 24], g, river) for g in NORTH_GATES]
    radials += [_radial(rng, foot, g, river) for g in SOUTH_GATES]
    lake = blob(rng, ahead((0.0, 0.0), math.radians(54), 3800), 390)
    sites = village_sites(rng, radials)
    drafts = _majors(inner, ring, radials)
    drafts += _core(rng, inner, foot)
    drafts += lanes(rng, sites, radials, (river, lake.ring()))
    drafts += _riversides(river, ring)
    return Frame(
        river=river,
        lake=lake,
        core=blob(rng, (0.0, 0.0), 470, 0.1),
        suburbs=tuple(suburbs(rng)),
        villages=tuple(blob(rng, v, rng.uniform(230, 380)) for v in sites),
        drafts=tuple(drafts),
    )


def _river(rng: Random) -> Line:
    """Bends by two waves; nearest to the centre it runs RIVER_AWAY metres off."""
    waves = ((300.0, 4700.0, rng.uniform(0, 7)), (110.0, 1900.0, rng.uniform(0, 7)))

    def sway(t: float) -> float:
        bends = sum(a * (math.sin(math.tau * t / w + p) - math.sin(p)) for a, w, p in waves)
        return bends * min(1.0, abs(t) / 900)

    points = []
    for t in range(-9000, 9001, 60):
        axis = ahead((0.0, 0.0), RIVER_HEADING, t)
        points.append(ahead(axis, RIVER_HEADING + math.pi / 2, sway(t) - RIVER_AWAY))
    return tuple(p for p in points if max(abs(p[0]), abs(p[1])) < HALF_BOUNDS - 60)


def _loop(rng: Random, radius: float, wobble: float, count: int) -> Line:
    waves = [(k, rng.uniform(0.4, 1) * wobble, rng.uniform(0, 7)) for k in (2, 3)]
    points = []
    for i in range(count):
        turn = math.tau * i / count
        points.append(
            ahead((0, 0), turn, radius * (1 + sum(a * math.sin(k * turn + p) for k, a, p in waves)))
        )
    return (*points, points[0])


def _radial(rng: Random, start: Point, gate: float, river: Line) -> Line:
    """A main road out to the edge that keeps to its bank of the river.

    Each time it meets the river it is tried again, turned a little further from the water.
    """
    heading = math.radians(gate)
    away = RIVER_HEADING + math.pi * (0.5 if gate < 180 else 1.5)
    while True:
        points, drift = [start], 0.0
        while math.hypot(*points[-1]) < EDGE:
            drift = drift * 0.93 + rng.gauss(0, 0.035)
            points.append(ahead(points[-1], heading + drift, 60))
        line = tuple(points[:-1])
        if not meeting(line, river):
            return line
        heading += (away - heading) * 0.1


def _majors(inner: Line, ring: Line, radials: list[Line]) -> list[Draft]:
    drafts = [Draft("major", "inner", inner[i : i + 9]) for i in (0, 8, 16)]
    cuts: list[tuple[int, Point]] = []
    for radial in radials:
        met, cut = meeting(radial, ring), meeting(ring, radial)
        if met and cut:
            drafts.append(Draft("major", "gate", (*radial[: met[0] + 1], met[1])))
            drafts.append(Draft("major", "radial", (met[1], *radial[met[0] + 1 :])))
            cuts.append(cut)
    cuts.sort()
    for (i, start), (j, end) in pairwise(cuts):
        drafts.append(Draft("major", "ring", (start, *ring[i + 1 : j + 1], end)))
    (first, start), (last, end) = cuts[0], cuts[-1]
    drafts.append(Draft("major", "ring", (end, *ring[last + 1 :], *ring[1 : first + 1], start)))
    return drafts


def _core(rng: Random, inner: Line, foot: Point) -> list[Draft]:
    """The market place, the bridge street and the old streets out to the inner ring."""
    corners: Line = ((-45, 22), (38, 34), (52, -24), (-30, -36))
    drafts = [Draft("minor", "market", (*corners, corners[0]))]
    drafts.append(Draft("major", "bridge", wobbly(rng, corners[3], foot, 30)))
    for corner, gate in ((corners[1], 3), (corners[0], 9), (corners[2], 0), (corners[0], 12)):
        drafts.append(Draft("minor", "core", wobbly(rng, corner, inner[gate], 60, 30)))
    return drafts


def _riversides(river: Line, ring: Line) -> list[Draft]:
    """A walk along the north bank between the ring road's two bridges."""
    inside = [p for p in river if math.hypot(*p) < 2300]
    bank = [ahead(p, RIVER_HEADING + math.pi / 2, 62) for p in inside]
    half = len(bank) // 2
    return [
        Draft("path", "river", tuple(bank[: half + 1])),
        Draft("path", "river", tuple(bank[half:])),
    ]
