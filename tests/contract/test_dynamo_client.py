"""What our clients make of DynamoDB's answers, beside those of an ordinary session."""

from functools import partial
from typing import Any

import boto3
import pytest
from pynamodb.connection import Connection

from chalicelib.aws.clients import SharedSession
from chalicelib.bootstrap import container
from chalicelib.bootstrap.container import client
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.kernel.dynamo.item import OwnedItem
from chalicelib.kernel.parallel import MOST_AT_ONCE, run_in_parallel
from infra.local.cloud import Cloud

ITEM: dict[str, Any] = {
    "service_request_id": {"S": "R1"},
    "record": {"S": "Größe 坑"},
    "number": {"N": "53.95900000000001"},
    "yes": {"BOOL": True},
    "none": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"M": {"b": {"N": "1"}}}]},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1"]},
}
LATEST_S = 35
KEY = {name: ITEM[name] for name in ("service_request_id", "record")}


def connection() -> Any:
    """A client as PynamoDB makes them for tables."""
    reports_ports()
    return Connection().client


def answers(dynamodb: Any, table: str) -> list[Any]:
    """One of each kind that has items in it, and one that has none."""
    return [
        dynamodb.get_item(TableName=table, Key=KEY)["Item"],
        dynamodb.batch_get_item(RequestItems={table: {"Keys": [KEY]}})["Responses"],
        dynamodb.scan(TableName=table)["Items"],
        dynamodb.update_item(
            TableName=table,
            Key=KEY,
            UpdateExpression="SET yes = :yes",
            ExpressionAttributeValues={":yes": {"BOOL": True}},
            ReturnValues="ALL_NEW",
        )["Attributes"],
        dynamodb.describe_table(TableName=table)["Table"]["CreationDateTime"],
    ]


def test_write_has_succeeded_or_failed_after_half_a_minute(cloud: Cloud) -> None:
    config = connection().meta.config
    tries: int = config.retries["total_max_attempts"]
    waits = sum(2**number for number in range(tries - 1))
    assert tries * (config.connect_timeout + config.read_timeout) + waits <= LATEST_S


def test_items_equal_those_of_an_ordinary_client(cloud: Cloud) -> None:
    table = container.settings().reports_table
    ordinary = boto3.client("dynamodb")
    ordinary.put_item(TableName=table, Item=ITEM)
    ours = answers(client("dynamodb"), table)
    assert ours == answers(ordinary, table)
    assert ours[0] == ITEM


def test_threads_that_begin_together_share_the_client_of_a_table(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NewItem(OwnedItem):
        store = "new things"

    NewItem.Meta.table_name = container.table("accounts")
    made: list[str] = []
    make = SharedSession.create_client

    def create_client(session: SharedSession, *what: Any, **options: Any) -> Any:
        made.append(what[0])
        return make(session, *what, **options)

    monkeypatch.setattr(SharedSession, "create_client", create_client)
    run_in_parallel([partial(NewItem.find, "owner", "record")] * MOST_AT_ONCE)
    assert made == ["dynamodb"]
