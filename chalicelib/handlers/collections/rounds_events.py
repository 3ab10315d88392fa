"""The event handlers of collection rounds, which publish the state of today's rounds."""

from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib.bootstrap.collections import today_ports
from chalicelib.collections.today import publish_today
from chalicelib.errors import AppError
from chalicelib.events import RoundDayChanged
from chalicelib.handlers.http.event import (
    BatchAnswer,
    alone_if_broken,
    batch,
    fact_batch,
    measure_age,
)
from chalicelib.kernel.observability import logs

# Chalice requires literals; packaging replaces it with the real queue.
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:rounds"
events = Blueprint(__name__)


@events.on_sqs_message(queue_arn=QUEUE, batch_size=10, maximum_batching_window_in_seconds=1)
@alone_if_broken
def publish_rounds(event: SQSEvent) -> BatchAnswer:
    """Publishes the state of all rounds once for a batch of facts."""
    with fact_batch("publish_rounds", event, RoundDayChanged) as found:
        try:
            publish_today(today_ports())
        except AppError as error:
            logs.failure("the state of rounds was not published", error)
            return found.answer(lambda _: True)
        measure_age(found.facts, found.line)
        return found.answer(lambda _: False)


@events.schedule("rate(1 minute)")
def publish_rounds_due(_: CloudWatchEvent) -> None:
    """Publishes the rounds of a day that begins, and the rounds that close."""
    with batch("publish_rounds_due"):
        publish_today(today_ports())
