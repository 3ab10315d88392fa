"""Prepares a restored table for use in place of the stack's own, which was deleted.

DynamoDB restores data and indexes. It restores neither the stream, nor the expiry of items, nor the
point-in-time recovery, nor the protection from deletion.
"""

import time
from typing import Any

import click

from chalicelib.errors import ConfigurationError
from infra.adopted_tables import TABLE, adopted_parameter, stream_parameter
from infra.resources import template

PAUSE_S = 2.0
PATIENCE_S = 3 * 3600.0
"""A new index of a large table takes hours."""


def table_names() -> tuple[str, ...]:
    """The names of all tables, as `adopt-table` takes them: reports, audit and so on."""
    resources = template()["Resources"].items()
    return tuple(
        sorted(
            name.removesuffix("Table").lower() for name, each in resources if each["Type"] == TABLE
        )
    )


@click.command("adopt-table")
@click.argument("name", type=click.Choice(table_names()))
@click.argument("table")
def adopt_table(name: str, table: str) -> None:
    """Prepare the restored TABLE for use in place of the stack's table NAME, and print the
    parameters with which the stack uses it.

    Gives it the stream, the expiry, the point-in-time recovery and the protection of the template.
    It can be repeated: after a release
    that brings an index, it adds the index to an adopted table.
    """
    import boto3

    client = boto3.client("dynamodb")
    resource = f"{name.title()}Table"
    wanted = template()["Resources"][resource]["Properties"]
    _check_same_keys(table, _active_table(client, table), wanted)
    _add_missing_indexes(client, table, wanted)
    _set_stream(client, table, wanted)
    _set_expiry(client, table, wanted)
    client.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification=wanted["PointInTimeRecoverySpecification"]
    )
    client.update_table(TableName=table, DeletionProtectionEnabled=True)
    described = _wait_until_active(client, table)
    parameters = {adopted_parameter(resource): described["TableArn"]}
    if "StreamSpecification" in wanted:
        parameters[stream_parameter(resource)] = described["LatestStreamArn"]
    click.echo(" ".join(f"{key}={value}" for key, value in parameters.items()))


def _active_table(client: Any, table: str) -> dict[str, Any]:
    """Raises ConfigurationError if the table is missing or not ready."""
    try:
        found: dict[str, Any] = client.describe_table(TableName=table)["Table"]
    except client.exceptions.ResourceNotFoundException as error:
        raise ConfigurationError(
            f"There is no table {table} in this account and region."
        ) from error
    if found["TableStatus"] != "ACTIVE":
        raise ConfigurationError(f"{table} is {found['TableStatus']}: wait until it is ACTIVE.")
    return found


def _check_same_keys(table: str, found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Raises ConfigurationError if it is not the same kind of table."""
    if found["KeySchema"] != wanted["KeySchema"]:
        raise ConfigurationError(f"{table} has other keys than the stack's table.")


def _add_missing_indexes(client: Any, table: str, wanted: dict[str, Any]) -> None:
    """Gives the table the indexes that are newer than the backup, one after another."""
    found = _indexes(client.describe_table(TableName=table)["Table"])
    there = {each["IndexName"] for each in found}
    for index in wanted.get("GlobalSecondaryIndexes", ()):
        if index["IndexName"] not in there:
            client.update_table(
                TableName=table,
                AttributeDefinitions=wanted["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[{"Create": index}],
            )
            _wait_until_active(client, table)


def _set_stream(client: Any, table: str, wanted: dict[str, Any]) -> None:
    stream = wanted.get("StreamSpecification")
    enabled = client.describe_table(TableName=table)["Table"].get("StreamSpecification")
    if stream and not (enabled and enabled.get("StreamEnabled")):
        client.update_table(TableName=table, StreamSpecification={"StreamEnabled": True, **stream})
        _wait_until_active(client, table)


def _set_expiry(client: Any, table: str, wanted: dict[str, Any]) -> None:
    expiry = wanted.get("TimeToLiveSpecification")
    now = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if expiry and now["TimeToLiveStatus"] == "DISABLED":
        client.update_time_to_live(TableName=table, TimeToLiveSpecification=expiry)


def _indexes(table: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.get("GlobalSecondaryIndexes", [])
    return found


def _wait_until_active(client: Any, table: str) -> dict[str, Any]:
    """The table, when DynamoDB has changed it. Raises ConfigurationError after three hours."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found: dict[str, Any] = client.describe_table(TableName=table)["Table"]
        parts = (found["TableStatus"], *(each["IndexStatus"] for each in _indexes(found)))
        if set(parts) == {"ACTIVE"}:
            return found
        time.sleep(PAUSE_S)
    raise ConfigurationError(f"{table} is still changing: run this again later.")
