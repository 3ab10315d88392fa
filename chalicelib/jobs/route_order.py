"""Plan the order of a day: which crew visits which stop, in which order, and which stops must wait.

If not all stops fit, the least important ones are left out, by priority and then by due date. A
search of a fixed number of orders minimises the driving of all crews together. The same day gives
the same order, however its stops are listed.

Times are seconds after midnight in the council's time zone. Work at a stop must begin within its
window; the crew is back at its depot by the end of its shift.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from chalicelib.catalogue.decisions import Priority
from chalicelib.geo.point import Point
from chalicelib.jobs.tour import PlaceTable, Tour
from chalicelib.jobs.tour_search import Search
from chalicelib.jobs.travel import Travel
from chalicelib.kernel.words import WithDefault

MOST_STOPS = 400
"""The number of a team's stops that are considered, the most important ones: no more fit into a
day."""
STEPS, STEPS_A_STOP = 5_000, 150
"""The number of orders tried for a team: STEPS, or STEPS_A_STOP for each stop if that is less."""
DAY_S = 24 * 3600

_RANKS: WithDefault[Priority, int] = WithDefault({"urgent": 0, "high": 1, "normal": 2, "low": 3}, 2)
_NEVER = datetime.max.replace(tzinfo=UTC)

FULL = "The day is full of more urgent or earlier jobs."
NO_CREW = "None of these crews is in its team."
NO_SKILL = "No crew of its team has these skills: {skills}."
NO_TIME = "It does not fit into the time that is left in a shift, with the drive there and back."
NO_WINDOW = "No crew can be there between {opens} and {closes}."


class Stop(Struct, frozen=True, kw_only=True):
    """Work at a place that must begin from `opens_s` to `closes_s`."""

    stop_id: str
    point: Point
    work_s: int
    team: str
    priority: Priority = "normal"
    due: datetime | None = None
    opens_s: int = 0
    closes_s: int = DAY_S
    skills: frozenset[str] = frozenset()


class CrewDay(Struct, frozen=True, kw_only=True):
    """A crew's free time of a day: it leaves `start` at `starts_s` and is at its `depot` by
    `ends_s`."""

    crew: str
    team: str
    start: Point
    depot: Point
    starts_s: int
    ends_s: int
    skills: frozenset[str] = frozenset()


class Visit(Struct, frozen=True, kw_only=True):
    """A stop in a crew's day, and the time when work begins there."""

    stop_id: str
    begins_s: int


class CrewRoute(Struct, frozen=True, kw_only=True):
    """A crew's day in order; `driving_s` includes the drives from its start and to its depot."""

    crew: str
    visits: tuple[Visit, ...]
    working_s: int
    driving_s: int


class LeftOutStop(Struct, frozen=True, kw_only=True):
    """A stop that no crew visits, and the reason as a sentence."""

    stop_id: str
    because: str


class DayRoutes(Struct, frozen=True, kw_only=True):
    """The routes in the order of the crews' codes, and the stops left out, the most important
    first."""

    routes: tuple[CrewRoute, ...]
    left_out: tuple[LeftOutStop, ...]


def plan_order(stops: Iterable[Stop], crews: Iterable[CrewDay], travel: Travel) -> DayRoutes:
    """Plan the order of the day. Raises UpstreamFailed if `travel` does."""
    every, days = sorted(stops, key=importance_key), sorted(crews, key=lambda day: day.crew)
    teams = sorted({day.team for day in days})
    routes: list[CrewRoute] = []
    reasons = {stop.stop_id: NO_CREW for stop in every if stop.team not in teams}
    for team in teams:
        plan = _TeamPlan(
            [stop for stop in every if stop.team == team],
            [day for day in days if day.team == team],
            travel,
        )
        routes += plan.routes()
        reasons |= plan.reasons_left_out()
    return DayRoutes(
        routes=tuple(sorted(routes, key=lambda route: route.crew)),
        left_out=tuple(
            LeftOutStop(stop_id=stop.stop_id, because=reasons[stop.stop_id])
            for stop in every
            if stop.stop_id in reasons
        ),
    )


def importance_key(stop: Stop) -> tuple[int, datetime, str]:
    """The sort key of a stop's importance, the most important first."""
    return _RANKS[stop.priority], stop.due or _NEVER, stop.stop_id


class _TeamPlan:
    """The plan for the stops of one team, the most important first, and its crews."""

    def __init__(self, stops: Sequence[Stop], days: Sequence[CrewDay], travel: Travel) -> None:
        self._stops, self._days = stops, days
        able = [stop for stop in stops if _crews_for(stop, days)]
        self._candidates = able[:MOST_STOPS]
        table = _place_table(self._candidates, days, travel)
        first = len(self._candidates)
        self._empty = [
            Tour(table, (first + 2 * at, first + 2 * at + 1), []) for at in range(len(days))
        ]
        self._search = Search(table, [_crews_for(stop, days) for stop in self._candidates])
        steps = min(STEPS, STEPS_A_STOP * len(self._candidates))
        self._tours = self._search.fill_tours(self._empty, steps)

    def routes(self) -> Iterator[CrewRoute]:
        for tour, day in zip(self._tours, self._days, strict=True):
            stops = [self._candidates[number] for number in tour.stops]
            yield CrewRoute(
                crew=day.crew,
                visits=tuple(
                    Visit(stop_id=stop.stop_id, begins_s=begins_s)
                    for stop, begins_s in zip(stops, tour.begins, strict=False)
                ),
                working_s=sum(stop.work_s for stop in stops),
                driving_s=tour.driving if stops else 0,
            )

    def reasons_left_out(self) -> dict[str, str]:
        """The reason for each stop that no crew visits."""
        served = {self._candidates[number].stop_id for tour in self._tours for number in tour.stops}
        numbers = {stop.stop_id: number for number, stop in enumerate(self._candidates)}
        return {
            stop.stop_id: self._reason_left_out(stop, numbers.get(stop.stop_id))
            for stop in self._stops
            if stop.stop_id not in served
        }

    def _reason_left_out(self, stop: Stop, number: int | None) -> str:
        if not _crews_for(stop, self._days):
            return NO_SKILL.format(skills=", ".join(sorted(stop.skills)))
        if number is None or self._search.has_room_for(number, self._empty):
            return FULL
        if (stop.opens_s, stop.closes_s) == (0, DAY_S):
            return NO_TIME
        return NO_WINDOW.format(opens=_clock_text(stop.opens_s), closes=_clock_text(stop.closes_s))


def _place_table(stops: Sequence[Stop], days: Sequence[CrewDay], travel: Travel) -> PlaceTable:
    points = [stop.point for stop in stops]
    opens, closes = [stop.opens_s for stop in stops], [stop.closes_s for stop in stops]
    for day in days:
        points += [day.start, day.depot]
        opens += [day.starts_s, day.starts_s]
        closes += [day.ends_s, day.ends_s]
    drive_from = travel(points)
    numbers = range(len(stops))
    return PlaceTable(
        stops=len(stops),
        drive_from=drive_from,
        drive_to=list(zip(*drive_from, strict=True)),
        opens=opens,
        closes=closes,
        work=[*(stop.work_s for stop in stops), *(0 for _ in (*days, *days))],
        nearest=[sorted(numbers, key=drive_from[number].__getitem__) for number in numbers],
    )


def _crews_for(stop: Stop, days: Sequence[CrewDay]) -> tuple[int, ...]:
    """The numbers of the team's crews that have the stop's skills."""
    return tuple(number for number, day in enumerate(days) if stop.skills <= day.skills)


def _clock_text(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
