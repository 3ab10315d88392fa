"""The crews of a council: their depots, shifts and skills."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import time
from typing import Annotated

from msgspec import Meta

from chalicelib.catalogue.words import Code, ShortText, Strict, TimeOfDay
from chalicelib.geo.point import Box, Point


class Depot(Strict, frozen=True, kw_only=True):
    """Where a crew's day begins and ends."""

    name: ShortText
    lat: Annotated[float, Meta(ge=-90, le=90)]
    long: Annotated[float, Meta(ge=-180, le=180)]

    @property
    def point(self) -> Point:
        return Point(lat=self.lat, long=self.long)


class Shift(Strict, frozen=True, kw_only=True):
    """When a crew works, on the council's own clock, within one day."""

    starts: TimeOfDay
    ends: TimeOfDay

    @property
    def minutes(self) -> int:
        """The length of the shift."""
        starts, ends = time.fromisoformat(self.starts), time.fromisoformat(self.ends)
        return (ends.hour - starts.hour) * 60 + ends.minute - starts.minute


class Crew(Strict, frozen=True, kw_only=True):
    """A crew of one team. `skills` are those that a job may require and not every crew has."""

    crew: Code
    name: ShortText
    team: Code
    depot: Depot
    shift: Shift
    skills: tuple[Code, ...] = ()


def crew_faults(crews: Sequence[Crew], teams: Collection[str], box: Box) -> Iterable[str]:
    """The faults in a council's crews, with their places in its document."""
    counts = Counter(crew.crew for crew in crews)
    for at, crew in enumerate(crews):
        place = f"`$.crews[{at}]"
        if counts[crew.crew] > 1:
            yield f"{place}.crew`: {crew.crew!r} is used twice; rename one"
        if crew.team not in teams:
            yield f"{place}.team`: {crew.team!r} is not in `$.teams`; add it or name one of them"
        if not box.contains(crew.depot.point):
            yield f"{place}.depot`: it is outside `$.bounds`; lat and long may be swapped"
        if crew.shift.minutes <= 0:
            yield (
                f"{place}.shift`: ends at {crew.shift.ends}, before it starts at "
                f"{crew.shift.starts}"
            )
