"""Outcomes of reports, as figures count them: `chalicelib/reports/outcome.py` reads them from the
timeline.

- *Open*: its state is one of work that goes on. A report that is neither done nor open ended
  otherwise: as a duplicate, as somebody else's responsibility, or cancelled.
- *With a target*: it has a promise date, and is done, or is still open on that date: a report that
  is not due yet is neither in target nor late. A report that was given a later date counts as with
  a target from then on.
- *In target*: it was done by the date that was promised first.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from chalicelib.kernel.time import text_of
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.outcome import Outcome, outcome_in
from chalicelib.reports.parts import Update
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import PresentOutcome, ReportOutcome
from chalicelib.reports.queries import OutcomeRow, TimeWindow
from chalicelib.reports.states import OPEN_STATES

BATCH_SIZE = 100
"""How many reports are read together."""
INDEX_PAGE_SIZE = 1000


def present_outcomes(service_request_ids: Sequence[str], ports: Ports) -> dict[str, PresentOutcome]:
    """The outcomes of these reports as they are now (consistent reads), by id."""
    return {
        report.service_request_id: PresentOutcome(
            version=report.version,
            updated_datetime=report.updated_datetime,
            outcome=outcome_of(report, ports) if report.visibility == "public" else None,
        )
        for report in ports.repository.get_many(service_request_ids).values()
    }


def outcomes_of_month(month: str, ports: Ports) -> Iterator[tuple[str, ReportOutcome]]:
    """The ids and outcomes of the public reports that were requested in the month (YYYY-MM in UTC);
    may lag a second behind. Reads an index, and only reports with a long timeline themselves."""
    long: list[str] = []
    for row in ports.repository.list_outcomes(month):
        if row.visibility != "public":
            continue
        if row.outcome is None:
            long.append(row.service_request_id)
        else:
            yield row.service_request_id, _count_outcome(row, row.outcome, ports)
    for report in _read_reports(iter(long), ports):
        if report.visibility == "public":
            yield report.service_request_id, outcome_of(report, ports)


def list_newly_due(since: datetime, ports: Ports) -> Iterator[tuple[str, str]]:
    """The month of request and the id of each report, public or not, whose target came between that
    moment and now while it had to be dealt with; may lag a second behind."""
    for report in _read_reports(_list_newly_due_ids(since, ports), ports):
        yield month_of(report.requested_datetime), report.service_request_id


def _list_newly_due_ids(since: datetime, ports: Ports) -> Iterator[str]:
    until = text_of(ports.now())
    for team in ports.council.team_names:
        for each in ports.repository.list_due(
            team, after=text_of(since), page_size=INDEX_PAGE_SIZE
        ):
            if each.place.partition("#")[0] > until:
                break
            yield each.service_request_id


def list_requested_in(month: str, ports: Ports) -> Iterator[ServiceRequest]:
    """All reports that were requested in the month (YYYY-MM in UTC), as they are now."""
    listed = ports.repository.list_in_window(window_of(month), page_size=INDEX_PAGE_SIZE)
    yield from _read_reports((each.service_request_id for each in listed), ports)


def window_of(month: str) -> TimeWindow:
    """The window of reports that were requested in the month (YYYY-MM in UTC)."""
    start = datetime.fromisoformat(f"{month}-01T00:00:00+00:00")
    end = (start + timedelta(days=31)).replace(day=1) - timedelta(seconds=1)
    return TimeWindow(start, end)


def month_of(moment: datetime) -> str:
    """The month of UTC, such as 2026-06."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def outcome_of(report: ServiceRequest, ports: Ports) -> ReportOutcome:
    """The outcome of the report. Also reads the updates that were moved out of a long timeline."""
    archived: Sequence[Update] = ()
    if report.archived:
        archived = ports.repository.list_archived_updates(report.service_request_id)
    # An archived one may still stand in the report as well.
    told = list({each.update_id: each for each in [*archived, *report.updates]}.values())
    return _count_outcome(report, outcome_in(told, report), ports)


def _count_outcome(
    report: OutcomeRow | ServiceRequest, outcome: Outcome, ports: Ports
) -> ReportOutcome:
    """The outcome as figures count it."""
    done_at, target = outcome.done_at, outcome.target
    is_open = report.state in OPEN_STATES
    is_due = target is not None and (outcome.was_put_off or target <= ports.now())
    return ReportOutcome(
        month=month_of(report.requested_datetime),
        service_code=report.service_code,
        ward_code=report.ward_code,
        done_s=_seconds_between(report.requested_datetime, done_at) if done_at else None,
        is_open=is_open,
        had_target=(done_at is not None and target is not None) or (is_open and is_due),
        in_target=bool(done_at and target and done_at <= target),
        was_reopened=outcome.was_reopened,
        failed_repairs=outcome.failed_repairs,
    )


def _read_reports(ids: Iterator[str], ports: Ports) -> Iterator[ServiceRequest]:
    while some := list(islice(ids, BATCH_SIZE)):
        yield from ports.repository.get_many(some).values()


def _seconds_between(requested_at: datetime, done_at: datetime) -> float:
    # The clock of another system may be a little off.
    return max(0.0, (done_at - requested_at).total_seconds())
