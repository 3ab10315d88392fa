"""Reports, as publishing sees them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.georeport.wire import write
from chalicelib.publishing.counters import ReportKey
from chalicelib.reports import ports as reports
from chalicelib.reports.open311 import extended_attributes_of, wire_request
from chalicelib.reports.published import (
    PresentOutcome,
    ReportOutcome,
    ReportOutline,
    ReportView,
)
from chalicelib.reports.queries import TimeWindow
from chalicelib.reports.usecases import reading
from chalicelib.reports.usecases.exchange import listing
from chalicelib.reports.usecases.figures import outcomes


class ReportsForPublishing:
    def __init__(self, ports: Callable[[], reports.Ports]) -> None:
        self._ports = ports

    def public_views(self, service_request_ids: Sequence[str]) -> Mapping[str, ReportView]:
        return reading.public_views(service_request_ids, self._ports())

    def outlines(self) -> Iterator[ReportOutline]:
        return reading.list_outlines(self._ports())

    def ids_of_day(self, day: str) -> Iterator[str]:
        start = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        window = TimeWindow(start, start + timedelta(days=1) - timedelta(seconds=1))
        return listing.list_public_ids(window, self._ports())

    def ids_promised(self, since: datetime, until: datetime) -> Iterator[str]:
        return listing.list_open_promised_ids(since, until, self._ports())


class OutcomesForFigures:
    """The outcomes of reports, as published figures count them."""

    def __init__(self, ports: Callable[[], reports.Ports]) -> None:
        self._ports = ports

    def present_outcomes(self, service_request_ids: Sequence[str]) -> Mapping[str, PresentOutcome]:
        return outcomes.present_outcomes(service_request_ids, self._ports())

    def outcomes_of_month(self, month: str) -> Iterator[tuple[str, ReportOutcome]]:
        return outcomes.outcomes_of_month(month, self._ports())

    def newly_due(self, since: datetime) -> Iterator[ReportKey]:
        for month, service_request_id in outcomes.list_newly_due(since, self._ports()):
            yield ReportKey(month, service_request_id)

    def months(self) -> frozenset[str]:
        return self._ports().repository.list_months()


def open311_entry(report: Any, *, agency: str) -> dict[str, Any]:
    """The public report as Open311 lists it, with the extended attributes; without its followers,
    who are no change of a report."""
    wire = wire_request(report, agency=agency) | extended_attributes_of(report)
    entry: dict[str, Any] = msgspec.json.decode(write("request", wire, "json"))
    entry["extended_attributes"].pop("followers")
    return entry
