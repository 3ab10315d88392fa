"""What the street says, whatever the office or another phone said meanwhile."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.drafts import JobChanges
from chalicelib.jobs.job_events import OperationEffect, apply_operation
from chalicelib.jobs.model import MOST_EVENTS, Job
from chalicelib.jobs.states import State
from tests.support.builders import NOON
from tests.support.fakes_jobs import TODAY, crew_member, operation, planned_job

HOUR = timedelta(hours=1)
PLAN = ("crew", "planned_day", "position", "arrives_at", "minutes", "window", "team")


def told(job: Job, device: str = "phone-1", **values: Any) -> OperationEffect:
    """What becomes of an operation, and the job as it is stored after it."""
    op_id = values.pop("op_id", f"operation-{len(job.events) + 1}")
    taken = apply_operation(job, operation(op_id, **values), crew_member(device), NOON)
    return taken._replace(job=_stored(taken.job, job))


def changed(job: Job, **values: Any) -> Job:
    return _stored(dispatch_rules.apply_changes(job, JobChanges(**values), NOON), job)


def _stored(after: Job, before: Job) -> Job:
    return after if after is before else replace(after, version=before.version + 1)


def stored_job(**values: Any) -> Job:
    return planned_job(version=1, **values)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("start", "started"),
        ("done", "done"),
        ("could_not", "could_not"),
        ("hand_over", "handed_over"),
        ("note", "planned"),
        ("photo", "planned"),
    ],
)
def test_job_follows_the_crew_when_no_one_else_reported(kind: str, state: State) -> None:
    taken = told(stored_job(), kind=kind)
    assert (taken.result, taken.job.state) == ("applied", state)
    assert [event.kind for event in taken.job.events] == [kind]


def test_repeated_operation_is_applied_once() -> None:
    job = told(stored_job()).job
    again = told(job, op_id="operation-1", base_version=job.version)
    assert again == OperationEffect(job, "duplicate")


def test_operation_is_rejected_when_another_one_had_its_op_id() -> None:
    job = told(stored_job()).job
    other = told(job, op_id="operation-1", text="Something else.")
    assert other.result == "rejected" and "new op_id" in (other.reason or "")
    assert other.job is job


def test_operation_is_rejected_when_its_version_is_in_the_future() -> None:
    taken = told(stored_job(), base_version=2)
    assert taken.result == "rejected" and "base_version" in (taken.reason or "")


def test_done_and_the_offices_new_plan_both_stay() -> None:
    tomorrow = TODAY + timedelta(days=1)
    replanned = changed(stored_job(), crew="south", planned_day=tomorrow, minutes=90)
    taken = told(replanned)
    assert (taken.result, taken.job.state) == ("applied", "done")
    assert all(getattr(taken.job, name) == getattr(replanned, name) for name in PLAN)


@pytest.mark.parametrize("kind", ["start", "done", "could_not", "hand_over"])
def test_operation_is_disputed_when_the_office_cancelled_meanwhile(kind: str) -> None:
    job = changed(stored_job(), state="cancelled", because="Found to be private land.")
    taken = told(job, kind=kind)
    (dispute,) = taken.job.disputes
    assert (taken.result, taken.job.state) == ("conflict", "cancelled")
    assert dispute.office.state == "cancelled" and dispute.office.by == "office"
    assert taken.job.events[-1].dispute_id == dispute.dispute_id == "operation-1"
    assert told(taken.job, kind=kind, op_id="operation-1").result == "duplicate"


@pytest.mark.parametrize("kind", ["note", "photo"])
def test_note_is_accepted_when_the_office_cancelled_meanwhile(kind: str) -> None:
    job = changed(stored_job(), state="cancelled", because="Found to be private land.")
    assert told(job, kind=kind).result == "applied"


def test_done_stands_when_the_crew_had_seen_the_cancellation() -> None:
    job = changed(stored_job(), state="cancelled", because="Found to be private land.")
    taken = told(job, base_version=2)
    assert (taken.result, taken.job.state) == ("applied", "done")
    assert taken.job.cancelled_because is None


def test_first_outcome_stays_when_another_phone_reports_another_one() -> None:
    job = told(stored_job(), "phone-1", kind="could_not").job
    taken = told(job, "phone-2", kind="done")
    assert (taken.result, taken.job.state) == ("conflict", "could_not")
    assert taken.job.disputes[0].site.state == "done"
    assert taken.job.disputes[0].office.by == "crew"


def test_equal_outcomes_of_two_phones_are_not_a_dispute() -> None:
    job = told(stored_job(), "phone-1").job
    taken = told(job, "phone-2")
    assert taken.result == "applied" and not taken.job.disputes and taken.job.state == "done"
    assert [event.stands for event in taken.job.events] == [True, False]


def test_outcome_is_corrected_by_another_phone_that_had_seen_it() -> None:
    job = told(stored_job(), "phone-1", kind="could_not").job
    taken = told(job, "phone-2", kind="done", base_version=2)
    assert (taken.result, taken.job.state) == ("applied", "done")


def test_outcome_stays_when_another_phone_only_reported_a_start() -> None:
    job = told(stored_job(), "phone-1", kind="start").job
    assert told(job, "phone-2", kind="done").job.state == "done"


def test_start_changes_nothing_when_another_phone_has_ended_the_job() -> None:
    job = told(stored_job(), "phone-1", kind="done").job
    taken = told(job, "phone-2", kind="start")
    assert (taken.result, taken.job.state) == ("applied", "done") and not taken.job.disputes


def test_phone_corrects_its_own_report_while_offline() -> None:
    job = told(stored_job(), kind="could_not").job
    taken = told(job, kind="done", at=NOON + HOUR)
    assert (taken.result, taken.job.state) == ("applied", "done")


def test_own_earlier_report_changes_nothing_when_it_arrives_last() -> None:
    job = told(stored_job(), kind="done", at=NOON).job
    taken = told(job, kind="start", at=NOON - HOUR)
    assert (taken.result, taken.job.state, len(taken.job.events)) == ("applied", "done", 2)


def test_later_report_stands_when_the_phones_clock_was_set_back_after_it_saw_the_job() -> None:
    job = told(stored_job(), kind="could_not", at=NOON + 72 * HOUR).job
    assert told(job, kind="done", at=NOON, base_version=2).job.state == "done"


def test_time_is_that_of_arrival_when_the_phones_clock_is_ahead() -> None:
    (event,) = told(stored_job(), at=NOON + 72 * HOUR).job.events
    assert (event.happened_at, event.at) == (NOON, NOON + 72 * HOUR)
    assert told(stored_job(), at=NOON - HOUR).job.events[0].happened_at == NOON - HOUR


def test_further_reports_of_a_disputed_phone_join_the_same_dispute() -> None:
    job = changed(stored_job(), state="cancelled", because="Found to be private land.")
    job = told(job, kind="start").job
    taken = told(job, kind="done", at=NOON + HOUR, base_version=job.version)
    (dispute,) = taken.job.disputes
    assert (taken.result, taken.job.state) == ("conflict", "cancelled")
    assert (dispute.dispute_id, dispute.op_id) == ("operation-1", "operation-2")
    assert dispute.site.state == "done"


def test_dispute_has_the_phones_last_report_when_it_arrives_first() -> None:
    job = changed(stored_job(), state="cancelled", because="Found to be private land.")
    job = told(job, kind="done", at=NOON + HOUR).job
    taken = told(job, kind="start", at=NOON)
    assert taken.result == "conflict" and taken.job.disputes[0].site.state == "done"


def test_done_is_disputed_when_the_office_reset_the_job_meanwhile() -> None:
    job = told(stored_job(), "phone-1").job
    job = changed(job, state="to_plan")
    taken = told(job, "phone-2")
    assert (taken.result, taken.job.state) == ("conflict", "to_plan")


def test_done_stands_when_the_office_reversed_its_cancellation_meanwhile() -> None:
    job = changed(stored_job(), state="cancelled", because="By mistake.")
    job = changed(job, state="to_plan")
    assert told(job).result == "applied"


@pytest.mark.parametrize(("keep", "state"), [("site", "done"), ("office", "could_not")])
def test_settled_dispute_counts_as_the_offices_report(keep: Any, state: State) -> None:
    job = told(stored_job(), "phone-1", kind="could_not").job
    job = told(job, "phone-2", kind="done").job
    (dispute,) = job.disputes
    settled = _stored(dispatch_rules.settle_dispute(job, dispute, keep, NOON), job)
    assert (settled.state, settled.is_disputed) == (state, False)
    assert settled.outcome and settled.outcome.kind == state
    late = told(settled, "phone-3", kind="hand_over")
    assert (late.result, late.job.state) == ("conflict", state)


def test_full_job_accepts_outcomes_and_refuses_notes() -> None:
    job = stored_job()
    for _ in range(MOST_EVENTS):
        job = told(job, kind="note", text="Something.").job
    refused = told(job, kind="note", text="One more.")
    assert refused.result == "rejected" and "office" in (refused.reason or "")
    assert told(job, kind="done").job.state == "done"


def test_job_with_long_notes_accepts_outcomes_and_refuses_notes() -> None:
    job = stored_job()
    while (taken := told(job, kind="note", text="ä" * 2_000)).result == "applied":
        job = taken.job
    assert len(job.events) == 25
    assert told(job, kind="done", text="ä" * 2_000).job.state == "done"


def test_job_has_a_maximum_number_of_starts() -> None:
    job = stored_job()
    while (taken := told(job, kind="start", text="ä" * 2_000)).result == "applied":
        job = taken.job
    assert "new job" in (taken.reason or "") and len(job.events) < 100


@pytest.mark.parametrize("text", ["\n" * 2_000, "🕳" * 2_000, ""])
def test_job_fits_into_its_item_for_any_operations(text: str) -> None:
    job = changed(stored_job(), state="cancelled", because="Not ours.")
    where = {"lat": 53.123456789012345, "long": -1.123456789012345}
    for number in range(1_000):
        op_id = f"{number:064}"
        sent = {"kind": "could_not", "reason": "needs_other_team", "text": text} | where
        taken = told(job, f"phone-{number:026}", op_id=op_id, photo_ids=("0" * 26,) * 5, **sent)
        if taken.result == "rejected":
            break
        job = taken.job
    assert taken.result == "rejected"
    assert len(msgspec.json.encode((job.events, job.disputes))) < 350_000
