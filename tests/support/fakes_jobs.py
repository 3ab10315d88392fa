"""The jobs slice's ports in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast

import msgspec
from msgspec.structs import asdict, replace

from chalicelib.catalogue.crews import Crew, Depot, Shift
from chalicelib.catalogue.model import Council
from chalicelib.errors import NotFound
from chalicelib.jobs.drafts import Operation
from chalicelib.jobs.links import JobLinks
from chalicelib.jobs.model import Job
from chalicelib.jobs.parts import JobEvent
from chalicelib.jobs.people import EVERYWHERE, Operator, Staff
from chalicelib.jobs.ports import JobFilters, JobPage, Ports, ReactionPorts
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.reports.needs import Need
from chalicelib.reports.published import ReportWithWork
from chalicelib.reports.states import State
from tests.support.builders import MARKET_PLACE, NOON, known_report
from tests.support.councils import council_named
from tests.support.fakes import Clock, PlainSecret

OFFICER = Staff(actor="an-officer", remits=EVERYWHERE)
TODAY = NOON.date()
REPORT = "7K3M2QXV9HTD"
OTHER_REPORT = "8K3M2QXV9HTD"
JOB = "J0B000000001"


def job(job_id: str = JOB, **values: Any) -> Job:
    return Job(
        **{
            "job_id": job_id,
            "kind": "repair",
            "state": "to_plan",
            "title": "Pothole",
            "service_code": "pothole",
            "team": "highways",
            "minutes": 30,
            **MARKET_PLACE,
            "service_request_ids": (REPORT,),
            "opened_at": NOON,
            "updated_at": NOON,
            **values,
        }
    )


def planned_job(job_id: str = JOB, **values: Any) -> Job:
    plan = {"state": "planned", "crew": "north", "planned_day": TODAY, "plans": 1}
    return job(job_id, **{**plan, **values})


def operation(op_id: str = "operation-1", **values: Any) -> Operation:
    return Operation(
        **{
            "op_id": op_id,
            "job_id": JOB,
            "kind": "done",
            "base_version": 1,
            "at": NOON,
            **values,
        }
    )


def event(op_id: str = "operation-1", **values: Any) -> JobEvent:
    return JobEvent(
        **{
            "op_id": op_id,
            "kind": "done",
            "at": NOON,
            "received_at": NOON,
            "by": "crew",
            "actor": "a-crew-member",
            "device": "phone-1",
            "base_version": 1,
            "version": 2,
            "stands": True,
            **values,
        }
    )


def crew_member(device: str = "phone-1", **values: Any) -> Operator:
    return Operator(
        **{
            "actor": "a-crew-member",
            "device": device,
            "scope": "account:a-crew-member",
            "remits": EVERYWHERE,
            **values,
        }
    )


def job_report(service_request_id: str = REPORT, **values: Any) -> ReportWithWork:
    added = {name: values.pop(name) for name in ("work", "address") if name in values}
    known = known_report(service_request_id=service_request_id, **values)
    return ReportWithWork(**asdict(known), **{"address": "1 Market Place", **added})


class MemoryJobs:
    """Jobs in a dictionary. The next `stale_next` saves conflict with another writer."""

    def __init__(self, *jobs: Job) -> None:
        self.stored: dict[str, Job] = {each.job_id: replace(each, version=1) for each in jobs}
        self.writes = 0
        self.stale_next = 0
        self.loses_reply = False

    def add(self, job: Job) -> Job:
        self.writes += 1
        return self.stored.setdefault(job.job_id, replace(job, version=1))

    def save(self, job: Job) -> Job:
        present = self.stored[job.job_id]
        if self.stale_next:
            self.stale_next -= 1
            self.stored[job.job_id] = replace(present, version=present.version + 1)
            raise VersionConflict
        if present.version != job.version:
            raise VersionConflict
        self.writes += 1
        self.stored[job.job_id] = replace(job, version=job.version + 1)
        if self.loses_reply:
            self.loses_reply = False
            raise VersionConflict
        return self.stored[job.job_id]

    def get(self, job_id: str) -> Job | None:
        return self.stored.get(job_id)

    def many(self, job_ids: Collection[str]) -> Mapping[str, Job]:
        return {each: self.stored[each] for each in job_ids if each in self.stored}

    def of_day(self, crew: str, day: date) -> Sequence[Job]:
        found = [j for j in self.stored.values() if (j.crew, j.planned_day) == (crew, day)]
        return sorted(found, key=lambda j: (j.position or 10_000, j.job_id))

    def of_report(self, service_request_id: str) -> Sequence[Job]:
        found = [j for j in self.stored.values() if service_request_id in j.service_request_ids]
        return sorted(found, key=lambda j: j.opened_at)

    def list_page(
        self, filters: JobFilters, *, teams: Collection[str], limit: int, after: str | None
    ) -> JobPage:
        found = [
            j for j in self.stored.values() if j.team in teams and _matches_filters(j, filters)
        ]
        return _page(sorted(found, key=_due), limit, after)


def _due(job: Job) -> tuple[bool, datetime, str]:
    return job.due is None, job.due or NOON, job.job_id


def _matches_filters(job: Job, filters: JobFilters) -> bool:
    pairs = (
        (job.planned_day, filters.day),
        (job.crew, filters.crew),
        (job.team, filters.team),
        (job.is_disputed, filters.disputed or None),
    )
    has_all = all(wanted in (None, value) for value, wanted in pairs)
    return has_all and (not filters.states or job.state in filters.states)


def _page(found: Sequence[Job], limit: int, after: str | None) -> JobPage:
    start = int(after or 0)
    rest = found[start : start + limit]
    return JobPage(rest, str(start + limit) if len(found) > start + limit else None)


class MemoryReports:
    """Reports for the jobs slice. `told` are the updates and `notes` the notes, by id; `signed` are
    the authors of notes, `looks` the requests to officers, `waiting` the photos that wait for a
    check."""

    def __init__(self, reports: Iterable[ReportWithWork]) -> None:
        self.stored = {each.service_request_id: each for each in reports}
        self.told: dict[str, tuple[str, str, str | None, tuple[str, ...]]] = {}
        self.notes: dict[str, tuple[str, str]] = {}
        self.signed: dict[str, str] = {}
        self.looks: list[tuple[str, Need]] = []
        self.waiting: set[str] = set()
        self.now = NOON

    def find(self, service_request_id: str) -> ReportWithWork | None:
        return self.stored.get(service_request_id)

    def add_update(
        self,
        service_request_id: str,
        update_id: str,
        text: str,
        state: str | None,
        photo_ids: Sequence[str],
        *,
        photos_wait: bool = False,
        planned_day: date | None = None,
    ) -> None:
        if update_id in self.told:
            return
        if photos_wait:
            self.waiting |= set(photo_ids)
        self.told[update_id] = (service_request_id, text, state, tuple(photo_ids))
        report = self.stored[service_request_id]
        report = replace(report, update_ids=report.update_ids | {update_id})
        if state:
            report = replace(report, state=cast(State, state))
            report = replace(report, repairs=report.repairs + report.is_done)
        if state == "action_scheduled":
            assert planned_day, "Planned work has a day."
            report = replace(report, scheduled_at=self.now, planned_day=planned_day)
        self.stored[service_request_id] = report

    def give_new_date(
        self,
        service_request_id: str,
        update_id: str,
        *,
        day: date,
        reason: str,
        given_at: datetime,
    ) -> None:
        text = f"{day} {reason} {given_at:%H:%M}"
        self.add_update(service_request_id, update_id, text, None, ())

    def add_note(self, service_request_id: str, note_id: str, text: str, by: str) -> None:
        if self.stored[service_request_id].is_forgotten:
            raise NotFound(f"There is no report {service_request_id}.")
        self.notes.setdefault(note_id, (service_request_id, text))
        self.signed.setdefault(note_id, by)

    def add_need(self, service_request_id: str, need: Need) -> None:
        self.looks.append((service_request_id, need))
        report = self.stored[service_request_id]
        jobs = {need.about} if need.reason in ("could_not", "handed_over") else frozenset[str]()
        self.change(
            service_request_id,
            need_ids=report.need_ids | {need.need_id},
            undone_jobs=report.undone_jobs | jobs,
        )

    def settle_need(self, service_request_id: str, job_id: str) -> None:
        left = self.stored[service_request_id].undone_jobs - {job_id}
        self.change(service_request_id, undone_jobs=left)

    def change(self, service_request_id: str = REPORT, **values: Any) -> None:
        self.stored[service_request_id] = replace(self.stored[service_request_id], **values)

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _, _ in self.told.values()]


def crew_of(crew: str, team: str = "highways", **values: Any) -> Crew:
    """A crew whose day begins and ends at the Market Place."""
    depot = Depot(name="The yard", **MARKET_PLACE)
    shift = Shift(starts="07:30", ends="15:30")
    return Crew(
        **{"crew": crew, "name": "A crew", "team": team, "depot": depot, "shift": shift, **values}
    )


def council_of_crews(*crews: Crew) -> Council:
    """The demo council with these crews, and a service whose jobs close their reports."""
    demo = council_named("demo")
    smell = msgspec.structs.replace(
        demo.by_code["pothole"],
        service_code="smell",
        service_name="Smell",
        job_done_state="closed",
    )
    return msgspec.structs.replace(demo, crews=crews, services=(*demo.services, smell))


@dataclass
class JobsWorld:
    """The whole slice in memory, with a clock that stands still. `noted` is the audit log,
    `asked_for` are the (scope, op_id, photo_id) of requested photos."""

    jobs: MemoryJobs = field(default_factory=MemoryJobs)
    reports: MemoryReports = field(default_factory=lambda: MemoryReports([job_report()]))
    clock: Clock = field(default_factory=Clock)
    noted: list[tuple[str, str, str, str]] = field(default_factory=list)
    asked_for: set[tuple[str, str, str]] = field(default_factory=set)
    made: int = 0
    council: Council = field(
        default_factory=lambda: council_of_crews(
            crew_of("north"), crew_of("south"), crew_of("green", team="parks")
        )
    )

    def ports(self) -> Ports:
        return Ports(
            jobs=self.jobs,
            reports=self.reports,
            council=self.council,
            is_requested_photo=self._is_requested,
            links=JobLinks(PlainSecret("links")),
            site_url="https://ginnel.example",
            record_action=lambda *entry: self.noted.append(entry),
            random_id=self._random_id,
            now=self.clock,
        )

    def following(self) -> ReactionPorts:
        return ReactionPorts(
            jobs=self.jobs, reports=self.reports, council=self.council, now=self.clock
        )

    def pass_time(self, **span: float) -> None:
        self.clock.now += timedelta(**span)
        self.reports.now = self.clock.now

    def _is_requested(self, scope: str, key: str, photo_id: str) -> bool:
        return (scope, key, photo_id) in self.asked_for

    def _random_id(self) -> str:
        self.made += 1
        return f"{self.made:032x}"
