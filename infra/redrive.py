"""Moves messages that a reaction gave up back to its queue, after the cause was fixed."""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import delivery_ports

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

QUEUES = (
    *("alerts", "codes", "crews", "fetch", "figures", "follow", "match", "open", "open_data"),
    "orders",
    *("outbound", "publish", "receipts", "rounds", "send"),
)
AT_ONCE = 10
HIDDEN_S = 60
"""Seconds for which a message is hidden while it is moved. If the move is cut short, the message is
in both queues, and its reader does nothing twice."""


@click.command("redrive")
@click.argument("queue", type=click.Choice(QUEUES))
def redrive(queue: str) -> None:
    """Send the messages in the dead-letter queue of QUEUE back to QUEUE. For alerts, also
    send those again that failed because of an error in Ginnel.

    Correct the cause first: a message that fails five times again returns to the dead-letter queue.
    """
    import boto3

    client = boto3.client("sqs")
    home: str = getattr(container.settings(), f"{queue}_queue_url")
    moved = failed = 0
    for messages in message_batches(client, dead_letters_of(client, home)):
        refused = move_messages(client, home, messages)
        moved, failed = moved + len(messages) - refused, failed + refused
    click.echo(f"{moved} sent back, {failed} not.")
    if queue == "alerts":
        click.echo(f"{_resend_failed_alerts()} failed alerts sent again.")
    if failed:
        sys.exit(1)


def _resend_failed_alerts() -> int:
    from chalicelib.alerts.usecases.failed import resend_internal_failures

    return resend_internal_failures(delivery_ports())


def dead_letters_of(client: "SQSClient", home: str) -> str:
    """The address of the dead-letter queue."""
    told = client.get_queue_attributes(QueueUrl=home, AttributeNames=["RedrivePolicy"])
    arn: str = json.loads(told["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
    return client.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]


def message_batches(client: "SQSClient", dead_letters: str) -> Iterator[Sequence["MessageTypeDef"]]:
    """All messages, in portions."""
    while messages := client.receive_message(
        QueueUrl=dead_letters, MaxNumberOfMessages=AT_ONCE, VisibilityTimeout=HIDDEN_S
    ).get("Messages"):
        yield messages


def move_messages(client: "SQSClient", home: str, messages: Sequence["MessageTypeDef"]) -> int:
    """Sends the messages to their queue, and removes those that arrived. Returns the number that
    did not."""
    by_id = {str(number): message for number, message in enumerate(messages)}
    answer = client.send_message_batch(
        QueueUrl=home,
        Entries=[{"Id": key, "MessageBody": each["Body"]} for key, each in by_id.items()],
    )
    arrived = [each["Id"] for each in answer.get("Successful", [])]
    if arrived:
        client.delete_message_batch(
            QueueUrl=dead_letters_of(client, home),
            Entries=[{"Id": key, "ReceiptHandle": by_id[key]["ReceiptHandle"]} for key in arrived],
        )
    return len(messages) - len(arrived)
