"""The office makes jobs, plans them and settles what is disputed."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound
from chalicelib.jobs.drafts import JobChanges, JobDraft, Window
from chalicelib.jobs.model import Job, Placement
from chalicelib.jobs.people import Remit, Staff
from chalicelib.jobs.states import State
from chalicelib.jobs.usecases.job_reports import can_create_job
from chalicelib.jobs.usecases.operations import apply_operations
from chalicelib.jobs.usecases.planning import change_job, create_job, place_jobs, settle_dispute
from chalicelib.reports.published import Work
from tests.support.builders import NOON
from tests.support.fakes_jobs import (
    JOB,
    OFFICER,
    OTHER_REPORT,
    REPORT,
    TODAY,
    JobsWorld,
    MemoryJobs,
    MemoryReports,
    crew_member,
    job,
    job_report,
    operation,
    planned_job,
)

OTHER: Any = {"site": "office", "office": "site"}
TOMORROW = TODAY + timedelta(days=1)
ELSEWHERE = Staff(actor="another", remits=(Remit(teams=("parks",)),))


def yard(*jobs: Job) -> JobsWorld:
    reports = MemoryReports([job_report(work=Work(minutes=45)), job_report(OTHER_REPORT)])
    return JobsWorld(jobs=MemoryJobs(*(jobs or (job(),))), reports=reports)


def changed(here: JobsWorld, who: Staff = OFFICER, **values: Any) -> Job:
    version = here.jobs.stored[JOB].version
    return change_job(JOB, JobChanges(**values), version, who, here.ports())


def test_job_is_made_once_of_its_reports_when_it_is_sent_twice() -> None:
    here = yard()
    draft = JobDraft(service_request_ids=(REPORT, OTHER_REPORT), kind="inspect")
    made = create_job(draft, "a-key", OFFICER, here.ports())
    assert made == create_job(draft, "a-key", OFFICER, here.ports())
    assert (made.kind, made.minutes, made.title, made.state) == (
        "inspect",
        45,
        "Pothole",
        "to_plan",
    )
    assert made.service_request_ids == (REPORT, OTHER_REPORT) and len(made.job_id) == 12
    with pytest.raises(Conflict):
        create_job(JobDraft(service_request_ids=(REPORT,)), "a-key", OFFICER, here.ports())


def test_job_is_planned_at_once_when_it_is_made_for_a_crew_and_day() -> None:
    draft = JobDraft(service_request_ids=(REPORT,), crew="north", planned_day=TODAY)
    assert create_job(draft, "a-key", OFFICER, yard().ports()).state == "planned"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"service_request_ids": ("NOSUCHREPORT",)}, "service_request_ids"),
        ({"crew": "green"}, "crew"),
        ({"crew": "nobody"}, "crew"),
        ({"team": "nobody"}, "team"),
        ({"window": Window(opens="10:00", closes="09:00")}, "window.closes"),
    ],
)
def test_job_is_refused_when_it_is_impossible(values: Any, field: str) -> None:
    draft = JobDraft(**{"service_request_ids": (REPORT,), **values})
    with pytest.raises(Invalid) as refused:
        create_job(draft, "a-key", OFFICER, yard().ports())
    assert refused.value.errors[0].field == field


def test_job_is_refused_when_its_place_is_unknown() -> None:
    here = yard()
    here.reports.change(lat=None, long=None)
    with pytest.raises(Invalid):
        create_job(JobDraft(service_request_ids=(REPORT,)), "a-key", OFFICER, here.ports())


def test_job_is_refused_when_its_report_is_another_teams() -> None:
    with pytest.raises(Invalid):
        create_job(JobDraft(service_request_ids=(REPORT,)), "a-key", ELSEWHERE, yard().ports())


@pytest.mark.parametrize("who", [OFFICER, ELSEWHERE, Staff(actor="nobody")])
@pytest.mark.parametrize("values", [{}, {"visibility": "withdrawn"}, {"lat": None, "long": None}])
def test_job_is_offered_exactly_when_it_is_not_refused(who: Staff, values: Any) -> None:
    here = yard()
    here.reports.change(**values)
    found = here.reports.find(REPORT)
    assert found
    try:
        create_job(JobDraft(service_request_ids=(REPORT,)), "a-key", who, here.ports())
        is_created = True
    except Invalid:
        is_created = False
    assert is_created is can_create_job(found, who) is (who is OFFICER and not values)


def test_job_is_planned_when_it_has_both_crew_and_day() -> None:
    here = yard()
    assert changed(here, crew="north").state == "to_plan"
    planned = changed(here, planned_day=TODAY)
    assert (planned.state, planned.plans) == ("planned", 1)
    assert planned.office[-1].what == ("state", "planned_day")
    assert changed(here, clear=("planned_day",)).state == "to_plan"


def test_change_is_refused_after_a_concurrent_change() -> None:
    here = yard()
    changed(here, minutes=60)
    with pytest.raises(Conflict) as refused:
        change_job(JOB, JobChanges(minutes=90), 1, OFFICER, here.ports())
    assert refused.value.version == 2


def test_change_is_answered_when_the_reply_of_the_store_is_lost() -> None:
    here = yard()
    here.jobs.loses_reply = True
    assert changed(here, minutes=60).version == 2


def test_change_stores_nothing_when_nothing_is_different() -> None:
    here = yard()
    assert changed(here, team="highways").by_hand == ()
    assert here.jobs.writes == 0 and not here.noted


def test_change_is_refused_when_the_job_is_another_teams() -> None:
    with pytest.raises(Forbidden):
        changed(yard(), ELSEWHERE, minutes=60)
    with pytest.raises(NotFound):
        change_job("NOSUCHJOB000", JobChanges(), 1, OFFICER, yard().ports())


def test_report_of_another_team_is_refused_like_a_missing_one() -> None:
    refused = []
    for service_request_id in (REPORT, "NOSUCHREPORT"):
        draft = JobDraft(service_request_ids=(service_request_id,))
        with pytest.raises(Invalid) as error:
            create_job(draft, "a-key", ELSEWHERE, yard().ports())
        refused.append(error.value.detail.replace(service_request_id, "…"))
    assert refused[0] == refused[1]


def test_crew_is_removed_when_the_job_is_given_to_another_team() -> None:
    given = changed(yard(planned_job()), team="parks")
    assert (given.crew, given.state, given.former_teams) == (None, "to_plan", ("highways",))


def test_cancelling_needs_a_reason_and_can_be_reversed() -> None:
    here = yard(planned_job())
    with pytest.raises(Invalid):
        changed(here, state="cancelled")
    cancelled = changed(here, state="cancelled", because="Twice the same.")
    assert (cancelled.state, cancelled.cancelled_because) == ("cancelled", "Twice the same.")
    with pytest.raises(Conflict):
        changed(here, crew="south")
    back = changed(here, state="to_plan", crew="south", planned_day=TOMORROW)
    assert (back.state, back.crew, back.cancelled_because) == ("planned", "south", None)


@pytest.mark.parametrize("state", ["could_not", "handed_over"])
def test_job_is_planned_again_when_the_crew_could_not_do_it(state: State) -> None:
    assert changed(yard(planned_job(state=state)), planned_day=TOMORROW).state == "planned"


def test_started_job_stays_started_when_it_is_planned_for_another_day() -> None:
    moved = changed(yard(planned_job(state="started")), planned_day=TOMORROW)
    assert (moved.state, moved.planned_day) == ("started", TOMORROW)


def test_reports_are_added_and_removed_except_the_last() -> None:
    here = yard()
    both = changed(here, add_reports=(OTHER_REPORT, REPORT))
    assert both.service_request_ids == (REPORT, OTHER_REPORT)
    assert changed(here, remove_reports=(REPORT,)).service_request_ids == (OTHER_REPORT,)
    with pytest.raises(Invalid):
        changed(here, remove_reports=(OTHER_REPORT,))


def test_jobs_are_ordered_despite_concurrent_changes() -> None:
    here = yard(job(), job("J0B000000002"))
    here.jobs.stale_next = 1
    wanted = [
        Placement(job_id="J0B000000002", crew="north", planned_day=TODAY, position=1),
        Placement(job_id=JOB, crew="north", planned_day=TODAY, position=2, arrives_at=NOON),
    ]
    placed = place_jobs(wanted, OFFICER, here.ports())
    assert [(each.state, each.position) for each in placed] == [("planned", 1), ("planned", 2)]
    writes = here.jobs.writes
    assert place_jobs(wanted, OFFICER, here.ports()) == placed and here.jobs.writes == writes
    assert [each.job_id for each in here.jobs.of_day("north", TODAY)] == ["J0B000000002", JOB]


def test_place_is_refused_when_its_position_is_below_one() -> None:
    wanted = [Placement(job_id=JOB, crew="north", planned_day=TODAY, position=0)]
    with pytest.raises(Invalid, match="position: must be 1 or more"):
        place_jobs(wanted, OFFICER, yard().ports())


@pytest.mark.parametrize(("keep", "state"), [("site", "done"), ("office", "cancelled")])
def test_dispute_is_settled_once(keep: Any, state: State) -> None:
    here = yard(planned_job())
    changed(here, state="cancelled", because="Twice the same.")
    apply_operations([operation()], crew_member(), here.ports())
    ports = here.ports()
    with pytest.raises(Conflict):
        settle_dispute(JOB, "operation-1", 2, OFFICER, ports, keep=keep)
    settled = settle_dispute(JOB, "operation-1", 3, OFFICER, ports, keep=keep)
    assert (settled.state, settled.is_disputed) == (state, False)
    assert settle_dispute(JOB, "operation-1", 3, OFFICER, ports, keep=keep) == settled
    with pytest.raises(Conflict):
        settle_dispute(JOB, "operation-1", 4, OFFICER, ports, keep=OTHER[keep])
    with pytest.raises(NotFound):
        settle_dispute(JOB, "operation-9", 4, OFFICER, ports, keep=keep)
