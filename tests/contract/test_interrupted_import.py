"""What an import of old reports has stored is published, even if it is cut off."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import time_machine
from click.testing import CliRunner

from chalicelib.bootstrap.publishing import figures_ports, publishing_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import ConfigurationError
from chalicelib.handlers.publishing import figures_events, publishing_events
from chalicelib.publishing.lists import rebuild_lists
from chalicelib.publishing.performance import rebuild_performance
from infra import republish
from infra.__main__ import commands
from infra.import_reports import MAPPINGS
from infra.local.cloud import Cloud
from tests.conftest import ROOT
from tests.support.builders import NOON, report

EVENTS = ROOT / "tests" / "events"
COLUMNS = "url,title,latitude,longitude,category,state,created,lastupdate"
ROW = (
    "https://example.org/{number},Hole,53.959,-1.0815,{kind},fixed,"
    "20{number:02}-07-04 19:00:35 UTC,20{number:02}-07-05 19:00:35 UTC"
)
NOISE = ROW.replace("Hole", "Loud music every night from flat 3").format(number=12, kind="Noise")
SCHEDULES = {
    figures_events.publish_performance: "publish_performance",
    publishing_events.publish_wards: "publish_wards",
}


def run_schedules() -> None:
    for handler, name in SCHEDULES.items():
        handler(json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8")), None)


def published(cloud: Cloud) -> dict[str, bytes]:
    client = boto3.client("s3")
    found = client.list_objects_v2(Bucket=cloud.bucket).get("Contents", [])
    return {
        each["Key"]: client.get_object(Bucket=cloud.bucket, Key=each["Key"])["Body"].read()
        for each in found
    }


def months(cloud: Cloud, folder: str) -> list[str]:
    index = json.loads(published(cloud)[f"data/{folder}/index.json"])
    return [each["month"] for each in index["months"]]


def files(folder: Path, *rows: str, ends: bytes = b"") -> list[str]:
    """The arguments of an import of these rows, whose file `ends` so."""
    mapping = json.loads((MAPPINGS / "bath.json").read_bytes())
    mapping |= {"council": "demo", "categories": {"Holes": "pothole", "Noise": "noise-nuisance"}}
    (folder / "mapping.json").write_text(json.dumps(mapping))
    file = folder / "reports.csv"
    file.write_bytes("\n".join((COLUMNS, *rows, "")).encode() + ends)
    return ["import-reports", str(file), "--mapping", str(folder / "mapping.json")]


@contextmanager
def delivering(cloud: Cloud) -> Iterator[None]:
    """The functions take what is in their queues while a command runs."""
    is_over = threading.Event()

    def deliver() -> None:
        while not is_over.wait(0.01):
            cloud.pump.step(float("inf"))

    thread = threading.Thread(target=deliver)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def run(arguments: list[str], moment: Any = NOON) -> Any:
    with time_machine.travel(moment, tick=False):
        return CliRunner().invoke(commands, arguments)


@pytest.fixture
def nothing_yet(cloud: Cloud) -> Cloud:
    """A council whose indexes have no month."""
    with time_machine.travel(NOON, tick=False):
        rebuild_lists(publishing_ports())
        rebuild_performance(figures_ports())
    return cloud


def test_interrupted_import_is_published_like_any_change(
    nothing_yet: Cloud, tmp_path: Path
) -> None:
    rows = [ROW.format(number=number, kind="Holes") for number in (8, 10)]
    cut_off = run(files(tmp_path, *rows, ends=b"x" * 140_000))
    assert isinstance(cut_off.exception, ConfigurationError)
    nothing_yet.pump.run_until_idle()
    with time_machine.travel(NOON, tick=False):
        run_schedules()
    assert months(nothing_yet, "open") == ["2010-07", "2008-07"]
    assert months(nothing_yet, "performance") == ["2010-07", "2008-07"]
    assert b"Hole" in published(nothing_yet)["feeds/all/2008-07-04.atom"]
    before = published(nothing_yet)
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        run_schedules()
    assert published(nothing_yet) == before


def test_private_row_is_in_no_document_when_the_mapping_makes_it_public(
    nothing_yet: Cloud, tmp_path: Path
) -> None:
    done = run(files(tmp_path, ROW.format(number=8, kind="Holes"), NOISE))
    assert done.exit_code == 0
    assert "1 row: not public, whatever the mapping says" in done.output
    assert "Lines: 3." in done.output
    nothing_yet.pump.run_until_idle()
    found = published(nothing_yet)
    assert any("reports/" in key for key in found)
    assert not [
        key for key, body in found.items() if b"flat 3" in body or b"example.org/12" in body
    ]


def test_publish_makes_reports_private_first_when_their_service_became_private(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(republish, "FOLDER", tmp_path)
    monkeypatch.setattr(republish, "PAUSE_S", 0.01)
    ports = reports_ports()
    stored = ports.repository.create(report(service_code="noise-nuisance", once_public=True))
    with delivering(cloud):
        done = run(["publish"])
    assert (done.exit_code, done.exception) == (0, None), done.output
    assert "1 made private, because their service is private." in done.output
    found = ports.repository.get(stored.service_request_id)
    assert found and found.visibility == "private"
