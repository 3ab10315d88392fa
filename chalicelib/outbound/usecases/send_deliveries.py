"""Send deliveries: one sender claims a delivery, tries to send it, and stores the result.

If a sender is cut short, another one can claim its delivery when the lease is over. The delivery
may have arrived, so the next sender looks for it at the destination first.
"""

from msgspec.structs import replace

from chalicelib.catalogue.destinations import Destination
from chalicelib.errors import NoReply, NotNow, UpstreamFailed
from chalicelib.kernel.delivery_retry import (
    MOST_TRIES,
    PARTS,
    claim_delivery,
    mark_failed,
    reschedule,
    take_turns,
)
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.outbound.model import Delivery, id_of_forwarded, mark_sent
from chalicelib.outbound.ports import Ports
from chalicelib.outbound.receivers import Receiver
from chalicelib.outbound.senders import NOT_PASSED_ON, DeliveryRefused, DeliveryUnclear

WOKEN_AT_ONCE = 300
"""The number of deliveries queued a minute, so that waiting ones do not fill the queue."""


def send(delivery_id: str, ports: Ports) -> Delivery | None:
    """Send the delivery if it is due and no other sender has claimed it.

    Returns: the delivery after the try; None if there was nothing to do.

    Raises: UpstreamFailed if our own store did not answer; the message is then delivered again.
    """
    stored = ports.deliveries.get(delivery_id)
    if stored is None:
        return None
    if stored.state == "sent":
        # The message was delivered again because the report was not updated.
        _update_report(stored, ports)
        return None
    delivery = _claim(stored, ports)
    if delivery is None:
        return None
    after = _save_result(_try_to_send(delivery, ports), ports)
    if after.state == "sent":
        _update_report(after, ports)
    return after


def wake_due(ports: Ports) -> int:
    """Queue the deliveries that are due. Returns their number. Raises UpstreamFailed."""
    now = ports.now()
    due = take_turns(ports.deliveries.due(now, limit=PARTS * WOKEN_AT_ONCE), WOKEN_AT_ONCE, now)
    if due:
        ports.queue.send(due)
    return len(due)


def _claim(stored: Delivery, ports: Ports) -> Delivery | None:
    delivery = claim_delivery(stored, truncate_to_second(ports.now()))
    try:
        return ports.deliveries.save(delivery) if delivery else None
    except VersionConflict:
        return None


def _try_to_send(delivery: Delivery, ports: Ports) -> Delivery:
    """Send the delivery, unless it is found at the destination. Returns: the delivery after the
    try, not yet stored."""
    try:
        if delivery.tries > MOST_TRIES:
            raise DeliveryRefused("gave_up")
        destination = _destination(delivery, ports)
        _refuse_if_moved(delivery, ports)
        _refuse_before_report(delivery, ports)
        sender = ports.senders[delivery.kind]
        found = sender.find(delivery, destination) if delivery.is_unclear else None
        sent = found or sender.send(delivery, destination)
        return mark_sent(delivery, sent.external_id, truncate_to_second(ports.now()))
    except DeliveryRefused as error:
        return mark_failed(delivery, error.code, truncate_to_second(ports.now()))
    except NotNow as error:
        return _retry_later(delivery, error.code, error.retry_after_s, ports)
    except DeliveryUnclear as error:
        unclear = replace(delivery, is_unclear=True)
        return _retry_later(unclear, error.code, error.retry_after_s, ports)
    except UpstreamFailed as error:
        hung_up = isinstance(error, NoReply)
        after = replace(delivery, is_unclear=delivery.is_unclear or hung_up)
        return _retry_later(after, "no_reply" if hung_up else "not_reached", 0, ports)


def _retry_later(delivery: Delivery, code: str, asked_for_s: int, ports: Ports) -> Delivery:
    now = truncate_to_second(ports.now())
    return reschedule(delivery, code, now, chance=ports.chance(), asked_for_s=asked_for_s)


def _destination(delivery: Delivery, ports: Ports) -> Destination | Receiver:
    """The destination or receiver. Raises: DeliveryRefused if it no longer exists or is
    disabled."""
    if delivery.kind != "webhook":
        destination: Destination | Receiver | None = ports.destinations.get(delivery.destination)
    else:
        receiver = ports.receivers.get(delivery.destination)
        destination = receiver if receiver and receiver.enabled else None
    if destination is None:
        raise DeliveryRefused("no_destination")
    return destination


def _refuse_if_moved(delivery: Delivery, ports: Ports) -> None:
    """Raise DeliveryRefused if the report now has a service that is not forwarded to this
    destination."""
    if delivery.event != "forwarded" or delivery.is_unclear:
        return
    request_id = delivery.service_request_id
    report = ports.reports.many([request_id]).get(request_id)
    if report and ports.forward_to(report.service_code) != delivery.destination:
        raise DeliveryRefused(NOT_PASSED_ON)


def _refuse_before_report(delivery: Delivery, ports: Ports) -> None:
    """A change follows the report that it is about. Raises: NotNow while the report is not sent;
    DeliveryRefused if it did not get there, so that an officer tells the other body."""
    if delivery.event != "case.changed" or delivery.kind == "webhook":
        return
    request_id = delivery.service_request_id
    forwarded = ports.deliveries.get(id_of_forwarded(delivery.destination, request_id))
    if forwarded is None or forwarded.state in ("failed", "kept"):
        raise DeliveryRefused("report_not_sent")
    if forwarded.state != "sent":
        raise NotNow("report_not_sent_yet")


def _save_result(after: Delivery, ports: Ports) -> Delivery:
    """Store the delivery after a try. The state "sent" replaces what another sender stored after
    the lease was over; a conflict also occurs if only the reply to this save was lost."""
    try:
        return ports.deliveries.save(after)
    except VersionConflict:
        present = ports.deliveries.get(after.delivery_id)
        if present is None or present.state == "sent" or after.state != "sent":
            return present or after
        return _save_result(replace(after, version=present.version), ports)


def _update_report(sent: Delivery, ports: Ports) -> None:
    if sent.event != "forwarded":
        return
    destination = ports.destinations.get(sent.destination)
    name = destination.name if destination else sent.destination
    ports.reports.note_passed_on(
        sent.service_request_id, name, sent.their_reference, sent.delivery_id
    )
