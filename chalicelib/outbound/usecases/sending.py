"""Send deliveries: one sender claims a delivery, tries to send it, and stores the result.

If a sender is cut short, another one can claim its delivery when the lease is over. The delivery
may have arrived, so the next sender looks for it at the destination first.
"""

from dataclasses import replace

from chalicelib.catalogue.destinations import Destination
from chalicelib.errors import NoReply, NotNow, UpstreamFailed
from chalicelib.kernel.delivery_retry import MOST_TRIES, claimed, put_off, refused
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import to_the_second
from chalicelib.outbound.model import Delivery, arrived
from chalicelib.outbound.ports import Ports
from chalicelib.outbound.receivers import Receiver
from chalicelib.outbound.senders import NOT_PASSED_ON, Refused, Unclear

WOKEN_AT_ONCE = 300
"""How many deliveries a minute are woken, so that those which wait do not pile up as messages."""


def send(delivery_id: str, ports: Ports) -> Delivery | None:
    """Send the delivery if it is due and no other sender has claimed it.

    Returns: the delivery after the try; None if there was nothing to do.

    Raises: UpstreamFailed if our own store did not answer; the message is then delivered again.
    """
    stored = ports.deliveries.get(delivery_id)
    if stored is None:
        return None
    if stored.state == "sent":
        # This message comes again because the report has not heard of it.
        _tell_the_report(stored, ports)
        return None
    mine = _claim(stored, ports)
    if mine is None:
        return None
    after = _put_away(_tried(mine, ports), ports)
    if after.state == "sent":
        _tell_the_report(after, ports)
    return after


def wake_due(ports: Ports) -> int:
    """Queue the deliveries that are due. Returns their number. Raises UpstreamFailed."""
    due = ports.deliveries.due(ports.now(), limit=WOKEN_AT_ONCE)
    if due:
        ports.queue.send(due)
    return len(due)


def _claim(stored: Delivery, ports: Ports) -> Delivery | None:
    mine = claimed(stored, to_the_second(ports.now()))
    try:
        return ports.deliveries.save(mine) if mine else None
    except VersionConflict:
        return None


def _tried(mine: Delivery, ports: Ports) -> Delivery:
    """What becomes of the delivery."""
    try:
        if mine.tries > MOST_TRIES:
            raise Refused("gave_up")
        destination = _destination(mine, ports)
        _refuse_if_not_for_it(mine, ports)
        sender = ports.senders[mine.kind]
        found = sender.find(mine, destination) if mine.is_unclear else None
        taken = found or sender.send(mine, destination)
        return arrived(mine, taken.external_id, to_the_second(ports.now()))
    except Refused as error:
        return refused(mine, error.code, to_the_second(ports.now()))
    except NotNow as error:
        return _put_off(mine, error.code, error.retry_after_s, ports)
    except Unclear as error:
        return _put_off(replace(mine, is_unclear=True), error.code, error.retry_after_s, ports)
    except UpstreamFailed as error:
        hung_up = isinstance(error, NoReply)
        after = replace(mine, is_unclear=mine.is_unclear or hung_up)
        return _put_off(after, "no_reply" if hung_up else "not_reached", 0, ports)


def _put_off(mine: Delivery, code: str, asked_for_s: int, ports: Ports) -> Delivery:
    now = to_the_second(ports.now())
    return put_off(mine, code, now, chance=ports.chance(), asked_for_s=asked_for_s)


def _destination(delivery: Delivery, ports: Ports) -> Destination | Receiver:
    """The destination or receiver. Raises: Refused if it no longer exists or is disabled."""
    if delivery.kind != "webhook":
        found: Destination | Receiver | None = ports.destinations.get(delivery.destination)
    else:
        receiver = ports.receivers.get(delivery.destination)
        found = receiver if receiver and receiver.enabled else None
    if found is None:
        raise Refused("no_destination")
    return found


def _refuse_if_not_for_it(mine: Delivery, ports: Ports) -> None:
    """Raises Refused where the report is under a service by now that is not passed on there."""
    if mine.event != "forwarded" or mine.is_unclear:
        return
    report = ports.reports.many([mine.service_request_id]).get(mine.service_request_id)
    if report and ports.forward_to(report.service_code) != mine.destination:
        raise Refused(NOT_PASSED_ON)


def _put_away(after: Delivery, ports: Ports) -> Delivery:
    """Stores the outcome. That it was sent stands, whatever somebody else wrote meanwhile:
    its lease was over, or the reply to this very write was lost."""
    try:
        return ports.deliveries.save(after)
    except VersionConflict:
        present = ports.deliveries.get(after.delivery_id)
        if present is None or present.state == "sent" or after.state != "sent":
            return present or after
        return _put_away(replace(after, version=present.version), ports)


def _tell_the_report(sent: Delivery, ports: Ports) -> None:
    if sent.event != "forwarded":
        return
    destination = ports.destinations.get(sent.destination)
    name = destination.name if destination else sent.destination
    ports.reports.passed_on(sent.service_request_id, name, sent.their_reference, sent.delivery_id)
