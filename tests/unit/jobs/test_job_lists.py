"""Jobs are looked at, and counted."""

from datetime import timedelta

import pytest

from chalicelib.errors import Forbidden, Invalid, NotFound
from chalicelib.jobs.people import Remit, Staff
from chalicelib.jobs.ports import JobFilters
from chalicelib.jobs.usecases.crew_load import CrewLoad, crew_loads
from chalicelib.jobs.usecases.job_lists import find_job, list_crews, list_day, list_jobs
from tests.support.builders import NOON
from tests.support.fakes_jobs import JOB, OFFICER, TODAY, JobsWorld, MemoryJobs, job, planned_job

GARDENER = Staff(actor="another", remits=(Remit(teams=("parks",)),))
IN_A_WARD = Staff(actor="another", remits=(Remit(wards=("E05000001",)),))


def yard() -> JobsWorld:
    return JobsWorld(
        jobs=MemoryJobs(
            planned_job(position=2, due=NOON + timedelta(hours=4)),
            planned_job("J0B000000002", position=1, state="done", minutes=400),
            planned_job("J0B000000003", state="cancelled", minutes=999),
            planned_job("J0B000000004", position=3, minutes=100, due=NOON),
            job("J0B000000005", team="parks"),
        )
    )


def test_day_is_in_its_order_for_those_of_the_team() -> None:
    day = list_day("north", TODAY, OFFICER, yard().ports())
    assert [each.job_id[-1] for each in day] == ["2", "1", "4", "3"]
    with pytest.raises(Forbidden):
        list_day("north", TODAY, GARDENER, yard().ports())
    with pytest.raises(NotFound):
        list_day("nobody", TODAY, OFFICER, yard().ports())


def test_job_is_visible_to_its_team_and_ward() -> None:
    assert find_job(JOB, OFFICER, yard().ports()).job_id == JOB
    for who in (GARDENER, IN_A_WARD):
        with pytest.raises(NotFound):
            find_job(JOB, who, yard().ports())


def test_list_has_the_matching_jobs_of_the_callers_teams() -> None:
    ports = yard().ports()
    page = list_jobs(JobFilters(states=frozenset(("to_plan",))), OFFICER, ports, limit=10)
    assert [each.job_id[-1] for each in page.jobs] == ["5"] and page.next is None
    assert [
        each.job_id[-1] for each in list_jobs(JobFilters(), GARDENER, ports, limit=10).jobs
    ] == ["5"]
    assert not list_jobs(JobFilters(), IN_A_WARD, ports, limit=10).jobs
    first = list_jobs(JobFilters(day=TODAY, crew="north"), OFFICER, ports, limit=3)
    assert len(first.jobs) == 3 and first.next
    with pytest.raises(Forbidden):
        list_jobs(JobFilters(crew="north"), GARDENER, ports, limit=10)
    for wrong in (JobFilters(crew="nobody"), JobFilters(team="highways")):
        with pytest.raises(Invalid):
            list_jobs(wrong, GARDENER, ports, limit=10)


def test_crews_are_those_of_the_callers_teams() -> None:
    assert [each.crew for each in list_crews(GARDENER, yard().ports())] == ["green"]


def test_load_has_late_jobs_and_minutes_over() -> None:
    (north, _south) = crew_loads(TODAY, OFFICER, yard().ports(), team="highways")
    assert north == CrewLoad(
        crew="north",
        jobs=3,
        done=1,
        minutes_planned=530,
        minutes_shift=480,
        late=1,
        minutes_over=50,
    )
