"""Create deliveries for events: one for each system that must receive an event."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain

from msgspec.structs import replace

from chalicelib.catalogue.destinations import Destination
from chalicelib.events import EntryBooked, Event, PhotoTaken, ReportChanged, ReportSubmitted
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.optimistic import AlreadyExists, VersionConflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.outbound.model import Delivery, DeliveryEvent, id_of_forwarded
from chalicelib.outbound.ports import Ports
from chalicelib.outbound.receivers import Receiver
from chalicelib.outbound.senders import NOT_PASSED_ON
from chalicelib.outbound.usecases.case_updates import (
    events_for_receivers,
    first_due,
    updates_for_destinations,
)
from chalicelib.outbound.usecases.ledger_entries import deliveries_of_entry
from chalicelib.reports.published import Report

REOPENED = "reopen"
"""The state of a report that was reopened."""


def open_deliveries(facts: Sequence[Event | EntryBooked], ports: Ports) -> int:
    """Create the deliveries that these facts require and queue them.

    Returns: the number of new deliveries.

    Raises: UpstreamFailed; the facts are then processed again, and deliveries that exist are
    skipped.
    """
    receivers = [receiver for receiver in ports.receivers.all() if receiver.enabled]
    entries = [fact for fact in facts if isinstance(fact, EntryBooked)]
    events = [fact for fact in facts if not isinstance(fact, EntryBooked)]
    required = chain(
        _deliveries_of_events(events, receivers, ports),
        (each for entry in entries for each in deliveries_of_entry(entry, receivers, ports.now())),
    )
    opened = [delivery.delivery_id for delivery in required if _create_or_reopen(delivery, ports)]
    if opened:
        ports.queue.send(opened)
    return len(opened)


def _deliveries_of_events(
    events: Sequence[Event], receivers: Sequence[Receiver], ports: Ports
) -> Iterator[Delivery]:
    reports = ports.reports.many(sorted({event.service_request_id for event in events}))
    for event in events:
        if report := reports.get(event.service_request_id):
            yield from _deliveries_of_event(event, report, receivers, ports)


def _deliveries_of_event(
    event: Event, report: Report, receivers: Sequence[Receiver], ports: Ports
) -> Iterator[Delivery]:
    delivery = _delivery_template(event, report, ports)
    there = ports.destinations.get(ports.forward_to(report.service_code) or "")
    if there and _is_forwarded(report, there):
        yield replace(
            delivery,
            delivery_id=id_of_forwarded(there.destination, report.service_request_id),
            destination=there.destination,
            kind=there.kind,
            event="forwarded",
            next_try_at=first_due(event, delivery),
        )
    yield from updates_for_destinations(event, report, delivery, ports)
    yield from _reopening_updates(event, report, delivery, ports)
    yield from events_for_receivers(event, report, delivery, receivers)
    shown = _event_for_receivers(event, report)
    for receiver in receivers:
        if shown and receiver.filter.passes(report, shown):
            yield replace(
                delivery,
                delivery_id=derived_id("webhook", receiver.receiver_id, event.event_id),
                destination=receiver.receiver_id,
                event=shown,
            )


def _reopening_updates(
    event: Event, report: Report, delivery: Delivery, ports: Ports
) -> Iterator[Delivery]:
    """If a resident reopened the report, the updates to the bodies that received it."""
    is_reopened = isinstance(event, ReportChanged) and event.state == REOPENED != event.old_state
    if not is_reopened or report.reopened_by is None:
        return
    for there in ports.destinations.values():
        if there.kind == "open311" and _has_received(report, there, ports):
            yield replace(
                delivery,
                delivery_id=derived_id("reopened", there.destination, report.reopened_by),
                destination=there.destination,
                kind="update",
                event="reopened",
            )


def _has_received(report: Report, there: Destination, ports: Ports) -> bool:
    forwarded = ports.deliveries.get(id_of_forwarded(there.destination, report.service_request_id))
    return forwarded is not None and forwarded.state == "sent"


def _is_forwarded(report: Report, there: Destination) -> bool:
    # Two bodies that forward to each other would otherwise send one report in a circle.
    is_accepted = there.passes_on_partners or not report.is_from_partner
    return report.may_be_passed_on and is_accepted


def _event_for_receivers(event: Event, report: Report) -> DeliveryEvent | None:
    """The event as receivers get it; None if they do not get it."""
    match event:
        case ReportChanged(purge=True) if not report.is_public:
            return "gone"
        case ReportSubmitted() | ReportChanged(appeared=True) if report.is_public:
            return "submitted"
        case ReportChanged(shows_change=True) | PhotoTaken() if report.is_public:
            return "changed"
        case _:
            return None


def _delivery_template(event: Event, report: Report, ports: Ports) -> Delivery:
    """A template with the fields that all deliveries of this event share."""
    now = truncate_to_second(ports.now())
    stored = datetime.fromtimestamp(event.stored_at_ms // 1000, UTC)
    return Delivery(
        delivery_id="",
        destination="",
        kind="webhook",
        event="changed",
        service_request_id=report.service_request_id,
        occurred_at=stored if event.stored_at_ms else now,
        next_try_at=now,
        updated_at=now,
        report_version=report.version,
    )


def _create_or_reopen(delivery: Delivery, ports: Ports) -> bool:
    """Store the delivery. Returns: False if it exists.

    An existing delivery is unchanged: if it still waits and its message was lost, `wake_due` finds
    it. But a delivery that failed because the report could not be forwarded then is sent again.
    """
    try:
        ports.deliveries.create(delivery)
    except AlreadyExists:
        return _reopen(delivery, ports)
    return True


def _reopen(delivery: Delivery, ports: Ports) -> bool:
    stored = ports.deliveries.get(delivery.delivery_id)
    if stored is None or (stored.state, stored.last_error) != ("failed", NOT_PASSED_ON):
        return False
    again = replace(
        delivery,
        occurred_at=stored.occurred_at,
        is_unclear=stored.is_unclear,
        version=stored.version,
    )
    try:
        ports.deliveries.save(again)
    except VersionConflict:
        return False
    return True
