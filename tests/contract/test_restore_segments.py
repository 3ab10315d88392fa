"""Restoring reads the restored table in segments, goes on where it was interrupted, and can be
divided into parts that run at the same time."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.errors import ConfigurationError
from infra import segments
from infra.local.cloud import Cloud
from infra.restore_table import Summary, copy_missing_items
from infra.segments import SEGMENTS, Part, part_of
from tests.support.seam import Answer, Try, hook_tries

ITEMS = 40


@pytest.fixture
def live(new_cloud: Cloud) -> str:
    """A table whose items were lost after it was copied to "restored"."""
    client, table = boto3.client("dynamodb"), new_cloud.environment["ALERTS_TABLE"]
    keys = [{"owner": {"S": f"owner-{n}"}, "record": {"S": "one"}} for n in range(ITEMS)]
    for key in keys:
        client.put_item(TableName=table, Item=key)
    client.restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName="restored", RestoreDateTime=datetime.now(UTC)
    )
    for key in keys:
        client.delete_item(TableName=table, Key=key)
    return table


def count(table: str) -> int:
    return int(boto3.client("dynamodb").scan(TableName=table)["Count"])


def copy(live: str, part: Part, progress: Callable[[int], None] = lambda _: None) -> Summary:
    return copy_missing_items(boto3.client("dynamodb"), "restored", live, progress, part)


def test_parts_together_restore_everything_once(live: str) -> None:
    found = [copy(live, Part(number, 3)) for number in (1, 2, 3)]
    assert sum(each.restored for each in found) == ITEMS
    assert sum(each.present for each in found) == 0
    assert count(live) == ITEMS


def test_interrupted_run_goes_on_where_it_stopped(
    live: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "KEPT_AFTER", 1)
    part, written = Part(folder=tmp_path), []

    def end_in_the_middle(this: Try, answer: Answer) -> Any:
        if this.operation == "dynamodb.PutItem":
            written.append(this)
            if len(written) == ITEMS // 2:
                raise KeyboardInterrupt
        return answer()

    with hook_tries(end_in_the_middle), pytest.raises(KeyboardInterrupt):
        copy(live, part)
    before = count(live)
    assert 0 < before < ITEMS
    again = copy(live, part)
    assert count(live) == ITEMS
    # Nothing is looked at twice but the group at which each segment stopped.
    assert again.restored == ITEMS - before and again.present <= SEGMENTS
    assert copy(live, part) == Summary(0, 0)
    part.forget()
    assert copy(live, part) == Summary(0, ITEMS)


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "1/33", "a/b", ""])
def test_part_is_refused_when_it_is_none(text: str) -> None:
    with pytest.raises(ConfigurationError, match="--part"):
        part_of(text, "restored", "live", from_start=False)


def test_parts_divide_the_segments() -> None:
    found = [each for number in range(1, 6) for each in Part(number, 5).segments()]
    assert sorted(found) == [*range(SEGMENTS)]
