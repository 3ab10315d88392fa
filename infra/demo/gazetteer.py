"""Writes the demo council's places: the invented town's streets, places and postcodes.

The postcodes are made up in the area ZZ, which Royal Mail has given to nowhere: one for each
street that cars use, in sectors of some streets that lie together.
"""

from collections.abc import Iterator
from pathlib import Path

from chalicelib.gazetteer.model import Place
from infra.demo.town import Street, Town, generate
from infra.gazetteer import Settlement, gather, places_document

COMMITTED = Path(__file__).with_name("places.json")
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""The letters that the end of a British postcode may have."""
IN_A_SECTOR = 40
SECTORS = 9  # of a district, as in ZZ1 1 to ZZ1 9


def document(town: Town | None = None) -> bytes:
    """The document of places, the same each time."""
    town = town or generate()
    streets = {street.name: [street.line] for street in town.streets}
    settlements = [Settlement(place.name, place.point, True) for place in town.places]
    found = gather(streets, settlements)
    middles = {place.label: place for place in found if place.kind == "street"}
    return places_document([*found, *_postcodes(town.streets, middles)])


def write(out: Path = COMMITTED) -> None:
    out.write_bytes(document())


def _postcodes(streets: tuple[Street, ...], middles: dict[str, Place]) -> Iterator[Place]:
    """A postcode for each street, numbered as the town grew: from its middle outwards."""
    lived_in = [street for street in streets if street.kind != "path"]
    for number, street in enumerate(lived_in):
        sector, unit = divmod(number, IN_A_SECTOR)
        district, within = divmod(sector, SECTORS)
        first, second = divmod(unit * 7, len(LETTERS))
        at = middles[street.name]
        yield Place(
            label=f"ZZ{district + 1} {within + 1}{LETTERS[first]}{LETTERS[second]}",
            kind="postcode",
            lat=at.lat,
            long=at.long,
        )
