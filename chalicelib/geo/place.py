"""A place with a name, such as a street or a postcode."""

from typing import Literal

import msgspec

Kind = Literal["place", "street", "road", "landmark", "facility", "postcode"]
"""A road has a number, such as A64; a landmark is on the base map, such as a park or a river."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place with a name. `label` is its name, or `name, locality` if several places have that
    name."""

    label: str
    kind: Kind
    lat: float
    long: float
