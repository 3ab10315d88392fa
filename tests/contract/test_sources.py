"""What the council gave is stored apart from what is published: when the whole published bucket is
lost, `python -m infra publish` brings every document back."""

from datetime import timedelta
from pathlib import Path

import boto3
import pytest
import time_machine

from chalicelib.bootstrap import container
from chalicelib.bootstrap.collections import calendar_ports, collections_ports
from chalicelib.bootstrap.disruptions import disruptions_ports, disruptions_publish_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.collections.calendars import publish_calendar
from chalicelib.disruptions.publishing import publish_current
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.publishing.model import BASEMAP, JSON
from chalicelib.publishing.ports import Document
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import Author
from infra import republish
from infra.demo.collections import PREMISES
from infra.demo.gazetteer import COMMITTED
from infra.local import seed
from infra.local.cloud import Cloud
from infra.premises import premises_of
from infra.sources import FOLDER, SOURCES, source_documents, source_ports
from tests.contract.test_interrupted_import import delivering, published, run
from tests.support.builders import NOON, draft

LATER = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def here(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(republish, "FOLDER", tmp_path)
    monkeypatch.setattr(republish, "PAUSE_S", 0.01)


def give_everything(cloud: Cloud) -> None:
    """Stores all that a council gives, a calendar that a resident subscribed to, and a report."""
    sources = source_documents()
    for key, path in COMMITTED.items():
        sources.write(key, Document(path.read_bytes(), JSON), None)
    sources.write(BASEMAP, Document(b"a map", "application/octet-stream"), None)
    council = container.council()
    container.forget_read_documents()
    seed.demo_roadworks(source_ports(), NOON.date())
    seed.demo_collections(council, source_ports(), NOON)
    seed.demo_facilities(council, source_ports())
    seed.demo_disruption(disruptions_ports(), NOON)
    publish_current(disruptions_publish_ports())
    rounds = collections_ports().rounds()
    assert rounds
    homes, _ = premises_of(PREMISES, council, rounds)
    publish_calendar(
        next(iter(homes)).premises_id, container.language_of_council("en"), calendar_ports()
    )
    submission.submit(draft(), "one", Author(), reports_ports())
    cloud.pump.run_until_idle()


def lose_everything_published(cloud: Cloud) -> None:
    client = boto3.client("s3")
    for key in published(cloud):
        client.delete_object(Bucket=cloud.bucket, Key=key)


def test_every_document_is_back_when_the_published_bucket_was_lost(cloud: Cloud) -> None:
    with time_machine.travel(NOON, tick=False):
        give_everything(cloud)
        with delivering(cloud):
            assert run(["publish"]).exit_code == 0
        before = published(cloud)
        lose_everything_published(cloud)
        container.forget_read_documents()
        with delivering(cloud):
            done = run(["publish"])
        assert done.exit_code == 0, done.output
        assert published(cloud).keys() == before.keys()
        assert published(cloud) == before
    folders = tuple(each for each in SOURCES if each.endswith("/"))
    assert {*SOURCES} - {*folders} <= before.keys()
    assert any(key.startswith("data/collections/calendars/") for key in before)


def test_document_keeps_its_headers_when_it_is_published_again(cloud: Cloud) -> None:
    source_documents().write("data/wards.json", Document(b"{}", JSON), None)
    client = boto3.client("s3")
    before = client.head_object(Bucket=cloud.bucket, Key="data/wards.json")
    client.delete_object(Bucket=cloud.bucket, Key="data/wards.json")
    assert source_documents().publish_all() == 1
    after = client.head_object(Bucket=cloud.bucket, Key="data/wards.json")
    for name in ("ContentType", "CacheControl", "ETag"):
        assert after[name] == before[name]
    assert source_documents().publish_all() == 0


def test_source_is_not_replaced_when_it_changed_since_it_was_read(cloud: Cloud) -> None:
    sources = source_documents()
    sources.write("data/wards.json", Document(b"1", JSON), None)
    with pytest.raises(VersionConflict):
        sources.write("data/wards.json", Document(b"2", JSON), None)
    assert published(cloud)["data/wards.json"] == b"1"


def test_published_documents_become_sources_when_a_former_version_imported_them(
    cloud: Cloud,
) -> None:
    client = boto3.client("s3")
    for key in ("data/wards.json", "data/facilities/library.json", "data/index.json"):
        client.put_object(Bucket=cloud.bucket, Key=key, Body=key.encode())
    done = run(["copy-sources"])
    assert "2 sources stored." in done.output
    kept = client.get_object(
        Bucket=container.settings().sources_bucket, Key=f"{FOLDER}data/wards.json"
    )
    assert kept["Body"].read() == b"data/wards.json"
    assert "0 sources stored." in run(["copy-sources"]).output
