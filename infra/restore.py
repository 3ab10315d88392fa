"""Copies reports from a backup into the live table, report by report.

DynamoDB restores a point in time into a table of its own. From there this copies the reports that
the live table lacks, with all that belongs to them. An existing report stays as it is, and nothing
that was removed from it is restored: it may have been withdrawn, hidden or redacted since. Each
restored report is a change like any other, which the stream announces to the publishers. A person
who was erased since the backup is erased again.
"""

import sys
from collections.abc import Callable
from threading import Event
from time import sleep
from typing import Any, NamedTuple

import click

from chalicelib.accounts.usecases.erasing import INDEX_LAG, erase_again
from chalicelib.errors import ConfigurationError
from chalicelib.reports.keys import REPORT
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

KEYS = ("service_request_id", "record")
ABSENT = "attribute_not_exists(service_request_id)"
LOST_RACE = frozenset(("None", "ConditionalCheckFailed", "TransactionConflict"))
"""The reason why a write is not done if another one was first."""

MS_A_RECORD = 2.8
"""The CPU of a look and a write of one record in this process (docs/DEPLOY.md)."""

Record = dict[str, Any]


class Summary(NamedTuple):
    """The numbers of restored and of identical records; and the names of those that were not
    restored: they differ, or are missing without a restored report."""

    restored: int
    alike: int
    left: tuple[str, ...]


@click.command("restore-reports")
@click.argument("table")
@PART
@FROM_START
def restore_reports(table: str, part: str, *, from_start: bool) -> None:
    """Copy the reports of a restored TABLE that are missing in the live table. After an
    interruption it continues from its last position.

    TABLE is what `aws dynamodb restore-table-to-point-in-time` made; it is only read.
    """
    import boto3

    from chalicelib.bootstrap import container
    from chalicelib.bootstrap.privacy import erasure_ports
    from chalicelib.bootstrap.reports import reports_ports
    from chalicelib.reports.usecases.withholding import withhold_private_reports

    live = container.settings().reports_table
    if table == live:
        raise ConfigurationError(f"{table} is the live table: name the restored one.")
    client, own = boto3.client("dynamodb"), part_of(part, table, live, from_start=from_start)
    check_source(client, table)
    print_estimate(client, table, own, MS_A_RECORD)
    with click.progressbar(length=0, label="Records", file=sys.stderr) as bar:
        summary = copy_missing_reports(client, table, live, bar.update, own)
    own.forget()
    # Its service may have become private since.
    withheld = withhold_private_reports(reports_ports())
    # By then the indexes contain the restored records.
    sleep(INDEX_LAG.total_seconds())
    count = erase_again(erasure_ports())
    click.echo(f"{count} people were erased again.")
    if withheld:
        click.echo(f"{withheld} made private, because their service is private.")
    _print_summary(summary)


def _print_summary(summary: Summary) -> None:
    click.echo(
        f"{summary.restored} records restored, {summary.alike} already there, {len(summary.left)} "
        f"different and left unchanged{(':' if summary.left else '.')}"
    )
    for name in summary.left:
        click.echo(name)


def copy_missing_reports(
    client: Any, source: str, live: str, progress: Callable[[int], None], part: Part = EVERYTHING
) -> Summary:
    """Copies missing reports from one table to the other; safe to repeat. Raises ConfigurationError
    if the source is not one of our tables, or not ready."""
    check_source(client, source)
    found = in_segments(Copying(client, source, live, progress, part), _copy_segment)
    return Summary(
        sum(each.restored for each in found),
        sum(each.alike for each in found),
        tuple(sorted(name for each in found for name in each.left)),
    )


def _copy_segment(copying: Copying, segment: int, stopped: Event) -> Summary:
    client, live = copying.client, copying.live
    restored = alike = 0
    left: list[str] = []
    for records in groups(copying, KEYS[0], segment, stopped):
        # The report comes last: until it exists, another run completes it.
        of_report = sorted(records, key=_is_report)
        is_whole = _is_report(of_report[-1])
        for record in of_report:
            there = client.get_item(TableName=live, Key=_key(record), ConsistentRead=True)
            if there.get("Item") == record:
                alike += 1
            elif "Item" not in there and is_whole and _restore_record(client, live, record):
                restored += 1
            else:
                left.append(" ".join(record[name]["S"] for name in KEYS))
            copying.progress(1)
    return Summary(restored, alike, tuple(left))


def check_source(client: Any, table: str) -> None:
    try:
        found = client.describe_table(TableName=table)["Table"]
    except client.exceptions.ResourceNotFoundException as error:
        raise ConfigurationError(
            f"There is no table {table} in this account and region."
        ) from error
    if tuple(key["AttributeName"] for key in found["KeySchema"]) != KEYS:
        raise ConfigurationError(f"{table} is not a table of reports: its keys are not {KEYS}.")
    if found["TableStatus"] != "ACTIVE":
        raise ConfigurationError(
            f"{table} is not ready yet, it is {found['TableStatus']}: "
            "wait until it is ACTIVE, and run this again."
        )


def _restore_record(client: Any, table: str, record: Record) -> bool:
    """Restores a record that is missing together with its report; returns False otherwise: a record
    missing from an existing report was removed on purpose."""
    put = {"TableName": table, "Item": record, "ConditionExpression": ABSENT}
    report = {**_key(record), KEYS[1]: {"S": REPORT}}
    without = {"TableName": table, "Key": report, "ConditionExpression": ABSENT}
    both = [{"Put": put}] if _is_report(record) else [{"ConditionCheck": without}, {"Put": put}]
    try:
        client.transact_write_items(TransactItems=both)
    except client.exceptions.TransactionCanceledException as error:
        codes = {each["Code"] for each in error.response["CancellationReasons"]}
        if not codes <= LOST_RACE:
            raise
        return False
    return True


def _is_report(record: Record) -> bool:
    return bool(record[KEYS[1]]["S"] == REPORT)


def _key(record: Record) -> Record:
    return {name: record[name] for name in KEYS}
