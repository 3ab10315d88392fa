"""The published wards, and the ward of a place on a day. Boundaries change: the document has
today's wards, and the earlier sets by the day from which each applied.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from chalicelib.geo.point import Point
from chalicelib.geo.polygon import MultiPolygon
from chalicelib.geo.rounding import round_shape
from chalicelib.geo.ward import Ward

WARDS = "data/wards.json"
"""The key of the published document of wards."""


class WardSet(msgspec.Struct, frozen=True, kw_only=True):
    """The wards that apply from a day on, by code."""

    items: tuple[Ward, ...] = ()
    valid_from: date = date.min

    def ward_at(self, point: Point) -> Ward | None:
        """The ward that contains the place; a place on a shared edge belongs to one ward."""
        return next((ward for ward in self.items if ward.shape.contains(point)), None)


class Wards(WardSet, frozen=True, kw_only=True):
    """The published document: the newest set, and earlier ones, newest first."""

    earlier: tuple[WardSet, ...] = ()

    @property
    def sets(self) -> Sequence[WardSet]:
        """All of them, the newest first."""
        return (self, *self.earlier)

    def set_on(self, day: date) -> WardSet:
        """The set that applied on the day; for days before all of them, the first."""
        return next((each for each in self.sets if each.valid_from <= day), self.sets[-1])

    def code_at(self, point: Point, day: date) -> str | None:
        """The code of the ward that the place belonged to on the day."""
        ward = self.set_on(day).ward_at(point)
        return ward.code if ward else None

    def is_outside(self, point: Point, day: date) -> bool:
        """True if the place was farther than MARGIN_M outside every ward of the day; False if no
        ward is known."""
        wards = self.set_on(day).items
        return bool(wards) and not any(ward.is_near(point) for ward in wards)

    def with_set(self, new: WardSet) -> "Wards":
        """The document with this set added, or replacing one of the same day."""
        others = [each for each in self.sets if each.items and each.valid_from != new.valid_from]
        newest, *earlier = sorted([new, *others], key=lambda each: each.valid_from, reverse=True)
        kept = tuple(WardSet(items=each.items, valid_from=each.valid_from) for each in earlier)
        return Wards(items=newest.items, valid_from=newest.valid_from, earlier=kept)


def ward_of(code: str, name: str, shape: MultiPolygon) -> Ward:
    """The ward rounded for publication, to a tenth of a metre. Raises Invalid if it is smaller."""
    polygons = round_shape(shape)
    longs, lats = zip(*(corner for rings in polygons for corner in rings[0]), strict=True)
    return Ward(
        code=code, name=name, box=(min(longs), min(lats), max(longs), max(lats)), polygons=polygons
    )
