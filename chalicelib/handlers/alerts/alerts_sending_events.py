"""The event handlers that send alerts, wake those that are due every minute, and process the
receipts of carriers."""

from functools import partial
from typing import Any

import msgspec
from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib.alerts import receipts
from chalicelib.alerts.delivery import Alert, Wake
from chalicelib.alerts.model import AlertRequested, Confirm
from chalicelib.alerts.usecases import sending
from chalicelib.alerts.usecases.collection_reminders import request_corrections, request_reminders
from chalicelib.alerts.usecases.receipts import TooSoon, process_receipt
from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import delivery_ports
from chalicelib.errors import AppError
from chalicelib.handlers.http.event import BatchAnswer, attempt_each, batch, one_by_one
from chalicelib.kernel.observability import logs, trace

# Chalice requires literals; packaging replaces them with the real queues.
ALERTS_QUEUE = "arn:aws:sqs:eu-west-2:000000000000:alerts"
RECEIPTS_QUEUE = "arn:aws:sqs:eu-west-2:000000000000:receipts"
events = Blueprint(__name__)


@events.on_sqs_message(queue_arn=ALERTS_QUEUE, batch_size=1)
def send_alert(event: SQSEvent) -> BatchAnswer:
    """Sends an alert; if its carrier does not accept it, it is tried again when it is due."""
    return one_by_one("send_alert", event, _try_to_process)


@events.schedule("rate(1 minute)")
def wake_alerts(_: CloudWatchEvent) -> None:
    """Wakes the alerts that are due and those that a sender left unfinished, and requests the
    reminders of collections whose hour has come."""
    with batch("wake_alerts") as line:
        ports = delivery_ports()
        parts = (sending.wake_due_alerts, request_reminders, request_corrections)
        line["records"] = sum(attempt_each(*(partial(part, ports) for part in parts)))


@events.on_sqs_message(queue_arn=RECEIPTS_QUEUE, batch_size=10)
def take_receipts(event: SQSEvent) -> BatchAnswer:
    """Stores the outcomes of alerts."""
    return one_by_one("take_receipts", event, _try_to_process_receipt)


@events.lambda_function()
def take_text_log(event: dict[str, Any], _: object) -> None:
    """Queues the receipts of text messages, which arrive as a piece of a log."""
    with batch("take_text_log") as line:
        messages = receipts.messages_in_log(event["awslogs"]["data"])
        line["records"] = len(messages)
        container.queue("receipts").send(messages)


def _try_to_process(record: dict[str, Any], line: logs.Fields) -> bool:
    """Processes a message of the queue. False if it failed and is to be delivered again."""
    try:
        after = _process(msgspec.json.decode(record["body"], type=AlertRequested | Confirm | Wake))
    except (AppError, msgspec.DecodeError) as error:
        logs.failure("an alert was not dealt with", error, message_id=record["messageId"])
        return False
    if after:
        line["delivery_id"] = after.name
        if after.last_error:
            logs.event("not sent", "warning", delivery_id=after.name, code=after.last_error)
    return True


def _process(message: AlertRequested | Confirm | Wake) -> Alert | None:
    ports = delivery_ports()
    match message:
        case Wake():
            return sending.process_wake(message, ports)
        case Confirm():
            trace.adopt_id(message.request_id or trace.current_id())
            return sending.process_confirmation(message, ports)
        case AlertRequested():
            trace.adopt_id(message.request_id or trace.current_id())
            return sending.process_request(message, ports)


def _try_to_process_receipt(record: dict[str, Any], line: logs.Fields) -> bool:
    """Processes a receipt. False if it failed and is to be delivered again."""
    try:
        receipt = receipts.parse_receipt(record["body"])
        after = process_receipt(receipt, delivery_ports()) if receipt else None
    except TooSoon:
        return False
    except (AppError, msgspec.DecodeError) as error:
        logs.failure("a receipt was not taken", error, message_id=record["messageId"])
        return False
    if after and after.state == "failed":
        logs.event("it came back", "warning", delivery_id=after.name, code=after.last_error or "")
    return True
