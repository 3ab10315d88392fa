"""Matches a fact about a report with the subscriptions that it concerns, and requests one alert for
each person.

The report as it is now decides who may be notified. Facts may arrive twice and out of order,
because the sender knows the last alert to each subscriber."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from chalicelib.alerts.index import AreaQuery, IndexEntry, area_of_report, areas_of_report
from chalicelib.alerts.matching import ONLY_OF_REPORTS, Occurrence, choose_entries, event_type_of
from chalicelib.alerts.model import AlertRequested, EventType, Subscription, Topic
from chalicelib.alerts.ports import MatchPorts, Reporter
from chalicelib.alerts.usecases.alert_batches import enqueue_batches
from chalicelib.events import OfReport, ReportChanged, ReportSubmitted
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.published import Report


def match_report(fact: OfReport, ports: MatchPorts) -> int:
    """Sends the sender a request for each subscriber that the fact concerns. Returns the number of
    requests. Raises UpstreamFailed; the caller then runs it again."""
    is_new = _is_received(fact)
    if isinstance(fact, ReportChanged) and fact.lost_sender:
        # The reporter's data was deleted from the report, so it is deleted here, too.
        ports.subscriptions.remove(own_subscription_id(fact.service_request_id, ports))
    if isinstance(fact, ReportChanged) and fact.takes_back:
        return 0
    what = event_type_of(fact)
    questions = _ask_reporter(fact, ports)
    if what is None and not is_new:
        return questions
    report = ports.reports.find(fact.service_request_id)
    if report is None:
        return 0
    is_received = is_new or what == "new"
    reporter = ports.reports.notified_reporter(fact.service_request_id) if is_received else None
    own = add_own_subscription(reporter, fact, ports) if is_new and reporter else None
    requests = [_acknowledgement(own, report, fact, ports)] if own else []
    if what:
        # The reporter is notified that the report was received by their own subscription to it.
        found = _entries_concerned(report, what, _key_of(reporter, ports), ports)
        requests += [alert_request_of(entry.subscription_id, what, fact, ports) for entry in found]
    if isinstance(fact, ReportChanged) and fact.repair:
        followers = _entries_concerned(report, "repair_question", None, ports)
        requests += [_repair_question(entry.subscription_id, fact, ports) for entry in followers]
    enqueue_batches(requests, ports)
    return len(requests) + questions


def _is_received(fact: OfReport) -> bool:
    """True if the fact is that the report was received; a report with an order counts as received
    when the order is settled."""
    if isinstance(fact, ReportSubmitted):
        return not fact.moves_order
    return fact.is_confirmed


def _ask_reporter(fact: OfReport, ports: MatchPorts) -> int:
    """Requests the alert with an officer's question to the reporter, even if they asked for no
    other alerts, but not if they have stopped their subscription to the report. Returns the number
    of requests."""
    if not (isinstance(fact, ReportChanged) and fact.question):
        return 0
    notified = ports.reports.notified_reporter(fact.service_request_id)
    reporter = notified or ports.reports.reachable_reporter(fact.service_request_id)
    if reporter is None:
        return 0
    event_types: tuple[EventType, ...] = () if notified else ("officer_question",)
    own = add_own_subscription(reporter, fact, ports, event_types)
    if own is None:
        return 0
    about = alert_request_of(own.subscription_id, "officer_question", fact, ports)
    enqueue_batches([msgspec.structs.replace(about, version=fact.question)], ports)
    return 1


def _entries_concerned(
    report: Report, what: EventType, but: str | None, ports: MatchPorts
) -> list[IndexEntry]:
    """The entries that the event concerns, except those of the recipient `but`."""
    occurrence = Occurrence(
        what=what,
        report=report.service_request_id,
        service_codes=(report.service_code,),
        places=(report.point,) if report.point else (),
        is_public=report.is_public,
    )
    found = (
        entry for area in _areas_of(report, what, ports) for entry in ports.index.entries(area)
    )
    return choose_entries(found, occurrence, but=but)


def _areas_of(report: Report, what: EventType, ports: MatchPorts) -> Iterator[AreaQuery]:
    if not report.is_public:
        yield area_of_report(report.service_request_id)
        return
    if what in ONLY_OF_REPORTS:
        yield area_of_report(report.service_request_id)
    else:
        yield from areas_of_report(report.service_request_id, report.point, report.ward_code)
    for merged in _duplicates_of(report, {report.service_request_id}, ports):
        yield area_of_report(merged)


def _duplicates_of(report: Report, seen: set[str], ports: MatchPorts) -> Iterator[str]:
    """The ids of the reports that were merged into this one, directly or through others. Their
    subscribers are notified of this report."""
    for duplicate in report.duplicates:
        found = ports.reports.find(duplicate) if duplicate not in seen else None
        seen.add(duplicate)
        if found and found.duplicate_of == report.service_request_id:
            yield duplicate
            yield from _duplicates_of(found, seen, ports)


def add_own_subscription(
    reporter: Reporter, fact: OfReport, ports: MatchPorts, event_types: tuple[EventType, ...] = ()
) -> Subscription | None:
    """Stores the reporter's own subscription to the report unless it is stored. Returns the stored
    one; None if the reporter has stopped it."""
    now = truncate_to_second(ports.now())
    stored = ports.subscriptions.add(
        Subscription(
            subscription_id=own_subscription_id(fact.service_request_id, ports),
            channel=reporter.channel,
            to=reporter.to,
            topic=Topic(kind="report", service_request_id=fact.service_request_id),
            event_types=event_types,
            language=reporter.language,
            state="active",
            account_id=reporter.account_id,
            address_key=_key_of(reporter, ports),
            is_own=True,
            created_at=now,
            confirmed_at=now,
            request_id=fact.request_id,
        )
    )
    return stored if stored.state == "active" else None


def _key_of(reporter: Reporter | None, ports: MatchPorts) -> str | None:
    return ports.ids.address_key(reporter.channel, reporter.to) if reporter else None


def own_subscription_id(service_request_id: str, ports: MatchPorts) -> str:
    """The id of the reporter's own subscription to the report."""
    return ports.ids.subscription_id("report", service_request_id)


def _acknowledgement(
    own: Subscription, report: Report, fact: OfReport, ports: MatchPorts
) -> AlertRequested:
    about = alert_request_of(own.subscription_id, "new", fact, ports)
    return msgspec.structs.replace(about, waits_for_plan=report.is_planned_at_once)


def _repair_question(
    subscription_id: str, fact: ReportChanged, ports: MatchPorts
) -> AlertRequested:
    """The request to ask whether that repair holds; the same for every fact about that repair."""
    about = alert_request_of(subscription_id, "repair_question", fact, ports)
    return msgspec.structs.replace(about, version=fact.repair)


def alert_request_of(
    subscription_id: str, what: EventType, fact: OfReport, ports: MatchPorts
) -> AlertRequested:
    stored_at = datetime.fromtimestamp(fact.stored_at_ms // 1000, UTC)
    return AlertRequested(
        subscription_id=subscription_id,
        what=what,
        version=fact.version,
        occurred_at=stored_at if fact.stored_at_ms else truncate_to_second(ports.now()),
        service_request_id=fact.service_request_id,
        request_id=fact.request_id,
        not_before=fact.told_from if isinstance(fact, ReportChanged) else None,
    )
