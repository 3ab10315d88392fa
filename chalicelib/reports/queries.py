"""What lists of reports are asked for, and what they return."""

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
    """Some of a list; `next` is where to go on, None at its end."""

    reports: Sequence[ReportSummary]
    next: str | None


class ReportFilters(NamedTuple):
    """Filters of a list; None leaves nothing out."""

    status: Status | None = None
    service_code: str | None = None


class TimeWindow(NamedTuple):
    """A time, its ends included, in which reports were requested, or last updated."""

    start: datetime
    end: datetime
    by: Literal["requested", "updated"] = "requested"


class ListedReport(NamedTuple):
    """A report as an index of moments has it: the values that decide whether a list shows it.
    `moment` is when it was requested or updated, depending on the order of the list."""

    moment: datetime
    service_request_id: str
    service_code: str
    state: State
    visibility: Visibility


class PersonKeys(NamedTuple):
    """A person as reports know them: the account, and the keys of the confirmed addresses."""

    account: str
    email_keys: tuple[str, ...] = ()
    phone_keys: tuple[str, ...] = ()


class OutcomeRow(NamedTuple):
    """A report as the index of months has it, for figures; `outcome` is None if a part of its
    timeline was moved out of it."""

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
    """A report that a team has to deal with, as the index of targets has it. `place` is its
    position there."""

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
        """When the report is to be done, None if nobody promised that."""
        text = self.place.partition("#")[0]
        return None if text == NO_TARGET else datetime.fromisoformat(text)


ListPosition = tuple[datetime, str]
"""Where a report stands in a list: when it was requested, and its id."""
