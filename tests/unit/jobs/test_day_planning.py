"""Days of crews are planned: from now on, for the officer's crews, despite later changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.catalogue.crews import Shift
from chalicelib.errors import Forbidden, Invalid
from chalicelib.geo.point import Point
from chalicelib.jobs.drafts import JobChanges, Window
from chalicelib.jobs.model import Job
from chalicelib.jobs.people import Remit, Staff
from chalicelib.jobs.travel import StraightLines
from chalicelib.jobs.usecases.day_planning import plan_days, reorder_day
from chalicelib.jobs.usecases.day_stops import DayPorts
from chalicelib.jobs.usecases.operations import apply_operations
from chalicelib.jobs.usecases.planning import change_job
from tests.support.fakes_jobs import (
    OFFICER,
    TODAY,
    JobsWorld,
    MemoryJobs,
    council_of_crews,
    crew_member,
    job,
    operation,
    planned_job,
)

LINES = StraightLines(detour_factor=1.35, speed_kmh=25)
FAR = {"lat": 53.99, "long": -1.09}
TOMORROW = TODAY + timedelta(days=1)


@dataclass
class Roads:
    """Ways, and what happens while they are looked up."""

    meanwhile: Callable[[], Any] = lambda: None

    def __call__(self, points: Sequence[Point]) -> Sequence[Sequence[int]]:
        self.meanwhile()
        return LINES(points)


def yard(*jobs: Job) -> JobsWorld:
    return JobsWorld(jobs=MemoryJobs(*(replace(each, version=1) for each in jobs)))


def ports(of: JobsWorld, roads: Roads | None = None, shift: Shift | None = None) -> DayPorts:
    if shift:
        crews = (msgspec.structs.replace(each, shift=shift) for each in of.council.crews)
        of.council = council_of_crews(*crews)
    return DayPorts(jobs=of.ports(), travel=roads or Roads())


def stored(of: JobsWorld, job_id: str) -> Job:
    found = of.jobs.get(job_id)
    assert found
    return found


def ids_of(found: Any, crew: str) -> tuple[str, ...]:
    ids: tuple[str, ...]
    (ids,) = (day.job_ids for day in found.days if day.crew == crew)
    return ids


def test_job_that_ended_during_planning_stays_ended() -> None:
    here = yard(planned_job("DONE"), planned_job("OTHER", **FAR))
    done = operation(job_id="DONE", kind="could_not", reason="parked_car")
    roads = Roads(lambda: apply_operations([done], crew_member(), here.ports()))
    plan_days(TODAY, ["north"], None, OFFICER, ports(here, roads))
    assert stored(here, "DONE").state == "could_not"
    assert stored(here, "OTHER").position is not None


@pytest.mark.parametrize(
    "changes",
    [
        JobChanges(crew="south", planned_day=TOMORROW),
        JobChanges(planned_day=TOMORROW + timedelta(days=1)),
        JobChanges(team="parks"),
        JobChanges(clear=("crew", "planned_day")),
    ],
)
@pytest.mark.parametrize("ends", ["15:30", "07:31"])
def test_jobs_that_an_officer_plans_during_planning_stay_as_planned(
    changes: JobChanges, ends: str
) -> None:
    here = yard(planned_job("CHANGED", planned_day=TOMORROW), job("OTHER"))
    chosen: list[Job] = []

    def meanwhile() -> None:
        version = stored(here, "CHANGED").version
        chosen.append(change_job("CHANGED", changes, version, OFFICER, here.ports()))

    plan_days(
        TOMORROW,
        ["north"],
        None,
        OFFICER,
        ports(here, Roads(meanwhile), Shift(starts="07:30", ends=ends)),
    )
    assert stored(here, "CHANGED") == chosen[0]


def test_job_moved_during_ordering_keeps_its_place() -> None:
    here = yard(
        planned_job("CHANGED", planned_day=TOMORROW), planned_job("B", planned_day=TOMORROW)
    )
    moved = JobChanges(crew="south")
    roads = Roads(lambda: change_job("CHANGED", moved, 1, OFFICER, here.ports()))
    reorder_day(TOMORROW, "north", ["B", "CHANGED"], OFFICER, ports(here, roads))
    assert (stored(here, "CHANGED").crew, stored(here, "CHANGED").position) == ("south", None)
    assert stored(here, "B").position == 1


def test_unfinished_job_of_yesterday_is_planned_again() -> None:
    old = planned_job("OLD", planned_day=TODAY - timedelta(days=1))
    later = planned_job("LATER", planned_day=TOMORROW)
    here = yard(old, later)
    assert ids_of(plan_days(TODAY, ["north"], None, OFFICER, ports(here)), "north") == ("OLD",)
    assert stored(here, "OLD").planned_day == TODAY
    assert stored(here, "LATER").planned_day == TOMORROW


def test_job_is_not_planned_before_the_day_that_its_reporter_booked() -> None:
    here = yard(job("BOOKED", booked_day=TOMORROW))
    assert ids_of(plan_days(TODAY, ["north"], None, OFFICER, ports(here)), "north") == ()
    assert ids_of(plan_days(TOMORROW, ["north"], None, OFFICER, ports(here)), "north") == (
        "BOOKED",
    )


def test_rest_of_the_day_starts_now_after_the_current_job() -> None:
    here = yard(planned_job("BEGUN", minutes=60), job("NEXT", **FAR))
    apply_operations([operation(job_id="BEGUN", kind="start")], crew_member(), here.ports())
    plan_days(TODAY, ["north"], None, OFFICER, ports(here))
    after = stored(here, "NEXT")
    # It is noon, so 13:00 by the council's clock; the crew is an hour at work, then it drives.
    assert after.arrives_at and after.arrives_at > datetime(2026, 6, 1, 13, 0, tzinfo=UTC)
    assert after.position == 2 and stored(here, "BEGUN").state == "started"


def test_times_are_in_the_councils_time_zone() -> None:
    here = yard(job())
    plan_days(TOMORROW, ["north"], None, OFFICER, ports(here))
    assert stored(here, job().job_id).arrives_at == datetime(2026, 6, 2, 6, 30, tzinfo=UTC)


def test_officer_of_one_ward_plans_its_waiting_jobs_around_those_of_others() -> None:
    here = yard(
        job("CHANGED", ward_code="centre"),
        job("THEIRS", ward_code="north"),
        planned_job("IN-DAY", ward_code="north", planned_day=TOMORROW),
    )
    who = Staff(actor="officer-1", remits=(Remit(teams=("highways",), wards=("centre",)),))
    found = plan_days(TOMORROW, ["north"], None, who, ports(here))
    assert set(ids_of(found, "north")) == {"CHANGED", "IN-DAY"}
    assert stored(here, "THEIRS").state == "to_plan"
    with pytest.raises(Forbidden):
        plan_days(TOMORROW, ["green"], None, who, ports(here))


def test_nothing_is_planned_after_the_shift() -> None:
    here = yard(job("WAITS"), planned_job("PLANNED"))
    found = plan_days(
        TODAY, ["north"], None, OFFICER, ports(here, shift=Shift(starts="06:00", ends="12:30"))
    )
    assert ids_of(found, "north") == ()
    assert {each.stop_id for each in found.left_out} == {"WAITS", "PLANNED"}
    assert stored(here, "PLANNED").state == "to_plan"


def test_planning_is_audited_once_for_a_crew() -> None:
    here = yard(job("ONE"), job("TWO"))
    plan_days(TOMORROW, ["north", "green"], None, OFFICER, ports(here))
    assert here.noted == [("an-officer", "jobs.plan", "north", "2026-06-02 jobs=2")]


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), date(2030, 1, 1)])
def test_day_is_refused_when_it_is_past_or_too_far(day: date) -> None:
    for act in (
        lambda: plan_days(day, [], None, OFFICER, ports(yard(job()))),
        lambda: reorder_day(day, "north", ["ONE"], OFFICER, ports(yard(job()))),
    ):
        with pytest.raises(Invalid, match="date: "):
            act()


def test_chosen_order_respects_windows_and_follows_finished_jobs() -> None:
    window = Window(opens="11:00", closes="12:00")
    here = yard(
        planned_job("ENDED", state="done", planned_day=TOMORROW),
        planned_job("LAST", planned_day=TOMORROW, position=2),
        planned_job("FIRST", planned_day=TOMORROW, position=3, window=window),
    )
    found = reorder_day(TOMORROW, "north", ["FIRST"], OFFICER, ports(here))
    assert found.job_ids == ("FIRST", "LAST")
    first, last = stored(here, "FIRST"), stored(here, "LAST")
    assert (first.position, last.position) == (2, 3)
    assert first.arrives_at == datetime(2026, 6, 2, 10, 0, tzinfo=UTC)
    assert last.arrives_at == datetime(2026, 6, 2, 10, 30, tzinfo=UTC)


NORTH_WARD = Staff(actor="another", remits=(Remit(wards=("north",)),))


def mixed_day() -> JobsWorld:
    """Four jobs of one day: the second and the fourth are of another ward."""
    wards = ("north", "south", "north", "south", "north")
    return yard(
        *(
            planned_job(f"JOB-{n}", planned_day=TOMORROW, position=n, ward_code=ward, **FAR)
            for n, ward in enumerate(wards, 1)
        )
    )


def places(here: JobsWorld) -> list[int | None]:
    return [stored(here, f"JOB-{n}").position for n in range(1, 6)]


def test_jobs_that_the_officer_may_not_see_keep_their_places_when_a_day_is_ordered() -> None:
    here = mixed_day()
    before = [stored(here, each) for each in ("JOB-2", "JOB-4")]
    found = reorder_day(TOMORROW, "north", ["JOB-3", "JOB-1", "JOB-5"], NORTH_WARD, ports(here))
    assert found.job_ids == ("JOB-3", "JOB-1", "JOB-5")
    assert places(here) == [3, 2, 1, 4, 5]
    assert [stored(here, each) for each in ("JOB-2", "JOB-4")] == before


def test_jobs_that_the_officer_left_out_follow_in_the_remaining_places() -> None:
    here = mixed_day()
    reorder_day(TOMORROW, "north", ["JOB-5"], NORTH_WARD, ports(here))
    assert places(here) == [3, 2, 5, 4, 1]


def test_order_is_refused_when_it_names_a_job_outside_the_remit() -> None:
    here = mixed_day()
    with pytest.raises(Invalid, match="JOB-2 is not planned"):
        reorder_day(TOMORROW, "north", ["JOB-2", "JOB-1"], NORTH_WARD, ports(here))
    assert places(here) == [1, 2, 3, 4, 5]


def test_job_without_a_place_comes_last_when_others_keep_theirs() -> None:
    here = mixed_day()
    new = replace(stored(here, "JOB-3"), position=None)
    here.jobs.stored["JOB-3"] = new
    reorder_day(TOMORROW, "north", ["JOB-5", "JOB-1", "JOB-3"], NORTH_WARD, ports(here))
    assert places(here) == [5, 2, 6, 4, 1]
