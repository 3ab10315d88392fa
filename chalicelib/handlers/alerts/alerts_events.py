"""The event handlers of alerts: facts become messages to the subscribers they concern. A stored
subscription becomes an index entry that finds it, and a message that asks its address to
confirm."""

from collections import defaultdict
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
from chalicelib.alerts.usecases.booking_reminding import remind_of_booking
from chalicelib.alerts.usecases.indexing import question, reindex
from chalicelib.alerts.usecases.match_notices import match_notice, match_notice_page
from chalicelib.alerts.usecases.matching import match
from chalicelib.alerts.usecases.reminding import match_collections
from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import index_ports, match_ports
from chalicelib.disruptions.stream import fact_of
from chalicelib.errors import AppError
from chalicelib.events import OfNotice, OfReport, ReportChanged, ReportSubmitted
from chalicelib.handlers.http.event import (
    BatchAnswer,
    batch,
    batch_failures,
    failed_from,
    measure_age,
    one_by_one,
    trace_facts,
)
from chalicelib.kernel.observability import logs, trace

# Chalice requires literals; packaging replaces them with the real stream and queue.
STREAM = "arn:aws:dynamodb:eu-west-2:000000000000:table/alerts/stream/placeholder"
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:match"
SUBSCRIPTION = "subscription"
Matched = OfReport | OfNotice | AlertBatch | CollectionsPageWanted | NoticePageWanted
events = Blueprint(__name__)


@events.on_sqs_message(queue_arn=QUEUE, batch_size=1)
def match_alerts(event: SQSEvent) -> BatchAnswer:
    """Finds the subscribers that a fact concerns."""
    return one_by_one("match_alerts", event, _is_matched)


@events.on_dynamodb_record(stream_arn=STREAM, batch_size=100)
def fan_out_alerts(event: DynamoDBEvent) -> BatchAnswer:
    """Updates the index, asks new addresses to confirm, and announces which subscribers to look for
    because of disruptions; on a failure the batch comes again."""
    records: list[dict[str, Any]] = event.to_dict()["Records"]
    with batch("fan_out_alerts", records) as line:
        ours = [each["dynamodb"] for each in records if _is_subscription(each)]
        facts = [fact for fact in map(fact_of, records) if fact]
        try:
            _react(ours)
            container.queue("match").send(facts)
        except AppError as error:
            logs.failure("changes were not followed, they will be again", error)
            line["failed"] = len(records)
            return failed_from(records, 0)
        return batch_failures([])


def _react(changes: list[dict[str, Any]]) -> None:
    # Imported when the stream is read: PynamoDB takes a while to load.
    from chalicelib.alerts.dynamo.subscriptions import subscription_in_image

    told: dict[str, list[Subscription]] = defaultdict(list)
    questions, both = [], []
    for change in changes:
        before, after = (
            subscription_in_image(image) if (image := change.get(name)) else None
            for name in ("OldImage", "NewImage")
        )
        questions.append(question(before, after))
        both.append((before, after))
        for each in filter(None, (before, after)):
            told[each.subscription_id].append(each)
    ports = index_ports()
    for subscription_id, was in told.items():
        reindex(subscription_id, was, ports)
    ports.alert_queue.send([each for each in questions if each])
    # Last: what failed before comes again, and would be counted again.
    ports.audiences.add(count_changes(both))


def _is_subscription(record: dict[str, Any]) -> bool:
    return bool(record["dynamodb"]["Keys"]["record"]["S"] == SUBSCRIPTION)


def _is_matched(record: dict[str, Any], line: logs.Fields) -> bool:
    try:
        said = msgspec.json.decode(record["body"], type=Matched)
        if isinstance(said, AlertBatch):
            _tell_share(said, line)
        elif isinstance(said, CollectionsPageWanted):
            line["notice_id"] = said.notice_id
            line["told"] = match_collections(said, match_ports())
        elif isinstance(said, NoticePageWanted):
            _match_page(said, line)
        else:
            _match(said, line)
            measure_age([said], line)
    except (AppError, msgspec.DecodeError) as error:
        logs.failure("nobody was found for a fact", error, message_id=record["messageId"])
        return False
    return True


def _match(fact: OfReport | OfNotice, line: logs.Fields) -> None:
    if isinstance(fact, ReportSubmitted | ReportChanged):
        trace_facts([fact], line)
        ports = match_ports()
        line["told"] = match(fact, ports) + remind_of_booking(fact, ports)
    else:
        trace.follow(fact.request_id or trace.current())
        line["notice_id"] = fact.notice_id
        line["told"] = match_notice(fact, match_ports())


def _match_page(wanted: NoticePageWanted, line: logs.Fields) -> None:
    trace.follow(wanted.fact.request_id or trace.current())
    line["notice_id"] = wanted.fact.notice_id
    line["told"] = match_notice_page(wanted, match_ports())


def _tell_share(share: AlertBatch, line: logs.Fields) -> None:
    """The subscribers in this batch were counted when they were found."""
    trace.follow(share.tell.request_id or trace.current())
    if share.tell.service_request_id:
        line["service_request_ids"] = [share.tell.service_request_id]
    elif share.tell.notice_id:
        line["notice_id"] = share.tell.notice_id
    container.queue("alerts").send(share.requests)
