"""The reactions that publish: facts from their queue, grouped so that a tile is written once, and
once a day what time alone takes off the map."""

from collections import defaultdict
from typing import Any

import msgspec
from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib import bootstrap
from chalicelib.events import Event, needs_purge, photos_touched, tiles_touched
from chalicelib.handlers.event import BatchAnswer, batch_failures, log
from chalicelib.publishing import usecases
from chalicelib.publishing.usecases import Touched

# Chalice wants a literal; packaging puts the queue itself in its place.
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:publish"
events = Blueprint(__name__)


@events.on_sqs_message(queue_arn=QUEUE, batch_size=10, maximum_batching_window_in_seconds=1)
def publish(event: SQSEvent) -> BatchAnswer:
    """Publishes the reports, photos and tiles that a batch of facts names."""
    touched: dict[str, Touched] = defaultdict(Touched)
    messages: dict[str, str] = {}
    unreadable: list[str] = []
    for record in event.to_dict()["Records"]:
        fact = _fact(record)
        if fact is None:
            unreadable.append(record["messageId"])
            continue
        messages[record["messageId"]] = fact.service_request_id
        _note(fact, touched[fact.service_request_id])
    failed = usecases.publish(touched, bootstrap.publishing_ports())
    _say(failed)
    again = [message for message, request_id in messages.items() if request_id in failed]
    return batch_failures([*unreadable, *again])


@events.schedule("rate(1 day)")
def tidy(_: CloudWatchEvent) -> None:
    """Takes off the map what was closed too long ago."""
    _say(usecases.tidy(bootstrap.publishing_ports()))


def _note(fact: Event, touched: Touched) -> None:
    touched.tiles |= tiles_touched(fact)
    touched.photos |= photos_touched(fact)
    touched.facts.add(fact.event_id)
    touched.purge |= needs_purge(fact)


def _say(failed: dict[str, Exception]) -> None:
    for service_request_id, error in failed.items():
        log.error("Report %s was not published", service_request_id, exc_info=error)


def _fact(record: dict[str, Any]) -> Event | None:
    try:
        fact: Event = msgspec.json.decode(record["body"], type=Event)
        return fact
    except msgspec.DecodeError:
        log.exception("Message %s tells no fact", record["messageId"])
        return None
