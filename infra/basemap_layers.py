"""Converts GeoJSON features for each layer of the base map: one small function per layer. Two kinds
of file are supported: our own, whose properties are `name` and `kind`, and the layers of OS OpenMap
Local, whose properties are `distname`, `classifica`, `function`, …. OpenMap Local has no house
numbers: they come from OpenStreetMap (`addr:housenumber`) or from a file of our own.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Properties = Mapping[str, Any]

KINDS = {
    "roads": ("major", "minor", "path"),
    "water": ("river", "lake", "stream"),
    "green": ("park", "wood"),
    "places": ("town", "suburb", "village"),
    "buildings": ("building",),
    "house_numbers": ("house_number",),
}
SHAPES = {
    "roads": ("LineString", "MultiLineString"),
    "water": ("Polygon", "MultiPolygon", "LineString", "MultiLineString"),
    "green": ("Polygon", "MultiPolygon"),
    "places": ("Point",),
    "buildings": ("Polygon", "MultiPolygon"),
    "house_numbers": ("Point",),
}
MAJOR_ROADS = ("Motorway", "Primary Road", "A Road", "B Road")
MINOR_ROADS = (
    "Minor Road",
    "Local Road",
    "Local Access Road",
    "Restricted Local Access Road",
    "Secondary Access Road",
    "Guided Busway",
)
FOOT_ROADS = ("Pedestrianised Street", "Shared Use Carriageway", "Path")
PLACE_KINDS = {"Large": "town", "Medium": "suburb", "Small": "village"}
FIRST_ZOOM = {
    "minor": 12,
    "path": 13,
    "stream": 13,
    "suburb": 11,
    "village": 11,
    "building": 14,
    "house_number": 14,
}


class UnreadableFeature(Exception):
    """The reason why a feature is left out of the map."""


def read_feature(layer: str, feature: object) -> dict[str, Any]:
    """The feature on the map: its geometry, its name and its kind."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise UnreadableFeature("is not a GeoJSON feature")
    geometry = _geometry(layer, feature.get("geometry"))
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        raise UnreadableFeature("has no properties")
    reader = _own if "kind" in properties else LAYERS[layer]
    name, kind = reader(properties)
    if kind not in KINDS[layer]:
        raise UnreadableFeature(f"kind {kind!r} is not one of {', '.join(KINDS[layer])}")
    return {
        "type": "Feature",
        "tippecanoe": {"minzoom": FIRST_ZOOM.get(kind, 10)},
        "properties": {"name": name, "kind": kind, **_street(properties)},
        "geometry": geometry,
    }


def _street(properties: Properties) -> dict[str, str]:
    """The street that a house number belongs to, if the file says so."""
    street = properties.get("street") or properties.get("addr:street")
    return {"street": str(street)} if street else {}


def _own(properties: Properties) -> tuple[str, str]:
    return str(properties.get("name") or ""), str(properties["kind"])


def _road(properties: Properties) -> tuple[str, str]:
    name = str(properties.get("distname") or properties.get("roadnumber") or "")
    road_class = str(properties.get("classifica") or "").split(",")[0]
    for kind, classes in (("major", MAJOR_ROADS), ("minor", MINOR_ROADS), ("path", FOOT_ROADS)):
        if road_class in classes:
            return name, kind
    raise UnreadableFeature(f"road class {road_class!r} is not known")


def _water(properties: Properties) -> tuple[str, str]:
    """OS distinguishes water areas from the lines of streams only by a code."""
    name = str(properties.get("distname") or "")
    return name, "stream" if properties.get("featcode") == 15600 else "lake"


def _green(properties: Properties) -> tuple[str, str]:
    use = str(properties.get("function") or "")
    return str(properties.get("distname1") or ""), "wood" if "Wood" in use else "park"


def _place(properties: Properties) -> tuple[str, str]:
    if properties.get("classifica") != "Populated Place":
        raise UnreadableFeature(f"names a {properties.get('classifica')}, not a populated place")
    if not properties.get("distname"):
        raise UnreadableFeature("has no name")
    return str(properties["distname"]), PLACE_KINDS.get(str(properties.get("fontheight")), "")


def _building(properties: Properties) -> tuple[str, str]:
    return "", "building"


def _house_number(properties: Properties) -> tuple[str, str]:
    number = str(properties.get("addr:housenumber") or "").strip()
    if not number:
        raise UnreadableFeature("has no house number")
    return number, "house_number"


def uninhabited_name(feature: object) -> str:
    """The name of a place of the OS that nobody lives in, such as a hill or a wood; else empty."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict) or properties.get("classifica") in (
        None,
        "Populated Place",
    ):
        return ""
    return str(properties.get("distname") or "").strip()


LAYERS: dict[str, Callable[[Properties], tuple[str, str]]] = {
    "roads": _road,
    "water": _water,
    "green": _green,
    "places": _place,
    "buildings": _building,
    "house_numbers": _house_number,
}


def _geometry(layer: str, geometry: object) -> dict[str, Any]:
    if not isinstance(geometry, dict):
        raise UnreadableFeature("has no geometry")
    shape = geometry.get("type")
    if shape not in SHAPES[layer]:
        raise UnreadableFeature(
            f"is a {shape}; {layer} are drawn from {' or '.join(SHAPES[layer])}"
        )
    positions = list(_positions(geometry.get("coordinates")))
    if not positions:
        raise UnreadableFeature("has no coordinates")
    if not all(abs(long) <= 180 and abs(lat) <= 90 for long, lat in positions):
        raise UnreadableFeature(
            "its coordinates are not longitude and latitude: convert it to EPSG:4326"
        )
    return {"type": shape, "coordinates": geometry["coordinates"]}


def _positions(coordinates: object) -> Iterator[tuple[float, float]]:
    if not isinstance(coordinates, list | tuple) or not coordinates:
        raise UnreadableFeature("its coordinates cannot be read")
    if isinstance(coordinates[0], list | tuple):
        for part in coordinates:
            yield from _positions(part)
    elif len(coordinates) > 1 and all(isinstance(c, int | float) for c in coordinates):
        yield (coordinates[0], coordinates[1])
    else:
        raise UnreadableFeature("its coordinates cannot be read")
