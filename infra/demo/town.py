"""An invented town: streets, water, parks and places, in town.json. Nothing here is a real street.

The demo council's map, its places and its seeded reports are made from it.
"""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Literal

import msgspec

TOWN_NAME = "Eskerby"
FILE = Path(__file__).with_name("town.json")

Point = tuple[float, float]
"""Longitude and latitude in WGS84 degrees, as in GeoJSON."""
Line = tuple[Point, ...]


@dataclass(frozen=True)
class Street:
    """`number` is that of the road, such as B6491, if it has one."""

    name: str
    kind: Literal["major", "minor", "path"]
    line: Line
    number: str = ""


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
def load_town() -> Town:
    """The town; its file is read once in a process."""
    return msgspec.json.decode(FILE.read_bytes(), type=Town)


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
        "roads": [feature("LineString", s.line, s.name, s.kind) for s in town.streets],
        "water": [feature("Polygon", (a.ring,), a.name, a.kind) for a in town.waters],
        "green": [feature("Polygon", (a.ring,), a.name, a.kind) for a in town.greens],
        "places": [feature("Point", p.point, p.name, p.kind) for p in town.places],
    }


def feature(shape: str, coordinates: Any, name: str, kind: str) -> dict[str, Any]:
    """A GeoJSON feature as `infra.basemap` reads it."""
    return {
        "type": "Feature",
        "properties": {"name": name, "kind": kind},
        "geometry": {"type": shape, "coordinates": coordinates},
    }
