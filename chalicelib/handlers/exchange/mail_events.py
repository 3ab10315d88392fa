"""Incoming email: a reply to one of our emails becomes a note on its case."""

from typing import Any

import msgspec
from chalice.app import Blueprint, SQSEvent

from chalicelib.bootstrap.outbound import reply_ports
from chalicelib.errors import AppError
from chalicelib.handlers.http.event import BatchAnswer, one_by_one
from chalicelib.handlers.http.s3_events import arrived_in
from chalicelib.kernel.observability import logs

# Chalice requires a literal; packaging replaces it with the real queue.
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:replies"
events = Blueprint(__name__)


@events.on_sqs_message(queue_arn=QUEUE, batch_size=1)
def take_mail(event: SQSEvent) -> BatchAnswer:
    """Processes the email that a message names; refused email stays in its bucket for a while."""
    return one_by_one("take_mail", event, _process_mail)


def _process_mail(record: dict[str, Any], line: logs.Fields) -> bool:
    from chalicelib.outbound import email_parser, replies

    try:
        for mail in arrived_in(record["body"]):
            try:
                taken = replies.add_reply(mail.key, reply_ports())
            except email_parser.MailRefused as refused:
                logs.event("mail was refused", "warning", document=mail.key, code=refused.code)
            else:
                line["service_request_ids"] = [taken.service_request_id] if taken else []
                if taken and not taken.is_from_team:
                    about = taken.service_request_id
                    logs.event("an answer is no team's", "warning", service_request_id=about)
    except (AppError, msgspec.DecodeError, ValueError) as error:
        logs.failure("mail was not taken in", error, message_id=record["messageId"])
        return False
    return True
