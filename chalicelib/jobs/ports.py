"""The dependencies of jobs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from msgspec import Struct

from chalicelib.catalogue.model import Council
from chalicelib.jobs.links import JobLinks
from chalicelib.jobs.model import Job
from chalicelib.jobs.states import State
from chalicelib.kernel.audit_entry import Action
from chalicelib.reports.needs import Need
from chalicelib.reports.published import ReportWithWork


class JobFilters(NamedTuple):
    """Filters of a list of jobs: those planned for `day` or `crew` if either is given, else those
    of `team` (None for all of `teams`). No states means all states."""

    day: date | None = None
    crew: str | None = None
    team: str | None = None
    states: frozenset[State] = frozenset()
    disputed: bool = False


class JobPage(NamedTuple):
    """One page of a list. `next` is where the next page starts, None at the end."""

    jobs: Sequence[Job]
    next: str | None


class Jobs(Protocol):
    """The store of jobs. Every method raises UpstreamFailed when the store does not answer."""

    def add(self, job: Job) -> Job:
        """Stores the job as version 1, unless one with its id is stored. Returns the stored one.
        From then on `of_report` finds it."""

    def save(self, job: Job) -> Job:
        """Replaces the stored job if it has `job.version`, and returns it with the next version.
        From then on `of_report` finds it by each of its reports. Raises VersionConflict."""

    def get(self, job_id: str) -> Job | None:
        """The job as it is now (a consistent read)."""

    def many(self, job_ids: Collection[str]) -> Mapping[str, Job]:
        """The jobs with these ids that are stored, as they are now (consistent reads)."""

    def of_day(self, crew: str, day: date) -> Sequence[Job]:
        """All jobs of a crew's day, whatever their state, by position and id; the list may lag a
        second behind."""

    def of_report(self, service_request_id: str) -> Sequence[Job]:
        """All jobs that name the report, oldest first (consistent reads)."""

    def list_page(
        self, filters: JobFilters, *, teams: Collection[str], limit: int, after: str | None
    ) -> JobPage:
        """The jobs of these teams that match the filters; the list may lag a second behind. A page
        may be short or empty and still have a next one."""


class ReportsOfJobs(Protocol):
    """The reports, as jobs see them. Every method raises UpstreamFailed."""

    def find(self, service_request_id: str) -> ReportWithWork | None:
        """The report as it is now (a consistent read)."""

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
        """Adds an update in the council's name, once for each update_id, whatever its text. Ignores
        a state that cannot follow the present one, and photos beyond the limit. With `photos_wait`,
        an officer reviews the photos before they are public. The state that plans work goes with
        its `planned_day`. Does nothing if the report was
        withdrawn, or if a state is given and the report is closed. Raises NotFound."""

    def give_new_date(
        self,
        service_request_id: str,
        update_id: str,
        *,
        day: date,
        reason: str,
        given_at: datetime,
    ) -> None:
        """Gives the report a new date, once for each update_id. Does nothing if the report is
        closed, or has a date that was given later. Raises NotFound."""

    def add_note(self, service_request_id: str, note_id: str, text: str, by: str) -> None:
        """Adds a note for officers to the report, once for each note_id; `by` names its author.
        Raises NotFound, Conflict (the report has too many notes)."""

    def add_need(self, service_request_id: str, need: Need) -> None:
        """Asks officers to look at the report, once for each need_id. Raises NotFound."""

    def settle_need(self, service_request_id: str, job_id: str) -> None:
        """Settles the need that the job ended without being done. Raises NotFound."""


class Ports(Struct, frozen=True):
    """The dependencies of the use cases. `is_requested_photo` tells for a scope, a key and a
    photo's id whether the photo was requested for what is sent under this key; `record_action`
    records an action on a job in the audit log before it is done. Both raise UpstreamFailed.
    `random_id` makes 128 random bits as 32 hexadecimal digits."""

    jobs: Jobs
    reports: ReportsOfJobs
    council: Council
    is_requested_photo: Callable[[str, str, str], bool]
    links: JobLinks
    site_url: str
    record_action: Callable[[str, Action, str, str], None]
    random_id: Callable[[], str]
    now: Callable[[], datetime]


class ReactionPorts(Struct, frozen=True):
    """The dependencies of the reactions, which open jobs for reports and update reports after their
    jobs."""

    jobs: Jobs
    reports: ReportsOfJobs
    council: Council
    now: Callable[[], datetime]
