"""Gives stored items the attributes of a new index.

The attributes of an index are derived from an item at each write, so items that nobody has written
since the index was added are missing from it.
"""

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import click

from infra.local.running import FOLDER
from infra.positions import Position, Raw, read_pages
from infra.resources import template

NAMES = ("deliveries", "jobs", "reports", "subscriptions")
PAGE = 100


class Kind(NamedTuple):
    """A kind of items: its table in the template and in the settings, its `record`, and the item as
    it would be written now."""

    resource: str
    setting: str
    record: str
    rewritten: Callable[[Raw], Raw]


class Summary(NamedTuple):
    """The number of completed items, and of those that somebody else wrote meanwhile, which
    completes them, too."""

    completed: int
    overtaken: int


@click.command("backfill")
@click.argument("name", metavar="KIND", type=click.Choice(NAMES))
def backfill(name: str) -> None:
    """Add the attributes of new indexes to stored KINDs (deliveries, jobs, reports, subscriptions).

    Run it after a deployment with a new index. Functions can work meanwhile. It only adds what is
    missing. After an interruption it continues from its last position. It can be repeated.
    """
    import boto3

    from chalicelib.bootstrap import container

    kind, client = kind_of(name), boto3.client("dynamodb")
    table: str = getattr(container.settings(), kind.setting)
    position = Position(FOLDER / "backfill" / f"{table}-{name}.json")
    about = client.describe_table(TableName=table)["Table"]
    with click.progressbar(length=about["ItemCount"], label="Items", file=sys.stderr) as bar:
        summary = complete_items(client, table, kind, position, bar.update)
    click.echo(f"{summary.completed} completed, {summary.overtaken} written by others meanwhile.")


def kind_of(name: str) -> Kind:
    from chalicelib.alerts.dynamo import items as subscriptions
    from chalicelib.jobs.dynamo import items as jobs
    from chalicelib.jobs.keys import JOB
    from chalicelib.outbound.dynamo import items as deliveries
    from chalicelib.reports.dynamo import items as reports
    from chalicelib.reports.keys import REPORT

    report = _rewriter(reports.ReportItem, reports.report_of, reports.item_of)
    job = _rewriter(jobs.JobItem, jobs.job_of, jobs.item_of)
    delivery = _rewriter(deliveries.DeliveryItem, deliveries.delivery_of, deliveries.item_of)
    subscription = _rewriter(
        subscriptions.SubscriptionItem, subscriptions.subscription_of, subscriptions.item_of
    )
    return {
        "reports": Kind("ReportsTable", "reports_table", REPORT, report),
        "jobs": Kind("JobsTable", "jobs_table", JOB, job),
        "deliveries": Kind("OutboundTable", "outbound_table", deliveries.DELIVERY, delivery),
        "subscriptions": Kind(
            "AlertsTable", "alerts_table", subscriptions.SUBSCRIPTION, subscription
        ),
    }[name]


def _rewriter(
    item: Any, read: Callable[[Any], Any], write: Callable[[Any], Any]
) -> Callable[[Raw], Raw]:
    def rewritten(raw: Raw) -> Raw:
        stored = item()
        stored.deserialize(raw)
        written: Raw = write(read(stored)).serialize(null_check=False)
        return written

    return rewritten


def complete_items(
    client: Any,
    table: str,
    kind: Kind,
    position: Position,
    progress: Callable[[int], None],
    *,
    page_size: int = PAGE,
) -> Summary:
    """Completes the items of a kind from the kept position on, and keeps the position after each
    page of the table."""
    names, keys = indexed_attributes(kind.resource), keys_of(kind.resource)
    completed = overtaken = 0
    for page in read_pages(client, table, position, progress, page_size):
        for raw in page:
            if raw["record"]["S"] != kind.record:
                continue
            written = kind.rewritten(raw)
            missing = {name: written[name] for name in names & written.keys() - raw.keys()}
            if missing and _add_attributes(client, table, raw, missing, keys):
                completed += 1
            elif missing:
                overtaken += 1
    position.forget()
    return Summary(completed, overtaken)


def indexed_attributes(resource: str) -> frozenset[str]:
    """The names of all attributes in the indexes of a table."""
    indexes = template()["Resources"][resource]["Properties"]["GlobalSecondaryIndexes"]
    keys = {key["AttributeName"] for each in indexes for key in each["KeySchema"]}
    others = {name for each in indexes for name in each["Projection"].get("NonKeyAttributes", ())}
    return frozenset(keys | others)


def keys_of(resource: str) -> list[str]:
    """The names of a table's keys."""
    schema = template()["Resources"][resource]["Properties"]["KeySchema"]
    return [each["AttributeName"] for each in schema]


def _add_attributes(client: Any, table: str, raw: Raw, missing: Raw, keys: list[str]) -> bool:
    """Adds attributes to the version that was read. Returns whether it still was that version."""
    names = {f"#{number}": name for number, name in enumerate(missing)}
    values = {f":{number}": value for number, value in enumerate(missing.values())}
    setting = ", ".join(f"#{number} = :{number}" for number in range(len(missing)))
    try:
        client.update_item(
            TableName=table,
            Key={name: raw[name] for name in keys},
            UpdateExpression=f"SET {setting}",
            ConditionExpression="#version = :version",
            ExpressionAttributeNames={**names, "#version": "version"},
            ExpressionAttributeValues={**values, ":version": raw["version"]},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True
