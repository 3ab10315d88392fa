"""Writes the demo council's places: the invented town's streets, places, landmarks and postcodes.
Its wards are committed files. The postcodes are invented in the area ZZ, which Royal Mail does not
use: one for each street for cars, in sectors of neighbouring streets.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from chalicelib.gazetteer.model import PLACES
from chalicelib.gazetteer.postcodes import POSTCODES, Postcode, postcodes_document
from chalicelib.gazetteer.streets import STREETS
from chalicelib.gazetteer.wards import WARDS
from chalicelib.geo.place import Place
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import Polygon, representative_point
from infra.demo.town import Line, Town, load_town
from infra.gazetteer import Settlement, gather_places, places_document, streets_document

FOLDER = Path(__file__).parent
COMMITTED = {key: FOLDER / Path(key).name for key in (PLACES, POSTCODES, STREETS, WARDS)}
"""The file of each document, by its key."""
ATTRIBUTION = "Invented, made for Ginnel"
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""The letters that may end a British postcode."""
IN_A_SECTOR = 40
SECTORS = 9  # of a district, as in ZZ1 1 to ZZ1 9


def documents() -> dict[str, bytes]:
    """The documents made from the town, by key, the same each time."""
    town = load_town()
    streets = {street.name: [street.line] for street in town.streets}
    settlements = [Settlement(place.name, place.point, True) for place in town.places]
    roads: dict[str, list[Line]] = defaultdict(list)
    for street in town.streets:
        if street.number:
            roads[street.number].append(street.line)
    found = gather_places(streets, settlements, roads=roads, landmarks=list(_landmarks(town)))
    middles = {place.label: place for place in found if place.kind == "street"}
    postcodes = postcodes_document(_postcodes(middles), ATTRIBUTION)
    return {
        PLACES: places_document(found),
        POSTCODES: msgspec.json.encode(postcodes) + b"\n",
        STREETS: streets_document(streets) + b"\n",
    }


def _landmarks(town: Town) -> Iterator[Settlement]:
    for area in (*town.greens, *town.waters):
        point = representative_point(Polygon(area.ring))
        yield Settlement(area.name, (point.long, point.lat), False)


def write_documents(place_of: Callable[[str], Path] = COMMITTED.__getitem__) -> None:
    for key, body in documents().items():
        place_of(key).write_bytes(body)


def postcodes_by_street() -> dict[str, str]:
    """A postcode for each street for cars, numbered as the town grew: from its middle outwards."""
    lived_in = [street for street in load_town().streets if street.kind != "path"]
    found = {}
    for number, street in enumerate(lived_in):
        sector, unit = divmod(number, IN_A_SECTOR)
        district, within = divmod(sector, SECTORS)
        first, second = divmod(unit * 7, len(LETTERS))
        found[street.name] = f"ZZ{district + 1} {within + 1}{LETTERS[first]}{LETTERS[second]}"
    return found


def _postcodes(middles: dict[str, Place]) -> Iterator[Postcode]:
    for street, postcode in postcodes_by_street().items():
        at = middles[street]
        yield Postcode(postcode, Point(lat=at.lat, long=at.long))
