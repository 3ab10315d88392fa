"""The event handlers that match facts with subscriptions, and that update the index and request
confirmations after subscriptions have changed."""

from collections import defaultdict
from itertools import chain
from typing import Any

import msgspec
from chalice.app import Blueprint, DynamoDBEvent, SQSEvent

from chalicelib.alerts.audience import count_changes
from chalicelib.alerts.model import (
    AlertBatch,
    CollectionsPageWanted,
    NoticePageWanted,
    Subscription,
)
from chalicelib.alerts.usecases.booking_reminders import request_booking_reminders
from chalicelib.alerts.usecases.collection_reminders import match_collections
from chalicelib.alerts.usecases.indexing import confirmation_request, reindex
from chalicelib.alerts.usecases.match_notices import match_notice, match_notice_page
from chalicelib.alerts.usecases.matching import match_report
from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import index_ports, match_ports
from chalicelib.disruptions.stream import fact_of
from chalicelib.errors import AppError
from chalicelib.events import OfNotice, OfReport, ReportChanged, ReportSubmitted
from chalicelib.handlers.http.event import (
    BatchAnswer,
    measure_age,
    one_by_one,
    trace_facts,
)
from chalicelib.handlers.http.stream import StreamBatch, follow_stream
from chalicelib.kernel.observability import logs, trace

# Chalice requires literals; packaging replaces them with the real stream and queue.
STREAM = "arn:aws:dynamodb:eu-west-2:000000000000:table/alerts/stream/placeholder"
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:match"
SUBSCRIPTION = "subscription"
ToMatch = OfReport | OfNotice | AlertBatch | CollectionsPageWanted | NoticePageWanted
events = Blueprint(__name__)


@events.on_sqs_message(queue_arn=QUEUE, batch_size=1)
def match_alerts(event: SQSEvent) -> BatchAnswer:
    """Finds the subscribers that a fact concerns."""
    return one_by_one("match_alerts", event, _try_to_match)


@events.on_dynamodb_record(stream_arn=STREAM, batch_size=100)
def fan_out_alerts(event: DynamoDBEvent) -> BatchAnswer:
    """Updates the index, requests confirmations of new subscriptions, and queues the facts about
    disruptions for `match_alerts`. On a failure the batch is delivered again."""
    return follow_stream("fan_out_alerts", event, _follow_changes)


def _follow_changes(found: StreamBatch) -> None:
    """Updates the index and the numbers of subscriptions, requests confirmations, and sends the
    facts about disruptions. Raises UpstreamFailed."""
    facts = found.read(fact_of)
    pairs = found.read(_subscriptions_in)
    images: dict[str, list[Subscription]] = defaultdict(list)
    for each in filter(None, chain.from_iterable(pairs)):
        images[each.subscription_id].append(each)
    ports = index_ports()
    for subscription_id, versions in images.items():
        reindex(subscription_id, versions, ports)
    requests = [confirmation_request(before, after) for before, after in pairs]
    ports.alert_queue.send([each for each in requests if each])
    container.queue("match").send(facts)
    found.send_unread()
    # Last, because a batch that failed before is delivered again, and would be counted twice.
    ports.audiences.add(count_changes(pairs))


def _subscriptions_in(
    record: dict[str, Any],
) -> tuple[Subscription | None, Subscription | None] | None:
    """The subscription before and after the change; None if the record is about something else."""
    # Imported when the stream is read: PynamoDB takes a while to load.
    from chalicelib.alerts.dynamo.subscriptions import subscription_in_image

    change = record["dynamodb"]
    if change["Keys"]["record"]["S"] != SUBSCRIPTION:
        return None
    before, after = (
        subscription_in_image(image) if (image := change.get(name)) else None
        for name in ("OldImage", "NewImage")
    )
    return before, after


def _try_to_match(record: dict[str, Any], line: logs.Fields) -> bool:
    """Matches a message of the queue. False if it failed and is to be delivered again."""
    try:
        message = msgspec.json.decode(record["body"], type=ToMatch)
        if isinstance(message, AlertBatch):
            _enqueue_batch(message, line)
        elif isinstance(message, CollectionsPageWanted):
            line["notice_id"] = message.notice_id
            line["told"] = match_collections(message, match_ports())
        elif isinstance(message, NoticePageWanted):
            _match_page(message, line)
        else:
            _match(message, line)
            measure_age([message], line)
    except (AppError, msgspec.DecodeError) as error:
        logs.failure("nobody was found for a fact", error, message_id=record["messageId"])
        return False
    return True


def _match(fact: OfReport | OfNotice, line: logs.Fields) -> None:
    if isinstance(fact, ReportSubmitted | ReportChanged):
        trace_facts([fact], line)
        ports = match_ports()
        line["told"] = match_report(fact, ports) + request_booking_reminders(fact, ports)
    else:
        trace.adopt_id(fact.request_id or trace.current_id())
        line["notice_id"] = fact.notice_id
        line["told"] = match_notice(fact, match_ports())


def _match_page(wanted: NoticePageWanted, line: logs.Fields) -> None:
    trace.adopt_id(wanted.fact.request_id or trace.current_id())
    line["notice_id"] = wanted.fact.notice_id
    line["told"] = match_notice_page(wanted, match_ports())


def _enqueue_batch(alerts: AlertBatch, line: logs.Fields) -> None:
    """Queues the requests of a batch. They were logged when the subscribers were found."""
    trace.adopt_id(alerts.tell.request_id or trace.current_id())
    if alerts.tell.service_request_id:
        line["service_request_ids"] = [alerts.tell.service_request_id]
    elif alerts.tell.notice_id:
        line["notice_id"] = alerts.tell.notice_id
    container.queue("alerts").send(alerts.requests)
