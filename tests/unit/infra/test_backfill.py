"""Stored items get the attributes of new indexes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

from chalicelib.bootstrap.reports import reports_ports
from infra import backfill
from infra.__main__ import commands
from infra.local.cloud import Cloud
from infra.positions import Position
from tests.support.builders import report

TARGET = ("open_team", "target_place")


class Client:
    """DynamoDB, which fails after some pages, or in which somebody else writes before each change
    of an item."""

    def __init__(self, table: str, *, pages: int = 1000, is_busy: bool = False) -> None:
        self._client, self._table = boto3.client("dynamodb"), table
        self._pages, self._is_busy = pages, is_busy
        self.exceptions = self._client.exceptions

    def scan(self, **how: Any) -> Any:
        self._pages -= 1
        if self._pages < 0:
            raise ConnectionError("The network is gone.")
        return self._client.scan(**how)

    def update_item(self, **how: Any) -> None:
        if self._is_busy:
            self._client.update_item(
                TableName=self._table,
                Key=how["Key"],
                UpdateExpression="ADD version :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )
        self._client.update_item(**how)


@pytest.fixture
def table(cloud: Cloud) -> str:
    """The table of three reports, which were stored before by-target was added."""
    name = cloud.environment["REPORTS_TABLE"]
    for number in range(3):
        reports_ports().repository.create(report(number))
    for key in keys(name):
        boto3.client("dynamodb").update_item(
            TableName=name, Key=key, UpdateExpression=f"REMOVE {', '.join(TARGET)}"
        )
    assert lacking(name) == 3
    return name


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "positions" / "reports.json"


def items(table: str) -> Iterator[dict[str, Any]]:
    yield from boto3.client("dynamodb").scan(TableName=table)["Items"]


def keys(table: str) -> list[dict[str, Any]]:
    return [
        {name: each[name] for name in ("service_request_id", "record")} for each in items(table)
    ]


def lacking(table: str) -> int:
    """How many items by-target does not contain."""
    return len([each for each in items(table) if not {*TARGET} <= each.keys()])


def complete(client: Client, table: str, file: Path, seen: list[int]) -> backfill.Summary:
    kind = backfill.kind_of("reports")
    return backfill.complete_items(client, table, kind, Position(file), seen.append, page_size=1)


def test_command_completes_items_and_can_be_repeated(
    table: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(backfill, "FOLDER", tmp_path)
    versions = [each["version"] for each in items(table)]
    first = CliRunner().invoke(commands, ["backfill", "reports"])
    assert "3 completed, 0 written by others" in first.output
    assert lacking(table) == 0
    assert [each["version"] for each in items(table)] == versions
    again = CliRunner().invoke(commands, ["backfill", "reports"])
    assert "0 completed, 0 written by others" in again.output
    assert not list((tmp_path / "backfill").glob("*"))


def test_interrupted_run_goes_on_where_it_stopped(table: str, file: Path) -> None:
    seen: list[int] = []
    with pytest.raises(ConnectionError):
        complete(Client(table, pages=2), table, file, seen)
    assert file.exists() and lacking(table) == 1
    assert complete(Client(table), table, file, seen) == (1, 0)
    assert lacking(table) == 0 and not file.exists()
    # Two pages; then the position, and one page more.
    assert sum(seen) == 2 + 2 + 1


def test_item_that_somebody_writes_meanwhile_is_left_to_that_write(table: str, file: Path) -> None:
    assert complete(Client(table, is_busy=True), table, file, []) == (0, 3)
    assert lacking(table) == 3


@pytest.mark.parametrize("name", backfill.NAMES)
def test_each_kind_is_of_a_table_with_indexes(name: str) -> None:
    kind = backfill.kind_of(name)
    assert backfill.indexed_attributes(kind.resource) and "record" in backfill.keys_of(
        kind.resource
    )
