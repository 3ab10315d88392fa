"""Where the suburbs and villages lie, and the country lanes between villages."""

import math
from random import Random

from infra.demo.town_plane import (
    Blob,
    Draft,
    Line,
    Point,
    ahead,
    bearing,
    blob,
    length,
    meeting,
    wobbly,
)

APART = 650.0  # metres between the middles of two suburbs, so that their names have room


def suburbs(rng: Random) -> list[Blob]:
    inner = [(1180.0, turn, 560.0) for turn in range(10, 370, 51)]
    outer = [(2350.0, turn, 640.0) for turn in (20, 56, 85, 114, 150, 197, 238, 285, 325)]
    placed: list[Blob] = []
    for away, turn, radius in inner + outer:
        heading = math.radians(turn + rng.uniform(-7, 7))
        centre = ahead((0.0, 0.0), heading, away * rng.uniform(0.92, 1.1))
        if all(math.dist(s.centre, centre) > APART for s in placed):
            placed.append(blob(rng, centre, radius * rng.uniform(0.85, 1.2)))
    return placed


def village_sites(rng: Random, radials: list[Line]) -> list[Point]:
    """Half of them on a main road, half in the country between two."""
    places = [radials[i][int(rng.uniform(0.62, 0.82) * len(radials[i]))] for i in (0, 2, 4, 6)]
    for turn in (22, 84, 113, 160, 214, 271, 316):
        away = rng.uniform(4300, 5800)
        places.append(ahead((0.0, 0.0), math.radians(turn + rng.uniform(-4, 4)), away))
    return places


def lanes(
    rng: Random, villages: list[Point], radials: list[Line], waters: tuple[Line, ...]
) -> list[Draft]:
    """Country lanes from each village to the main roads on either side and to the next village."""
    targets = [(v, t) for v in villages for t in _near_roads(v, radials)]
    order = sorted(villages, key=lambda p: bearing((0.0, 0.0), p))
    targets += list(zip(order, [*order[1:], order[0]], strict=True))
    drafts: list[Draft] = []
    for start, end in targets:
        line = wobbly(rng, start, end, 260)
        wet = any(meeting(line, water) for water in waters)
        tangled = any(meeting(line[2:-2], d.line) for d in drafts)
        if not wet and not tangled and 250 < length(line) < 3800:
            drafts.append(Draft("minor", "lane", line))
    return drafts


def _near_roads(village: Point, radials: list[Line]) -> list[Point]:
    nearest = [min(radial, key=lambda p: math.dist(p, village)) for radial in radials]
    return sorted(nearest, key=lambda p: math.dist(p, village))[:2]
