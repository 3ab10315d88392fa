"""The one reader of the reports' stream: each change becomes a fact for every reaction. And the
clock of reports that are held."""

from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, DynamoDBEvent

from chalicelib import bootstrap
from chalicelib.errors import AppError
from chalicelib.events import Event
from chalicelib.handlers.event import BatchAnswer, batch_failures, failed_from, log
from chalicelib.reports import usecases

# Chalice wants a literal; packaging puts the table's own stream in its place.
STREAM = "arn:aws:dynamodb:eu-west-2:000000000000:table/reports/stream/placeholder"
events = Blueprint(__name__)


@events.on_dynamodb_record(stream_arn=STREAM, batch_size=100)
def fan_out(event: DynamoDBEvent) -> BatchAnswer:
    """Sends the facts of a batch; on a failure the batch comes again from its first record."""
    records: list[dict[str, Any]] = event.to_dict()["Records"]
    facts = [fact for fact in map(_fact_of, records) if fact]
    try:
        for reaction in bootstrap.reactions():
            reaction.send(facts)
    except AppError:
        log.exception("%s facts were not sent; they will come again", len(facts))
        return failed_from(records, 0)
    return batch_failures([])


@events.schedule("rate(1 minute)")
def publish_held(_: CloudWatchEvent) -> None:
    """Makes reports public whose time of being held is over."""
    count = usecases.publish_held(bootstrap.reports_ports())
    if count:
        log.info("%s held reports are public now", count)


def _fact_of(record: dict[str, Any]) -> Event | None:
    from chalicelib.photos import dynamo as photos
    from chalicelib.reports import dynamo as reports

    return reports.fact_of(record) or photos.fact_of(record)
