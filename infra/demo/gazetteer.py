"""Writes the demo council's places: the invented town's streets, places and postcodes. Its wards
are as they are committed.

The postcodes are made up in the area ZZ, which Royal Mail has given to nowhere: one for each
street that cars use, in sectors of some streets that lie together.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from chalicelib.gazetteer.model import PLACES, Place
from chalicelib.gazetteer.postcodes import POSTCODES, Postcode, document_of
from chalicelib.gazetteer.streets import STREETS
from chalicelib.gazetteer.wards import WARDS
from chalicelib.geo.point import Point
from infra.demo.town import Street, load_town
from infra.gazetteer import Settlement, gather, places_document, streets_document

FOLDER = Path(__file__).parent
COMMITTED = {key: FOLDER / Path(key).name for key in (PLACES, POSTCODES, STREETS, WARDS)}
"""Where each document is kept, by its key."""
ATTRIBUTION = "Invented, made for Ginnel"
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""The letters that the end of a British postcode may have."""
IN_A_SECTOR = 40
SECTORS = 9  # of a district, as in ZZ1 1 to ZZ1 9


def documents() -> dict[str, bytes]:
    """The documents that follow from the town by key, the same each time."""
    town = load_town()
    streets = {street.name: [street.line] for street in town.streets}
    settlements = [Settlement(place.name, place.point, True) for place in town.places]
    found = gather(streets, settlements)
    middles = {place.label: place for place in found if place.kind == "street"}
    postcodes = document_of(_postcodes(town.streets, middles), ATTRIBUTION)
    return {
        PLACES: places_document(found),
        POSTCODES: msgspec.json.encode(postcodes) + b"\n",
        STREETS: streets_document(streets) + b"\n",
    }


def write(place_of: Callable[[str], Path] = COMMITTED.__getitem__) -> None:
    for key, body in documents().items():
        place_of(key).write_bytes(body)


def _postcodes(streets: tuple[Street, ...], middles: dict[str, Place]) -> Iterator[Postcode]:
    """A postcode for each street, numbered as the town grew: from its middle outwards."""
    lived_in = [street for street in streets if street.kind != "path"]
    for number, street in enumerate(lived_in):
        sector, unit = divmod(number, IN_A_SECTOR)
        district, within = divmod(sector, SECTORS)
        first, second = divmod(unit * 7, len(LETTERS))
        at = middles[street.name]
        yield Postcode(
            f"ZZ{district + 1} {within + 1}{LETTERS[first]}{LETTERS[second]}",
            Point(lat=at.lat, long=at.long),
        )
