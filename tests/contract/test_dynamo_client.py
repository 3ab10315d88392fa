"""What our clients make of DynamoDB's answers, beside those of an ordinary session."""

from typing import Any

import boto3
from pynamodb.connection import Connection

from chalicelib.bootstrap import container
from chalicelib.bootstrap.container import client
from chalicelib.bootstrap.reports import reports_ports
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
