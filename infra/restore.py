"""What a backup holds comes back into the live table, record by record.

DynamoDB restores a point in time into a table of its own. From there this copies what the live
table lacks, and on demand what differs there; nothing is ever removed. Each record that comes
back is a change like any other: the stream tells the publishers of it.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import click

from chalicelib.errors import ConfigurationError

KEYS = ("service_request_id", "record")
ABSENT = "attribute_not_exists(service_request_id)"


class Summary(NamedTuple):
    """How many records were put back, stood there alike, and stood there but differ."""

    put_back: int
    alike: int
    different: int


@click.command("restore-reports")
@click.argument("table")
@click.option(
    "--overwrite", is_flag=True, help="Put back what differs too: changes made since are lost."
)
def restore_reports(table: str, overwrite: bool) -> None:
    """Copies what a restored TABLE holds into the table of reports, where it is missing.

    TABLE is what `aws dynamodb restore-table-to-point-in-time` made; it is only read.
    """
    import boto3

    from chalicelib import bootstrap

    live = bootstrap.settings().reports_table
    if table == live:
        raise ConfigurationError(f"{table} is the live table: name the one that was restored.")
    with click.progressbar(length=0, label="Records", file=sys.stderr) as bar:
        summary = restore(boto3.client("dynamodb"), table, live, bar.update, overwrite=overwrite)
    click.echo(
        f"{summary.put_back} records put back, {summary.alike} there already, "
        f"{summary.different} there and different{', left as they are' if not overwrite else ''}."
    )


def restore(
    client: Any,
    source: str,
    live: str,
    progress: Callable[[int], None],
    *,
    overwrite: bool,
) -> Summary:
    """Copies from one table to the other; may be run again. Raises ConfigurationError where the
    source is none of ours."""
    put_back = alike = different = 0
    for record in _records(client, source):
        there = _there(client, live, record)
        if there == record:
            alike += 1
        elif there is None or overwrite:
            _put(client, live, record, is_new=there is None)
            put_back += 1
        else:
            different += 1
        progress(1)
    return Summary(put_back, alike, different)


def _records(client: Any, table: str) -> Iterator[dict[str, Any]]:
    try:
        keys = client.describe_table(TableName=table)["Table"]["KeySchema"]
    except client.exceptions.ResourceNotFoundException as error:
        raise ConfigurationError(
            f"There is no table {table} in this account and region."
        ) from error
    if tuple(key["AttributeName"] for key in keys) != KEYS:
        raise ConfigurationError(f"{table} is no table of reports: its keys are not {KEYS}.")
    for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def _there(client: Any, table: str, record: dict[str, Any]) -> dict[str, Any] | None:
    key = {name: record[name] for name in KEYS}
    answer = client.get_item(TableName=table, Key=key, ConsistentRead=True)
    item: dict[str, Any] | None = answer.get("Item")
    return item


def _put(client: Any, table: str, record: dict[str, Any], *, is_new: bool) -> None:
    condition = {"ConditionExpression": ABSENT} if is_new else {}
    client.put_item(TableName=table, Item=record, **condition)
