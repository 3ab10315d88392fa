"""The event handlers of bookings: publish the free units of each slot."""

from collections import defaultdict
from functools import partial
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, DynamoDBEvent

from chalicelib.bookings.availability import publish_availability
from chalicelib.bootstrap.bookings import availability_ports
from chalicelib.handlers.http.event import BatchAnswer, attempt_each, batch
from chalicelib.handlers.http.stream import StreamBatch, follow_stream

# Chalice requires literals; packaging replaces it with the real stream.
STREAM = "arn:aws:dynamodb:eu-west-2:000000000000:table/bookings/stream/placeholder"
events = Blueprint(__name__)


@events.on_dynamodb_record(stream_arn=STREAM, batch_size=100, maximum_batching_window_in_seconds=1)
def publish_bookings(event: DynamoDBEvent) -> BatchAnswer:
    """Publishes each calendar of a batch once; on a failure the batch comes again."""
    return follow_stream("publish_bookings", event, _publish_calendars)


@events.schedule("rate(1 minute)")
def publish_bookings_due(_: CloudWatchEvent) -> None:
    """Publishes all calendars: holds lapse and days pass without a change."""
    with batch("publish_bookings_due"):
        ports = availability_ports()
        attempt_each(*(partial(publish_availability, code, ports) for code in ports.codes))


def _publish_calendars(found: StreamBatch) -> None:
    by_calendar: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for code, record in found.read(_calendar_in):
        by_calendar[code].append(record)
    ports = availability_ports()
    for code, records in sorted(by_calendar.items()):
        found.attempt(records, publish_availability, code, ports)


def _calendar_in(record: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The calendar's code in a record, with the record."""
    return record["dynamodb"]["Keys"]["owner"]["S"], record
