"""The event handlers that notify other systems: facts become deliveries, which are sent one by one;
due deliveries are woken every minute, and every five minutes a document of their success is
published."""

from typing import Any

import msgspec
from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib.bootstrap.outbound import outbound_ports
from chalicelib.errors import AppError
from chalicelib.events import EntryBooked, Event
from chalicelib.handlers.http.event import (
    BatchAnswer,
    alone_if_broken,
    batch,
    batch_failures,
    measure_age,
    one_by_one,
    trace_facts,
)
from chalicelib.kernel.observability import logs, trace
from chalicelib.outbound.model import Wake
from chalicelib.outbound.usecases import create_deliveries, destination_health, send_deliveries

# Chalice requires literals; packaging replaces them with the real queues.
OUTBOUND_QUEUE = "arn:aws:sqs:eu-west-2:000000000000:outbound"
SEND_QUEUE = "arn:aws:sqs:eu-west-2:000000000000:send"
events = Blueprint(__name__)


@events.on_sqs_message(queue_arn=OUTBOUND_QUEUE, batch_size=10)
@alone_if_broken
def open_deliveries(event: SQSEvent) -> BatchAnswer:
    """Opens the deliveries for a batch of facts."""
    records = event.to_dict()["Records"]
    with batch("open_deliveries", records) as line:
        found = {record["messageId"]: _read(record, Event | EntryBooked) for record in records}
        facts = [fact for fact in found.values() if fact]
        again = [message for message, fact in found.items() if fact is None]
        trace_facts(facts, line)
        try:
            create_deliveries.open_deliveries(facts, outbound_ports())
            measure_age(facts, line)
        except AppError as error:
            logs.failure("deliveries were not opened, the facts come again", error)
            again = list(found)
        line["failed"] = len(again)
        return batch_failures(again)


@events.on_sqs_message(queue_arn=SEND_QUEUE, batch_size=1)
def send(event: SQSEvent) -> BatchAnswer:
    """Sends a delivery; if its destination does not accept it, it is tried again when it is due."""
    return one_by_one("send", event, _send_delivery)


@events.schedule("rate(1 minute)")
def send_due(_: CloudWatchEvent) -> None:
    """Wakes the deliveries that are due again, and those that a sender left unfinished."""
    with batch("send_due") as line:
        line["records"] = send_deliveries.wake_due(outbound_ports())


@events.schedule("rate(5 minutes)")
def publish_getting_through(_: CloudWatchEvent) -> None:
    """Publishes the document of deliveries."""
    with batch("publish_getting_through"):
        destination_health.publish_getting_through(outbound_ports())


def _send_delivery(record: dict[str, Any], line: logs.Fields) -> bool:
    wake = _read(record, Wake)
    if wake is None:
        return False
    trace.adopt_id(wake.request_id or trace.current_id())
    line["delivery_id"] = wake.delivery_id
    try:
        after = send_deliveries.send(wake.delivery_id, outbound_ports())
    except AppError as error:
        logs.failure("a delivery was not dealt with", error, delivery_id=wake.delivery_id)
        return False
    if after and after.last_error:
        logs.event("not sent", "warning", delivery_id=after.delivery_id, code=after.last_error)
    return True


def _read(record: dict[str, Any], kind: Any) -> Any:
    try:
        return msgspec.json.decode(record["body"], type=kind)
    except msgspec.DecodeError as error:
        logs.failure("a message cannot be read", error, message_id=record["messageId"])
        return None
