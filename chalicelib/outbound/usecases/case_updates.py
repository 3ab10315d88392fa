"""The deliveries that tell other systems what became of a case: the body that it was passed on to,
and the receivers that may have the cases of its service."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from chalicelib.catalogue.destinations import Destination
from chalicelib.events import CaseChange, Event, ReportChanged, ReportSubmitted
from chalicelib.kernel.ids import derived_id
from chalicelib.outbound.model import CaseEvent, Delivery, Kind, id_of_forwarded
from chalicelib.outbound.ports import Ports
from chalicelib.outbound.receivers import Receiver
from chalicelib.reports.published import Report

EVENTS: dict[CaseChange, CaseEvent] = {
    "opened": "case.opened",
    "changed": "case.changed",
    "gone": "case.gone",
}


def first_due(event: Event, template: Delivery) -> datetime:
    """When to send a delivery: not before the officer's time to undo the change is over."""
    told_from = event.told_from if isinstance(event, ReportChanged) else None
    return max(template.next_try_at, told_from or template.next_try_at)


def updates_for_destinations(
    event: Event, report: Report, template: Delivery, ports: Ports
) -> Iterator[Delivery]:
    """If the work has changed or was taken back, the updates to the bodies that the report was
    passed on to. A body that cancelled it is not told so."""
    if not isinstance(event, ReportChanged) or not _changes_work(event, report):
        return
    codes = {report.service_code, event.old_service_code}
    for code in sorted(filter(None, map(ports.forward_to, codes))):
        there = ports.destinations.get(code)
        if there and _may_have_older_work(event, there, ports):
            yield replace(
                template,
                delivery_id=derived_id("case", code, event.event_id),
                destination=code,
                kind=_kind_of_update(there),
                event="case.changed",
                next_try_at=first_due(event, template),
            )


def _changes_work(event: ReportChanged, report: Report) -> bool:
    """False also if a report that stays is gone for receivers, because its sender was forgotten."""
    if event.case_change is None or event.takes_back or report.is_cancelled_elsewhere:
        return False
    stays = report.is_forgotten and report.visibility in ("public", "private")
    return not (stays and event.case_change == "gone")


def _kind_of_update(there: Destination) -> Kind:
    return "update" if there.kind == "open311" else "mailbox"


def _may_have_older_work(event: ReportChanged, there: Destination, ports: Ports) -> bool:
    """True if the report was to be passed on to the destination before this change. One that
    failed is sent with the present work if an officer sends it again."""
    forwarded = ports.deliveries.get(id_of_forwarded(there.destination, event.service_request_id))
    if forwarded is None or forwarded.report_version >= event.version:
        return False
    return forwarded.state != "failed" or forwarded.is_unclear


def events_for_receivers(
    event: Event, report: Report, template: Delivery, receivers: Sequence[Receiver]
) -> Iterator[Delivery]:
    """What became of the case, for each receiver that may have the cases of its service, or of the
    one that it had before this change."""
    if not isinstance(event, ReportSubmitted | ReportChanged):
        return
    for receiver in receivers:
        if change := _change_for(receiver, event, report):
            yield replace(
                template,
                delivery_id=derived_id("case", receiver.receiver_id, event.event_id),
                destination=receiver.receiver_id,
                event=EVENTS[change],
                next_try_at=first_due(event, template),
            )


def _change_for(
    receiver: Receiver, event: ReportSubmitted | ReportChanged, report: Report
) -> CaseChange | None:
    is_theirs = report.service_code in receiver.case_services
    if isinstance(event, ReportSubmitted):
        return event.case_change if is_theirs else None
    was_theirs = (event.old_service_code or report.service_code) in receiver.case_services
    if event.takes_back or not (is_theirs or was_theirs):
        return None
    change = event.case_change or _state_change(event, report)
    if change is None or is_theirs == was_theirs:
        return change
    return "opened" if is_theirs else "gone"


def _state_change(event: ReportChanged, report: Report) -> CaseChange | None:
    has_moved = event.state != event.old_state
    return "changed" if has_moved and report.is_settled else None
