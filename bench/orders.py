"""Route order beside VROOM's, on 50 days made from real reports. A day has 60 consecutive reports:
three crews share them, and one crew alone has the 20 nearest to its depot. Each sixth has a window,
each ninth needs a skill that one crew lacks. Both get the same travel times. All jobs fit into each
day: a day in which we leave out more than VROOM counts as twice as long.
"""

import csv
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import mean
from typing import Any

from bench.process import ROOT
from bench.table import Row
from chalicelib.geo.point import Point, distance_m
from chalicelib.jobs.route_order import CrewDay, DayRoutes, Stop, plan_order
from chalicelib.jobs.travel import StraightLines

REPORTS = ROOT.parent / "shared" / "data" / "reports" / "bath_fixmystreet_2007_2017.csv"
DAYS, APART, STOPS, ALONE = 50, 30, 60, 20
MOST_GAP, MOST_CPU_S = 0.05, 2.0
TEAM, SKILL = "highways", "lift"
TRAVEL = StraightLines(detour_factor=1.35, speed_kmh=25)
DEPOTS = {
    "bath": Point(lat=51.3782, long=-2.3890),
    "keynsham": Point(lat=51.4130, long=-2.4967),
    "radstock": Point(lat=51.2862, long=-2.4817),
}
STARTS_S, ENDS_S = 7 * 3600 + 1800, 16 * 3600
WINDOWS_S = ((9 * 3600, 12 * 3600), (13 * 3600, 15 * 3600))
MINUTES = {"Flytipping": 20, "Potholes": 15, "Roads/highways": 15, "Street lighting": 15}
MINUTES_ELSE = 10
EXPLORATION = 5
"""VROOM's most thorough."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day's stops and crews."""

    stops: Sequence[Stop]
    crews: Sequence[CrewDay]


@dataclass(frozen=True, kw_only=True)
class Solution:
    """The driving time of a day's crews, and the number of stops left out."""

    driving_s: int
    left_out: int


def rows(count: int = DAYS, stops: int = STOPS) -> Iterator[Row]:
    """The rows for that many days of that many stops."""
    for name, days in (
        ("one crew", single_crew_days(count, stops)),
        ("three crews", shared_days(count, stops)),
    ):
        gaps, cpu_s, vroom_s = [], [], []
        for day in days:
            began = time.process_time()
            order = plan_order(day.stops, day.crews, TRAVEL)
            cpu_s.append(time.process_time() - began)
            gaps.append(driving_gap(order, solve_with_vroom(day)))
            vroom_s.append(time.process_time() - began - cpu_s[-1])
        group = f"Route order for {name}: {len(gaps)} days"
        yield Row(group=group, name="longer than VROOM's, mean", unit="%", ours=100 * mean(gaps))
        yield Row(
            group=group,
            name="longer than VROOM's, the worst day",
            unit="%",
            ours=100 * max(gaps),
            most=100 * MOST_GAP,
        )
        yield Row(
            group=group,
            name="a day, the slowest",
            unit="s of CPU",
            ours=max(cpu_s),
            peer=max(vroom_s),
            peer_name="VROOM",
            most=MOST_CPU_S,
        )


def shared_days(days: int = DAYS, stops: int = STOPS) -> Iterator[Day]:
    """Days that three crews share."""
    crews = [_crew(name) for name in DEPOTS]
    for of_day in _stops(days, stops):
        yield Day(stops=of_day, crews=crews)


def single_crew_days(days: int = DAYS, stops: int = STOPS) -> Iterator[Day]:
    """Days of one crew, each depot's in turn."""
    for number, of_day in enumerate(_stops(days, stops)):
        crew = _crew(list(DEPOTS)[number % len(DEPOTS)], can_lift=True)
        near = sorted(of_day, key=lambda stop: distance_m(stop.point, crew.depot))
        yield Day(stops=near[: stops * ALONE // STOPS], crews=[crew])


def driving_gap(order: DayRoutes, theirs: Solution) -> float:
    """The relative difference of our driving time to theirs; negative if ours is shorter."""
    if len(order.left_out) > theirs.left_out:
        return 1.0
    return sum(route.driving_s for route in order.routes) / theirs.driving_s - 1


def solve_with_vroom(day: Day) -> Solution:
    """VROOM's solution."""
    vroom: Any = import_module("vroom")
    numpy: Any = import_module("numpy")
    problem = vroom.Input()
    points = [stop.point for stop in day.stops] + [crew.depot for crew in day.crews]
    seconds = TRAVEL(points)
    problem.set_durations_matrix("car", numpy.array(seconds, dtype=numpy.uint32))
    for number, crew in enumerate(day.crews):
        problem.add_vehicle(_vehicle(number, len(day.stops) + number, crew))
    for number, stop in enumerate(day.stops):
        problem.add_job(_job(number, stop))
    solved = problem.solve(exploration_level=EXPLORATION, nb_threads=1)
    return Solution(driving_s=solved.summary.cost, left_out=len(solved.unassigned))


def _vehicle(number: int, depot: int, crew: CrewDay) -> Any:
    """The crew for VROOM; `depot` is the row of its depot in the matrix of durations."""
    vroom: Any = import_module("vroom")
    return vroom.Vehicle(
        number,
        start=depot,
        end=depot,
        skills=_skills(crew.skills),
        time_window=vroom.TimeWindow(crew.starts_s, crew.ends_s),
    )


def _job(number: int, stop: Stop) -> Any:
    """The stop for VROOM; its number is its row in the matrix of durations, too."""
    vroom: Any = import_module("vroom")
    return vroom.Job(
        number,
        location=number,
        default_service=stop.work_s,
        skills=_skills(stop.skills),
        time_windows=[vroom.TimeWindow(stop.opens_s, stop.closes_s)],
    )


def _stops(days: int, count: int) -> Iterator[list[Stop]]:
    reports = _reports(REPORTS)
    for first in range(0, days * APART, APART):
        # The last day continues with the oldest reports.
        of_day = (reports + reports)[first : first + count]
        yield [_stop(number, report) for number, report in enumerate(of_day)]


def _stop(number: int, report: dict[str, str]) -> Stop:
    window = WINDOWS_S[number // 6 % 2] if number % 6 == 0 else (STARTS_S, ENDS_S)
    return Stop(
        stop_id=f"{number:02}",
        point=Point(lat=float(report["latitude"]), long=float(report["longitude"])),
        work_s=60 * MINUTES.get(report["category"], MINUTES_ELSE),
        team=TEAM,
        opens_s=window[0],
        closes_s=window[1],
        skills=frozenset((SKILL,)) if number % 9 == 4 else frozenset(),
    )


def _crew(name: str, *, can_lift: bool = False) -> CrewDay:
    depot = DEPOTS[name]
    return CrewDay(
        crew=name,
        team=TEAM,
        start=depot,
        depot=depot,
        starts_s=STARTS_S,
        ends_s=ENDS_S,
        skills=frozenset((SKILL,)) if can_lift or name != "radstock" else frozenset(),
    )


def _skills(skills: frozenset[str]) -> set[int]:
    return {1} if SKILL in skills else set()


def _reports(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda report: report["created"])
