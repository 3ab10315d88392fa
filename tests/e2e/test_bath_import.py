"""1,576 real reports, through the command line into a running stack, onto the map."""

import csv
import json
import os
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

from chalicelib.reports.states import State, status_of
from infra.__main__ import commands
from infra.import_reports import MAPPINGS, load_mapping
from infra.local.stack import LocalStack, Options
from tests.conftest import ROOT

OPEN_ROWS = 952
"""Of the 1,504 public ones."""


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    here = LocalStack(Options(council="bath"))
    here.start()
    yield here
    here.stop()


@pytest.fixture(scope="module")
def file(shared_data: Path) -> Path:
    return shared_data / "reports" / "bath_fixmystreet_2007_2017.csv"


@pytest.fixture(scope="module")
def first_run(stack: LocalStack, file: Path) -> str:
    return said(stack, "import-reports", str(file))


def command(stack: LocalStack, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "infra", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=dict(os.environ) | stack.outside_environment(),
        check=False,
    )


def said(_: LocalStack, *words: str) -> str:
    """What a command says in this process, whose environment is the stack's: each of its many
    calls is cheaper than from outside, and that `command` reaches the stack others see."""
    done = CliRunner().invoke(commands, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def lines_of(file: Path) -> list[str]:
    """Its lines as they stand; none of the first rows has a line break in a cell."""
    return file.read_text(encoding="utf-8").splitlines(keepends=True)


def documents(stack: LocalStack, prefix: str) -> dict[str, Any]:
    """Those in JSON; of the index of open data without the moment up to which it has all."""
    client = boto3.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=stack.cloud.bucket, Prefix=prefix
    )
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    found = {
        key: json.loads(client.get_object(Bucket=stack.cloud.bucket, Key=key)["Body"].read())
        for key in keys
        if key.endswith(".json")
    }
    found.get("data/open/index.json", {}).pop("updated_datetime", None)
    return found


def public_rows(file: Path) -> list[dict[str, str]]:
    return [row for row in rows_of(file) if row["state"] not in ("hidden", "unconfirmed")]


def test_every_row_is_accounted_for(first_run: str, file: Path) -> None:
    assert len(rows_of(file)) == 1576
    assert "1576 taken, 0 there already, 0 refused." in first_run


def open_ones(file: Path) -> Counter[tuple[str, State]]:
    """The public rows of the file that the map shows, by service and state: what is closed there
    was closed years ago."""
    mapping = load_mapping(MAPPINGS / "bath.json")
    kinds = Counter(
        (mapping.categories[row["category"]], mapping.states[row["state"]].state)
        for row in public_rows(file)
    )
    return Counter({kind: n for kind, n in kinds.items() if status_of(kind[1]) == "open"})


def test_published_pins_equal_a_recount_of_the_open_ones_in_the_file_by_category_and_state(
    stack: LocalStack, first_run: str, file: Path
) -> None:
    stack.cloud.pump.wait_until_idle()
    expected = open_ones(file)
    pins = [pin for tile in documents(stack, "data/tiles/14/").values() for pin in tile["pins"]]
    assert Counter((pin["service_code"], pin["state"]) for pin in pins) == expected
    assert len({pin["service_request_id"] for pin in pins}) == expected.total() == OPEN_ROWS


def test_published_counts_equal_a_recount_of_the_open_ones_in_the_file_by_category(
    stack: LocalStack, first_run: str, file: Path
) -> None:
    stack.cloud.pump.wait_until_idle()
    expected: Counter[str] = Counter()
    for (service_code, _), number in open_ones(file).items():
        expected[service_code] += number
    [index] = documents(stack, "data/index.json").values()
    [counts] = documents(stack, index["counts"].removeprefix("/")).values()
    found: Counter[str] = Counter()
    for count in counts["counts"]:
        assert count["open"] == sum(each[0] for each in count["services"].values())
        assert count["closed"] == 0
        found.update({code: each[0] for code, each in count["services"].items()})
    assert found == expected
    tiles = {f"data/tiles/14/{count['x']}/{count['y']}.json" for count in counts["counts"]}
    assert tiles == set(documents(stack, "data/tiles/14/"))


def test_documents_keep_references_and_dates_and_hide_what_is_not_public(
    stack: LocalStack, first_run: str, file: Path
) -> None:
    stack.cloud.pump.wait_until_idle()
    published = documents(stack, "data/reports/").values()
    seen = {
        each["external_reference"]: (each["requested_datetime"], each["updated_datetime"])
        for each in published
    }
    expected = {
        row["url"]: tuple(
            row[name].replace(" UTC", "Z").replace(" ", "T") for name in ("created", "lastupdate")
        )
        for row in public_rows(file)
    }
    assert seen == expected


def test_nothing_changes_when_rows_are_imported_and_everything_is_published_again(
    stack: LocalStack, first_run: str, file: Path, tmp_path: Path
) -> None:
    stack.cloud.pump.wait_until_idle()
    before = documents(stack, "data/")
    some = tmp_path / "some.csv"
    some.write_text("".join(lines_of(file)[:201]), encoding="utf-8")
    assert "0 taken, 200 there already, 0 refused." in said(stack, "import-reports", str(some))
    stack.cloud.pump.wait_until_idle()
    assert "1576 reports published anew, 0 failed." in said(stack, "publish")
    assert documents(stack, "data/") == before


def test_rows_are_refused_with_line_and_reason_and_status_when_they_are_wrong(
    stack: LocalStack, file: Path, tmp_path: Path
) -> None:
    lines = lines_of(file)[:3]
    broken = tmp_path / "broken.csv"
    broken.write_text("".join(lines).replace(",Other,", ",Dragons,"), encoding="utf-8")
    done = command(stack, "import-reports", str(broken))
    assert done.returncode == 1
    assert "line 2: category: 'Dragons' is not in the mapping document" in done.stdout
    assert command(stack, "import-reports", str(broken), "--allow-rejects").returncode == 0


def test_street_map_is_built_from_the_councils_open_data(
    stack: LocalStack, shared_data: Path
) -> None:
    files = sorted(map(str, (shared_data / "basemap").glob("*.geojson.gz")))
    done = command(stack, "build-basemap", "--allow-rejects", *files)
    assert done.returncode == 0, done.stderr
    assert "9015 roads" in done.stdout
    with urllib.request.urlopen(f"{stack.url}/data/basemap.pmtiles") as answer:
        assert answer.headers["Content-Type"] == "application/vnd.pmtiles"
        assert answer.read(7) == b"PMTiles"
    assert "2974 streets and places can be searched" in done.stdout
    with urllib.request.urlopen(f"{stack.url}/api/places?q=milsom+st") as answer:
        found = json.load(answer)["items"]
    assert [place["label"] for place in found] == ["Milsom Street"]
