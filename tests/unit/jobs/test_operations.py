"""Operations: each is taken once, and one that is rejected stops no other."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Invalid, UpstreamFailed
from chalicelib.jobs.drafts import JobChanges
from chalicelib.jobs.parts import Contractor
from chalicelib.jobs.people import Remit
from chalicelib.jobs.usecases.operations import SentOperation, apply_operations
from chalicelib.jobs.usecases.planning import change_job
from chalicelib.kernel.operations import UnreadableOperation
from tests.support.builders import NOON
from tests.support.fakes_jobs import (
    JOB,
    OFFICER,
    JobsWorld,
    MemoryJobs,
    crew_member,
    operation,
    planned_job,
)

PHOTO = "0" * 26


def yard(**values: Any) -> JobsWorld:
    return JobsWorld(jobs=MemoryJobs(planned_job(**values)))


def results(of: Any) -> list[str]:
    return [outcome.result for outcome in of]


def test_each_operation_has_its_outcome_in_order_when_some_are_bad() -> None:
    here = yard()
    sent: list[SentOperation] = [
        operation("operation-1", kind="start"),
        UnreadableOperation(op_id="", reason="op_id: is required"),
        operation("operation-2", job_id="NOSUCHJOB000"),
        operation("operation-3", kind="could_not"),
        operation("operation-1", kind="start"),
        operation("operation-4", kind="note", text="  "),
        operation("operation-5", kind="photo"),
        operation("operation-6", at=NOON + timedelta(minutes=30)),
    ]
    outcomes = apply_operations(sent, crew_member(), here.ports())
    assert results(outcomes) == [
        "applied",
        "rejected",
        "rejected",
        "rejected",
        "duplicate",
        "rejected",
        "rejected",
        "applied",
    ]
    reasons = [outcome.reason for outcome in outcomes if outcome.result == "rejected"]
    assert all(reasons)
    assert here.jobs.stored[JOB].state == "done"


def test_operations_of_one_job_are_one_write() -> None:
    here = yard()
    apply_operations(
        [operation(f"operation-{n}", kind="start") for n in range(10)], crew_member(), here.ports()
    )
    assert here.jobs.writes == 1 and len(here.jobs.stored[JOB].events) == 10


def test_operation_is_applied_after_concurrent_writes() -> None:
    here = yard()
    here.jobs.stale_next = 3
    (outcome,) = apply_operations([operation()], crew_member(), here.ports())
    assert outcome.result == "applied" and outcome.job == here.jobs.stored[JOB]


def test_operation_has_to_be_repeated_when_others_never_stop_writing() -> None:
    here = yard()
    here.jobs.stale_next = 99
    with pytest.raises(UpstreamFailed):
        apply_operations([operation()], crew_member(), here.ports())


def test_response_is_the_same_when_the_reply_of_the_store_is_lost() -> None:
    here = yard()
    here.jobs.loses_reply = True
    (outcome,) = apply_operations([operation()], crew_member(), here.ports())
    assert outcome.result == "applied" and len(here.jobs.stored[JOB].events) == 1


def test_operation_is_rejected_when_the_job_is_another_teams() -> None:
    here = yard()
    who = crew_member(remits=(Remit(teams=("parks",)),))
    (outcome,) = apply_operations([operation()], who, here.ports())
    assert (outcome.result, outcome.job) == ("rejected", None)
    assert "not in your teams" in (outcome.reason or "")


def test_operation_is_accepted_when_the_job_was_given_to_another_team_meanwhile() -> None:
    here = yard()
    who = crew_member(remits=(Remit(teams=("highways",)),))
    change_job(JOB, JobChanges(team="parks"), 1, OFFICER, here.ports())
    (outcome,) = apply_operations([operation()], who, here.ports())
    assert (outcome.result, here.jobs.stored[JOB].state) == ("applied", "done")


def test_operation_stays_stored_when_the_sender_left_the_team() -> None:
    here = yard()
    apply_operations([operation()], crew_member(), here.ports())
    who = crew_member(remits=(Remit(teams=("parks",)),))
    (outcome,) = apply_operations([operation()], who, here.ports())
    assert (outcome.result, outcome.job) == ("duplicate", None)


def test_contractor_works_on_the_job_of_the_link_until_it_expires() -> None:
    link = Contractor(name="Paviours", link_id="a-link", expires_at=NOON + timedelta(days=1))
    here = JobsWorld(jobs=MemoryJobs(planned_job(contractor=link), planned_job("J0B000000002")))
    who = crew_member("link:a-link", by="contractor", actor="a-link", job_id=JOB, remits=())
    sent = [operation(kind="start"), operation(job_id="J0B000000002")]
    assert results(apply_operations(sent, who, here.ports())) == ["applied", "rejected"]
    here.pass_time(days=1)
    later = operation("operation-2")
    assert results(apply_operations([later], who, here.ports())) == ["rejected"]


def test_photo_is_accepted_when_it_was_requested_with_the_operation() -> None:
    here = yard()
    here.asked_for = {("account:a-crew-member", "operation-1", PHOTO)}
    sent = [
        operation("operation-1", photo_ids=(PHOTO,)),
        operation("operation-2", kind="photo", photo_ids=(PHOTO,)),
    ]
    outcomes = apply_operations(sent, crew_member(), here.ports())
    assert results(outcomes) == ["applied", "rejected"]
    assert "Idempotency-Key" in (outcomes[1].reason or "")
    assert here.jobs.stored[JOB].photo_ids == (PHOTO,)


def test_call_is_refused_when_it_has_more_than_a_hundred_operations() -> None:
    with pytest.raises(Invalid):
        apply_operations(
            [operation(f"operation-{n}") for n in range(101)], crew_member(), yard().ports()
        )
