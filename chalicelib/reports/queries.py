"""The parameters of lists of reports, and their entries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from chalicelib.catalogue.decisions import Opens, Priority
from chalicelib.geo.point import Point
from chalicelib.reports.model import NO_TARGET
from chalicelib.reports.outcome import Outcome
from chalicelib.reports.parts import Attention
from chalicelib.reports.published import Visibility
from chalicelib.reports.states import State, Status


class ReportSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A public report as a list shows it."""

    service_request_id: str
    service_code: str
    state: State
    title: str | None
    lat: float
    long: float
    requested_datetime: datetime

    @property
    def point(self) -> Point:
        return Point(lat=self.lat, long=self.long)


class WaitingReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report that somebody has to look at; a list continues after its `place`."""

    service_request_id: str
    service_code: str
    state: State
    visibility: Visibility
    title: str | None
    requested_datetime: datetime
    place: str


class ReportPage(NamedTuple):
    """A page of a list; the next page starts at `next`, which is None at the end."""

    reports: Sequence[ReportSummary]
    next: str | None


class ReportFilters(NamedTuple):
    """Filters of a list; None leaves nothing out."""

    status: Status | None = None
    service_code: str | None = None


class TimeWindow(NamedTuple):
    """A time with both ends, in which reports were requested or last updated."""

    start: datetime
    end: datetime
    by: Literal["requested", "updated"] = "requested"


class ListedReport(NamedTuple):
    """A report in an index by time, with the values that decide whether a list shows it. `moment`
    is when it was requested or updated, depending on the window."""

    moment: datetime
    service_request_id: str
    service_code: str
    state: State
    visibility: Visibility


class PersonKeys(NamedTuple):
    """The keys by which a person's reports are found: the account, and the confirmed addresses."""

    account: str
    email_keys: tuple[str, ...] = ()
    phone_keys: tuple[str, ...] = ()


class OutcomeRow(NamedTuple):
    """A report in the index of months, for figures; `outcome` is None if some of its updates are
    archived."""

    service_request_id: str
    service_code: str
    ward_code: str | None
    state: State
    visibility: Visibility
    requested_datetime: datetime
    outcome: Outcome | None


class ForgettableReport(NamedTuple):
    """A report with data past its retention time; a list continues after its `place`."""

    service_request_id: str
    place: str


class DueReport(NamedTuple):
    """A report that a team has to deal with, in the index of targets. `place` is its position
    there."""

    place: str
    service_request_id: str
    team: str
    service_code: str
    state: State
    title: str | None
    priority: Priority
    ward_code: str | None
    opens: Opens
    attention: Attention | None
    waits_for: Literal["reporter"] | None

    @property
    def target(self) -> datetime | None:
        """The target of the report, None if it has none."""
        text = self.place.partition("#")[0]
        return None if text == NO_TARGET else datetime.fromisoformat(text)


ListPosition = tuple[datetime, str]
"""The position of a report in a list: when it was requested, and its id."""
