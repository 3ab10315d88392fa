"""Create deliveries for events: one for each system that must receive an event."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.catalogue.destinations import Destination
from chalicelib.events import Event, PhotoTaken, ReportChanged, ReportSubmitted
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.optimistic import AlreadyExists, VersionConflict
from chalicelib.kernel.time import to_the_second
from chalicelib.outbound.model import Delivery, DeliveryEvent, id_of_forwarded
from chalicelib.outbound.ports import Ports
from chalicelib.outbound.receivers import Receiver
from chalicelib.outbound.senders import NOT_PASSED_ON
from chalicelib.reports.published import Report

REOPENED = "reopen"
"""The state of a report that was opened again."""


def open_deliveries(facts: Sequence[Event], ports: Ports) -> int:
    """Create the deliveries that these events require and queue them.

    Returns: the number of new deliveries.

    Raises: UpstreamFailed; the events are then processed again, and deliveries that exist are
    skipped.
    """
    reports = ports.reports.many(sorted({fact.service_request_id for fact in facts}))
    receivers = [receiver for receiver in ports.receivers.all() if receiver.enabled]
    opened = [
        delivery.delivery_id
        for fact in facts
        if (report := reports.get(fact.service_request_id))
        for delivery in _called_for(fact, report, receivers, ports)
        if _is_new(delivery, ports)
    ]
    if opened:
        ports.queue.send(opened)
    return len(opened)


def _called_for(
    fact: Event, report: Report, receivers: Sequence[Receiver], ports: Ports
) -> Iterator[Delivery]:
    delivery = _delivery_of(fact, report, ports)
    there = ports.destinations.get(ports.forward_to(report.service_code) or "")
    if there and _is_passed_on(report, there):
        yield replace(
            delivery,
            delivery_id=id_of_forwarded(there.destination, report.service_request_id),
            destination=there.destination,
            kind=there.kind,
            event="forwarded",
            next_try_at=_first_due(fact, delivery),
        )
    yield from _told_that_it_failed(fact, report, delivery, ports)
    event = _event_of(fact, report)
    for receiver in receivers:
        if event and receiver.filter.passes(report, event):
            yield replace(
                delivery,
                delivery_id=derived_id("webhook", receiver.receiver_id, fact.event_id),
                destination=receiver.receiver_id,
                event=event,
            )


def _first_due(fact: Event, delivery: Delivery) -> datetime:
    """When to send the delivery: not before the officer's time to undo the change is over."""
    told_from = fact.told_from if isinstance(fact, ReportChanged) else None
    return max(delivery.next_try_at, told_from or delivery.next_try_at)


def _told_that_it_failed(
    fact: Event, report: Report, delivery: Delivery, ports: Ports
) -> Iterator[Delivery]:
    """Tells the bodies that received the report that a resident opened it again."""
    is_reopened = isinstance(fact, ReportChanged) and fact.state == REOPENED != fact.old_state
    if not is_reopened or report.reopened_by is None:
        return
    for there in ports.destinations.values():
        if there.kind == "open311" and _has_had(report, there, ports):
            yield replace(
                delivery,
                delivery_id=derived_id("reopened", there.destination, report.reopened_by),
                destination=there.destination,
                kind="update",
                event="reopened",
            )


def _has_had(report: Report, there: Destination, ports: Ports) -> bool:
    forwarded = id_of_forwarded(there.destination, report.service_request_id)
    found = ports.deliveries.get(forwarded)
    return found is not None and found.state == "sent"


def _is_passed_on(report: Report, there: Destination) -> bool:
    # Two bodies that pass on to each other would send one report round and round.
    is_welcome = there.passes_on_partners or not report.is_from_partner
    return report.may_be_passed_on and is_welcome


def _event_of(fact: Event, report: Report) -> DeliveryEvent | None:
    """What receivers are told, None where it is nothing to them."""
    match fact:
        case ReportChanged(purge=True) if not report.is_public:
            return "gone"
        case ReportSubmitted() | ReportChanged(appeared=True) if report.is_public:
            return "submitted"
        case ReportChanged(shows_change=True) | PhotoTaken() if report.is_public:
            return "changed"
        case _:
            return None


def _delivery_of(fact: Event, report: Report, ports: Ports) -> Delivery:
    """A template with the fields that all deliveries of this event share."""
    now = to_the_second(ports.now())
    stored = datetime.fromtimestamp(fact.stored_at_ms // 1000, UTC)
    return Delivery(
        delivery_id="",
        destination="",
        kind="webhook",
        event="changed",
        service_request_id=report.service_request_id,
        occurred_at=stored if fact.stored_at_ms else now,
        next_try_at=now,
        updated_at=now,
    )


def _is_new(delivery: Delivery, ports: Ports) -> bool:
    """Store the delivery; False if it exists.

    An existing delivery is left alone: if it still waits and its message was lost, `wake_due` finds
    it. But one that failed because the report could not be forwarded then is opened again.
    """
    try:
        ports.deliveries.create(delivery)
    except AlreadyExists:
        return _is_opened_again(delivery, ports)
    return True


def _is_opened_again(delivery: Delivery, ports: Ports) -> bool:
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
