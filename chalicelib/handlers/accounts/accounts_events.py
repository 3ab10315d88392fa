"""The event handlers of accounts: a person asks for a code, and it is sent. The stream carries only
keys, so no personal data passes from one handler to the other."""

from typing import Any

import msgspec
from chalice.app import Blueprint, DynamoDBEvent, SQSEvent

from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import sending_ports
from chalicelib.errors import AppError
from chalicelib.handlers.http.event import BatchAnswer, one_by_one
from chalicelib.handlers.http.stream import StreamBatch, follow_stream
from chalicelib.kernel.observability import logs

# Chalice requires literals; packaging replaces them with the real stream and queue.
STREAM = "arn:aws:dynamodb:eu-west-2:000000000000:table/accounts/stream/placeholder"
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:codes"
ATTEMPT = "attempt#"
events = Blueprint(__name__)


class CodeRequested(msgspec.Struct, frozen=True, kw_only=True):
    """A person asked for a code."""

    attempt_id: str


@events.on_dynamodb_record(stream_arn=STREAM, batch_size=100)
def fan_out_people(event: DynamoDBEvent) -> BatchAnswer:
    """Announces new attempts; on a failure the batch comes again from its first record."""
    return follow_stream("fan_out_people", event, _request_codes)


@events.on_sqs_message(queue_arn=QUEUE, batch_size=1)
def send_code(event: SQSEvent) -> BatchAnswer:
    """Sends the code that a message asks for."""
    return one_by_one("send_code", event, _is_sent)


def _request_codes(found: StreamBatch) -> None:
    container.queue("codes").send(found.read(_code_request_in))


def _code_request_in(record: dict[str, Any]) -> CodeRequested | None:
    owner: str = record["dynamodb"]["Keys"]["owner"]["S"]
    if record["eventName"] != "INSERT" or not owner.startswith(ATTEMPT):
        return None
    return CodeRequested(attempt_id=owner.removeprefix(ATTEMPT))


def _is_sent(record: dict[str, Any], _: logs.Fields) -> bool:
    from chalicelib.accounts.usecases.code_sending import send_code

    try:
        asked = msgspec.json.decode(record["body"], type=CodeRequested)
        send_code(asked.attempt_id, sending_ports())
    except (AppError, msgspec.DecodeError) as error:
        logs.failure("a code was not sent", error, message_id=record["messageId"])
        return False
    return True
