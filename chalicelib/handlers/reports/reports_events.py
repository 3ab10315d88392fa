"""The only reader of the reports' stream: each change becomes a fact for every event handler. Also
the schedule of held reports."""

from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, DynamoDBEvent

from chalicelib.bootstrap.reports import reactions, reports_ports
from chalicelib.errors import AppError
from chalicelib.events import Event, ReportSubmitted
from chalicelib.handlers.http.event import (
    BatchAnswer,
    batch,
    batch_failures,
    failed_from,
    trace_facts,
)
from chalicelib.kernel.observability import logs
from chalicelib.photos import stream as photos
from chalicelib.reports import stream as reports
from chalicelib.reports.usecases.staff import moderation

# Chalice requires a literal; packaging replaces it with the real stream of the table.
STREAM = "arn:aws:dynamodb:eu-west-2:000000000000:table/reports/stream/placeholder"
events = Blueprint(__name__)


@events.on_dynamodb_record(stream_arn=STREAM, batch_size=100)
def fan_out(event: DynamoDBEvent) -> BatchAnswer:
    """Sends the facts of a batch; on a failure the batch comes again from its first record."""
    records: list[dict[str, Any]] = event.to_dict()["Records"]
    with batch("fan_out", records) as line:
        facts = [fact for fact in map(_fact_of, records) if fact]
        trace_facts(facts, line)
        try:
            for reaction in reactions():
                reaction.send(facts)
        except AppError as error:
            logs.failure("facts were not sent, they will come again", error)
            line["failed"] = len(records)
            return failed_from(records, 0)
        line["submitted"] = sum(isinstance(fact, ReportSubmitted) for fact in facts)
        return batch_failures([])


@events.schedule("rate(1 minute)")
def publish_held(_: CloudWatchEvent) -> None:
    """Publishes reports whose holding time has ended."""
    with batch("publish_held") as line:
        line["records"] = moderation.publish_held_reports(reports_ports())


def _fact_of(record: dict[str, Any]) -> Event | None:
    return reports.fact_of(record) or photos.fact_of(record)
