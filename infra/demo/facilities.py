"""The demo council's facilities, on the invented town's streets: the same each time.

Rows have the columns that the demo council's document names, as if they were read from files.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random

from chalicelib.geo.point import Point
from chalicelib.geo.polygon import MultiPolygon, Polygon
from infra.demo.town import Place, Street, Town, load_town
from infra.rows import Row, Shape, Table

SEED = 1815
METRES_PER_DEGREE = 111_320.0
KERB_M = 4.0
"""The distance of assets from the middle of a street."""
LIGHTS_M, BINS_M, GRIT_M, STOPS_M = 110.0, 500.0, 1_500.0, 450.0
SURGERIES, PHARMACIES, TOILETS, RECYCLING, STATIONS = 14, 18, 12, 24, 4

LIBRARY_HOURS = (
    "Mon-Fri 9am - 7pm, Sat 10am - 4pm, Sun closed",
    "Tues/Thurs/Fri 10am - 5pm, Sat 10am - 1pm",
    "Mon-Wed 9:30-17:30; Fri 9:30-19:00; Sat 10:00-13:00",
)
SURGERY_HOURS = ("8am - 6pm", "8:30am - 12:30pm, 2pm - 6pm", "8am - 6pm, evenings by appointment")
PHARMACY_HOURS = ("Mon-Fri 9am - 5:30pm, Sat 9am - 1pm", "Mon-Sat 8:30-18:00; Sun 10:00-16:00")
TOILET_HOURS = ("24 hours", "8am - 6pm daily", "Mo-Sa 08:00-20:00 | Su 10:00-16:00", "In summer")
PARK_HOURS = ("24 hours", "7:30am - 9pm daily", "Dawn to dusk")

FacilityRow = tuple[Mapping[str, str], Shape]
Spot = tuple[Street, Point]


def demo_tables() -> dict[str, Table]:
    """The rows of each kind of facility, by kind."""
    town = load_town()
    rng = Random(SEED)
    streets = [street for street in town.streets if street.kind != "path"]
    main = [street for street in streets if street.kind == "major"]
    found: dict[str, Iterable[FacilityRow]] = {
        "library": _libraries(town.places, streets, rng),
        "gp-surgery": _surgeries(_random_spots(streets, SURGERIES, rng), rng),
        "pharmacy": _pharmacies(_random_spots(streets, PHARMACIES, rng), rng),
        "public-toilet": _toilets(_random_spots(main, TOILETS, rng), rng),
        "recycling-point": _recycling(_random_spots(streets, RECYCLING, rng)),
        "park": _parks(town, rng),
        "bus-stop": _stops(_spots_along(main, STOPS_M)),
        "railway-station": _stations(town.places, streets),
        "street-light": _assets(_spots_along(streets, LIGHTS_M), "Light", "L"),
        "litter-bin": _assets(_spots_along(streets, BINS_M), "Litter bin", "B"),
        "grit-bin": _assets(_spots_along(streets, GRIT_M), "Grit bin", "G"),
    }
    return {kind: _table(of_kind) for kind, of_kind in found.items()}


def _table(found: Iterable[FacilityRow]) -> Table:
    return Table("row", [Row(at, values, shape) for at, (values, shape) in enumerate(found, 1)])


def _libraries(
    places: Sequence[Place], streets: Sequence[Street], rng: Random
) -> Iterator[FacilityRow]:
    """One on a street near the middle of the town and of each suburb."""
    lived_in = (place for place in places if place.kind != "village")
    for number, place in enumerate(lived_in, 1):
        street = min(streets, key=lambda each: math.dist(_middle(each), place.point))
        long, lat = _middle(street)
        yield (
            {
                "OBJECTID": str(number),
                "NAME": f"{place.name} Library",
                "ADDRESS": street.name,
                "OPENING": rng.choice(LIBRARY_HOURS),
                "STEP_FREE": rng.choice(("Yes", "Yes", "No")),
                "PHONE": f"01904 9602{number:02}",
                "EXPLORE_YORK_URL": f"https://libraries.eskerby.example/{place.name.lower()}",
                "TYPE": "Central library" if place.kind == "town" else "Branch library",
            },
            Point(lat=lat, long=long),
        )


def _surgeries(spots: Iterable[Spot], rng: Random) -> Iterator[FacilityRow]:
    for number, (street, point) in enumerate(spots, 1):
        values = {
            "OBJECTID": str(number),
            "Address_1": f"{street.name} Surgery",
            "Address_2": f"{rng.randint(2, 60)} {street.name}",
            "Town": "Eskerby",
            "Postcode": "",
            "opening_ho": rng.choice(SURGERY_HOURS),
            "Saturday": rng.choice(("Closed", "Closed", "9am - 12pm")),
            "Sunday": "Closed",
        }
        yield values, point


def _pharmacies(spots: Iterable[Spot], rng: Random) -> Iterator[FacilityRow]:
    for number, (street, point) in enumerate(spots, 1):
        values = {
            "code": f"ZZ{number:03}",
            "PharmacyName": f"{street.name} Pharmacy",
            "PharmacyAddress1": f"{rng.randint(2, 60)} {street.name}",
            "PharmacyAddress2": "Eskerby",
            "PharmacyAddress3": "",
            "Postcode": "",
            "Opening": rng.choice(PHARMACY_HOURS),
        }
        yield values, point


def _toilets(spots: Iterable[Spot], rng: Random) -> Iterator[FacilityRow]:
    for number, (street, point) in enumerate(spots, 1):
        values = {
            "id": str(number),
            "name": f"{street.name} toilets",
            "address": street.name,
            "opening_hours": rng.choice(TOILET_HOURS),
            "accessible": rng.choice(("Yes", "Yes", "No", "With a RADAR key")),
            "notes": rng.choice(("", "Baby changing", "20p")),
        }
        yield values, point


def _recycling(spots: Iterable[Spot]) -> Iterator[FacilityRow]:
    for number, (street, point) in enumerate(spots, 1):
        values = {
            "id": str(number),
            "name": f"{street.name} recycling point",
            "address": street.name,
            "notes": "Glass, cans, paper" if number % 3 else "Glass, cans, paper, textiles",
        }
        yield values, point


def _parks(town: Town, rng: Random) -> Iterator[FacilityRow]:
    parks = (area for area in town.greens if area.kind == "park")
    for number, area in enumerate(parks, 1):
        values = {
            "id": str(number),
            "name": area.name,
            "opening_hours": rng.choice(PARK_HOURS),
        }
        yield values, MultiPolygon((Polygon(area.ring),))


def _stops(spots: Iterable[Spot]) -> Iterator[FacilityRow]:
    for number, (street, point) in enumerate(spots, 1):
        values = {
            "ATCOCode": f"ZZ{number:05}",
            "CommonName": street.name,
            "Indicator": f"Stop {number}",
            "Street": street.name,
            "LocalityName": "Eskerby",
            "Status": "active",
            "StopType": "BCT",
        }
        yield values, point


def _stations(places: Sequence[Place], streets: Sequence[Street]) -> Iterator[FacilityRow]:
    """One at the end of the street nearest to the middle of the town and of the first villages."""
    with_station = [place for place in places if place.kind != "suburb"][:STATIONS]
    for number, place in enumerate(with_station, 1):
        street = min(streets, key=lambda each: math.dist(_middle(each), place.point))
        long, lat = street.line[0]
        values = {
            "ATCOCode": f"910ZZ{number:03}",
            "CommonName": f"{place.name} Station",
            "Street": street.name,
            "LocalityName": place.name,
            "Status": "active",
            "StopType": "RLY",
        }
        yield values, Point(lat=lat, long=long)


def _assets(spots: Iterable[Spot], label: str, letter: str) -> Iterator[FacilityRow]:
    for number, (street, point) in enumerate(spots, 1):
        asset_id = f"{letter}{number:04}"
        yield {"asset_id": asset_id, "name": f"{label} {asset_id}, {street.name}"}, point


def _random_spots(streets: Sequence[Street], count: int, rng: Random) -> Iterator[Spot]:
    """That many different streets, each with its middle."""
    for street in rng.sample(list(streets), count):
        long, lat = _middle(street)
        yield street, Point(lat=lat, long=long)


def _middle(street: Street) -> tuple[float, float]:
    return street.line[len(street.line) // 2]


def _spots_along(streets: Iterable[Street], step_m: float) -> Iterator[Spot]:
    """Places at that interval in metres along each street, on its kerb."""
    for street in streets:
        due = step_m / 2
        for (ax, ay), (bx, by) in pairwise(street.line):
            per_long = METRES_PER_DEGREE * math.cos(math.radians(ay))
            east, north = (bx - ax) * per_long, (by - ay) * METRES_PER_DEGREE
            span = math.hypot(east, north)
            while due <= span:
                x = ax + (east * due - north * KERB_M) / span / per_long
                y = ay + (north * due + east * KERB_M) / span / METRES_PER_DEGREE
                yield street, Point(lat=round(y, 6), long=round(x, 6))
                due += step_m
            due -= span
