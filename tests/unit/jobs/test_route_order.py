"""The order of the day: what is in it, what waits, and that it is the same each time."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chalicelib.geo.point import Point
from chalicelib.jobs import route_order
from chalicelib.jobs.route_order import CrewDay, DayRoutes, Stop, importance_key, plan_order
from chalicelib.jobs.travel import StraightLines

DEPOT = Point(lat=53.96, long=-1.08)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = 3600
TRAVEL = StraightLines(detour_factor=1.35, speed_kmh=25)
NO_SHRINKING = (Phase.explicit, Phase.generate)
"""A day takes a tenth of a second: the result is small enough."""
TEAMS, SKILLS = ("highways", "parks"), ("lift", "saw")


def stop(stop_id: str = "A", *, north_km: float = 1, east_km: float = 0, **values: Any) -> Stop:
    point = Point(lat=DEPOT.lat + north_km / 111.2, long=DEPOT.long + east_km / 65.4)
    ordinary = {"point": point, "work_s": 1800, "team": "highways"}
    return Stop(**{"stop_id": stop_id, **ordinary, **values})


def crew(code: str = "north", **values: Any) -> CrewDay:
    ordinary = {
        "team": "highways",
        "start": DEPOT,
        "depot": DEPOT,
        "starts_s": 8 * HOUR,
        "ends_s": 16 * HOUR,
    }
    return CrewDay(**{"crew": code, **ordinary, **values})


def order(stops: Iterable[Stop], *crews: CrewDay) -> DayRoutes:
    return plan_order(stops, crews or (crew(),), TRAVEL)


def served(found: DayRoutes) -> list[str]:
    return [visit.stop_id for route in found.routes for visit in route.visits]


def left_out(found: DayRoutes) -> list[str]:
    return [each.stop_id for each in found.left_out]


def scattered(count: int, seed: int, **values: Any) -> list[Stop]:
    random = Random(seed)
    return [
        stop(
            f"{number:03}",
            north_km=random.uniform(-8, 8),
            east_km=random.uniform(-8, 8),
            due=NOON + timedelta(hours=random.randrange(200)),
            priority=random.choice(("low", "normal", "normal", "high", "urgent")),
            **values,
        )
        for number in range(count)
    ]


stops = st.builds(
    stop,
    st.uuids().map(str),
    north_km=st.integers(-9, 9),
    east_km=st.integers(-9, 9),
    work_s=st.sampled_from((600, 1800, 5400)),
    team=st.sampled_from(TEAMS),
    priority=st.sampled_from(("low", "normal", "high", "urgent")),
    due=st.none() | st.integers(0, 99).map(lambda hours: NOON + timedelta(hours=hours)),
    opens_s=st.sampled_from((0, 9 * HOUR, 13 * HOUR)),
    closes_s=st.sampled_from((13 * HOUR, 15 * HOUR, 24 * HOUR)),
    skills=st.frozensets(st.sampled_from(SKILLS), max_size=1),
)
crews = st.lists(
    st.builds(
        crew,
        st.sampled_from(("north", "south", "green", "east")),
        team=st.sampled_from(TEAMS),
        starts_s=st.sampled_from((7 * HOUR, 8 * HOUR, 15 * HOUR)),
        skills=st.frozensets(st.sampled_from(SKILLS)),
    ),
    max_size=3,
    unique_by=lambda each: each.crew,
)


@settings(max_examples=60, deadline=None, phases=NO_SHRINKING)
@given(st.lists(stops, max_size=24, unique_by=lambda each: each.stop_id), crews)
def test_order_keeps_every_rule_on_any_day(every: Sequence[Stop], days: Sequence[CrewDay]) -> None:
    found = plan_order(every, days, TRAVEL)
    assert sorted([*served(found), *left_out(found)]) == sorted(each.stop_id for each in every)
    assert all(each.because for each in found.left_out)
    assert [route.crew for route in found.routes] == sorted(day.crew for day in days)
    by_id, by_crew = {each.stop_id: each for each in every}, {day.crew: day for day in days}
    for route in found.routes:
        day = by_crew[route.crew]
        here, free_s, driving_s = day.start, day.starts_s, 0
        for visit in route.visits:
            at = by_id[visit.stop_id]
            leg = TRAVEL([here, at.point])[0][1]
            assert at.team == day.team and at.skills <= day.skills
            assert visit.begins_s == max(free_s + leg, at.opens_s) <= at.closes_s
            here, free_s, driving_s = at.point, visit.begins_s + at.work_s, driving_s + leg
        if route.visits:
            home = TRAVEL([here, day.depot])[0][1]
            assert free_s + home <= day.ends_s
            assert route.driving_s == driving_s + home
        assert route.working_s == sum(by_id[visit.stop_id].work_s for visit in route.visits)


def test_order_is_the_same_when_it_is_repeated_or_listed_otherwise() -> None:
    every, days = scattered(30, seed=3), [crew("north"), crew("south"), crew("east")]
    first = order(every, *days)
    assert order(every, *days) == first
    assert order(reversed(every), *reversed(days)) == first


def test_tours_are_the_shortest_when_all_orders_can_be_tried() -> None:
    for seed in range(5):
        every = scattered(6, seed=seed)
        seconds = TRAVEL([DEPOT, *(each.point for each in every)])
        shortest = min(
            sum(seconds[a][b] for a, b in zip((0, *tour), (*tour, 0), strict=True))
            for tour in permutations(range(1, 7))
        )
        assert order(every).routes[0].driving_s == shortest


def test_no_stop_waits_for_a_less_important_one() -> None:
    every, days = scattered(60, seed=4), [crew("north"), crew("south")]
    found = order(every, *days)
    by_id = {each.stop_id: each for each in every}
    urgent = {each.stop_id for each in every if each.priority == "urgent"}
    assert urgent <= set(served(found))
    assert len(found.left_out) > 10
    for waits in (by_id[stop_id] for stop_id in left_out(found)):
        for route, day in zip(found.routes, days, strict=True):
            before = [by_id[visit.stop_id] for visit in route.visits]
            before = [each for each in before if importance_key(each) < importance_key(waits)]
            for place in range(len(before) + 1):
                assert not is_in_time([*before[:place], waits, *before[place:]], day)


def test_most_important_stops_are_served_when_every_choice_can_be_tried() -> None:
    for seed in range(8):
        day, every = crew(ends_s=10 * HOUR), scattered(5, seed=seed)
        every.sort(key=importance_key)
        choices = (
            [number in chosen for number in range(5)]
            for count in range(6)
            for chosen in permutations(range(5), count)
            if is_in_time([every[number] for number in chosen], day)
        )
        best = max(choices)
        assert sorted(served(order(every, day))) == sorted(
            each.stop_id for each, is_in in zip(every, best, strict=True) if is_in
        )


def is_in_time(tour: Sequence[Stop], day: CrewDay) -> bool:
    """True where the crew can do them in this order."""
    here, free_s = day.start, day.starts_s
    for each in tour:
        begins_s = max(free_s + TRAVEL([here, each.point])[0][1], each.opens_s)
        if begins_s > each.closes_s:
            return False
        here, free_s = each.point, begins_s + each.work_s
    return free_s + TRAVEL([here, day.depot])[0][1] <= day.ends_s


def test_stops_are_admitted_by_priority_then_due_date_then_id() -> None:
    late, soon = NOON + timedelta(days=9), NOON
    expected = [
        stop("F", priority="urgent", due=late),
        stop("E", priority="high", due=soon),
        stop("D", due=soon),
        stop("C", due=late),
        stop("A"),
        stop("B"),
        stop("0", priority="low", due=soon),
    ]
    listed = expected[::-1]
    assert sorted(listed, key=importance_key) == expected


def test_urgent_stop_replaces_another_when_there_is_room_for_one() -> None:
    day = crew(ends_s=9 * HOUR)
    plain, urgent = stop("A", due=NOON), stop("B", priority="urgent")
    assert served(order([plain, urgent], day)) == ["B"]


@pytest.mark.parametrize(
    ("left", "because"),
    [
        (stop(team="lights"), "None of these crews is in its team."),
        (
            stop(skills=frozenset(("saw", "lift"))),
            "No crew of its team has these skills: lift, saw.",
        ),
        (
            stop(opens_s=17 * HOUR, closes_s=18 * HOUR),
            "No crew can be there between 17:00 and 18:00.",
        ),
        (stop(work_s=9 * HOUR), route_order.NO_TIME),
        (stop(work_s=7 * HOUR, priority="low"), route_order.FULL),
    ],
)
def test_left_out_stop_has_its_reason(left: Stop, because: str) -> None:
    found = order([left, stop("Z", work_s=2 * HOUR)], crew(skills=frozenset(("lift",))))
    assert served(found) == ["Z"]
    assert [each.because for each in found.left_out] == [because]


def test_started_crew_continues_from_its_position() -> None:
    far = Point(lat=DEPOT.lat + 0.1, long=DEPOT.long)
    found = order([stop("A", north_km=1), stop("B", north_km=10)], crew(start=far))
    assert served(found) == ["B", "A"]


def test_nothing_is_served_after_the_shift() -> None:
    far = Point(lat=DEPOT.lat + 0.1, long=DEPOT.long)
    tired, fresh = crew("a", start=far, starts_s=16 * HOUR), crew("b")
    found = order([stop("A"), stop("B")], tired, fresh)
    assert [len(route.visits) for route in found.routes] == [0, 2]
    assert found.routes[0].driving_s == 0


def test_two_teams_stay_separate_when_they_are_planned_together() -> None:
    found = order(
        [stop("A"), stop("B", team="parks"), stop("C", team="parks")],
        crew("north"),
        crew("green", team="parks"),
    )
    routes = {route.crew: {visit.stop_id for visit in route.visits} for route in found.routes}
    assert routes == {"green": {"B", "C"}, "north": {"A"}}


def test_only_the_most_important_stops_are_considered_when_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(route_order, "MOST_STOPS", 2)
    found = order([stop("A"), stop("B"), stop("C", priority="urgent")])
    assert sorted(served(found)) == ["A", "C"]
    assert [each.because for each in found.left_out] == [route_order.FULL]


def test_straight_lines_take_longer_by_their_detour() -> None:
    there = Point(lat=DEPOT.lat + 1 / 111.195, long=DEPOT.long)
    seconds = StraightLines(detour_factor=1.5, speed_kmh=30)([DEPOT, there])
    assert seconds == [[0, 180], [180, 0]]
