"""A contractor's link."""

from datetime import timedelta

import pytest

from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.jobs.usecases.linking import add_link, drop_link, opened
from chalicelib.jobs.usecases.operating import operate
from tests.fakes_jobs import JOB, OFFICER, MemoryJobs, Yard, operation, planned_job

SECOND = timedelta(seconds=1)


def token_of(url: str) -> str:
    return url.removeprefix("https://ginnel.example/forms/jobs/")


def test_contractor_works_on_the_job_by_her_link_until_it_ends() -> None:
    here = Yard(jobs=MemoryJobs(planned_job()))
    link = add_link(JOB, "Paviours Ltd", 3, OFFICER, here.ports())
    job, who = opened(token_of(link.url), here.ports())
    sent = operation(base_version=job.version)
    assert operate([sent], who, here.ports())[0].result == "applied"
    assert here.jobs.stored[JOB].deeds[0].by == "contractor"
    here.clock.now = link.expires_at - SECOND
    assert opened(token_of(link.url), here.ports())
    here.clock.now = link.expires_at
    with pytest.raises(NotFound):
        opened(token_of(link.url), here.ports())


def test_link_leads_nowhere_when_another_one_was_made_or_it_was_taken_back() -> None:
    here = Yard(jobs=MemoryJobs(planned_job()))
    first = add_link(JOB, "Paviours Ltd", 3, OFFICER, here.ports())
    second = add_link(JOB, "Masons Ltd", 3, OFFICER, here.ports())
    with pytest.raises(NotFound):
        opened(token_of(first.url), here.ports())
    assert opened(token_of(second.url), here.ports())
    drop_link(JOB, OFFICER, here.ports())
    version = drop_link(JOB, OFFICER, here.ports()).version
    assert version == 4
    with pytest.raises(NotFound):
        opened(token_of(second.url), here.ports())


@pytest.mark.parametrize("token", ["", "x", f"{JOB}-", f"{JOB}-wrong", "NOSUCHJOB000-x", "é-é"])
def test_link_leads_nowhere_when_it_was_never_made(token: str) -> None:
    here = Yard(jobs=MemoryJobs(planned_job()))
    add_link(JOB, "Paviours Ltd", 3, OFFICER, here.ports())
    with pytest.raises(NotFound):
        opened(token, here.ports())


def test_link_is_refused_when_the_job_is_over_or_the_days_are_too_many() -> None:
    here = Yard(jobs=MemoryJobs(planned_job(state="done")))
    with pytest.raises(Conflict):
        add_link(JOB, "Paviours Ltd", 3, OFFICER, here.ports())
    for name, days in (("Paviours Ltd", 0), ("Paviours Ltd", 31), (" ", 3)):
        with pytest.raises(Invalid):
            add_link(JOB, name, days, OFFICER, here.ports())
