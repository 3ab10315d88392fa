"""The web client goes up so that no page ever asks for what is not there."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner

from chalicelib.bootstrap import container
from chalicelib.errors import ConfigurationError
from chalicelib.publishing import s3_documents
from infra.__main__ import commands
from infra.local.cloud import Cloud
from infra.publish_web import FOR_EVER, publish_web, web_files

FILES = {
    "index.html": "text/html; charset=utf-8",
    "map/index.html": "text/html; charset=utf-8",
    "assets/ginnel.css": "text/css; charset=utf-8",
    "assets/map.js": "text/javascript; charset=utf-8",
    "assets/chunks/pins-DaKGddhM.js": "text/javascript; charset=utf-8",
    "sw.js": "text/javascript; charset=utf-8",
    "favicon.svg": "image/svg+xml",
    "icon-192.png": "image/png",
    "manifest.webmanifest": "application/manifest+json; charset=utf-8",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*FILES, ".built", "unknown.zzz"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


@pytest.fixture
def purged(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[set[str]]]:
    """The addresses that the CDN was told to drop, of a deployment with a distribution."""
    told: list[set[str]] = []
    monkeypatch.setenv("DISTRIBUTION_ID", "E1")
    container.forget_built()

    class Told:
        def __init__(self, _: object, distribution_id: str) -> None:
            assert distribution_id == "E1"

        def invalidate(self, paths: set[str], reference: str) -> None:
            assert reference.startswith("web-")
            told.append(set(paths))

    monkeypatch.setattr("chalicelib.aws.cloudfront.CloudFrontCdn", Told)
    yield told
    container.forget_built()


def test_hashed_files_come_first_and_pages_last(folder: Path) -> None:
    keys = [file.key for file in web_files(folder)]
    assert keys[0] == "assets/chunks/pins-DaKGddhM.js"
    assert keys[-2:] == ["index.html", "map/index.html"]
    assert {*keys} == {*FILES, "unknown.zzz"}


def test_each_file_is_cached_as_its_name_allows(folder: Path) -> None:
    kept = {file.key: file.cache_control for file in web_files(folder)}
    assert kept.pop("assets/chunks/pins-DaKGddhM.js") == FOR_EVER
    assert set(kept.values()) == {s3_documents.CACHE_CONTROL}


def test_each_file_has_its_content_type(folder: Path) -> None:
    kinds = {file.key: file.content_type for file in web_files(folder)}
    assert kinds == FILES | {"unknown.zzz": "application/octet-stream"}


def test_folder_without_a_web_client_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no index.html.*build it first"):
        web_files(tmp_path)


def test_yesterdays_files_stay_when_todays_are_published(folder: Path, cloud: Cloud) -> None:
    client = boto3.client("s3")
    publish_web(client, cloud.bucket, folder, lambda _: None)
    hashed = folder / "assets/chunks/pins-DaKGddhM.js"
    hashed.rename(hashed.with_name("pins-Other123.js"))
    publish_web(client, cloud.bucket, folder, lambda _: None)
    listed = client.list_objects_v2(Bucket=cloud.bucket, Prefix="assets/chunks/")["Contents"]
    assert [entry["Key"].rpartition("/")[2] for entry in listed] == [
        "pins-DaKGddhM.js",
        "pins-Other123.js",
    ]


def test_command_publishes_and_purges_files_without_a_hash(
    folder: Path, cloud: Cloud, purged: list[set[str]]
) -> None:
    done = CliRunner().invoke(commands, ["publish-web", str(folder)])
    assert done.exit_code == 0, done.output
    assert f"{len(FILES) + 1} files published." in done.output
    page = boto3.client("s3").get_object(Bucket=cloud.bucket, Key="map/index.html")
    assert page["ContentType"] == "text/html; charset=utf-8"
    assert page["CacheControl"] == s3_documents.CACHE_CONTROL
    (dropped,) = purged
    assert {"/", "/index.html", "/map/", "/map/index.html", "/assets/map.js"} <= dropped
    assert not any("chunks" in address for address in dropped)


def test_nothing_is_purged_without_a_distribution(folder: Path, cloud: Cloud) -> None:
    assert "DISTRIBUTION_ID" not in os.environ
    done = CliRunner().invoke(commands, ["publish-web", str(folder)])
    assert done.exit_code == 0, json.dumps(done.output)
