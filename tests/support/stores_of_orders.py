"""Orders, slots and payments in DynamoDB, and what may go wrong with each of their calls to AWS."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, TypeVar

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib.bookings.dynamo import DynamoDays
from chalicelib.bootstrap import container
from chalicelib.events import OfReport, moves_order
from chalicelib.payments.dynamo import DynamoCharges, DynamoLedger
from chalicelib.reports.dynamo.repository import DynamoRepository
from chalicelib.reports.ports import Ports
from chalicelib.reports.stream import fact_of
from infra.local.aws import REGION
from tests.support.empty_cloud import empty_tables
from tests.support.fakes_paid_orders import PaidOrder
from tests.support.fakes_payments import LONDON, PaymentsWorld, ProcessCrash
from tests.support.seam import ALL_TRIES, Try, end_process, lose_reply, refuse_call

AnyMoney = TypeVar("AnyMoney", bound=PaymentsWorld)
Fault = Callable[[int], AbstractContextManager[list[Try]]]
FAULTS: dict[str, Fault] = {
    "one reply lost": lose_reply,
    "all replies lost": partial(lose_reply, times=ALL_TRIES),
    "refused": partial(refuse_call, kind="throttle", times=ALL_TRIES),
    "crash before": partial(end_process, end=ProcessCrash, is_applied=False),
    "crash after": partial(end_process, end=ProcessCrash, is_applied=True),
}


def use_dynamo(money: AnyMoney) -> AnyMoney:
    """The money with its charges and its ledger in empty tables."""
    charges, ledger = container.table("charges"), container.table("ledger")
    empty_tables(charges, ledger)
    money.charges = DynamoCharges(charges, money.clock)
    money.ledger = DynamoLedger(ledger, LONDON)
    return money


def paid_order_on_dynamo(template: Ports) -> PaidOrder:
    """An order that is yet to be made, alone in the tables."""
    reports, bookings = container.table("reports"), container.table("bookings")
    empty_tables(reports, bookings)
    of = use_dynamo(PaidOrder(template=template))
    of.repository = StreamedDynamo(reports)
    of.days = DynamoDays(bookings)
    return of


class StreamedDynamo(DynamoRepository):
    """Reports in a table that is empty at first, and what its stream has for orders."""

    def __init__(self, table_name: str) -> None:
        super().__init__(table_name)
        shard = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[table_name].stream_shard
        assert shard
        self._shard = shard
        self._read = 0
        self._was_settled = False
        self._changed: list[str] = []

    def changed_parts(self) -> list[str]:
        self._read_on()
        return self._changed

    def was_settled(self) -> bool:
        self._read_on()
        return self._was_settled

    def _read_on(self) -> None:
        new = [each.to_json() for each in self._shard.items[self._read :]]
        self._read += len(new)
        for record in new:
            self._note(record)

    def _note(self, record: dict[str, Any]) -> None:
        """The time of a record is not in the form that Lambda gets."""
        change = {**record["dynamodb"], "ApproximateCreationDateTime": 0}
        fact = fact_of({**record, "dynamodb": change})
        if not isinstance(fact, OfReport) or not moves_order(fact):
            return
        self._changed.append(fact.service_request_id)
        order = json.loads(change["NewImage"]["order"]["S"])
        self._was_settled |= order["state"] == "settled"
