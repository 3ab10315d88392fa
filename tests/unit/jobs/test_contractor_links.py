"""A contractor's link."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import Conflict, Ended, Invalid, NotFound
from chalicelib.jobs.drafts import JobChanges
from chalicelib.jobs.usecases.contractor_links import add_link, drop_link, open_link
from chalicelib.jobs.usecases.jobs_of_report import update_jobs_of
from chalicelib.jobs.usecases.operations import apply_operations
from chalicelib.jobs.usecases.planning import change_job
from tests.support.fakes_jobs import (
    JOB,
    OFFICER,
    REPORT,
    JobsWorld,
    MemoryJobs,
    crew_member,
    operation,
    planned_job,
)

SECOND = timedelta(seconds=1)


def token_of(url: str) -> str:
    return url.removeprefix("https://ginnel.example/forms/jobs/")


def test_contractor_works_on_the_job_through_a_link_until_it_expires() -> None:
    here = JobsWorld(jobs=MemoryJobs(planned_job()))
    link = add_link(JOB, "Paviours Ltd", 3, OFFICER, here.ports())
    job, who = open_link(token_of(link.url), here.ports())
    sent = operation(base_version=job.version, kind="start")
    assert apply_operations([sent], who, here.ports())[0].result == "applied"
    assert here.jobs.stored[JOB].events[0].by == "contractor"
    here.clock.now = link.expires_at - SECOND
    assert open_link(token_of(link.url), here.ports())
    here.clock.now = link.expires_at
    with pytest.raises(NotFound):
        open_link(token_of(link.url), here.ports())


def test_link_is_not_valid_when_it_was_replaced_or_revoked() -> None:
    here = JobsWorld(jobs=MemoryJobs(planned_job()))
    first = add_link(JOB, "Paviours Ltd", 3, OFFICER, here.ports())
    second = add_link(JOB, "Masons Ltd", 3, OFFICER, here.ports())
    with pytest.raises(NotFound):
        open_link(token_of(first.url), here.ports())
    assert open_link(token_of(second.url), here.ports())
    drop_link(JOB, OFFICER, here.ports())
    version = drop_link(JOB, OFFICER, here.ports()).version
    assert version == 4
    with pytest.raises(NotFound):
        open_link(token_of(second.url), here.ports())


@pytest.mark.parametrize("token", ["", "x", f"{JOB}-", f"{JOB}-wrong", "NOSUCHJOB000-x", "é-é"])
def test_forged_link_is_not_valid(token: str) -> None:
    here = JobsWorld(jobs=MemoryJobs(planned_job()))
    add_link(JOB, "Paviours Ltd", 3, OFFICER, here.ports())
    with pytest.raises(NotFound):
        open_link(token, here.ports())


def test_link_is_refused_when_the_job_is_over_or_the_days_are_too_many() -> None:
    here = JobsWorld(jobs=MemoryJobs(planned_job(state="done")))
    with pytest.raises(Conflict):
        add_link(JOB, "Paviours Ltd", 3, OFFICER, here.ports())
    for name, days in (("Paviours Ltd", 0), ("Paviours Ltd", 31), (" ", 3)):
        with pytest.raises(Invalid):
            add_link(JOB, name, days, OFFICER, here.ports())


def done(here: JobsWorld) -> None:
    sent = operation("crew-is-done", base_version=here.jobs.stored[JOB].version)
    assert apply_operations([sent], crew_member(), here.ports())[0].result == "applied"


def changed(**values: Any) -> Callable[[JobsWorld], None]:
    def act(here: JobsWorld) -> None:
        version = here.jobs.stored[JOB].version
        change_job(JOB, JobChanges(**values), version, OFFICER, here.ports())

    return act


def report_given_away(here: JobsWorld) -> None:
    here.reports.change(team="parks")
    update_jobs_of(REPORT, here.following())


def report_closed(here: JobsWorld) -> None:
    here.reports.change(state="closed")
    update_jobs_of(REPORT, here.following())


ENDS: dict[str, Callable[[JobsWorld], None]] = {
    "done": done,
    "cancelled": changed(state="cancelled", because="Not needed."),
    "given away": changed(team="parks"),
    "report given away": report_given_away,
    "report closed": report_closed,
}


@pytest.mark.parametrize("name", ENDS)
def test_link_ends_with_the_job_and_stays_ended_when_the_job_is_put_back(name: str) -> None:
    here = JobsWorld(jobs=MemoryJobs(planned_job()))
    link = add_link(JOB, "Paviours Ltd", 3, OFFICER, here.ports())
    job, who = open_link(token_of(link.url), here.ports())
    first = operation("contractor-begins", base_version=job.version, kind="note", text="Monday.")
    apply_operations([first], who, here.ports())
    ENDS[name](here)
    late = operation("contractor-is-late", base_version=here.jobs.stored[JOB].version)
    for put_back in (False, True):
        if put_back:
            changed(state="to_plan")(here)
        with pytest.raises(Ended):
            open_link(token_of(link.url), here.ports())
        results = [each.result for each in apply_operations([late, first], who, here.ports())]
        assert results == ["rejected", "duplicate"]
    assert here.jobs.stored[JOB].event("contractor-begins")
    assert add_link(JOB, "Paviours Ltd", 3, OFFICER, here.ports())


def test_link_of_a_job_that_ended_earlier_stays_closed_when_it_is_put_back() -> None:
    here = JobsWorld(jobs=MemoryJobs(planned_job()))
    link = add_link(JOB, "Paviours Ltd", 3, OFFICER, here.ports())
    stored = here.jobs.stored[JOB]
    here.jobs.stored[JOB] = replace(stored, state="done")
    changed(state="to_plan")(here)
    with pytest.raises(Ended):
        open_link(token_of(link.url), here.ports())
