"""A photo that came as an address becomes one, once and whole, or is refused and its address
forgotten, whatever the network does in between."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import boto3
import msgspec
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import photos_ports, reactions
from chalicelib.errors import UpstreamFailed
from chalicelib.events import Event, PhotoTaken, PhotoWanted
from chalicelib.handlers.reports import photos_events
from chalicelib.photos.model import NOT_FETCHED, Photo
from chalicelib.photos.ports import PhotoKey, Records, Upload
from chalicelib.photos.usecases.cleanup import sweep
from chalicelib.photos.usecases.fetching import fetch, request_fetch
from chalicelib.photos.usecases.process_upload import process_upload
from chalicelib.photos.usecases.uploads import photo_state
from infra.local.cloud import Cloud
from infra.resources import template
from tests.contract.test_photos_at_the_seam import (
    FAULTS,
    Fault,
    Left,
    Stores,
    done,
    each_call,
    in_a_day,
    of,
    photos,
)
from tests.support.attack_photos import save_image
from tests.support.fakes_photos import FakeRemoteFiles
from tests.support.seam import ALL_TRIES, Try, every_interleaving, record_tries
from tests.support.serving import file_server, run_server

URL = "https://photos.example.org/one.jpg"
FAILURES = (UpstreamFailed, BotoCoreError, ClientError)
"""What the code says, and what the test's own listing of files does."""
FILE = b"\xff\xd8\xff one"


@pytest.fixture
def stores(cloud: Cloud) -> Stores:
    made = Stores(cloud)
    made.ports = replace(made.ports, fetch=FakeRemoteFiles({URL: FILE}).fetch)
    return made


def wanted(photo: PhotoKey, stores: Stores) -> None:
    stores.reports.held.add(photo)
    request_fetch(*photo, URL, stores.ports)


def fetched(photo: PhotoKey, stores: Stores) -> None:
    fetch(photo, stores.ports, is_last_try=False)


def taken_in(photo: PhotoKey, stores: Stores) -> None:
    """What the messages of the bucket bring about: they name versions."""
    files = stores.client.list_object_versions(Bucket=stores.uploads, Prefix="/".join(photo))
    for each in files.get("Versions", []):
        process_upload(Upload(photo, each["VersionId"]), stores.ports)


# A crash at each call


@pytest.mark.parametrize("fault", FAULTS)
def test_photo_is_complete_when_a_call_fails_and_the_messages_are_repeated(
    fault: Fault, stores: Stores
) -> None:
    def whole_way(photo: PhotoKey) -> None:
        wanted(photo, stores)
        fetched(photo, stores)
        taken_in(photo, stores)

    names = photos()
    with record_tries() as made:
        whole_way(next(names))
    assert {this.attempt for this in made} == {1}
    for nth in range(1, len(made) + 1):
        photo = next(names)
        with fault(nth, times=ALL_TRIES) as struck, pytest.raises(FAILURES):
            whole_way(photo)
        assert struck, nth
        whole_way(photo)
        assert stores.left(photo) == of(FILE), nth
        assert stores.ports.records.get(photo) == ready(photo), nth


def test_address_is_removed_when_the_photo_was_interrupted_for_good(
    stores: Stores,
) -> None:
    names = photos()
    first = next(names)
    wanted(first, stores)
    for nth in each_call(lambda photo: fetched(photo, stores), first):
        photo = next(names)
        wanted(photo, stores)
        with FAULTS[0](nth, times=ALL_TRIES), pytest.raises(UpstreamFailed):
            fetched(photo, stores)
        assert sweep(in_a_day(stores.ports)) == {}
        assert photo_state(photo, stores.ports).media_url is None, nth


# Two at once


def together(stores: Stores, other: Callable[[PhotoKey, Stores], None]) -> Iterator[PhotoKey]:
    """A photo for each way in which its fetch and something else can come between one another."""
    names = photos()
    for interleaving in every_interleaving(parked_at=touches, at_least=6, at_most=1500):
        photo = next(names)
        wanted(photo, stores)
        answers = interleaving.run(
            partial(fetched, photo, stores),
            partial(other, photo, stores),
        )
        assert answers == [None, None], interleaving.turns
        yield photo


LOOKED_AT = ("s3.PutObject", "s3.ListObjectVersions")


def touches(this: Try) -> bool:
    return this.operation.startswith("dynamodb.") or this.operation in LOOKED_AT


def test_photo_is_one_photo_in_any_interleaving_when_two_fetch_it(stores: Stores) -> None:
    for photo in together(stores, fetched):
        taken_in(photo, stores)
        assert stores.left(photo) == of(FILE)


def test_photo_is_kept_in_any_interleaving_of_processing_and_noting(
    stores: Stores,
) -> None:
    for photo in together(stores, taken_in):
        taken_in(photo, stores)
        assert stores.left(photo) == of(FILE)
        assert stores.ports.records.get(photo) == ready(photo)


@pytest.mark.exhaustive
def test_lost_photo_is_detected_when_its_note_is_removed_unconditionally(stores: Stores) -> None:
    """The defect that the test above is there for."""
    records = stores.ports.records
    stores.ports = replace(stores.ports, records=Hasty(records))
    lost = [
        photo
        for photo in together(stores, taken_in)
        if not stores.left(photo).files and records.get(photo) is None
    ]
    assert lost


class Hasty:
    """Records that remove a photo's note whatever it says."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    def end_fetch(self, photo: PhotoKey) -> None:
        self._records.remove(photo)


def test_address_is_removed_in_any_interleaving_of_sweeping_and_fetching(
    stores: Stores,
) -> None:
    for photo in together(stores, swept):
        taken_in(photo, stores)
        assert stores.ports.records.get(photo) in (ready(photo), refused(photo))
        assert stores.left(photo) in (of(FILE), Left("refused", {}, 0))


def swept(_: PhotoKey, stores: Stores) -> None:
    assert sweep(in_a_day(stores.ports)) == {}


def ready(photo: PhotoKey) -> Photo:
    return Photo(service_request_id=photo[0], photo_id=photo[1], state="ready")


def refused(photo: PhotoKey) -> Photo:
    return Photo(
        service_request_id=photo[0], photo_id=photo[1], state="refused", reason=NOT_FETCHED
    )


# Through the stream, the queues and the handlers


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [("200 OK", save_image("JPEG"), "ready"), ("404 Not Found", b"", "refused")],
)
def test_wanted_photo_becomes_a_photo(
    status: str, body: bytes, state: str, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = next(photos())
    with run_server(file_server(status, body)) as (port, taken):
        origin = f"http://127.0.0.1:{port}"
        monkeypatch.setenv("OUTSIDE_ALLOWED", origin)
        container.forget_built()
        request_fetch(*photo, f"{origin}/one.jpg", photos_ports())
        cloud.pump.run_until_idle()
    assert len(taken) == 1
    assert photo_state(photo, photos_ports()).state == state


def test_photo_is_refused_without_a_request_when_its_address_is_internal(cloud: Cloud) -> None:
    photo = next(photos())
    with run_server() as (port, taken):
        request_fetch(*photo, f"http://127.0.0.1:{port}/one.jpg", photos_ports())
        cloud.pump.run_until_idle()
    assert taken == []
    assert photo_state(photo, photos_ports()) == refused(photo)


def test_message_is_repeated_until_the_last_try_when_the_other_system_is_down(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = next(photos())
    with run_server(file_server("503 Busy", b"")) as (port, _):
        origin = f"http://127.0.0.1:{port}"
        monkeypatch.setenv("OUTSIDE_ALLOWED", origin)
        container.forget_built()
        request_fetch(*photo, f"{origin}/one.jpg", photos_ports())
        for received in range(1, photos_events.TRIES):
            assert photos_events.fetch_wanted(message(photo, received), None) == done("1")
        assert photos_events.fetch_wanted(message(photo, photos_events.TRIES), None) == done()
    assert photo_state(photo, photos_ports()) == refused(photo)


def test_message_is_repeated_when_it_contains_no_fact(cloud: Cloud) -> None:
    record = {"messageId": "1", "body": "{}", "attributes": {"ApproximateReceiveCount": "5"}}
    assert photos_events.fetch_wanted({"Records": [record]}, None) == done("1")


def test_tries_are_as_many_as_the_queue_gives_and_fit_into_a_day() -> None:
    queue = template()["Resources"]["FetchQueue"]["Properties"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == photos_events.TRIES
    assert queue["VisibilityTimeout"] * photos_events.TRIES < 23 * 3600


def test_wanted_photos_are_announced_only_to_the_fetcher(cloud: Cloud) -> None:
    request_id, photo_id = next(photos())
    facts: list[Event] = [
        kind(event_id="e", service_request_id=request_id, photo_id=photo_id)
        for kind in (PhotoWanted, PhotoTaken)
    ]
    for reaction in reactions():
        reaction.send(facts)
    assert heard(cloud.environment["FETCH_QUEUE_URL"]) == ["PhotoWanted"]
    assert heard(cloud.environment["PUBLISH_QUEUE_URL"]) == ["PhotoTaken"]


def heard(queue: str) -> list[str]:
    answer = boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(each["Body"])["type"] for each in answer["Messages"]]


def message(photo: PhotoKey, received: int) -> dict[str, Any]:
    fact = PhotoWanted(event_id="e", service_request_id=photo[0], photo_id=photo[1])
    record = {
        "messageId": "1",
        "body": msgspec.json.encode(fact).decode(),
        "attributes": {"ApproximateReceiveCount": str(received)},
    }
    return {"Records": [record]}
