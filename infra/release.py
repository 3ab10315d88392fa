"""The indexes of each release's tables, and whether one deployment leads from one to the next.

CloudFormation makes or deletes one index of a table in an update and changes none, and it finds
that out in the middle of a deployment. `released_tables.json` holds what was released, so that no
clone needs the history or the tags of the repository.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from chalicelib.errors import ConfigurationError
from chalicelib.kernel.version import VERSION
from infra.resources import template

RECORD = Path(__file__).with_name("released_tables.json")

Indexes = dict[str, Any]
"""The name of an index → its keys and what else it contains."""
Tables = dict[str, Indexes]
"""The name of a table in the template → its indexes."""


@click.command("release")
def release() -> None:
    """Record the tables of this version as released. The tests compare the next version with them.

    Repeat it until the version has its tag. It refuses tables that one deployment cannot create
    from those of the previous version.
    """
    releases = recorded_tables()
    before = [tables for version, tables in releases.items() if version != VERSION]
    tables = tables_of(template())
    if before and (faults := [*undeployable_changes(before[-1], tables)]):
        raise ConfigurationError("; ".join(faults) + ".")
    text = json.dumps(releases | {VERSION: tables}, indent=1, sort_keys=False)
    RECORD.write_text(f"{text}\n", encoding="utf-8")
    click.echo(f"{len(tables)} tables of {VERSION} written to {RECORD.name}.")


def recorded_tables() -> dict[str, Tables]:
    """The tables of each release, the oldest first."""
    found: dict[str, Tables] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def tables_of(made: Mapping[str, Any]) -> Tables:
    """The tables of a template."""
    return {
        name: {
            each["IndexName"]: {
                "keys": [key["AttributeName"] for key in each["KeySchema"]],
                "contains": each["Projection"].get(
                    "NonKeyAttributes", each["Projection"]["ProjectionType"]
                ),
            }
            for each in resource["Properties"].get("GlobalSecondaryIndexes", ())
        }
        for name, resource in made["Resources"].items()
        if resource["Type"] == "AWS::DynamoDB::Table"
    }


def undeployable_changes(before: Tables, after: Tables) -> Iterator[str]:
    """The changes that CloudFormation refuses in one update. A new table may have any number
    of indexes."""
    for table in before.keys() & after.keys():
        old, new = before[table], after[table]
        made_or_deleted = sorted(old.keys() ^ new.keys())
        if len(made_or_deleted) > 1:
            yield (
                f"{table}: one index can be made or deleted in a release, not "
                f"{' and '.join(made_or_deleted)}"
            )
        for name in sorted(old.keys() & new.keys()):
            if old[name] != new[name]:
                yield f"{table}: {name} cannot change, make another index in its place"
