"""Bath's real postcodes, each with the name of a real road nearby."""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from chalicelib.catalogue.model import Council
from chalicelib.geo.bng import GridPoint, from_grid
from chalicelib.geo.point import Point

Cell = tuple[int, int]
MARGIN = 0.002
"""In degrees, so that the premises of a postcode are inside the council, too."""


class Place(NamedTuple):
    """One postcode, in metres of the British National Grid."""

    street: str
    postcode: str
    easting: int
    northing: int


def places(data: Path, council: Council, random: Random) -> list[Place]:
    """The postcodes inside the council, in random order. `data`: the folder of real data."""
    names = _road_names(data)
    everywhere = sorted({name for near in names.values() for name in near})
    found = [
        Place(random.choice(names.get(_cell(point), everywhere)), *unit)
        for unit, point in _postcodes(data)
        if council.box.contains(Point(lat=point.lat + MARGIN, long=point.long + MARGIN))
        and council.box.contains(point)
    ]
    random.shuffle(found)
    return found


@cache
def _postcodes(data: Path) -> Sequence[tuple[tuple[str, int, int], Point]]:
    return list(_read_postcodes(data))


def _read_postcodes(data: Path) -> Iterator[tuple[tuple[str, int, int], Point]]:
    with gzip.open(data / "gazetteer" / "ba_postcodes.csv.gz", "rt", encoding="utf-8") as file:
        for postcode, _, easting, northing in csv.reader(file):
            at = GridPoint(float(easting), float(northing))
            yield (postcode, int(easting), int(northing)), from_grid(at)


@cache
def _road_names(data: Path) -> Mapping[Cell, Sequence[str]]:
    """The names of roads that begin in each cell."""
    found: dict[Cell, set[str]] = defaultdict(set)
    with gzip.open(data / "basemap" / "bath_roads.geojson.gz") as file:
        for road in json.load(file)["features"]:
            name, line = road["properties"]["distname"], road["geometry"]["coordinates"]
            while isinstance(line[0], list):
                line = line[0]
            if name:
                found[_cell(Point(lat=line[1], long=line[0]))].add(name)
    return {cell: sorted(names) for cell, names in found.items()}


def _cell(point: Point) -> Cell:
    """A square of about a kilometre."""
    return round(point.lat * 100), round(point.long * 100)
