"""An invented town, the same for the same seed: streets, water, parks and places.

The demo council's map and its seeded reports are made from it. Nothing here is a real street.
"""

import math
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Literal

from infra.demo.town_frame import HALF_BOUNDS, Frame, build_frame
from infra.demo.town_land import Land, park_walks, plant, river_ring
from infra.demo.town_names import Names
from infra.demo.town_plane import Draft, Index, Line, Point, to_degrees
from infra.demo.town_streets import Growth

SEED = 1759
TOWN_NAME = "Eskerby"
GINNEL_SHARE = 0.6

# West, south, east and north, in degrees.
BOUNDS = (
    *to_degrees([(-HALF_BOUNDS, -HALF_BOUNDS)])[0],
    *to_degrees([(HALF_BOUNDS, HALF_BOUNDS)])[0],
)

StreetKind = Literal["major", "minor", "path"]


@dataclass(frozen=True)
class Street:
    name: str
    kind: StreetKind
    line: Line


@dataclass(frozen=True)
class Area:
    """Water (kind river or lake) or green (kind park or wood): one closed ring."""

    name: str
    kind: Literal["river", "lake", "park", "wood"]
    ring: Line


@dataclass(frozen=True)
class Place:
    name: str
    kind: Literal["town", "suburb", "village"]
    point: Point


@dataclass(frozen=True)
class Town:
    streets: tuple[Street, ...]
    waters: tuple[Area, ...]
    greens: tuple[Area, ...]
    places: tuple[Place, ...]


@cache
def generate(seed: int = SEED) -> Town:
    """The town; it is made once in a process."""
    rng = Random(seed)
    frame = build_frame(rng)
    land, index, drafts = Land(frame), Index(), list(frame.drafts)
    for number, draft in enumerate(drafts):
        index.add(draft.line, number)
    plant(rng, land, index)
    growth = Growth(rng, land, drafts, index)
    growth.run()
    growth.ginnels(GINNEL_SHARE)
    drafts += park_walks(land, index)
    names = Names(rng)
    places = _places(frame, names)
    return Town(
        streets=tuple(_named(drafts, names)),
        waters=_waters(frame),
        greens=tuple(_greens(land, names)),
        places=places,
    )


def point_on_street(town: Town, rng: Random) -> tuple[Street, float, float]:
    """A random carriageway and a point on it: (street, latitude, longitude)."""
    street = rng.choice([s for s in town.streets if s.kind != "path"])
    spans = [math.dist(a, b) for a, b in zip(street.line, street.line[1:], strict=False)]
    part = rng.choices(range(len(spans)), weights=spans)[0]
    (x0, y0), (x1, y1) = street.line[part : part + 2]
    t = rng.random()
    return street, round(y0 + (y1 - y0) * t, 6), round(x0 + (x1 - x0) * t, 6)


def features(town: Town) -> dict[str, list[dict[str, Any]]]:
    """GeoJSON features by layer: roads, water, green, places."""
    return {
        "roads": [_feature("LineString", s.line, s.name, s.kind) for s in town.streets],
        "water": [_feature("Polygon", (a.ring,), a.name, a.kind) for a in town.waters],
        "green": [_feature("Polygon", (a.ring,), a.name, a.kind) for a in town.greens],
        "places": [_feature("Point", p.point, p.name, p.kind) for p in town.places],
    }


def _feature(shape: str, coordinates: Any, name: str, kind: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"name": name, "kind": kind},
        "geometry": {"type": shape, "coordinates": coordinates},
    }


def _named(drafts: list[Draft], names: Names) -> list[Street]:
    streets, gate = [], ""
    for draft in drafts:
        if draft.role == "market":
            name = names.reserve("Market Place")
        elif draft.role == "radial":  # carries on the name of the gate before it
            name = names.reserve(f"{gate} Road")
        else:
            name = names.take(draft.role)
            gate = name if draft.role == "gate" else gate
        streets.append(Street(name, _kind(draft.kind), to_degrees(draft.line)))
    return streets


def _kind(kind: str) -> StreetKind:
    return "major" if kind == "major" else "path" if kind == "path" else "minor"


def _places(frame: Frame, names: Names) -> tuple[Place, ...]:
    town = Place(names.reserve(TOWN_NAME), "town", to_degrees([(0.0, 0.0)])[0])
    suburbs = [Place(names.place(), "suburb", to_degrees([b.centre])[0]) for b in frame.suburbs]
    villages = [Place(names.place(), "village", to_degrees([b.centre])[0]) for b in frame.villages]
    return (town, *suburbs, *villages)


def _waters(frame: Frame) -> tuple[Area, ...]:
    return (
        Area("River Skelter", "river", to_degrees(river_ring(frame))),
        Area("Heron Mere", "lake", to_degrees(frame.lake.ring())),
    )


def _greens(land: Land, names: Names) -> list[Area]:
    return [
        Area(names.take(kind), "park" if kind == "park" else "wood", to_degrees(patch.ring()))
        for kind, patch in land.greens
    ]
