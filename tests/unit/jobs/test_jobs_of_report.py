"""Reports open jobs, and close what they need no more."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.jobs.drafts import JobChanges
from chalicelib.jobs.model import Job
from chalicelib.jobs.parts import Contractor
from chalicelib.jobs.usecases.jobs_of_report import update_jobs_of
from chalicelib.jobs.usecases.operations import apply_operations
from chalicelib.jobs.usecases.planning import change_job
from chalicelib.jobs.usecases.progress import publish_progress
from chalicelib.reports.published import Work
from tests.support.fakes_jobs import (
    OFFICER,
    OTHER_REPORT,
    REPORT,
    TODAY,
    JobsWorld,
    MemoryReports,
    crew_member,
    job_report,
    operation,
)


def opened(here: JobsWorld, service_request_id: str = REPORT) -> Job:
    job = update_jobs_of(service_request_id, here.following())
    assert job is not None
    return job


def done(here: JobsWorld, job: Job, kind: Any = "done", **values: Any) -> None:
    present = here.jobs.stored[job.job_id]
    op_id = f"operation-{len(present.events)}-{job.job_id}"
    sent = operation(op_id, job_id=job.job_id, base_version=present.version, kind=kind, **values)
    assert apply_operations([sent], crew_member(), here.ports())[0].result == "applied"
    publish_progress(job.job_id, here.following())


def two_reports() -> JobsWorld:
    return JobsWorld(reports=MemoryReports([job_report(), job_report(OTHER_REPORT)]))


def test_report_opens_one_job_for_repeated_facts() -> None:
    here = JobsWorld()
    here.reports.change(work=Work(minutes=90, hazards=("traffic",), kind="make_safe"))
    assert opened(here) == opened(here)
    (job,) = here.jobs.stored.values()
    assert (job.state, job.minutes, job.hazards) == ("to_plan", 90, ("traffic",))
    assert (job.kind, job.title, job.address) == ("make_safe", "Pothole", "1 Market Place")
    assert here.jobs.writes == 1


def test_job_for_the_next_day_is_planned_for_the_only_crew_of_its_team() -> None:
    here = JobsWorld()
    here.clock.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    here.reports.change(team="parks", work=Work(on_next_day=True, kind="collect"))
    job = opened(here)
    after_easter = date(2026, 4, 7)
    assert (job.state, job.crew, job.planned_day) == ("planned", "green", after_easter)


def test_job_for_the_next_day_is_to_plan_when_its_team_has_several_crews() -> None:
    here = JobsWorld()
    here.reports.change(work=Work(on_next_day=True, kind="collect"))
    job = opened(here)
    assert (job.state, job.crew, job.planned_day) == ("to_plan", None, None)


@pytest.mark.parametrize(
    "values",
    [
        {"opens": "officer"},
        {"visibility": "waiting"},
        {"visibility": "withdrawn"},
        {"state": "closed"},
        {"lat": None, "long": None},
    ],
)
def test_report_opens_no_job_when_it_has_to_wait_for_an_officer(values: Any) -> None:
    here = JobsWorld()
    here.reports.change(**values)
    assert update_jobs_of(REPORT, here.following()) is None and not here.jobs.stored
    assert update_jobs_of("NOSUCHREPORT", here.following()) is None


def test_job_follows_its_report_except_the_offices_choices() -> None:
    here = JobsWorld()
    job = opened(here)
    change_job(job.job_id, JobChanges(minutes=120), 1, OFFICER, here.ports())
    here.reports.change(work=Work(minutes=10), priority="urgent", lat=53.96, address=None)
    job = opened(here)
    assert (job.minutes, job.priority, job.lat, job.address) == (120, "urgent", 53.96, None)


def test_job_leaves_its_crew_when_its_report_goes_to_another_team() -> None:
    here = JobsWorld()
    job = opened(here)
    plan = JobChanges(crew="north", planned_day=TODAY)
    change_job(job.job_id, plan, 1, OFFICER, here.ports())
    here.reports.change(team="parks")
    job = opened(here)
    assert (job.team, job.crew, job.state, job.former_teams) == (
        "parks",
        None,
        "to_plan",
        ("highways",),
    )


OUT_OF_THE_PLAN: list[dict[str, Any]] = [
    {"state": "closed"},
    {"team": "parks"},
    {"state": "closed", "team": "parks"},
]


def out_of_the_plan(here: JobsWorld, values: dict[str, Any]) -> Job:
    job = opened(here)
    plan = JobChanges(crew="north", planned_day=TODAY)
    planned = change_job(job.job_id, plan, 1, OFFICER, here.ports())
    expires_at = here.clock.now + timedelta(days=3)
    paviours = Contractor(name="Paviours Ltd", link_id="L", expires_at=expires_at)
    placed = here.jobs.stored[job.job_id] = replace(
        planned, position=3, arrives_at=here.clock.now, contractor=paviours
    )
    here.reports.change(**values)
    update_jobs_of(REPORT, here.following())
    out = here.jobs.stored[job.job_id]
    assert out.state in ("to_plan", "cancelled") and out.active_contractor is None
    return placed


def put_back(here: JobsWorld) -> Job:
    here.reports.change(state="open", team="highways")
    return opened(here)


@pytest.mark.parametrize("values", OUT_OF_THE_PLAN)
def test_job_returns_to_its_place_in_the_day_when_its_report_is_restored(values: Any) -> None:
    here = JobsWorld()
    before = out_of_the_plan(here, values)
    here.clock.now += timedelta(minutes=5)
    after = put_back(here)
    names = (
        "state",
        "team",
        "crew",
        "planned_day",
        "position",
        "arrives_at",
        "plans",
        "contractor",
    )
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
    assert opened(here) == after


@pytest.mark.parametrize("values", OUT_OF_THE_PLAN)
def test_job_has_to_be_planned_again_when_its_report_is_restored_later(values: Any) -> None:
    here = JobsWorld()
    out_of_the_plan(here, values)
    here.clock.now += timedelta(minutes=16)
    after = put_back(here)
    assert (after.state, after.crew, after.planned_day) == ("to_plan", None, None)


def test_booked_job_is_planned_for_its_day_again_when_its_report_is_restored_later() -> None:
    here = JobsWorld()
    day = TODAY + timedelta(days=9)
    here.reports.change(team="parks", work=Work(booked_day=day, kind="collect"))
    opened(here)
    here.reports.change(state="closed")
    update_jobs_of(REPORT, here.following())
    here.pass_time(days=1)
    here.reports.change(state="open")
    job = opened(here)
    assert (job.state, job.crew, job.planned_day) == ("planned", "green", day)


def test_revisit_after_a_booked_day_is_to_plan() -> None:
    here = JobsWorld()
    here.reports.change(team="parks", work=Work(booked_day=TODAY, kind="collect"))
    done(here, opened(here))
    here.pass_time(days=1)
    here.reports.change(state="open")
    again = opened(here)
    assert (again.kind, again.state, again.planned_day) == ("revisit", "to_plan", None)


def test_job_stays_out_of_the_plan_when_the_office_decided_so_meanwhile() -> None:
    here = JobsWorld()
    job = out_of_the_plan(here, {"team": "parks"})
    version = here.jobs.stored[job.job_id].version
    change_job(job.job_id, JobChanges(minutes=5), version, OFFICER, here.ports())
    assert put_back(here).state == "to_plan"


def test_started_job_is_unchanged_when_its_report_changes_but_loses_its_address() -> None:
    here = JobsWorld()
    job = opened(here)
    done(here, job, "start")
    here.reports.change(priority="urgent", address=None)
    job = opened(here)
    assert (job.priority, job.address) == ("normal", None)


GONE = {"visibility": "withdrawn", "lat": None, "long": None, "address": None}
ROUGH = {"is_forgotten": True, "state": "closed", "lat": 53.96, "long": -1.08, "address": None}


@pytest.mark.parametrize("values", [{"state": "closed"}, {"visibility": "withdrawn"}, ROUGH])
def test_done_job_loses_its_address_when_its_report_loses_it(values: Any) -> None:
    here = JobsWorld()
    job = opened(here)
    done(here, job)
    here.reports.change(**values | {"address": None})
    update_jobs_of(REPORT, here.following())
    assert here.jobs.stored[job.job_id].address is None


@pytest.mark.parametrize(("values", "place"), [(GONE, (53.96, -1.08)), (ROUGH, (53.96, -1.08))])
@pytest.mark.parametrize("kind", ["done", "could_not"])
def test_job_loses_its_reporters_data_when_that_is_erased(
    values: Any, place: tuple[float, float], kind: str
) -> None:
    here = JobsWorld()
    job = opened(here)
    told = JobChanges(instructions="Ring Ann at 4.", title="The hole at Ann's")
    change_job(job.job_id, told, 1, OFFICER, here.ports())
    spoken: Any = {"text": "Spoke to Ann.", "lat": 53.9591, "long": -1.0815, "reason": "no_access"}
    done(here, job, kind, **spoken)
    sent = here.jobs.stored[job.job_id].events[0]
    here.reports.change(**values)
    for _ in range(2):
        update_jobs_of(REPORT, here.following())
    after = here.jobs.stored[job.job_id]
    assert (after.lat, after.long) == place and after.address is None
    assert (after.title, after.instructions) == ("Pothole", "")
    (left,) = after.events
    assert (left.text, left.lat, left.long, left.kind) == ("", None, None, kind)
    again = operation(sent.op_id, job_id=job.job_id, base_version=2, kind=kind, **spoken)
    assert apply_operations([again], crew_member(), here.ports())[0].result == "duplicate"


def test_job_keeps_its_instructions_while_it_or_another_of_its_reports_needs_them() -> None:
    here = two_reports()
    job = opened(here)
    change_job(job.job_id, JobChanges(instructions="Mind the kerb."), 1, OFFICER, here.ports())
    here.reports.change(is_forgotten=True)
    assert opened(here).instructions == "Mind the kerb."
    added = JobChanges(add_reports=(OTHER_REPORT,))
    change_job(job.job_id, added, here.jobs.stored[job.job_id].version, OFFICER, here.ports())
    done(here, job)
    update_jobs_of(REPORT, here.following())
    assert here.jobs.stored[job.job_id].instructions == "Mind the kerb."
    here.reports.change(OTHER_REPORT, is_forgotten=True)
    update_jobs_of(OTHER_REPORT, here.following())
    assert here.jobs.stored[job.job_id].instructions == ""


def test_restored_job_has_its_reports_present_values() -> None:
    here = JobsWorld()
    job = opened(here)
    here.reports.change(state="closed")
    update_jobs_of(REPORT, here.following())
    here.reports.change(state="reopen", lat=53.97, priority="urgent")
    after = opened(here)
    assert (after.job_id, after.lat, after.priority) == (job.job_id, 53.97, "urgent")


@pytest.mark.parametrize("values", [{"state": "closed"}, {"visibility": "withdrawn"}])
def test_job_is_cancelled_and_restored_with_its_report(
    values: Any,
) -> None:
    here = JobsWorld()
    job = opened(here)
    here.reports.change(**values)
    assert update_jobs_of(REPORT, here.following()) is None
    assert here.jobs.stored[job.job_id].state == "cancelled"
    here.reports.change(state="reopen", visibility="public")
    assert (opened(here).job_id, opened(here).state) == (job.job_id, "to_plan")


def test_started_job_continues_when_its_report_is_closed() -> None:
    here = JobsWorld()
    job = opened(here)
    done(here, job, "start")
    here.reports.change(state="closed")
    update_jobs_of(REPORT, here.following())
    assert here.jobs.stored[job.job_id].state == "started"


def test_job_stays_cancelled_when_an_officer_cancelled_it() -> None:
    here = JobsWorld()
    job = opened(here)
    change_job(
        job.job_id, JobChanges(state="cancelled", because="Not ours."), 1, OFFICER, here.ports()
    )
    assert opened(here).state == "cancelled" and len(here.jobs.stored) == 1


def test_report_opens_a_revisit_when_it_was_not_fixed() -> None:
    here = JobsWorld()
    first = opened(here)
    done(here, first)
    update_jobs_of(REPORT, here.following())
    assert len(here.jobs.stored) == 1
    here.reports.change(state="reopen", failed_repairs=1)
    second = opened(here)
    assert (second.kind, second.first_job_id, second.state) == ("revisit", first.job_id, "to_plan")
    assert opened(here) == second
    done(here, second)
    here.reports.change(state="reopen", failed_repairs=2)
    third = opened(here)
    assert third.first_job_id == first.job_id and len(here.jobs.stored) == 3


def test_repair_follows_making_safe() -> None:
    here = JobsWorld()
    here.reports.change(work=Work(kind="make_safe"))
    first = opened(here)
    done(here, first)
    second = opened(here)
    assert (second.kind, second.first_job_id, second.state) == ("repair", first.job_id, "to_plan")
    assert opened(here) == second and len(here.jobs.stored) == 2


def test_nothing_follows_an_inspection() -> None:
    here = JobsWorld()
    here.reports.change(work=Work(kind="inspect"))
    job = opened(here)
    done(here, job)
    assert opened(here).job_id == job.job_id and len(here.jobs.stored) == 1


def test_duplicate_joins_the_job_of_the_surviving_report() -> None:
    here = two_reports()
    gives_way, stays = opened(here, REPORT), opened(here, OTHER_REPORT)
    here.reports.change(REPORT, state="duplicate", duplicate_of=OTHER_REPORT)
    assert opened(here, REPORT).job_id == stays.job_id
    assert here.jobs.stored[gives_way.job_id].state == "cancelled"
    assert here.jobs.stored[stays.job_id].service_request_ids == (OTHER_REPORT, REPORT)
    writes = here.jobs.writes
    opened(here, REPORT)
    opened(here, OTHER_REPORT)
    assert here.jobs.writes == writes


def test_started_job_of_a_duplicate_continues_for_the_surviving_report() -> None:
    here = two_reports()
    job = opened(here, REPORT)
    done(here, job, "start")
    here.reports.change(REPORT, state="duplicate", duplicate_of=OTHER_REPORT)
    assert opened(here, REPORT).job_id == job.job_id
    assert opened(here, OTHER_REPORT).job_id == job.job_id
    assert len(here.jobs.stored) == 1
    done(here, job)
    assert here.reports.stored[OTHER_REPORT].state == "fixed"


THIRD = "9K3M2QXV9HTD"


def merged(*, begun: bool = False) -> tuple[JobsWorld, Job]:
    """Three reports, two of which are merged into the first; with `begun` the second one's job was
    begun before."""
    here = JobsWorld(
        reports=MemoryReports([job_report(), job_report(OTHER_REPORT), job_report(THIRD)])
    )
    for each in (REPORT, OTHER_REPORT, THIRD):
        job = opened(here, each)
        if begun and each == OTHER_REPORT:
            done(here, job, "start")
    for each in (OTHER_REPORT, THIRD):
        here.reports.change(each, duplicate_of=REPORT, state="duplicate")
        update_jobs_of(each, here.following())
    return here, opened(here)


def take_apart(here: JobsWorld, *ids: str) -> None:
    for each in ids:
        here.reports.change(each, duplicate_of=None, state="reopen")


def under_way(here: JobsWorld) -> dict[str, tuple[str, ...]]:
    found = (job for job in here.jobs.stored.values() if not job.is_over)
    return {job.job_id: job.service_request_ids for job in found}


def test_each_report_has_its_own_job_again_when_a_merge_is_undone() -> None:
    here, job = merged()
    assert set(job.service_request_ids) == {REPORT, OTHER_REPORT, THIRD}
    take_apart(here, OTHER_REPORT)
    opened(here, OTHER_REPORT)
    assert sorted(under_way(here).values()) == [(REPORT, THIRD), (OTHER_REPORT,)]
    take_apart(here, THIRD)
    opened(here, THIRD)
    assert sorted(under_way(here).values()) == [(REPORT,), (OTHER_REPORT,), (THIRD,)]


def test_started_job_returns_to_its_own_report_when_a_merge_is_undone() -> None:
    here, _ = merged(begun=True)
    begun = next(job for job in here.jobs.stored.values() if job.state == "started")
    assert set(begun.service_request_ids) == {REPORT, OTHER_REPORT}
    take_apart(here, OTHER_REPORT)
    assert opened(here, OTHER_REPORT).job_id == begun.job_id
    assert here.jobs.stored[begun.job_id].service_request_ids == (OTHER_REPORT,)
    assert opened(here).service_request_ids[0] == REPORT


@pytest.mark.parametrize("is_sorted_out", [True, False])
def test_finished_job_fixes_only_its_own_report_when_a_merge_was_undone(
    is_sorted_out: bool,
) -> None:
    here, job = merged()
    take_apart(here, OTHER_REPORT, THIRD)
    if is_sorted_out:
        update_jobs_of(OTHER_REPORT, here.following())
        update_jobs_of(THIRD, here.following())
    done(here, job)
    states = {each: report.state for each, report in here.reports.stored.items()}
    assert states == {REPORT: "fixed", OTHER_REPORT: "reopen", THIRD: "reopen"}
    for each in (OTHER_REPORT, THIRD):
        assert opened(here, each).service_request_ids == (each,)


def test_report_has_a_new_job_when_its_merge_is_undone_after_the_work() -> None:
    here, job = merged()
    done(here, job)
    take_apart(here, OTHER_REPORT)
    publish_progress(job.job_id, here.following())
    after = opened(here, OTHER_REPORT)
    assert (after.state, after.service_request_ids) == ("to_plan", (OTHER_REPORT,))
    assert here.reports.stored[OTHER_REPORT].state == "reopen"


def test_report_added_by_an_officer_stays_when_its_merge_is_undone() -> None:
    here, job = merged()
    added = JobChanges(add_reports=(OTHER_REPORT,))
    change_job(job.job_id, added, job.version, OFFICER, here.ports())
    take_apart(here, OTHER_REPORT)
    update_jobs_of(OTHER_REPORT, here.following())
    assert OTHER_REPORT in here.jobs.stored[job.job_id].service_request_ids


def test_duplicate_of_a_duplicate_follows_when_its_merge_is_undone() -> None:
    here = JobsWorld(
        reports=MemoryReports([job_report(), job_report(OTHER_REPORT), job_report(THIRD)])
    )
    opened(here)
    for each, into in ((OTHER_REPORT, REPORT), (THIRD, OTHER_REPORT)):
        here.reports.change(each, duplicate_of=into, state="duplicate")
        update_jobs_of(each, here.following())
    assert sorted(under_way(here).values()) == [(REPORT, OTHER_REPORT, THIRD)]
    take_apart(here, OTHER_REPORT)
    opened(here, OTHER_REPORT)
    assert sorted(under_way(here).values()) == [(REPORT,), (OTHER_REPORT, THIRD)]
