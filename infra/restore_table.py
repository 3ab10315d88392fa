"""Copies all items of a restored table into the live one, where they are missing: after a table was
lost. Reports have a command of their own (`restore.py`), which keeps to whole reports."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from threading import Event
from time import sleep
from typing import Any, NamedTuple

import click

from chalicelib.accounts.usecases.erasing import INDEX_LAG, erase_again
from chalicelib.errors import ConfigurationError
from infra.segments import (
    EVERYTHING,
    FROM_START,
    PART,
    Copying,
    Part,
    groups,
    in_segments,
    part_of,
    print_estimate,
)

TABLES = (
    *("audit", "partners", "accounts", "alerts", "jobs", "outbound"),
    *("ledger", "bookings", "charges"),
)
"""In the order in which they are restored, reports last: the audit log has the list of what was
erased, and an account, a subscription, a job or a booking that is there keeps its reaction to a
report that comes back from doing again what was done. The ledger comes before the charges, so that
no entry is booked again."""

MS_AN_ITEM = 1.5
"""The CPU of a write of one item in this process (docs/DEPLOY.md)."""


class Summary(NamedTuple):
    """The numbers of items that were restored, and that were there already."""

    restored: int
    present: int


@click.command("restore-table")
@click.argument("name", type=click.Choice(TABLES))
@click.argument("source")
@PART
@FROM_START
def restore_table(name: str, source: str, part: str, *, from_start: bool) -> None:
    """Copy the items of the restored table SOURCE that are missing in the live table NAME.

    Existing items are not changed. People who were erased after SOURCE was saved are erased again
    a minute later. After an interruption it continues from its last position. It can be repeated.
    """
    import boto3

    from chalicelib.bootstrap import container
    from chalicelib.bootstrap.privacy import erasure_ports

    live = str(getattr(container.settings(), f"{name}_table"))
    client, own = boto3.client("dynamodb"), part_of(part, source, live, from_start=from_start)
    _check_copy(client, source, live)
    print_estimate(client, source, own, MS_AN_ITEM)
    with click.progressbar(length=0, label="Items", file=sys.stderr) as bar:
        summary = copy_missing_items(client, source, live, bar.update, own)
    own.forget()
    # By then the indexes contain the restored items.
    sleep(INDEX_LAG.total_seconds())
    count = erase_again(erasure_ports())
    click.echo(
        f"{summary.restored} items restored, {summary.present} already there. {count} people were "
        "erased again."
    )


def copy_missing_items(
    client: Any, source: str, live: str, progress: Callable[[int], None], part: Part = EVERYTHING
) -> Summary:
    """Copies the missing items. Raises ConfigurationError if the source is no copy of the live
    table, or not ready."""
    keys = _check_copy(client, source, live)
    copy = partial(_copy_segment, keys[0])
    found = in_segments(Copying(client, source, live, progress, part), copy)
    return Summary(sum(each.restored for each in found), sum(each.present for each in found))


def _check_copy(client: Any, source: str, live: str) -> list[str]:
    """The names of the keys. Raises ConfigurationError if the source is no copy of the table."""
    keys = _keys(client, live)
    if source == live or _keys(client, source) != keys:
        raise ConfigurationError(f"{source} is not a restored copy of {live}.")
    return keys


def _copy_segment(key: str, copying: Copying, segment: int, stopped: Event) -> Summary:
    restored = present = 0
    absent = {
        "ConditionExpression": "attribute_not_exists(#key)",
        "ExpressionAttributeNames": {"#key": key},
    }
    read = groups(copying, key, segment, stopped)
    for item in chain.from_iterable(read):
        try:
            copying.client.put_item(TableName=copying.live, Item=item, **absent)
            restored += 1
        except copying.client.exceptions.ConditionalCheckFailedException:
            present += 1
        copying.progress(1)
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
