"""Jobs and crews' phones as DynamoDB items, and the conversion in both directions.

Table: hash `owner`, range `record`: `job#<job_id>` and `job`; `report#<service_request_id>` and
`job#<job_id>`; `crew#<crew>` and `device#<digest>`.

The second kind of item points from a report to a job. It is written before the job names the
report; a pointer without such a job does no harm, since the job itself says which reports it has.
docs/ARCHITECTURE.md lists the indexes and their uses.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.constants import STRING

from chalicelib.catalogue.decisions import Priority
from chalicelib.jobs.drafts import Window
from chalicelib.jobs.keys import JOB, job_id_in, job_owner, pointer_record, report_owner
from chalicelib.jobs.model import Job
from chalicelib.jobs.parts import (
    Contractor,
    Dispute,
    JobEvent,
    OfficeChange,
    PlanSetAside,
    StateClaim,
)
from chalicelib.jobs.states import Kind, State
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute, TextAttribute
from chalicelib.kernel.dynamo.item import Index, OwnedItem, index
from chalicelib.kernel.time import text_of

Texts = tuple[str, ...]
LATEST = "~"
"""Sorts after every day and moment."""


class DayAttribute(Attribute[date]):
    """A day as sortable text: 2026-01-31."""

    attr_type = STRING

    def serialize(self, value: date) -> str:
        return value.isoformat()

    def deserialize(self, value: str) -> date:
        return date.fromisoformat(value)


class JobsItem(OwnedItem):
    """An item of the table."""

    store = "jobs"


class JobItem(JobsItem):
    """A stored job. Personal data: `events` names who did what."""

    store = "jobs"
    record = UnicodeAttribute(range_key=True, default=JOB)
    version = VersionAttribute()
    kind = TextAttribute[Kind]()
    state = TextAttribute[State]()
    title = UnicodeAttribute()
    service_code = UnicodeAttribute()
    team = UnicodeAttribute()
    priority = TextAttribute[Priority]()
    crew = UnicodeAttribute(null=True)
    planned_day = DayAttribute(null=True)
    position = NumberAttribute(null=True)
    arrives_at = MomentAttribute(null=True)
    minutes = NumberAttribute()
    window = JsonAttribute[Window | None](Window, null=True)
    due = MomentAttribute(null=True)
    lat = NumberAttribute()
    long = NumberAttribute()
    address = UnicodeAttribute(null=True)
    ward_code = UnicodeAttribute(null=True)
    service_request_ids = JsonAttribute[Texts](Texts)
    joined = JsonAttribute[Texts](Texts, default=())
    materials = JsonAttribute[Texts](Texts)
    hazards = JsonAttribute[Texts](Texts)
    skills = JsonAttribute[Texts](Texts)
    instructions = UnicodeAttribute()
    first_job_id = UnicodeAttribute(null=True)
    events = JsonAttribute[tuple[JobEvent, ...]](tuple[JobEvent, ...])
    disputes = JsonAttribute[tuple[Dispute, ...]](tuple[Dispute, ...])
    office = JsonAttribute[tuple[OfficeChange, ...]](tuple[OfficeChange, ...])
    said = JsonAttribute[StateClaim | None](StateClaim, null=True)
    by_hand = JsonAttribute[Texts](Texts)
    former_teams = JsonAttribute[Texts](Texts)
    plans = NumberAttribute()
    contractor = JsonAttribute[Contractor | None](Contractor, null=True)
    cancelled_because = UnicodeAttribute(null=True)
    closed_itself = BooleanAttribute()
    set_aside = JsonAttribute[PlanSetAside | None](PlanSetAside, null=True)
    booked_day = DayAttribute(null=True)
    opened_at = MomentAttribute()
    updated_at = MomentAttribute()
    fingerprint = UnicodeAttribute()
    request_id = UnicodeAttribute()
    # The keys of the indexes, derived at each write.
    crew_place = UnicodeAttribute(null=True)
    day_place = UnicodeAttribute(null=True)
    team_state = UnicodeAttribute()
    due_place = UnicodeAttribute()
    disputed = UnicodeAttribute(null=True)
    updated_place = UnicodeAttribute()

    # A crew's jobs, by day and position.
    by_crew: Index["JobItem"] = index("by-crew", "crew", "crew_place")
    # A day's jobs, by crew and position.
    by_day: Index["JobItem"] = index("by-day", "planned_day", "day_place")
    # A team's jobs in a state, the earliest due first.
    by_team_state: Index["JobItem"] = index("by-team-state", "team_state", "due_place")
    # A team's jobs with an open dispute, the least recently updated first.
    by_dispute: Index["JobItem"] = index("by-dispute", "disputed", "updated_place")


class JobOfReportItem(JobsItem):
    """A pointer from a report to a job that names it, or was about to."""

    store = "jobs"


class CrewDeviceItem(JobsItem):
    """The push subscription of a crew's phone, which is notified when the day changes."""

    store = "jobs"
    endpoint = UnicodeAttribute()
    p256dh = UnicodeAttribute()
    auth = UnicodeAttribute()
    expires_at = TTLAttribute()


def item_of(job: Job) -> JobItem:
    """The item of a job."""
    return JobItem.of(job, job_owner(job.job_id), **_index_keys(job))


def job_of(item: JobItem) -> Job:
    """The job of an item."""
    return item.read_as(Job, job_id=job_id_in(item.owner))


def pointer_of(service_request_id: str, job_id: str) -> JobOfReportItem:
    """The pointer from the report to the job."""
    return JobOfReportItem(report_owner(service_request_id), pointer_record(job_id))


def _index_keys(job: Job) -> Mapping[str, Any]:
    """The job's keys in the indexes. Jobs without a position come last in their day, by id."""
    day = job.planned_day.isoformat() if job.planned_day else LATEST
    place = f"{job.position:06}" if job.position is not None else LATEST
    due = text_of(job.due) if job.due else LATEST
    return {
        "crew_place": f"{day}#{place}#{job.job_id}" if job.crew else None,
        "day_place": f"{job.crew or LATEST}#{place}#{job.job_id}" if job.planned_day else None,
        "team_state": f"{job.team}#{job.state}",
        "due_place": f"{due}#{job.job_id}",
        "disputed": job.team if job.is_disputed else None,
        "updated_place": f"{text_of(job.updated_at)}#{job.job_id}",
    }
