"""Follows the changes that a reader of a stream could not read, after the cause was fixed."""

import sys
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

import click
import msgspec
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.bootstrap import container
from chalicelib.handlers.accounts.accounts_events import fan_out_people
from chalicelib.handlers.alerts.alerts_events import fan_out_alerts
from chalicelib.handlers.bookings.bookings_events import publish_bookings
from chalicelib.handlers.http.stream import UnreadRecord
from chalicelib.handlers.jobs.jobs_events import fan_out_jobs
from chalicelib.handlers.reports.reports_events import fan_out
from infra.redrive import message_batches

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

READERS = {
    "fan_out": fan_out,
    "fan_out_alerts": fan_out_alerts,
    "fan_out_jobs": fan_out_jobs,
    "fan_out_people": fan_out_people,
    "publish_bookings": publish_bookings,
}
"""The readers of streams, by the name under which they log."""


@click.command("redrive-changes")
def redrive_changes() -> None:
    """Read the changes again that a reader of a stream set aside, and follow them.

    Correct the cause first. DynamoDB keeps changes for 24 hours: an older one stays in the
    dead-letter queue, and so does what this command cannot read; DEPLOY.md says what to do then.
    """
    import boto3

    client = boto3.client("sqs")
    address = container.settings().unread_queue_url
    followed, kept = 0, []
    for message in chain.from_iterable(message_batches(client, address)):
        unread = _unread_in(message)
        if unread and _is_followed(unread):
            client.delete_message(QueueUrl=address, ReceiptHandle=message["ReceiptHandle"])
            followed += 1
        else:
            kept.append(unread)
    click.echo(f"{followed} followed, {len(kept)} not.")
    for each in filter(None, kept):
        click.echo(f"{each.function}: {msgspec.json.encode(each.keys).decode()}")
    if kept:
        sys.exit(1)


class _StillUnread:
    """Stands in for the dead letters: a message that is there stays there."""

    def __init__(self) -> None:
        self.records: list[UnreadRecord] = []

    def send(self, records: Sequence[UnreadRecord]) -> None:
        self.records += records


def _unread_in(message: "MessageTypeDef") -> UnreadRecord | None:
    try:
        return msgspec.json.decode(message["Body"], type=UnreadRecord)
    except msgspec.DecodeError:
        return None


def _is_followed(unread: UnreadRecord) -> bool:
    record = _record_at(unread)
    if record is None:
        return False
    still = _StillUnread()
    with container.built_instead(container.queue, "unread", still):
        answer = READERS[unread.function]({"Records": [record]}, None)
    return not still.records and not answer["batchItemFailures"]


def _record_at(unread: UnreadRecord) -> dict[str, Any] | None:
    """The record as Lambda delivers it; None if the stream has it no more."""
    import boto3

    # moto has no host names with the account's id.
    client = boto3.client("dynamodbstreams", config=Config(account_id_endpoint_mode="disabled"))
    stream = client.describe_stream(StreamArn=unread.stream)["StreamDescription"]
    for shard in stream["Shards"]:
        try:
            iterator = client.get_shard_iterator(
                StreamArn=unread.stream,
                ShardId=shard["ShardId"],
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                SequenceNumber=unread.sequence_number,
            )["ShardIterator"]
            found = client.get_records(ShardIterator=iterator, Limit=1)["Records"]
        except ClientError:
            continue
        for record in found:
            if record["dynamodb"]["SequenceNumber"] == unread.sequence_number:
                return _as_lambda_gives(record, unread.stream)
    return None


def _as_lambda_gives(record: Any, stream: str) -> dict[str, Any]:
    change: dict[str, Any] = dict(record["dynamodb"])
    moment = change.get("ApproximateCreationDateTime")
    if isinstance(moment, datetime):
        change["ApproximateCreationDateTime"] = moment.timestamp()
    return {**record, "dynamodb": change, "eventSourceARN": stream}
