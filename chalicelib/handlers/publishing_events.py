"""The reaction that publishes: facts from its queue, grouped so that a tile is written once."""

from collections import defaultdict
from typing import Any

import msgspec
from chalice.app import Blueprint, SQSEvent

from chalicelib import bootstrap
from chalicelib.events import Event, tiles_touched
from chalicelib.handlers.event import BatchAnswer, batch_failures, log
from chalicelib.publishing import usecases

# Chalice wants a literal; packaging puts the queue itself in its place.
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:publish"
events = Blueprint(__name__)


@events.on_sqs_message(queue_arn=QUEUE, batch_size=10, maximum_batching_window_in_seconds=1)
def publish(event: SQSEvent) -> BatchAnswer:
    """Publishes the reports and tiles that a batch of facts names."""
    touched: dict[str, set[str]] = defaultdict(set)
    messages: dict[str, str] = {}
    unreadable: list[str] = []
    for record in event.to_dict()["Records"]:
        fact = _fact(record)
        if fact is None:
            unreadable.append(record["messageId"])
            continue
        messages[record["messageId"]] = fact.service_request_id
        touched[fact.service_request_id] |= tiles_touched(fact)
    failed = usecases.publish(touched, bootstrap.publishing_ports())
    for service_request_id, error in failed.items():
        log.error("Report %s was not published", service_request_id, exc_info=error)
    again = [message for message, request_id in messages.items() if request_id in failed]
    return batch_failures([*unreadable, *again])


def _fact(record: dict[str, Any]) -> Event | None:
    try:
        fact: Event = msgspec.json.decode(record["body"], type=Event)
        return fact
    except msgspec.DecodeError:
        log.exception("Message %s tells no fact", record["messageId"])
        return None
