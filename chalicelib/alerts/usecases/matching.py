"""Matches a fact with the subscribers that it concerns, and sends one message for each.

The report is read as it is now, and decides by itself who may hear of it. Facts may come twice and
out of order: the sender knows what was told already.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from chalicelib.alerts.index import AreaQuery, IndexEntry, area_of_report, areas_of_report
from chalicelib.alerts.matching import ONLY_OF_REPORTS, Occurrence, choose_entries, event_type_of
from chalicelib.alerts.model import AlertRequested, EventType, Subscription, Topic
from chalicelib.alerts.ports import MatchPorts, Reporter
from chalicelib.alerts.usecases.alert_batches import enqueue_batches
from chalicelib.events import OfReport, ReportChanged, ReportSubmitted
from chalicelib.kernel.time import to_the_second
from chalicelib.reports.published import Report


def match(fact: OfReport, ports: MatchPorts) -> int:
    """Sends the sender a message for each subscriber that the fact concerns. Answers how many there
    are. Raises UpstreamFailed: then it is done again."""
    is_new = _has_come_in(fact)
    if isinstance(fact, ReportChanged) and fact.lost_sender:
        # Data of a report that was deleted there is deleted here, too.
        ports.subscriptions.remove(own_id(fact.service_request_id, ports))
    if isinstance(fact, ReportChanged) and fact.takes_back:
        return 0
    what = event_type_of(fact)
    asked = _asked(fact, ports)
    if what is None and not is_new:
        return asked
    report = ports.reports.find(fact.service_request_id)
    if report is None:
        return 0
    has_come_in = is_new or what == "new"
    reporter = ports.reports.notified_reporter(fact.service_request_id) if has_come_in else None
    own = own_subscription(reporter, fact, ports) if is_new and reporter else None
    tells = [request_of(own.subscription_id, "new", fact, ports)] if own else []
    if what:
        # The reporter hears that the report has come in from the subscription that comes with it.
        found = _concerned(report, what, _key_of(reporter, ports), ports)
        tells += [request_of(entry.subscription_id, what, fact, ports) for entry in found]
    if isinstance(fact, ReportChanged) and fact.repair:
        followers = _concerned(report, "repair_question", None, ports)
        tells += [_question(entry.subscription_id, fact, ports) for entry in followers]
    enqueue_batches(tells, ports)
    return len(tells) + asked


def _has_come_in(fact: OfReport) -> bool:
    """True if the reporter hears now that the report has come in: an order comes in when it is
    settled."""
    if isinstance(fact, ReportSubmitted):
        return not fact.moves_order
    return fact.is_confirmed


def _asked(fact: OfReport, ports: MatchPorts) -> int:
    """Asks the reporter an officer's question, even if they wanted to hear nothing else of the
    report, but not if they have stopped its subscription. Answers how many are asked."""
    if not (isinstance(fact, ReportChanged) and fact.question):
        return 0
    hears = ports.reports.notified_reporter(fact.service_request_id)
    sender = hears or ports.reports.reachable_reporter(fact.service_request_id)
    own = (
        own_subscription(sender, fact, ports, event_types=() if hears else ("officer_question",))
        if sender
        else None
    )
    if own is None:
        return 0
    about = request_of(own.subscription_id, "officer_question", fact, ports)
    enqueue_batches([msgspec.structs.replace(about, version=fact.question)], ports)
    return 1


def _concerned(
    report: Report, what: EventType, but: str | None, ports: MatchPorts
) -> list[IndexEntry]:
    """The entries that it concerns, except those of the recipient `but`."""
    happening = Occurrence(
        what=what,
        report=report.service_request_id,
        service_codes=(report.service_code,),
        places=(report.point,) if report.point else (),
        is_public=report.is_public,
    )
    found = (entry for area in _areas(report, what, ports) for entry in ports.index.entries(area))
    return choose_entries(found, happening, but=but)


def _areas(report: Report, what: EventType, ports: MatchPorts) -> Iterator[AreaQuery]:
    if not report.is_public:
        yield area_of_report(report.service_request_id)
        return
    if what in ONLY_OF_REPORTS:
        yield area_of_report(report.service_request_id)
    else:
        yield from areas_of_report(report.service_request_id, report.point, report.ward_code)
    for merged in _merged_into(report, {report.service_request_id}, ports):
        yield area_of_report(merged)


def _merged_into(report: Report, seen: set[str], ports: MatchPorts) -> Iterator[str]:
    """The reports that were merged into this one, or into one of those. Their subscribers hear of
    this report."""
    for duplicate in report.duplicates:
        found = ports.reports.find(duplicate) if duplicate not in seen else None
        seen.add(duplicate)
        if found and found.duplicate_of == report.service_request_id:
            yield duplicate
            yield from _merged_into(found, seen, ports)


def own_subscription(
    reporter: Reporter, fact: OfReport, ports: MatchPorts, event_types: tuple[EventType, ...] = ()
) -> Subscription | None:
    """The subscription that comes with a report, made unless it is stored; None if the reporter has
    stopped it."""
    now = to_the_second(ports.now())
    stored = ports.subscriptions.add(
        Subscription(
            subscription_id=own_id(fact.service_request_id, ports),
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


def own_id(service_request_id: str, ports: MatchPorts) -> str:
    """The id of the subscription that comes with a report."""
    return ports.ids.subscription_id("report", service_request_id)


def _question(subscription_id: str, fact: ReportChanged, ports: MatchPorts) -> AlertRequested:
    """A message that asks whether that repair holds; sent once for each repair."""
    about = request_of(subscription_id, "repair_question", fact, ports)
    return msgspec.structs.replace(about, version=fact.repair)


def request_of(
    subscription_id: str, what: EventType, fact: OfReport, ports: MatchPorts
) -> AlertRequested:
    stored_at = datetime.fromtimestamp(fact.stored_at_ms // 1000, UTC)
    return AlertRequested(
        subscription_id=subscription_id,
        what=what,
        version=fact.version,
        occurred_at=stored_at if fact.stored_at_ms else to_the_second(ports.now()),
        service_request_id=fact.service_request_id,
        request_id=fact.request_id,
        not_before=fact.told_from if isinstance(fact, ReportChanged) else None,
    )
