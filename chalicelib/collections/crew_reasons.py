"""The texts for residents about a container that was not emptied."""

from collections.abc import Mapping

from chalicelib.collections.round_days import CollectionReason
from chalicelib.texts import Text

CONTAINER_TEXTS: Mapping[CollectionReason, Text] = {
    "not_out": Text("The crew said that it was not out."),
    "contaminated": Text("The crew said that it had the wrong things in it."),
    "too_heavy": Text("The crew said that it was too heavy."),
    "extra_waste": Text("The crew said that there was too much waste."),
    "no_access": Text("The crew said that they could not get to it."),
    "other": Text("The crew said that they could not empty it."),
}
ROUND_TEXTS: Mapping[CollectionReason, Text] = {
    "parked_cars": Text("parked cars were in the way"),
    "road_closed": Text("the road was closed"),
    "weather": Text("of the weather"),
    "breakdown": Text("a vehicle broke down"),
    "no_crew": Text("there was no crew"),
    "no_time": Text("there was not enough time"),
}


def container_text(reason: CollectionReason) -> str:
    """The text for the reason why the crew left one container."""
    return CONTAINER_TEXTS.get(reason, CONTAINER_TEXTS["other"])


def street_text(reason: CollectionReason) -> str:
    """The text for the reason why the crew did not reach a street."""
    because = ROUND_TEXTS.get(reason)
    if because is None:
        return Text("The crew did not reach your street. You need not report it.")
    return Text(
        "The crew did not reach your street because {because}. You need not report it.",
        because=because,
    )


def round_text(reason: CollectionReason) -> str:
    """The text for the reason why a round did not go out."""
    because = ROUND_TEXTS.get(reason)
    if because is None:
        return Text("The round did not go out. You need not report it.")
    return Text(
        "The round did not go out because {because}. You need not report it.", because=because
    )
