"""The containers that a council empties at homes, such as its bins and boxes."""

from chalicelib.catalogue.theme import Colour
from chalicelib.catalogue.words import Code, Strict, Words


class Container(Strict, frozen=True, kw_only=True):
    """One kind of container. `colour`: of the container or its lid, to recognise it by."""

    container: Code
    name: Words
    colour: Colour
