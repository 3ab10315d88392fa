"""The published document of facilities' names, by which people search: bus stops, libraries,
stations. It has the name and the place of each, which keeps it small. `import-facilities` writes
it.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from chalicelib.geo.place import Place

FACILITY_NAMES = "data/facility-names.json"
"""The key of the published document."""

NamedPoint = tuple[str, float, float]
"""The label, lat and long of a facility."""


class FacilityNames(msgspec.Struct, frozen=True):
    """The published document: the named facilities by kind."""

    kinds: Mapping[str, Sequence[NamedPoint]] = {}

    def places(self) -> Iterator[Place]:
        for of_kind in self.kinds.values():
            for label, lat, long in of_kind:
                yield Place(label=label, kind="facility", lat=lat, long=long)

    def with_kind(self, kind: str, named: Sequence[NamedPoint]) -> "FacilityNames":
        """The document with these facilities of a kind instead of the previous ones."""
        others = {each: of_kind for each, of_kind in self.kinds.items() if each != kind}
        return FacilityNames(others | ({kind: named} if named else {}))
