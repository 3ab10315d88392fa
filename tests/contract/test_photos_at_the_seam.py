"""A photo is taken in once and whole, whatever the network and other files do in between."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import boto3
import pytest
from msgspec.structs import replace

from chalicelib.bootstrap.reports import photos_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.handlers.reports import photos_events
from chalicelib.photos.model import KEPT_WITHOUT_REPORT
from chalicelib.photos.ports import PhotoKey, Ports, Upload
from chalicelib.photos.usecases.cleanup import sweep
from chalicelib.photos.usecases.process_upload import process_upload
from chalicelib.photos.usecases.uploads import photo_state
from infra.local.cloud import Cloud
from tests.support.attack_photos import draw_picture, save_image
from tests.support.fakes_photos import BROKEN, ReportedPhotos, fake_rebuild
from tests.support.seam import (
    ALL_TRIES,
    LOSSES,
    REFUSALS,
    Try,
    every_interleaving,
    lose_reply,
    record_tries,
    refuse_call,
)

ONE, TWO = b"one", b"two"
Fault = Callable[..., AbstractContextManager[list[Try]]]
FAULTS: list[Fault] = [
    *(partial(lose_reply, loss=loss) for loss in LOSSES),
    *(partial(refuse_call, kind=kind) for kind in REFUSALS),
]


class Left(NamedTuple):
    """What stands of a photo."""

    state: str
    pictures: dict[str, bytes]
    files: int


class Stores:
    """The slice on moto; the decoder alone is plain, for it asks nobody."""

    def __init__(self, cloud: Cloud) -> None:
        self.client = boto3.client("s3")
        self.uploads = cloud.environment["UPLOADS_BUCKET"]
        self.photos = cloud.environment["PHOTOS_BUCKET"]
        self.reports = ReportedPhotos()
        self.ports: Ports = replace(
            photos_ports(), rebuild=fake_rebuild, is_held=self.reports.has_photo
        )

    def arrive(self, photo: PhotoKey, raw: bytes) -> Upload:
        answer = self.client.put_object(Bucket=self.uploads, Key="/".join(photo), Body=raw)
        return Upload(photo, answer["VersionId"])

    def pictures(self, prefix: str = "") -> dict[str, bytes]:
        listed = self.client.list_objects_v2(Bucket=self.photos, Prefix=prefix)
        return {
            entry["Key"]: self.client.get_object(Bucket=self.photos, Key=entry["Key"])[
                "Body"
            ].read()
            for entry in listed.get("Contents", [])
        }

    def left(self, photo: PhotoKey) -> Left:
        prefix = "/".join(photo)
        files = self.client.list_object_versions(Bucket=self.uploads, Prefix=prefix)
        found = self.pictures(f"{prefix}/")
        pictures = {key.rpartition("/")[2]: body for key, body in found.items()}
        return Left(photo_state(photo, self.ports).state, pictures, len(files.get("Versions", [])))


@pytest.fixture
def stores(cloud: Cloud) -> Stores:
    return Stores(cloud)


def photos() -> Iterator[PhotoKey]:
    for number in range(1000):
        yield PhotoKey(f"R{number:011}", "P" * 26)


def of(name: bytes) -> Left:
    return Left(
        "ready", {"page.jpg": b"page of " + name, "thumbnail.jpg": b"thumbnail of " + name}, 0
    )


NOTHING_OF_IT = Left("refused", {}, 0)


# A crash at each call


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("raw", "wanted"), [(ONE, of(ONE)), (BROKEN, NOTHING_OF_IT)])
def test_photo_is_processed_completely_when_a_call_fails_and_the_message_is_repeated(
    fault: Fault, raw: bytes, wanted: Left, stores: Stores
) -> None:
    names = photos()
    for nth in each_call(
        lambda photo: process_upload(stores.arrive(photo, raw), stores.ports), next(names)
    ):
        photo = next(names)
        upload = stores.arrive(photo, raw)
        with fault(nth, times=ALL_TRIES) as struck, pytest.raises(UpstreamFailed):
            process_upload(upload, stores.ports)
        assert struck, nth
        process_upload(upload, stores.ports)
        assert stores.left(photo) == wanted, nth
        process_upload(upload, stores.ports)
        assert stores.left(photo) == wanted, nth


def test_nothing_remains_of_a_half_processed_photo_that_no_report_uses(stores: Stores) -> None:
    names = photos()
    for nth in each_call(
        lambda photo: process_upload(stores.arrive(photo, ONE), stores.ports), next(names)
    ):
        photo = next(names)
        upload = stores.arrive(photo, ONE)
        with lose_reply(nth, times=ALL_TRIES), pytest.raises(UpstreamFailed):
            process_upload(upload, stores.ports)
        sweep(in_a_day(stores.ports))
        assert stores.left(photo) == Left("waiting", {}, 0), nth
    assert stores.pictures() == {}


def test_photo_is_swept_completely_when_a_call_fails_and_the_sweep_is_repeated(
    stores: Stores,
) -> None:
    names = photos()

    def swept(photo: PhotoKey) -> None:
        process_upload(stores.arrive(photo, ONE), stores.ports)
        stores.arrive(photo, TWO)
        sweep(in_a_day(stores.ports))

    calls = each_call(swept, next(names))
    before = each_call(
        lambda photo: process_upload(stores.arrive(photo, ONE), stores.ports), next(names)
    )
    sweep(in_a_day(stores.ports))
    for nth in range(1, len(calls) - len(before)):
        photo = next(names)
        process_upload(stores.arrive(photo, ONE), stores.ports)
        stores.arrive(photo, TWO)
        # Where the list itself cannot be read, there is nothing to answer.
        with lose_reply(nth, times=ALL_TRIES), suppress(UpstreamFailed):
            assert sweep(in_a_day(stores.ports)), nth
        assert sweep(in_a_day(stores.ports)) == {}
        assert stores.left(photo) == Left("waiting", {}, 0), nth
    assert stores.pictures() == {}


# Two files under one id


@pytest.mark.parametrize(
    ("other", "allowed"), [(TWO, (of(ONE), of(TWO))), (BROKEN, (of(ONE), NOTHING_OF_IT))]
)
def test_photo_is_one_complete_file_in_any_interleaving_of_two(
    other: bytes, allowed: tuple[Left, ...], stores: Stores
) -> None:
    names, seen = photos(), set[str]()
    for interleaving in every_interleaving(parked_at=writes, at_least=15, at_most=1500):
        photo = next(names)
        uploads = [stores.arrive(photo, raw) for raw in (ONE, other)]
        answers = interleaving.run(
            *(lambda upload=upload: taken_in_alone(upload, stores.ports) for upload in uploads)
        )
        assert answers == [None, None]
        left = stores.left(photo)
        assert left in allowed, interleaving.turns
        seen.add(left.state + str(left.pictures))
    assert len(seen) == 2


def test_photo_is_the_first_file_in_any_interleaving_of_two(
    stores: Stores,
) -> None:
    names = photos()
    for interleaving in every_interleaving(parked_at=writes, at_least=15, at_most=1500):
        photo = next(names)
        _, later = uploads = [stores.arrive(photo, raw) for raw in (ONE, TWO)]
        interleaving.run(
            *(
                lambda upload=upload: process_upload(upload, stores.ports)
                for upload in reversed(uploads)
            )
        )
        process_upload(later, stores.ports)
        assert stores.left(photo) == of(ONE), interleaving.turns


def writes(this: Try) -> bool:
    return this.operation in ("dynamodb.PutItem", "s3.PutObject")


class Alone:
    """Uploads that show one file alone, as where the file before it is gone when a message looks:
    then two messages work on one photo."""

    def __init__(self, uploads: Any, only: Upload) -> None:
        self._uploads, self._only = uploads, only

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uploads, name)

    def files_of(self, photo: PhotoKey) -> list[Upload]:
        return [self._only]


def taken_in_alone(upload: Upload, ports: Ports) -> None:
    process_upload(upload, replace(ports, uploads=Alone(ports.uploads, upload)))


class HastyPorts:
    """A gallery that writes over what is there: the defect that the check above is there for."""

    def __init__(self, stores: Stores) -> None:
        self._gallery, self._stores = stores.ports.gallery, stores

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gallery, name)

    def keep_page(self, photo: PhotoKey, page: bytes) -> bytes:
        return self._put(photo, "page", page)

    def keep_thumbnail(self, photo: PhotoKey, thumbnail: bytes) -> None:
        self._put(photo, "thumbnail", thumbnail)

    def _put(self, photo: PhotoKey, size: str, body: bytes) -> bytes:
        key = f"{'/'.join(photo)}/{size}.jpg"
        self._stores.client.put_object(Bucket=self._stores.photos, Key=key, Body=body)
        return body


def test_mixed_photo_is_detected_when_pictures_are_overwritten(stores: Stores) -> None:
    hasty = replace(stores.ports, gallery=HastyPorts(stores))
    names, mixed = photos(), False
    for interleaving in every_interleaving(parked_at=writes, at_most=1500):
        photo = next(names)
        uploads = [stores.arrive(photo, raw) for raw in (ONE, TWO)]
        interleaving.run(
            *(lambda upload=upload: taken_in_alone(upload, hasty) for upload in uploads)
        )
        mixed = stores.left(photo) not in (of(ONE), of(TWO))
        if mixed:
            break
    assert mixed, "No interleaving mixed the two photos."


# Through the bucket, the queue and the handler


def test_photo_is_processed_when_its_file_arrives_in_the_bucket(
    cloud: Cloud, stores: Stores
) -> None:
    photo = next(photos())
    stores.arrive(photo, save_image("JPEG", draw_picture(size=(1000, 500))))
    cloud.pump.run_until_idle()
    left = stores.left(photo)
    assert (left.state, left.files, set(left.pictures)) == (
        "ready",
        0,
        {"page.jpg", "thumbnail.jpg"},
    )
    assert all(body.startswith(b"\xff\xd8\xff") for body in left.pictures.values())


def test_photo_is_refused_for_good_when_its_file_is_not_a_photo(
    cloud: Cloud, stores: Stores
) -> None:
    photo = next(photos())
    stores.arrive(photo, b"<svg/>")
    cloud.pump.run_until_idle()
    assert stores.left(photo) == NOTHING_OF_IT


def test_handler_processes_exactly_the_file_in_its_message(cloud: Cloud, stores: Stores) -> None:
    photo = next(photos())
    first = stores.arrive(photo, save_image("PNG", draw_picture(size=(64, 64))))
    stores.arrive(photo, b"something else")
    assert photos_events.take_in(message(notice(photo, first.version)), None) == done()
    assert photo_state(photo, stores.ports).state == "ready"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "null",
        "[]",
        '{"Records":[{}]}',
        json.dumps({"Event": "other"}),
        json.dumps({"Records": [{"s3": {"object": {"key": "no-photo"}}}]}),
    ],
)
def test_message_is_reported_as_failed_when_it_is_not_a_notification(
    body: str, cloud: Cloud
) -> None:
    assert photos_events.take_in(message(body), None) == done("1")


def test_message_is_named_as_failed_when_the_store_does_not_answer(
    cloud: Cloud, stores: Stores
) -> None:
    photo = next(photos())
    upload = stores.arrive(photo, b"<svg/>")
    body = notice(photo, upload.version)
    with refuse_call(1, kind="503", times=ALL_TRIES):
        assert photos_events.take_in(message(body), None) == done("1")
    assert photos_events.take_in(message(body), None) == done()


def test_test_message_of_a_new_bucket_is_accepted(cloud: Cloud) -> None:
    body = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "uploads"})
    assert photos_events.take_in(message(body), None) == done()


def notice(photo: PhotoKey, version: str | None) -> str:
    found = {"key": "%2F".join(photo), "versionId": version, "size": 1, "eTag": "e"}
    return json.dumps({"Records": [{"eventName": "ObjectCreated:Post", "s3": {"object": found}}]})


def message(body: str) -> dict[str, Any]:
    return {"Records": [{"messageId": "1", "receiptHandle": "r", "body": body}]}


def done(*failed: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def in_a_day(ports: Ports) -> Ports:
    later = datetime.now(UTC) + KEPT_WITHOUT_REPORT + timedelta(seconds=2)
    return replace(ports, now=lambda: later)


def each_call(act: Callable[[PhotoKey], object], photo: PhotoKey) -> range:
    """The numbers of the AWS calls of the act when nothing goes wrong, without the arrival."""
    with record_tries() as made:
        act(photo)
    assert {this.attempt for this in made} == {1}
    arrivals = sum("uploads" in this.url and this.operation == "s3.PutObject" for this in made)
    return range(1, len(made) - arrivals + 1)
