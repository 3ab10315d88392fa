"""The event handlers of bookings: publish the free units of each slot."""

from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, DynamoDBEvent

from chalicelib.bookings.availability import publish_availability
from chalicelib.bootstrap.bookings import availability_ports
from chalicelib.errors import AppError
from chalicelib.handlers.http.event import BatchAnswer, batch, batch_failures, failed_from
from chalicelib.kernel.observability import logs

# Chalice requires literals; packaging replaces it with the real stream.
STREAM = "arn:aws:dynamodb:eu-west-2:000000000000:table/bookings/stream/placeholder"
events = Blueprint(__name__)


@events.on_dynamodb_record(stream_arn=STREAM, batch_size=100, maximum_batching_window_in_seconds=1)
def publish_bookings(event: DynamoDBEvent) -> BatchAnswer:
    """Publishes each calendar of a batch once; on a failure the batch comes again."""
    records: list[dict[str, Any]] = event.to_dict()["Records"]
    with batch("publish_bookings", records) as line:
        try:
            ports = availability_ports()
            for code in sorted({record["dynamodb"]["Keys"]["owner"]["S"] for record in records}):
                publish_availability(code, ports)
        except AppError as error:
            logs.failure("free units were not published and will be again", error)
            line["failed"] = len(records)
            return failed_from(records, 0)
        return batch_failures([])


@events.schedule("rate(1 minute)")
def publish_bookings_due(_: CloudWatchEvent) -> None:
    """Publishes all calendars: holds lapse and days pass without a change."""
    with batch("publish_bookings_due"):
        ports = availability_ports()
        for code in ports.codes:
            publish_availability(code, ports)
