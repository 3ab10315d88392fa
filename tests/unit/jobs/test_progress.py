"""Tells the outcome of a job to its reports."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.jobs.drafts import JobChanges
from chalicelib.jobs.model import Job
from chalicelib.jobs.parts import Contractor
from chalicelib.jobs.usecases.operations import apply_operations
from chalicelib.jobs.usecases.planning import change_job, settle_dispute
from chalicelib.jobs.usecases.progress import publish_changed_plans, publish_progress
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

PHOTO, LATE_PHOTO = "0" * 26, "1" * 26


def yard(present: Job | None = None, **values: Any) -> JobsWorld:
    return JobsWorld(
        jobs=MemoryJobs(present or planned_job()), reports=MemoryReports([job_report(**values)])
    )


def told(here: JobsWorld, *kinds: str, **values: Any) -> list[tuple[str, str | None]]:
    """What the timeline says after these events, and after following again and again."""
    for kind in kinds:
        present = here.jobs.stored[JOB]
        op_id = f"operation-{len(present.events) + 1}"
        sent = operation(op_id, kind=kind, base_version=present.version, **values)
        assert apply_operations([sent], crew_member(), here.ports())[0].result == "applied"
    for _ in range(3):
        publish_progress(JOB, here.following())
    return [(text, state) for _, text, state, _ in here.reports.told.values()]


def planned_for(here: JobsWorld, days: int) -> None:
    day = TODAY + timedelta(days=days)
    changes = JobChanges(crew="north", planned_day=day)
    change_job(JOB, changes, here.jobs.stored[JOB].version, OFFICER, here.ports())


def test_report_is_fixed_once_when_the_job_is_done() -> None:
    assert told(yard(), "start", "done") == [("We have repaired this.", "fixed")]


def test_report_gets_the_new_date_of_a_crew_once_and_the_job_stays_planned() -> None:
    here = yard()
    day = TODAY + timedelta(days=4)
    said = told(here, "new_date", text="The road is closed.", day=day)
    assert said[0][0].startswith(f"{day} The road is closed.")
    assert here.jobs.stored[JOB].state == "planned"


def test_report_gets_the_crews_text_and_photos() -> None:
    here = yard()
    here.asked_for = {("account:a-crew-member", "operation-1", PHOTO)}
    assert told(here, "done", text="New kerb, too.", photo_ids=(PHOTO,)) == [
        ("New kerb, too.", "fixed")
    ]
    here.asked_for = {("account:a-crew-member", "operation-2", LATE_PHOTO)}
    told(here, "photo", photo_ids=(LATE_PHOTO,))
    assert [photos for *_, photos in here.reports.told.values()] == [(PHOTO,), (LATE_PHOTO,)]


@pytest.mark.parametrize(
    ("kind", "state"),
    [("inspect", "investigating"), ("make_safe", "in_progress"), ("collect", "closed")],
)
def test_report_gets_the_state_of_kind_and_service(kind: Any, state: str) -> None:
    here = yard(planned_job(kind=kind), service_code="smell")
    assert told(here, "done")[0][1] == state


def test_public_update_is_added_when_a_report_has_no_room_for_notes() -> None:
    here = yard(is_forgotten=True)
    assert told(here, "could_not", reason="parked_car") == [
        ("We came on Monday 1 June but could not do this: a parked car was in the way.", None)
    ]
    assert told(here, "done")[-1] == ("We have repaired this.", "fixed") and not here.reports.notes


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z"])
def test_day_is_that_of_arrival_when_the_phones_clock_is_wrong(at: str) -> None:
    text = "We came on Monday 1 June but could not do this: we could not find it."
    moment = datetime.fromisoformat(at)
    assert told(yard(), "could_not", reason="not_found", at=moment) == [(text, None)]


def test_only_open_reports_are_updated() -> None:
    here = JobsWorld(
        jobs=MemoryJobs(planned_job(service_request_ids=(REPORT, OTHER_REPORT, "GONE00000000"))),
        reports=MemoryReports([job_report(), job_report(OTHER_REPORT, state="closed")]),
    )
    told(here, "done")
    assert [said[0] for said in here.reports.told.values()] == [REPORT]


def test_report_is_in_progress_when_the_crew_has_started() -> None:
    assert told(yard(), "start") == [("A crew is working on this.", "in_progress")]


def test_report_announces_its_planned_day_at_most_once_a_day() -> None:
    here = yard(job())
    planned_for(here, 1)
    first = ("Work planned for Tuesday 2 June.", "action_scheduled")
    assert told(here) == [first]
    planned_for(here, 2)
    planned_for(here, 3)
    assert told(here) == [first]
    here.pass_time(days=1)
    publish_changed_plans(here.following())
    publish_changed_plans(here.following())
    assert told(here) == [
        first,
        ("Work planned for Thursday 4 June.", "action_scheduled"),
    ]
    here.pass_time(days=1)
    publish_changed_plans(here.following())
    assert len(told(here)) == 2


def test_report_announces_a_cancelled_plan_that_it_had_announced() -> None:
    here = yard(job())
    planned_for(here, 1)
    told(here)
    called_off: Any = {"state": "cancelled", "because": "The road is closed."}
    change_job(JOB, JobChanges(**called_off), 2, OFFICER, here.ports())
    assert told(here)[1:] == [
        ("We have called off the planned work. We'll say here what happens next.", "investigating")
    ]
    (note,) = (text for _, text in here.reports.notes.values())
    assert note == f"Job {JOB}: cancelled. The road is closed."


def test_plan_of_another_job_or_officer_is_not_cancelled() -> None:
    here = yard(state="action_scheduled")
    called_off: Any = {"state": "cancelled", "because": "Done twice."}
    change_job(JOB, JobChanges(**called_off), 1, OFFICER, here.ports())
    assert told(here) == []


@pytest.mark.parametrize(
    ("reason", "texts"),
    [
        (
            "parked_car",
            ["We came on Monday 1 June but could not do this: a parked car was in the way."],
        ),
        ("other", []),
    ],
)
def test_public_reason_for_could_not_is_published(reason: Any, texts: list[str]) -> None:
    here = yard()
    told(here, "could_not", reason=reason, text="Shouted at by the owner.")
    assert here.reports.texts == texts
    ((_, note),) = here.reports.notes.values()
    assert note.startswith(f"Job {JOB}: could not be done") and "Shouted" in note


def test_handover_and_cancellation_are_told_only_to_officers() -> None:
    here = yard()
    assert told(here, "hand_over", text="Water main.") == []
    values: Any = {"state": "cancelled", "because": "Not ours."}
    change_job(JOB, JobChanges(**values), 2, OFFICER, here.ports())
    assert told(here) == []
    assert [text for _, text in here.reports.notes.values()] == [
        f"Job {JOB}: handed over. Water main.",
        f"Job {JOB}: cancelled. Not ours.",
    ]


def test_disputed_outcome_reaches_the_report_when_it_is_settled() -> None:
    here = yard()
    values: Any = {"state": "cancelled", "because": "Not ours."}
    change_job(JOB, JobChanges(**values), 1, OFFICER, here.ports())
    apply_operations([operation()], crew_member(), here.ports())
    assert told(here) == []
    assert any("settle" in text for _, text in here.reports.notes.values())
    settle_dispute(JOB, "operation-1", 3, OFFICER, here.ports(), keep="site")
    assert told(here) == [("We have repaired this.", "fixed")]


def test_withdrawn_report_or_missing_job_is_ignored() -> None:
    here = yard(visibility="withdrawn")
    assert told(here, "done") == [] and not here.reports.notes
    publish_progress("NOSUCHJOB000", here.following())


def test_day_is_in_the_councils_time_zone() -> None:
    here = yard()
    here.clock.now = NOON.replace(hour=23, minute=30)
    told(here, "could_not", reason="unsafe", at=here.clock.now)
    assert "Tuesday 2 June" in here.reports.texts[0]


CONTRACTOR = {"by": "contractor", "remits": (), "actor": "link-1", "scope": "link:1"}
LINK = Contractor(name="Paviours Ltd", link_id="link-1", expires_at=NOON + timedelta(days=7))
NOT_PLANNED = "The work is no longer planned for that day. We'll say here when there is a new day."


def by_contractor(here: JobsWorld, kind: str, **values: Any) -> None:
    present = here.jobs.stored[JOB]
    who = crew_member("link-phone", job_id=JOB, **CONTRACTOR)
    sent = operation(f"contractor-{kind}", kind=kind, base_version=present.version, **values)
    assert apply_operations([sent], who, here.ports())[0].result == "applied"


def test_contractors_text_and_photos_wait_while_the_state_follows() -> None:
    here = yard(planned_job(contractor=LINK))
    here.asked_for = {("link:1", "contractor-done", PHOTO)}
    by_contractor(here, "done", text="Ring Ann on 01904.", photo_ids=(PHOTO,))
    assert told(here) == [("We have repaired this.", "fixed")]
    assert [photos for *_, photos in here.reports.told.values()] == [(PHOTO,)]
    assert here.reports.waiting == {PHOTO}
    ((_, look),) = here.reports.looks
    assert (look.reason, look.by) == ("contractor_text", "contractor:Paviours Ltd")
    assert look.why == "Ring Ann on 01904."


def test_nothing_waits_for_a_contractor_without_text_or_for_a_crew() -> None:
    here = yard(planned_job(contractor=LINK))
    by_contractor(here, "done")
    told(here)
    assert not here.reports.looks
    here = yard()
    told(here, "done", text="New kerb, too.")
    assert not here.reports.looks and not here.reports.waiting


def test_notes_are_signed_by_their_crew_company_or_office() -> None:
    here = yard(planned_job(contractor=LINK))
    told(here, "could_not", reason="unsafe")
    by_contractor(here, "could_not", reason="no_access", text="Locked.")
    values: Any = {"state": "cancelled", "because": "Not ours."}
    version = here.jobs.stored[JOB].version
    change_job(JOB, JobChanges(**values), version, OFFICER, here.ports())
    told(here)
    assert list(here.reports.signed.values()) == [
        "crew:north",
        "contractor:Paviours Ltd",
        "office:highways",
    ]


@pytest.mark.parametrize(
    ("kind", "values", "why"),
    [
        (
            "could_not",
            {"reason": "other", "text": "A party."},
            "Something else. A party.",
        ),
        ("hand_over", {"text": "The water board has to come."}, "The water board has to come."),
    ],
)
def test_report_needs_attention_when_its_job_was_not_finished(
    kind: str, values: Any, why: str
) -> None:
    here = yard(job())
    planned_for(here, 1)
    told(here)
    told(here, kind, **values)
    ((about, look),) = here.reports.looks
    assert (about, look.about, look.by, look.why) == (REPORT, JOB, "crew:north", why)
    report = here.reports.stored[REPORT]
    assert report.state == "investigating" and report.undone_jobs == {JOB}
    planned_for(here, 2)
    told(here)
    assert not here.reports.stored[REPORT].undone_jobs and len(here.reports.looks) == 1


def test_public_is_told_when_a_job_ends_without_being_done() -> None:
    here = yard(job())
    planned_for(here, 1)
    told(here)
    assert told(here, "could_not", reason="parked_car")[1:] == [
        (
            "We came on Monday 1 June but could not do this: a parked car was in the way.",
            "investigating",
        )
    ]


def test_planned_day_disappears_when_it_is_removed_and_the_new_one_is_announced_at_once() -> None:
    here = yard(job())
    planned_for(here, 1)
    told(here)
    taken_off: Any = {"clear": ("crew", "planned_day")}
    change_job(JOB, JobChanges(**taken_off), 2, OFFICER, here.ports())
    assert told(here)[1:] == [(NOT_PLANNED, "investigating")]
    planned_for(here, 2)
    assert told(here)[2:] == [("Work planned for Wednesday 3 June.", "action_scheduled")]


def test_planned_day_is_announced_again_when_it_was_removed_and_restored() -> None:
    here = yard(job())
    planned_for(here, 1)
    told(here)
    before = here.jobs.stored[JOB]
    change_job(JOB, JobChanges(team="parks"), before.version, OFFICER, here.ports())
    told(here)
    here.jobs.stored[JOB] = replace(before, version=before.version + 2)
    for _ in range(2):
        assert told(here)[2:] == [("Work planned for Tuesday 2 June.", "action_scheduled")]


def test_planned_day_disappears_when_another_team_gets_the_job() -> None:
    here = yard(job())
    planned_for(here, 1)
    told(here)
    change_job(JOB, JobChanges(team="parks"), 2, OFFICER, here.ports())
    assert told(here)[1:] == [(NOT_PLANNED, "investigating")]


@pytest.mark.parametrize("ends", ["clear", "cancel", "could_not"])
def test_day_of_another_job_is_shown_when_one_is_removed(ends: str) -> None:
    here = yard(job())
    other = planned_job("J0B000000002", planned_day=TODAY + timedelta(days=5))
    planned_for(here, 1)
    told(here)
    here.jobs.add(other)
    values: dict[str, Any] = {
        "clear": {"clear": ("planned_day",)},
        "cancel": {"state": "cancelled", "because": "Not needed."},
    }
    if ends == "could_not":
        told(here, "could_not", reason="other")
        assert here.reports.stored[REPORT].state == "action_scheduled"
        return
    change_job(JOB, JobChanges(**values[ends]), 2, OFFICER, here.ports())
    assert told(here)[1:] == [("Work planned for Saturday 6 June.", "action_scheduled")]
