"""The demo council's wards: three by three, with crooked edges that neighbours share, up to where
another council begins."""

from datetime import date
from random import Random

from chalicelib.catalogue.load import load
from chalicelib.gazetteer.wards import Wards, WardSet, ward_of
from chalicelib.geo.polygon import Corner, MultiPolygon, Polygon

SEED = 9
VALID_FROM = date(2023, 5, 4)
NAMES = (
    ("South West", "South", "South East"),
    ("West", "Centre", "East"),
    ("North West", "North", "North East"),
)
LINES = (0.0, 0.36, 0.64, 1.0)
"""Where wards meet, as a share of the whole: the town is in the middle."""
CROOKED = 0.05
BORDER: tuple[Corner, Corner] = ((-0.963, 53.9824), (-1.0418, 54.028))
"""With Wold District Council, in the place of the north-eastern corner."""


def wards() -> Wards:
    """The document of wards."""
    corners = _corners()
    found = [
        ward_of(_code(name), name, MultiPolygon((Polygon(_ring(corners, x, y)),)))
        for y, row in enumerate(NAMES)
        for x, name in enumerate(row)
    ]
    items = tuple(sorted(found, key=lambda ward: ward.code))
    return Wards().with_set(WardSet(items=items, valid_from=VALID_FROM))


def _code(name: str) -> str:
    return name.lower().replace(" ", "-")


def _corners() -> list[list[Corner]]:
    """Four by four, by row from the south; those inside are a little off their lines."""
    rng = Random(SEED)
    box = load("demo").box

    def share(at: int) -> float:
        return LINES[at] + (rng.uniform(-CROOKED, CROOKED) if 0 < at < 3 else 0.0)

    return [
        [
            (
                box.west + (box.east - box.west) * (share(x) if 0 < y < 3 else LINES[x]),
                box.south + (box.north - box.south) * (share(y) if 0 < x < 3 else LINES[y]),
            )
            for x in range(4)
        ]
        for y in range(4)
    ]


def _ring(corners: list[list[Corner]], x: int, y: int) -> tuple[Corner, ...]:
    is_last = x == y == 2
    northeast = BORDER if is_last else (corners[y + 1][x + 1],)
    return (corners[y][x], corners[y][x + 1], *northeast, corners[y + 1][x])
