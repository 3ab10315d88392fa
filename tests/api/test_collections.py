"""Collection rounds, as the command publishes them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from click.testing import CliRunner, Result

from infra.__main__ import commands
from tests.api.conftest import Api

DAY = datetime.now(UTC).date() + timedelta(days=30)
HEAD = "round,container,dates,original,new,reason"
GOOD = f"R1,rubbish,{DAY}"


def import_rounds(folder: Path, *rows: str, allow_rejects: bool = False) -> Result:
    file = folder / "rounds.csv"
    width = HEAD.count(",")
    file.write_text("\n".join([HEAD, *(row + "," * (width - row.count(",")) for row in rows)]))
    options = ["--allow-rejects"] if allow_rejects else []
    return CliRunner().invoke(commands, ["import-rounds", str(file), *options])


def published(api: Api) -> Any:
    stored = boto3.client("s3").get_object(
        Bucket=api.cloud.bucket, Key="data/collections/rounds.json"
    )
    return json.loads(stored["Body"].read())


def test_rounds_are_published_in_place_of_those_of_before(api: Api, tmp_path: Path) -> None:
    assert import_rounds(tmp_path, GOOD, f"R2,garden,{DAY}").exit_code == 0
    moved = f"R1,,,{DAY},{DAY + timedelta(days=1)},Christmas"
    result = import_rounds(tmp_path, GOOD, moved)
    assert (
        f"1 rounds with 1 dates, 1 moved, 0 past, 0 repeated, 0 refused. "
        f"The dates are known until {DAY}." in result.output
    )
    (item,) = published(api)["items"]
    assert (item["round"], item["dates"]) == ("R1", [f"{DAY + timedelta(days=1)}"])
    assert published(api)["known_until"] == f"{DAY}"


def test_rounds_are_unchanged_when_a_row_is_refused(api: Api, tmp_path: Path) -> None:
    import_rounds(tmp_path, GOOD)
    before = published(api)
    result = import_rounds(tmp_path, f"R2,garden,{DAY}", "R3,garden,soon")
    assert result.exit_code == 1
    assert "line 3: dates: 'soon' is no date" in result.output
    assert published(api) == before


def test_good_rows_are_published_when_rejects_are_allowed(api: Api, tmp_path: Path) -> None:
    result = import_rounds(tmp_path, GOOD, "R3,garden,soon", allow_rejects=True)
    assert result.exit_code == 0
    assert [each["round"] for each in published(api)["items"]] == ["R1"]
