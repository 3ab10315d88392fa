"""The answers of the routes of jobs, crews and days."""

from datetime import date, datetime

import msgspec

from chalicelib.jobs.usecases.day_publishing import DepotView, ShiftView
from chalicelib.jobs.views import JobView
from chalicelib.kernel.operations import Result


class JobList(msgspec.Struct, frozen=True, kw_only=True):
    """Some jobs; `next` is the cursor of the next page."""

    items: list[JobView]
    next: str | None


class ResultView(msgspec.Struct, frozen=True, kw_only=True):
    """The result of an operation: `job` is the job's present state, `reason` what to do if the
    operation was not accepted as sent. `op_id` is the op_id that was sent, null if that was not a
    text."""

    op_id: str | None
    result: Result
    job: JobView | msgspec.UnsetType = msgspec.UNSET
    reason: str | msgspec.UnsetType = msgspec.UNSET


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """One result for each operation, in the order in which they were sent."""

    items: list[ResultView]


class LinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A link to one job, for a contractor: shown this once."""

    url: str
    expires_at: datetime


class CrewView(msgspec.Struct, frozen=True, kw_only=True):
    """A crew of the council."""

    crew: str
    name: str
    team: str
    depot: DepotView
    shift: ShiftView
    skills: tuple[str, ...]


class CrewList(msgspec.Struct, frozen=True, kw_only=True):
    """The crews of the caller's teams."""

    items: list[CrewView]


class DayLinkView(msgspec.Struct, frozen=True, kw_only=True):
    """The URL of a crew's day, valid until `expires_at`; `etag` is the document's version."""

    url: str
    expires_at: datetime
    etag: str


class CrewDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A phone that is notified when a crew's day changes."""

    crew: str
    device_id: str


class LoadView(msgspec.Struct, frozen=True, kw_only=True):
    """The work of a crew on a day: the number of jobs and of those that are done, the minutes that
    they take and that the shift has. `late` is the number of jobs after their due date or window,
    `minutes_over` the minutes beyond the shift."""

    crew: str
    name: str
    team: str
    jobs: int
    done: int
    minutes_planned: int
    minutes_shift: int
    late: int
    minutes_over: int


class LoadList(msgspec.Struct, frozen=True, kw_only=True):
    """The work of each crew of the caller's teams."""

    date: date
    items: list[LoadView]


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A job that did not fit into the day, and why."""

    job_id: str
    because: str


class PlannedView(msgspec.Struct, frozen=True, kw_only=True):
    """A crew's planned day, with its jobs in order."""

    crew: str
    job_ids: list[str]
    minutes_working: int
    minutes_driving: int
    left_out: list[LeftOut]


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """The planned days of these crews, and the jobs that did not fit into any of them."""

    date: date
    items: list[PlannedView]
    left_out: list[LeftOut]
