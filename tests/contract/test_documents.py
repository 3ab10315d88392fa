"""What publishing relies on where the documents are: in memory as in S3."""

from collections.abc import Callable
from hashlib import md5

import boto3
import pytest

from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.model import HTML, JSON
from chalicelib.publishing.ports import Document, Documents
from infra.local.cloud import Cloud
from tests.support.fakes import MemoryDocuments
from tests.support.seam import ALL_TRIES, LOSSES, REFUSALS, lose_reply, record_tries, refuse_call

KEY = "data/reports/R1.json"
ONE, TWO, THREE = (Document(f'{{"text":"Nº {n} – ✓"}}'.encode(), JSON) for n in (1, 2, 3))


@pytest.fixture(params=["memory", "S3"])
def documents(request: pytest.FixtureRequest) -> Documents:
    if request.param == "memory":
        return MemoryDocuments()
    request.getfixturevalue("cloud")
    return publishing_ports().documents


def test_nothing_is_read_when_nothing_was_written(documents: Documents) -> None:
    assert documents.read(KEY) is None
    assert list(documents.keys("")) == []


def test_document_is_read_as_it_was_written(documents: Documents) -> None:
    documents.write(KEY, ONE, None)
    assert held(documents).body == ONE.body


def test_document_is_replaced_when_it_is_still_the_one_that_was_read(
    documents: Documents,
) -> None:
    documents.write(KEY, ONE, None)
    documents.write(KEY, TWO, held(documents))
    documents.write(KEY, THREE, held(documents))
    assert held(documents).body == THREE.body


def test_new_document_is_refused_when_another_was_written_meanwhile(
    documents: Documents,
) -> None:
    documents.write(KEY, ONE, None)
    with pytest.raises(VersionConflict):
        documents.write(KEY, TWO, None)
    assert held(documents).body == ONE.body


def test_replacement_is_refused_when_the_document_was_replaced_meanwhile(
    documents: Documents,
) -> None:
    documents.write(KEY, ONE, None)
    old = held(documents)
    documents.write(KEY, TWO, old)
    with pytest.raises(VersionConflict):
        documents.write(KEY, THREE, old)
    assert held(documents).body == TWO.body


def test_replacement_is_refused_when_the_document_was_removed_meanwhile(
    documents: Documents,
) -> None:
    documents.write(KEY, ONE, None)
    old = held(documents)
    documents.delete(KEY, old)
    with pytest.raises(VersionConflict):
        documents.write(KEY, TWO, old)
    assert documents.read(KEY) is None


def test_document_is_gone_when_the_one_that_was_read_is_deleted(documents: Documents) -> None:
    documents.write(KEY, ONE, None)
    documents.delete(KEY, held(documents))
    assert documents.read(KEY) is None
    assert list(documents.keys("")) == []


def test_deletion_is_refused_when_the_document_was_replaced_meanwhile(
    documents: Documents,
) -> None:
    documents.write(KEY, ONE, None)
    old = held(documents)
    documents.write(KEY, TWO, old)
    with pytest.raises(VersionConflict):
        documents.delete(KEY, old)
    assert held(documents).body == TWO.body


def test_deletion_is_refused_when_the_document_was_removed_meanwhile(
    documents: Documents,
) -> None:
    documents.write(KEY, ONE, None)
    old = held(documents)
    documents.delete(KEY, old)
    with pytest.raises(VersionConflict):
        documents.delete(KEY, old)


def test_deleted_document_can_be_written_again(documents: Documents) -> None:
    documents.write(KEY, ONE, None)
    documents.delete(KEY, held(documents))
    documents.write(KEY, TWO, None)
    assert held(documents).body == TWO.body


def test_keys_are_those_that_begin_with_the_prefix(documents: Documents) -> None:
    keys = ["data/tiles/14/1/2.json", "data/tiles/14/1/20.json", "data/tilesets.json", "reports/R1"]
    for key in keys:
        documents.write(key, ONE, None)
    assert sorted(documents.keys("data/tiles/")) == keys[:2]
    assert sorted(documents.keys("data/tiles")) == keys[:3]
    assert sorted(documents.keys("")) == keys
    assert list(documents.keys("nothing/")) == []


# What only S3 knows


def test_keys_are_complete_when_they_fill_more_than_one_listing(
    s3_documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "3")
    keys = [f"reports/R{number}" for number in range(8)]
    for key in keys:
        s3_documents.write(key, ONE, None)
    with record_tries() as made:
        assert sorted(s3_documents.keys("reports/")) == keys
    assert len(made) == 3


def test_document_is_served_with_its_type_and_a_cache_time_of_a_minute(
    s3_documents: Documents, cloud: Cloud
) -> None:
    s3_documents.write("reports/R1", Document(b"<h1>Hole</h1>", HTML), None)
    served = boto3.client("s3").get_object(Bucket=cloud.bucket, Key="reports/R1")
    assert served["ContentType"] == "text/html; charset=utf-8"
    assert served["CacheControl"] == "public, max-age=0, must-revalidate, s-maxage=60"


def test_writer_starts_over_when_the_reply_to_its_own_write_was_lost(
    s3_documents: Documents,
) -> None:
    with lose_reply(1), pytest.raises(VersionConflict):
        s3_documents.write(KEY, ONE, None)
    assert held(s3_documents).body == ONE.body


AS_FIRST_WRITTEN = StoredDocument(ONE.body, f'"{md5(ONE.body, usedforsecurity=False).hexdigest()}"')
ACTS: dict[str, Callable[[Documents], object]] = {
    "read": lambda documents: documents.read(KEY),
    "write anew": lambda documents: documents.write("data/new.json", TWO, None),
    "replace": lambda documents: documents.write(KEY, TWO, AS_FIRST_WRITTEN),
    "delete": lambda documents: documents.delete(KEY, AS_FIRST_WRITTEN),
    "list": lambda documents: list(documents.keys("")),
}


@pytest.mark.parametrize("act", ACTS)
def test_upstream_failed_is_raised_when_the_store_refuses_every_try(
    act: str, s3_documents: Documents
) -> None:
    s3_documents.write(KEY, ONE, None)
    for kind in REFUSALS:
        with refuse_call(1, kind=kind, times=ALL_TRIES) as struck, pytest.raises(UpstreamFailed):
            ACTS[act](s3_documents)
        assert struck, kind
    assert held(s3_documents) == AS_FIRST_WRITTEN
    assert list(s3_documents.keys("")) == [KEY]


@pytest.mark.parametrize("act", ACTS)
def test_upstream_failed_is_raised_when_every_reply_is_lost(
    act: str, s3_documents: Documents
) -> None:
    s3_documents.write(KEY, ONE, None)
    for loss in LOSSES:
        with lose_reply(1, times=ALL_TRIES, loss=loss) as struck, pytest.raises(UpstreamFailed):
            ACTS[act](s3_documents)
        assert struck, loss


@pytest.fixture
def s3_documents(cloud: Cloud) -> Documents:
    return publishing_ports().documents


def held(documents: Documents) -> StoredDocument:
    found = documents.read(KEY)
    assert found
    return found
