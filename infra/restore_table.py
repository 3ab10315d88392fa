"""Copies all items of a restored table into the live one, where they are missing: after a table was
lost. Reports have a command of their own (`restore.py`), which keeps to whole reports."""

import sys
from collections.abc import Callable, Iterator, Mapping
from time import sleep
from typing import Any, NamedTuple

import click

from chalicelib.accounts.usecases.erasing import INDEX_LAG, erase_again
from chalicelib.errors import ConfigurationError

TABLES = (
    *("audit", "partners", "accounts", "alerts", "jobs", "outbound"),
    *("ledger", "bookings", "charges"),
)
"""In the order in which they are restored, reports last: the audit log has the list of what was
erased, and an account, a subscription, a job or a booking that is there keeps its reaction to a
report that comes back from doing again what was done. The ledger comes before the charges, so that
no entry is booked again."""

Item = dict[str, Any]


class Summary(NamedTuple):
    """The numbers of items that were restored, and that were there already."""

    restored: int
    present: int


@click.command("restore-table")
@click.argument("name", type=click.Choice(TABLES))
@click.argument("source")
def restore_table(name: str, source: str) -> None:
    """Copy the items of the restored table SOURCE that are missing in the live table NAME.

    Existing items are not changed. People who were erased after SOURCE was saved are erased again
    a minute later. It can be repeated.
    """
    import boto3

    from chalicelib.bootstrap import container
    from chalicelib.bootstrap.privacy import erasure_ports

    live = str(getattr(container.settings(), f"{name}_table"))
    with click.progressbar(length=0, label="Items", file=sys.stderr) as bar:
        summary = copy_missing_items(boto3.client("dynamodb"), source, live, bar.update)
    # By then the indexes contain the restored items.
    sleep(INDEX_LAG.total_seconds())
    count = erase_again(erasure_ports())
    click.echo(
        f"{summary.restored} items restored, {summary.present} already there. {count} people were "
        "erased again."
    )


def copy_missing_items(
    client: Any, source: str, live: str, progress: Callable[[int], None]
) -> Summary:
    """Copies the missing items. Raises ConfigurationError if the source is no copy of the live
    table, or not ready."""
    keys = _keys(client, live)
    if source == live or _keys(client, source) != keys:
        raise ConfigurationError(f"{source} is not a restored copy of {live}.")
    restored = present = 0
    absent = {
        "ConditionExpression": "attribute_not_exists(#key)",
        "ExpressionAttributeNames": {"#key": keys[0]},
    }
    for item in _items(client, source):
        try:
            client.put_item(TableName=live, Item=item, **absent)
            restored += 1
        except client.exceptions.ConditionalCheckFailedException:
            present += 1
        progress(1)
    return Summary(restored, present)


def _keys(client: Any, table: str) -> list[str]:
    """The names of the table's keys. Raises ConfigurationError."""
    try:
        found: Mapping[str, Any] = client.describe_table(TableName=table)["Table"]
    except client.exceptions.ResourceNotFoundException as error:
        raise ConfigurationError(f"There is no table {table}.") from error
    if found["TableStatus"] != "ACTIVE":
        raise ConfigurationError(f"{table} is {found['TableStatus']}: wait until it is ACTIVE.")
    return [key["AttributeName"] for key in found["KeySchema"]]


def _items(client: Any, table: str) -> Iterator[Item]:
    for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]
