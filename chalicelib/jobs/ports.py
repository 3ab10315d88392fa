"""What jobs need from outside."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol

from chalicelib.catalogue.model import Council
from chalicelib.jobs.links import JobLinks
from chalicelib.jobs.model import Job, State
from chalicelib.reports.needs import Need
from chalicelib.reports.published import ReportWithWork

Noted = Literal[
    "jobs.create", "jobs.change", "jobs.plan", "jobs.settle", "jobs.link", "jobs.drop_link"
]


class Filters(NamedTuple):
    """Which jobs a list has: with `day` or `crew` those planned so, else those of the `team` (None
    for all of `teams`). No states are all of them."""

    day: date | None = None
    crew: str | None = None
    team: str | None = None
    states: frozenset[State] = frozenset()
    disputed: bool = False


class Page(NamedTuple):
    """Some of a list; `next` is where to go on, None at its end."""

    jobs: Sequence[Job]
    next: str | None


class Jobs(Protocol):
    """Where jobs are kept. Every method raises UpstreamFailed when the store does not answer."""

    def add(self, job: Job) -> Job:
        """Stores it, as version 1, unless there is one of that id. Answers the one that is
        stored. From then on `of_report` finds it."""

    def save(self, job: Job) -> Job:
        """Replaces the stored one if it has `job.version`, and answers it with the next one. From
        then on `of_report` finds it by each of its reports. Raises VersionConflict."""

    def get(self, job_id: str) -> Job | None:
        """The job as it is now (a consistent read)."""

    def many(self, job_ids: Collection[str]) -> Mapping[str, Job]:
        """Those of them that there are, as they are now (consistent reads)."""

    def of_day(self, crew: str, day: date) -> Sequence[Job]:
        """All that a crew has on a day, whatever became of them, by position and id; the list may
        lag a second behind."""

    def of_report(self, service_request_id: str) -> Sequence[Job]:
        """All that name the report, the first one first (consistent reads)."""

    def listed(
        self, filters: Filters, *, teams: Collection[str], limit: int, after: str | None
    ) -> Page:
        """Those that the filters want, of these teams only; it may lag a second behind. A page may
        be short, or empty, and have a next one."""


class Reports(Protocol):
    """The reports, as jobs see them. Every method raises UpstreamFailed."""

    def find(self, service_request_id: str) -> ReportWithWork | None:
        """The report as it is now (a consistent read)."""

    def say(
        self,
        service_request_id: str,
        update_id: str,
        text: str,
        state: str | None,
        photo_ids: Sequence[str],
        *,
        photos_wait: bool = False,
    ) -> None:
        """Adds an update by the council, once for each update_id, whatever its text then; a state
        that the report cannot have from where it is, and photos that find no room, are left out.
        With `photos_wait` an officer looks at the photos before the public sees them.
        Nothing happens where it was withdrawn, nor, with a state, where it is closed by now. Raises
        NotFound."""

    def note(self, service_request_id: str, note_id: str, text: str, by: str) -> None:
        """Keeps a note for officers beside it, once for each note_id; `by` says who it comes from.
        Raises NotFound, Conflict (it has too many)."""

    def ask_for_look(self, service_request_id: str, need: Need) -> None:
        """Asks officers to look at the report, once for each need_id. Raises NotFound."""

    def need_no_look(self, service_request_id: str, job_id: str) -> None:
        """Takes back that the job ended without being done. Raises NotFound."""


@dataclass(frozen=True)
class Ports:
    """Everything that the use cases reach outside for. `is_requested_photo` says for a scope, a key
    and a photo's id whether the photo was requested to go with what is sent under this key; `note`
    writes into the audit log that somebody (`actor`) is about to do something with a job. Both
    raise UpstreamFailed. `random_id` makes 128 random bits as 32 hexadecimal digits."""

    jobs: Jobs
    reports: Reports
    council: Council
    is_requested_photo: Callable[[str, str, str], bool]
    links: JobLinks
    site_url: str
    note: Callable[[str, Noted, str, str], None]
    random_id: Callable[[], str]
    now: Callable[[], datetime]


@dataclass(frozen=True)
class FollowPorts:
    """What the reactions need: they open jobs for reports, and tell reports what became of them."""

    jobs: Jobs
    reports: Reports
    council: Council
    now: Callable[[], datetime]
