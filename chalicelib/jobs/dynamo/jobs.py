"""Jobs in DynamoDB: one item a job, one conditional write a change."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from heapq import merge
from itertools import islice
from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.jobs.dynamo.items import (
    LATEST,
    JobItem,
    JobOfReportItem,
    item_of,
    job_of,
    pointer_of,
)
from chalicelib.jobs.keys import JOB, job_id_in, job_owner, report_owner
from chalicelib.jobs.model import Job
from chalicelib.jobs.ports import JobFilters, JobPage
from chalicelib.jobs.states import STATES, State
from chalicelib.kernel.dynamo.item import Index
from chalicelib.kernel.optimistic import VersionConflict

QUERY_SIZE = 100
"""The number of entries that one query of an index returns."""
MOST_ENTRIES = 500
"""The number of index entries read for one page. If few of them match, the page is short or empty
and has a next one."""


class _Entry(NamedTuple):
    """An entry of an index: its sort key and the job's id."""

    place: str
    job_id: str


class DynamoJobs:
    """The Jobs port with one DynamoDB table."""

    def __init__(self, table_name: str) -> None:
        for item in (JobItem, JobOfReportItem):
            item.Meta.table_name = table_name

    def add(self, job: Job) -> Job:
        _add_pointers(job)
        return job_of(item_of(job).add_or_find())

    def save(self, job: Job) -> Job:
        if not job.version:
            raise VersionConflict
        # If the job's reports are unchanged, as in most changes, its pointers exist already.
        item = item_of(job)
        if item.put_where(JobItem.service_request_ids == job.service_request_ids):
            return job_of(item)
        _add_pointers(job)
        return job_of(item_of(job).put_on_version())

    def get(self, job_id: str) -> Job | None:
        item = JobItem.find(job_owner(job_id), JOB)
        return job_of(item) if item else None

    def many(self, job_ids: Collection[str]) -> Mapping[str, Job]:
        keys = [(job_owner(job_id), JOB) for job_id in set(job_ids)]
        with JobItem.translate_errors():
            jobs = map(job_of, JobItem.batch_get(keys, consistent_read=True))
            return {job.job_id: job for job in jobs}

    def of_day(self, crew: str, day: date) -> Sequence[Job]:
        with JobItem.translate_errors():
            job_ids = [entry.job_id for entry in _entries_of_crew(crew, day, None)]
        jobs = self.many(job_ids)
        in_order = (jobs[job_id] for job_id in job_ids if job_id in jobs)
        return [job for job in in_order if (job.crew, job.planned_day) == (crew, day)]

    def of_report(self, service_request_id: str) -> Sequence[Job]:
        once = self.of_report_or_merged(service_request_id)
        return [job for job in once if service_request_id in job.service_request_ids]

    def of_report_or_merged(self, service_request_id: str) -> Sequence[Job]:
        """All jobs that name the report, or named it while it was merged with one of theirs, the
        oldest first (consistent reads)."""
        pointers = JobOfReportItem.all_under(report_owner(service_request_id))
        candidates = self.many([job_id_in(item.record) for item in pointers]).values()
        jobs = (
            job
            for job in candidates
            if service_request_id in (*job.service_request_ids, *job.joined)
        )
        return sorted(jobs, key=lambda job: (job.opened_at, job.job_id))

    def list_page(
        self, filters: JobFilters, *, teams: Collection[str], limit: int, after: str | None
    ) -> JobPage:
        chosen = [team for team in sorted(teams) if filters.team in (None, team)]
        entries = _query(filters, chosen, after)
        return self._page(entries, lambda job: _matches(job, filters, chosen), limit)

    def _page(
        self, entries: Iterator[_Entry], is_wanted: Callable[[Job], bool], limit: int
    ) -> JobPage:
        """The first jobs that pass. An index may lag behind, so the stored jobs are checked."""
        jobs: dict[str, Job] = {}
        last, looked_at = None, 0
        with JobItem.translate_errors():
            while batch := list(islice(entries, limit + 1)):
                stored = self.many([entry.job_id for entry in batch])
                for place, job_id in batch:
                    job = stored.get(job_id)
                    is_next = job_id not in jobs and job is not None and is_wanted(job)
                    if looked_at == MOST_ENTRIES or (is_next and len(jobs) == limit):
                        return JobPage(list(jobs.values()), last)
                    if job is not None and is_next:
                        jobs[job_id] = job
                    last, looked_at = place, looked_at + 1
        return JobPage(list(jobs.values()), None)


def _add_pointers(job: Job) -> None:
    """Store the pointers from the job's reports, before the job names them."""
    with JobItem.translate_errors(), JobOfReportItem.batch_write() as batch:
        for service_request_id in job.service_request_ids:
            batch.save(pointer_of(service_request_id, job.job_id))


def _query(filters: JobFilters, teams: Sequence[str], after: str | None) -> Iterator[_Entry]:
    """The index entries of all jobs that pass the filters, and perhaps others."""
    if filters.crew:
        return _entries_of_crew(filters.crew, filters.day, after)
    if filters.day:
        beyond = JobItem.day_place > after if after else None
        return _entries(JobItem.by_day, filters.day.isoformat(), JobItem.day_place, beyond)
    if filters.disputed:
        beyond = JobItem.updated_place > after if after else None
        return merge(
            *(_entries(JobItem.by_dispute, team, JobItem.updated_place, beyond) for team in teams)
        )
    return _entries_of_teams(teams, sorted(filters.states) or STATES, after)


def _entries_of_crew(crew: str, day: date | None, after: str | None) -> Iterator[_Entry]:
    """The crew's jobs of the day, or of all days, the last day first."""
    index, place = JobItem.by_crew, JobItem.crew_place
    if day is None:
        return _entries(index, crew, place, place < after if after else None, forward=False)
    low, high = f"{day.isoformat()}#", f"{day.isoformat()}#{LATEST}{LATEST}"
    low = max(low, f"{after}!") if after else low
    # DynamoDB refuses a span that ends before it begins; a caller could make up such an `after`.
    return _entries(index, crew, place, place.between(low, high)) if low <= high else iter(())


def _entries_of_teams(
    teams: Iterable[str], states: Iterable[State], after: str | None
) -> Iterator[_Entry]:
    beyond = JobItem.due_place > after if after else None
    keys = [f"{team}#{state}" for team in teams for state in states]
    return merge(*(_entries(JobItem.by_team_state, key, JobItem.due_place, beyond) for key in keys))


def _entries(
    index: Index[JobItem],
    key: str,
    place: UnicodeAttribute,
    within: Condition | None,
    *,
    forward: bool = True,
) -> Iterator[_Entry]:
    for item in index.query(key, within, scan_index_forward=forward, page_size=QUERY_SIZE):
        yield _Entry(getattr(item, place.attr_name), job_id_in(item.owner))


def _matches(job: Job, filters: JobFilters, teams: Collection[str]) -> bool:
    return (
        job.team in teams
        and filters.day in (None, job.planned_day)
        and filters.crew in (None, job.crew)
        and (not filters.states or job.state in filters.states)
        and (job.is_disputed or not filters.disputed)
    )
