"""The event handler of orders: what an order says is carried out."""

from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib.bootstrap.payments import order_ports
from chalicelib.errors import AppError
from chalicelib.events import OfReport
from chalicelib.handlers.http.event import (
    BatchAnswer,
    measure_age,
    one_by_one,
    parse_fact,
    trace_facts,
)
from chalicelib.kernel.observability import logs
from chalicelib.reports.usecases.orders.effects import carry_out_stored_order

# Chalice requires a literal; packaging replaces it with the real queue.
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:orders"
events = Blueprint(__name__)


@events.on_sqs_message(queue_arn=QUEUE, batch_size=1)
def carry_out_orders(event: SQSEvent) -> BatchAnswer:
    """Carries out the order of a report that was stored or changed."""
    return one_by_one("carry_out_orders", event, _is_carried_out)


def _is_carried_out(record: dict[str, Any], line: logs.Fields) -> bool:
    fact: OfReport | None = parse_fact(record, OfReport)
    if fact is None:
        return False
    trace_facts([fact], line)
    try:
        carry_out_stored_order(fact.service_request_id, order_ports())
    except AppError as error:
        logs.failure("an order was not carried out", error, message_id=record["messageId"])
        return False
    measure_age([fact], line)
    return True
