"""Why a container was not emptied, in words for residents."""

from collections.abc import Mapping

from chalicelib.collections.round_days import Reason
from chalicelib.texts import Text

OF_CONTAINER: Mapping[Reason, Text] = {
    "not_out": Text("The crew said that it was not out."),
    "contaminated": Text("The crew said that it had the wrong things in it."),
    "too_heavy": Text("The crew said that it was too heavy."),
    "extra_waste": Text("The crew said that there was too much waste."),
    "no_access": Text("The crew said that they could not get to it."),
    "other": Text("The crew said that they could not empty it."),
}
OF_ROUND: Mapping[Reason, Text] = {
    "parked_cars": Text("parked cars were in the way"),
    "road_closed": Text("the road was closed"),
    "weather": Text("of the weather"),
    "breakdown": Text("a vehicle broke down"),
    "no_crew": Text("there was no crew"),
    "no_time": Text("there was not enough time"),
}


def container_text(reason: Reason) -> str:
    """Why the crew left one container."""
    return OF_CONTAINER.get(reason, OF_CONTAINER["other"])


def street_text(reason: Reason) -> str:
    """Why the crew did not reach a street."""
    because = OF_ROUND.get(reason)
    if because is None:
        return Text("The crew did not reach your street. You need not report it.")
    return Text(
        "The crew did not reach your street because {because}. You need not report it.",
        because=because,
    )


def round_text(reason: Reason) -> str:
    """Why a round did not go out."""
    because = OF_ROUND.get(reason)
    if because is None:
        return Text("The round did not go out. You need not report it.")
    return Text(
        "The round did not go out because {because}. You need not report it.", because=because
    )
