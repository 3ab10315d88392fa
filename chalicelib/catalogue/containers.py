"""The containers that a council empties at homes, such as its bins and boxes, and who does it."""

from chalicelib.catalogue.theme import Colour
from chalicelib.catalogue.words import Code, ShortText, Strict, TimeOfDay


class Container(Strict, frozen=True, kw_only=True):
    """One kind of container. `colour`: of the container or its lid, to recognise it by."""

    container: Code
    name: ShortText
    colour: Colour


class CollectionRules(Strict, frozen=True, kw_only=True):
    """How containers are emptied. `team`: whose crews do it. `closes`: the hour of the council's
    clock at which the rounds of a day are over, if nobody said so before."""

    team: Code
    closes: TimeOfDay = "20:00"
