"""The figures' counters in memory, and reports as the figures see them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.publishing.counters import CountedLine, CountedReport, LineKey, Marks, ReportKey
from chalicelib.publishing.counting import count_in_batches
from chalicelib.publishing.ports import CountingPorts, FiguresPorts
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import ContactPreferences, MissedCollectionCheck, Ports
from chalicelib.reports.published import PresentOutcome, ReportOutcome
from chalicelib.reports.usecases.figures import outcomes
from tests.support.councils import council_named
from tests.support.fakes import (
    IDS,
    Clock,
    FakeAddressLookup,
    MemoryDocuments,
    MemoryPhotos,
    MemoryRepository,
    find_no_hold,
    price,
)

COUNCIL = council_named("demo")


def reports_ports(repository: MemoryRepository | None = None) -> Ports:
    return Ports(
        repository=repository or MemoryRepository(),
        ids=IDS,
        council=COUNCIL,
        photos=MemoryPhotos(),
        address_lookup=FakeAddressLookup(),
        site_url="https://council.example",
        find_premises=lambda _: None,
        check_missed_collection=lambda premises_id, collection: MissedCollectionCheck("Rubbish"),
        read_hold=find_no_hold,
        reserve_hold=lambda *_: None,
        quote_price=price,
        preferences_of=lambda _: ContactPreferences(),
        now=Clock(),
    )


class MemoryCounters:
    """Counters in dictionaries; `read` lists the months whose lines were read."""

    def __init__(self) -> None:
        self.reports: dict[ReportKey, CountedReport] = {}
        self.stored: dict[LineKey, CountedLine] = {}
        self.marks: dict[str, Marks] = {}
        self.read: list[str] = []

    def get_reports(self, keys: Collection[ReportKey]) -> Mapping[ReportKey, CountedReport]:
        return {key: self.reports[key] for key in keys if key in self.reports}

    def get_lines(self, keys: Collection[LineKey]) -> Mapping[LineKey, CountedLine]:
        return {key: self.stored[key] for key in keys if key in self.stored}

    def save(self, reports: Sequence[CountedReport], lines: Sequence[CountedLine]) -> None:
        held = [self.reports.get(each.key, CountedReport(each.key)) for each in reports]
        there = [self.stored.get(each.key, CountedLine(each.key)) for each in lines]
        are_same = [each.version for each in reports] == [each.version for each in held]
        if not are_same or [each.version for each in lines] != [each.version for each in there]:
            raise VersionConflict
        for report in reports:
            self.reports[report.key] = report._replace(version=report.version + 1)
        for line in lines:
            self.stored[line.key] = line._replace(version=line.version + 1)

    def lines_of_month(self, month: str) -> Sequence[CountedLine]:
        self.read.append(month)
        return [each for key, each in self.stored.items() if key.month == month]

    def reports_of_month(self, month: str) -> Iterator[CountedReport]:
        yield from [each for key, each in self.reports.items() if key.month == month]

    def mark_changed(self, months: Collection[str]) -> None:
        for month in months:
            held = self.marks.get(month, Marks(0, 0))
            self.marks[month] = held._replace(changed=held.changed + 1)

    def months(self) -> Mapping[str, Marks]:
        return dict(self.marks)

    def set_published(self, month: str, changed: int) -> None:
        held = self.marks.get(month, Marks(0, 0))
        self.marks[month] = held._replace(published=changed)


class StoredReports:
    """The reports slice in memory, as figures see it."""

    def __init__(self) -> None:
        self.repository = MemoryRepository()
        self.ports = reports_ports(self.repository)

    def put(self, *reports: ServiceRequest) -> list[ReportKey]:
        return [_key(self.repository.create(each)) for each in reports]

    def change(self, service_request_id: str, **values: Any) -> ReportKey:
        stored = self.repository.get(service_request_id)
        assert stored
        return _key(self.repository.save(replace(stored, **values)))

    def keys(self) -> list[ReportKey]:
        found = (self.repository.get(each) for each in self.repository.list_ids())
        return [_key(each) for each in found if each]

    def present_outcomes(self, service_request_ids: Sequence[str]) -> Mapping[str, PresentOutcome]:
        return outcomes.present_outcomes(service_request_ids, self.ports)

    def outcomes_of_month(self, month: str) -> Iterator[tuple[str, ReportOutcome]]:
        return outcomes.outcomes_of_month(month, self.ports)

    def newly_due(self, since: datetime) -> Iterator[ReportKey]:
        for month, service_request_id in outcomes.list_newly_due(since, self.ports):
            yield ReportKey(month, service_request_id)

    def months(self) -> frozenset[str]:
        return self.repository.list_months()


class FiguresWorld:
    """Published figures in memory."""

    def __init__(self, *reports: ServiceRequest) -> None:
        self.documents = MemoryDocuments()
        self.counters = MemoryCounters()
        self.stored = StoredReports()
        self.now = Clock()
        self.pass_to(self.now.now)
        self.put(*reports)

    @property
    def counting(self) -> CountingPorts:
        return CountingPorts(outcomes=self.stored, counters=self.counters, now=self.now)

    @property
    def ports(self) -> FiguresPorts:
        return FiguresPorts(
            documents=self.documents,
            counting=self.counting,
            services=lambda: {"pothole": "Pothole"},
            wards=lambda: {"E05": "=Market, the"},
            now=self.now,
        )

    def put(self, *reports: ServiceRequest) -> None:
        """Stores the reports; their facts are counted."""
        count_in_batches(self.stored.put(*reports), self.counting)

    def change(self, service_request_id: str, **values: Any) -> None:
        """Changes a report; its fact is counted."""
        count_in_batches([self.stored.change(service_request_id, **values)], self.counting)

    def pass_to(self, moment: datetime) -> None:
        """Sets all clocks to that moment."""
        self.now.now = moment
        self.stored.ports = replace(self.stored.ports, now=lambda: moment)


def _key(report: ServiceRequest) -> ReportKey:
    return ReportKey(outcomes.month_of(report.requested_datetime), report.service_request_id)
