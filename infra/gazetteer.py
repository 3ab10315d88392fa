"""Makes the documents of places and of streets' lines from the GeoJSON files of the base map.

A street is drawn in many pieces. Pieces that meet are one street; a street of up to 2 km is one
entry, at its middle and on it, and a longer one has an entry for each locality that it passes
through. Localities distinguish streets of the same name. The same applies to roads by their
numbers, such as A64. Parks, woods, waters, hills and other named places that nobody lives in are
landmarks.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.errors import Invalid
from chalicelib.gazetteer.model import PLACES, PlaceList
from chalicelib.gazetteer.streets import STREETS, Streets
from chalicelib.geo.place import Place
from chalicelib.geo.polygon import representative_point
from chalicelib.geo.shape import shape_of
from chalicelib.publishing.model import JSON
from infra.basemap import features_of, layer_of
from infra.basemap_layers import UnreadableFeature, read_feature, uninhabited_name

MEETING_M = 200.0
"""Pieces with at most this distance between them are one street: junctions and squares leave
gaps."""
ONE_ENTRY_M = 2_000.0
STRAIGHT_M = 2.0
METRES_PER_DEGREE = 111_320.0

Position = tuple[float, float]  # long, lat
Line = Sequence[Position]


@dataclass(frozen=True)
class Settlement:
    """A place with a name; only villages, suburbs and towns count as localities."""

    name: str
    position: Position
    is_locality: bool


def documents_of(
    places: Iterable[Place], lines: Mapping[str, Sequence[Line]]
) -> dict[str, tuple[bytes, str]]:
    """The published documents of places and of streets by key, each with its content type."""
    return {
        PLACES: (places_document(places), JSON),
        STREETS: (streets_document(lines), JSON),
    }


def places_document(places: Iterable[Place]) -> bytes:
    """The published document, sorted by label, one place a line."""
    ordered = sorted(places, key=lambda place: (place.label, place.kind, place.lat, place.long))
    raw = msgspec.json.encode(PlaceList(items=ordered))
    return raw.replace(b"},{", b"},\n{") + b"\n"


def places_of(files: Iterable[Path]) -> list[Place]:
    """The named streets and places of these files that are on the base map."""
    files = list(files)
    settlements = [
        _settlement(name, drawn, properties)
        for drawn, properties in _features_on_map(files, "places")
        if (name := _name(properties))
    ]
    return gather_places(
        streets_of(files), settlements, roads=_roads_of(files), landmarks=_landmarks_of(files)
    )


def streets_of(files: Iterable[Path]) -> dict[str, list[Line]]:
    """The pieces of each named street of these files that is on the base map."""
    return _lines_by(_name, files)


def _roads_of(files: Iterable[Path]) -> dict[str, list[Line]]:
    """The pieces of each road with a number."""
    return _lines_by(_number, files)


def _lines_by(
    name_of: Callable[[Mapping[str, Any]], str], files: Iterable[Path]
) -> dict[str, list[Line]]:
    lines: dict[str, list[Line]] = defaultdict(list)
    for drawn, properties in _features_on_map(files, "roads"):
        if name := name_of(properties):
            lines[name] += _lines(drawn["geometry"])
    return lines


def _landmarks_of(files: Sequence[Path]) -> list[Settlement]:
    """The named green and water of these files, and the named places that nobody lives in."""
    found = [
        Settlement(name, position, False)
        for layer in ("green", "water")
        for drawn, _ in _features_on_map(files, layer)
        if (name := drawn["properties"]["name"].strip())
        and (position := _representative_point(drawn["geometry"])) is not None
    ]
    for file in files:
        for feature in features_of(file) if layer_of(file) == "places" else ():
            if name := uninhabited_name(feature):
                long, lat, *_ = feature["geometry"]["coordinates"]
                found.append(Settlement(name, (long, lat), False))
    return found


def _representative_point(geometry: Mapping[str, Any]) -> Position | None:
    """A position inside a shape, or the middle of a line; None if its shape is not valid."""
    if geometry["type"].endswith("LineString"):
        return _middle(list(_lines(geometry)))
    try:
        point = representative_point(shape_of(geometry))
    except (Invalid, ValueError):
        return None
    return point.long, point.lat


def streets_document(streets: Mapping[str, Sequence[Line]]) -> bytes:
    """The published document of streets' lines, to a metre, by name."""
    rounded = {
        name: tuple(
            tuple((round(long, 5), round(lat, 5)) for long, lat in _simplify_line(line))
            for line in lines
        )
        for name, lines in sorted(streets.items())
    }
    return msgspec.json.encode(Streets(rounded))


def _simplify_line(line: Line) -> Line:
    """The line without the corners within 2 m of it (Douglas and Peucker, 1973)."""
    first, last = line[0], line[-1]
    offs = [_distance_m(point, _foot(point, first, last)) for point in line[1:-1]]
    if not offs or max(offs) <= STRAIGHT_M:
        return [first, last]
    turn = offs.index(max(offs)) + 1
    return [*_simplify_line(line[: turn + 1])[:-1], *_simplify_line(line[turn:])]


def _features_on_map(
    files: Iterable[Path], wanted: str
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The features of a layer of the map, and the properties that they have in the files."""
    for file in files:
        layer = layer_of(file)
        for feature in features_of(file) if layer == wanted else ():
            try:
                yield read_feature(layer, feature), feature["properties"]
            except UnreadableFeature:
                continue


def gather_places(
    streets: Mapping[str, Sequence[Line]],
    settlements: Sequence[Settlement],
    *,
    roads: Mapping[str, Sequence[Line]] | None = None,
    landmarks: Sequence[Settlement] = (),
) -> list[Place]:
    """One place for each street or road and locality, and one for each settlement and landmark."""
    localities = [each for each in settlements if each.is_locality]
    found: list[tuple[str, str, Position]] = []
    for kind, lines in (("street", streets), ("road", roads or {})):
        for name, pieces in lines.items():
            found += ((name, kind, position) for position in _entries(pieces, localities))
    for kind, named in (("place", settlements), ("landmark", landmarks)):
        found += ((each.name, kind, each.position) for each in _without_duplicates(named))
    shared = Counter((name, kind) for name, kind, _ in found)
    return [
        _place(
            _label(name, position, localities) if shared[name, kind] > 1 else name, kind, position
        )
        for name, kind, position in found
    ]


def _without_duplicates(settlements: Sequence[Settlement]) -> list[Settlement]:
    """The settlements, with nearby ones of the same name counted once."""
    kept: list[Settlement] = []
    for each in settlements:
        namesakes = (other for other in kept if other.name == each.name)
        if all(_distance_m(other.position, each.position) > ONE_ENTRY_M for other in namesakes):
            kept.append(each)
    return kept


def _place(label: str, kind: Any, position: Position) -> Place:
    long, lat = position
    return Place(label=label, kind=kind, lat=round(lat, 6), long=round(long, 6))


def _name(properties: Mapping[str, Any]) -> str:
    """The feature's name; a road's number does not count. OS writes towns in capitals."""
    name = str(properties.get("name" if "kind" in properties else "distname") or "").strip()
    return name.title() if name.isupper() and len(name) > 3 else name


def _number(properties: Mapping[str, Any]) -> str:
    """The road's number, such as A64."""
    return str(properties.get("number" if "kind" in properties else "roadnumber") or "").strip()


def _settlement(name: str, drawn: Mapping[str, Any], properties: Mapping[str, Any]) -> Settlement:
    long, lat, *_ = drawn["geometry"]["coordinates"]
    return Settlement(name, (long, lat), properties.get("fontheight") != "Small")


def _lines(geometry: Mapping[str, Any]) -> Iterator[Line]:
    coordinates = geometry["coordinates"]
    lines = [coordinates] if geometry["type"] == "LineString" else coordinates
    for line in lines:
        yield [(long, lat) for long, lat, *_ in line]


def _label(name: str, position: Position, localities: Sequence[Settlement]) -> str:
    others = [each for each in localities if each.name != name]
    return f"{name}, {_nearest(position, others)}" if others else name


def _nearest(position: Position, localities: Sequence[Settlement]) -> str:
    if not localities:
        return ""
    return min(localities, key=lambda each: _distance_m(each.position, position)).name


def _entries(pieces: Sequence[Line], localities: Sequence[Settlement]) -> list[Position]:
    """The middles of the streets that these pieces of one name form."""
    by_locality: dict[str, list[list[Line]]] = defaultdict(list)
    for street in _join_groups([[piece] for piece in pieces], MEETING_M):
        for part in _parts(street, localities):
            by_locality[_nearest(_middle(part), localities)].append(part)
    entries = [part for parts in by_locality.values() for part in _join_groups(parts, ONE_ENTRY_M)]
    return [_middle(part) for part in entries]


def _parts(street: list[Line], localities: Sequence[Settlement]) -> list[list[Line]]:
    """The street itself, or its part in each locality if it is long."""
    points = [point for line in street for point in line]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    if _distance_m((west, south), (east, north)) <= ONE_ENTRY_M:
        return [street]
    parts: dict[str, list[Line]] = defaultdict(list)
    for line in street:
        parts[_nearest(_middle([line]), localities)].append(line)
    return list(parts.values())


def _join_groups(groups: Sequence[list[Line]], within_m: float) -> list[list[Line]]:
    """The groups, with those joined that are within that distance of each other, in their order."""
    done: list[list[Line]] = []
    for group in groups:
        near = [other for other in done if _gap(group, other) <= within_m]
        done = [other for other in done if other not in near]
        done.append([line for other in near for line in other] + group)
    return done


def _gap(one: Sequence[Line], other: Sequence[Line]) -> float:
    return min(_distance_m(a, b) for line in one for a in line for piece in other for b in piece)


def _middle(lines: Sequence[Line]) -> Position:
    """The point on the lines nearest to the middle of their whole length."""
    spans = [span for line in lines for span in pairwise(line)]
    lengths = [_distance_m(a, b) for a, b in spans]
    whole = sum(lengths)
    if not whole:
        return lines[0][0]
    middle = (
        sum((a[0] + b[0]) / 2 * m for (a, b), m in zip(spans, lengths, strict=True)) / whole,
        sum((a[1] + b[1]) / 2 * m for (a, b), m in zip(spans, lengths, strict=True)) / whole,
    )
    nearest = (_foot(middle, a, b) for a, b in spans)
    return min(nearest, key=lambda point: _distance_m(point, middle))


def _foot(point: Position, a: Position, b: Position) -> Position:
    """The point of the segment from `a` to `b` that is nearest to `point`."""
    scale = math.cos(math.radians(point[1]))
    dx, dy = (b[0] - a[0]) * scale, b[1] - a[1]
    square = dx * dx + dy * dy
    if not square:
        return a
    along = ((point[0] - a[0]) * scale * dx + (point[1] - a[1]) * dy) / square
    part = min(1.0, max(0.0, along))
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


def _distance_m(a: Position, b: Position) -> float:
    """Metres between two points of one council, on a plane."""
    scale = math.cos(math.radians(a[1]))
    return math.hypot((a[0] - b[0]) * scale, a[1] - b[1]) * METRES_PER_DEGREE
