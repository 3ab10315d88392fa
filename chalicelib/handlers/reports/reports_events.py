"""The only reader of the reports' stream: each change becomes a fact for every event handler. Also
the schedule of held reports."""

from functools import partial
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, DynamoDBEvent

from chalicelib.bootstrap.reports import reactions, reports_ports
from chalicelib.events import Event, ReportSubmitted
from chalicelib.handlers.http.event import BatchAnswer, batch, trace_facts
from chalicelib.handlers.http.stream import StreamBatch, follow_stream
from chalicelib.kernel.parallel import run_in_parallel
from chalicelib.photos import stream as photos
from chalicelib.reports import stream as reports
from chalicelib.reports.usecases.staff import moderation

# Chalice requires a literal; packaging replaces it with the real stream of the table.
STREAM = "arn:aws:dynamodb:eu-west-2:000000000000:table/reports/stream/placeholder"
events = Blueprint(__name__)


@events.on_dynamodb_record(stream_arn=STREAM, batch_size=100)
def fan_out(event: DynamoDBEvent) -> BatchAnswer:
    """Sends the facts of a batch to all queues at the same time; if one refuses them, the batch
    comes again from its first record."""
    return follow_stream("fan_out", event, _send_facts)


@events.schedule("rate(1 minute)")
def publish_held(_: CloudWatchEvent) -> None:
    """Publishes reports whose holding time has ended."""
    with batch("publish_held") as line:
        line["records"] = moderation.publish_held_reports(reports_ports())


def _send_facts(found: StreamBatch) -> None:
    facts: list[Event] = found.read(_fact_of)
    trace_facts(facts, found.line)
    run_in_parallel([partial(reaction.send, facts) for reaction in reactions()])
    found.line["submitted"] = sum(isinstance(fact, ReportSubmitted) for fact in facts)


def _fact_of(record: dict[str, Any]) -> Event | None:
    return reports.fact_of(record) or photos.fact_of(record)
