"""What the photos slice relies on where files, pictures and records are: in memory as in AWS."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import boto3
import pytest
import time_machine
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import photos_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.events import PhotoTaken, PhotoWanted
from chalicelib.photos.dynamo import DynamoRecords
from chalicelib.photos.model import MOST_BYTES, Photo
from chalicelib.photos.ports import NotAsDeclared, PhotoKey, Ports, TooLargeToRead, Upload
from chalicelib.photos.stream import fact_of
from infra.local.cloud import Cloud
from tests.engines import Dynalite
from tests.support.fakes import Clock
from tests.support.fakes_photos import photos_in_memory
from tests.support.seam import ALL_TRIES, LOSSES, REFUSALS, lose_reply, record_tries, refuse_call

PHOTO = PhotoKey("R00000000001", "P" * 26)
OTHER = PhotoKey("R00000000001", "Q" * 26)
ONE, TWO = b"one", b"two"
READY = Photo(service_request_id=PHOTO[0], photo_id=PHOTO[1], state="ready")
REFUSED = Photo(service_request_id=PHOTO[0], photo_id=PHOTO[1], state="refused", reason="No.")
WANTED = Photo(
    service_request_id=PHOTO[0],
    photo_id=PHOTO[1],
    state="waiting",
    media_url="https://photos.example.org/one.jpg",
)
LATER = timedelta(hours=1)


@pytest.fixture(params=["memory", "moto", "moto and dynalite"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "memory":
        return photos_in_memory(Clock(datetime.now(UTC))).ports
    request.getfixturevalue("cloud")
    here = photos_ports()
    if request.param == "moto":
        return here
    dynalite: Dynalite = request.getfixturevalue("dynalite")
    return replace(here, records=DynamoRecords(dynalite.new_table()))


def soon() -> datetime:
    return datetime.now(UTC) + LATER


# Uploads


def test_file_is_read_as_it_arrived_and_says_which_version_it_is(ports: Ports) -> None:
    assert ports.uploads.put(PHOTO, ONE)
    found = ports.uploads.read(Upload(PHOTO, None))
    assert found
    raw, upload = found
    assert raw == ONE and upload.photo == PHOTO and upload.version
    assert ports.uploads.read(upload) == (ONE, upload)


def test_file_is_not_put_over_another_one(ports: Ports) -> None:
    ports.uploads.put(PHOTO, ONE)
    assert not ports.uploads.put(PHOTO, TWO)
    assert ports.uploads.put(OTHER, TWO)
    found = ports.uploads.read(Upload(PHOTO, None))
    assert found and found[0] == ONE


def test_discarded_file_is_gone_for_good(ports: Ports) -> None:
    ports.uploads.put(PHOTO, ONE)
    found = ports.uploads.read(Upload(PHOTO, None))
    assert found
    for _ in range(2):
        ports.uploads.discard(found[1])
    assert ports.uploads.read(found[1]) is None
    assert ports.uploads.read(Upload(PHOTO, None)) is None
    assert list(ports.uploads.arrived_before(soon())) == []
    assert ports.uploads.put(PHOTO, TWO)


def test_file_is_not_read_when_it_is_too_large(ports: Ports) -> None:
    ports.uploads.put(PHOTO, b"x" * (MOST_BYTES + 1))
    with pytest.raises(TooLargeToRead):
        ports.uploads.read(Upload(PHOTO, None))


def test_files_are_listed_when_they_arrived_before(ports: Ports) -> None:
    ports.uploads.put(PHOTO, ONE)
    assert [upload.photo for upload, _ in ports.uploads.arrived_before(soon())] == [PHOTO]
    assert list(ports.uploads.arrived_before(datetime.now(UTC) - LATER)) == []


def test_files_of_a_photo_are_listed_in_the_order_in_which_they_arrived(ports: Ports) -> None:
    assert ports.uploads.files_of(PHOTO) == []
    ports.uploads.put(OTHER, TWO)
    ports.uploads.put(PHOTO, ONE)
    found = ports.uploads.read(Upload(PHOTO, None))
    assert found and ports.uploads.files_of(PHOTO) == [found[1]]


# Pictures


def test_first_picture_stays_when_another_comes(ports: Ports) -> None:
    assert ports.gallery.keep_page(PHOTO, ONE) == ONE
    assert ports.gallery.keep_page(PHOTO, TWO) == ONE
    ports.gallery.keep_thumbnail(PHOTO, ONE)
    ports.gallery.keep_thumbnail(PHOTO, TWO)
    assert ports.gallery.keep_page(OTHER, TWO) == TWO


def test_removed_pictures_can_be_stored_again(ports: Ports) -> None:
    ports.gallery.keep_page(PHOTO, ONE)
    for _ in range(2):
        ports.gallery.remove(PHOTO)
    assert ports.gallery.keep_page(PHOTO, TWO) == TWO


def test_marks_are_listed_until_they_are_removed(ports: Ports) -> None:
    for photo in (PHOTO, PHOTO, OTHER):
        ports.gallery.mark(photo)
    ports.gallery.keep_page(PHOTO, ONE)
    assert set(ports.gallery.marked_before(soon())) == {PHOTO, OTHER}
    assert list(ports.gallery.marked_before(datetime.now(UTC) - LATER)) == []
    for _ in range(2):
        ports.gallery.unmark(PHOTO)
    assert list(ports.gallery.marked_before(soon())) == [OTHER]


# Records


@pytest.mark.parametrize("photo", [READY, REFUSED])
def test_record_is_read_as_it_was_added(photo: Photo, ports: Ports) -> None:
    assert ports.records.get(PHOTO) is None
    assert ports.records.add(photo) == photo
    assert ports.records.get(PHOTO) == photo


def test_first_record_stays_when_another_is_added(ports: Ports) -> None:
    ports.records.add(REFUSED)
    assert ports.records.add(READY) == REFUSED
    assert ports.records.get(PHOTO) == REFUSED


def test_removed_record_can_be_added_again(ports: Ports) -> None:
    ports.records.add(REFUSED)
    for _ in range(2):
        ports.records.remove(PHOTO)
    assert ports.records.get(PHOTO) is None
    assert ports.records.add(READY) == READY


def test_wanted_photo_waits_with_its_address_until_it_is_fetched(ports: Ports) -> None:
    ports.records.request_fetch(WANTED)
    assert ports.records.get(PHOTO) == WANTED
    assert ports.records.find_ready([PHOTO]) == frozenset()
    for _ in range(2):
        ports.records.end_fetch(PHOTO)
    assert ports.records.get(PHOTO) is None


def test_wanted_photo_keeps_its_first_address(ports: Ports) -> None:
    ports.records.request_fetch(WANTED)
    ports.records.request_fetch(replace(WANTED, media_url="https://photos.example.org/two.jpg"))
    assert ports.records.get(PHOTO) == WANTED


@pytest.mark.parametrize("photo", [READY, REFUSED])
def test_record_replaces_a_wanted_photo_and_not_vice_versa(photo: Photo, ports: Ports) -> None:
    ports.records.request_fetch(WANTED)
    assert ports.records.add(photo) == photo
    ports.records.request_fetch(WANTED)
    ports.records.end_fetch(PHOTO)
    assert ports.records.get(PHOTO) == photo
    assert ports.records.add(replace(photo, state="waiting")) == photo


def test_only_ready_photos_are_ready(ports: Ports) -> None:
    keys = [PhotoKey(f"R{number:011}", "P" * 26) for number in range(130)]
    for number, key in enumerate(keys):
        state = "ready" if number % 2 else "refused"
        ports.records.add(
            Photo(service_request_id=key[0], photo_id=key[1], state=state)  # type: ignore[arg-type]
        )
    assert ports.records.find_ready([*keys, OTHER, keys[1]]) == set(keys[1::2])
    assert ports.records.find_ready([]) == frozenset()


# What only AWS knows


def test_posting_is_signed_for_one_key_one_type_one_size_and_ten_minutes(cloud: Cloud) -> None:
    from base64 import b64decode

    import msgspec

    with time_machine.travel(datetime.now(UTC).replace(microsecond=0), tick=False):
        policy = photos_ports().uploads.policy(PHOTO, "image/png", 1000)
        until = datetime.now(UTC) + timedelta(minutes=10)
    assert (
        policy.url == f"{cloud.environment['SITE_URL']}/_s3/{cloud.environment['UPLOADS_BUCKET']}"
    )
    document = msgspec.json.decode(b64decode(policy.fields["policy"]))
    assert {"key": "/".join(PHOTO)} in document["conditions"]
    assert {"Content-Type": "image/png"} in document["conditions"]
    assert {"bucket": cloud.environment["UPLOADS_BUCKET"]} in document["conditions"]
    assert ["content-length-range", 1000, 1000] in document["conditions"]
    assert datetime.fromisoformat(document["expiration"]) == until


def test_posting_goes_to_the_buckets_own_address_when_no_other_is_set(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UPLOADS_ENDPOINT", "")
    container.forget_built()
    bucket = cloud.environment["UPLOADS_BUCKET"]
    policy = photos_ports().uploads.policy(PHOTO, "image/png", 1000)
    assert policy.url == f"https://{bucket}.s3.eu-west-2.amazonaws.com/"
    assert policy.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    address = photos_ports().gallery.address(PHOTO, "page")
    assert ".s3.eu-west-2.amazonaws.com/" in address and "X-Amz-Expires=600" in address


def test_signing_makes_no_call(cloud: Cloud) -> None:
    ports = photos_ports()
    with record_tries() as made:
        ports.uploads.policy(PHOTO, "image/png", 1000)
        ports.gallery.address(PHOTO, "page")
    assert made == []


def test_second_file_does_not_replace_the_first_when_both_are_posted(
    cloud: Cloud,
) -> None:
    ports, client = photos_ports(), boto3.client("s3")
    bucket, key = cloud.environment["UPLOADS_BUCKET"], "/".join(PHOTO)
    one, two = (
        Upload(PHOTO, client.put_object(Bucket=bucket, Key=key, Body=raw)["VersionId"])
        for raw in (ONE, TWO)
    )
    assert ports.uploads.files_of(PHOTO) == [one, two]
    assert ports.uploads.read(one) == (ONE, one)
    ports.uploads.discard(two)
    assert ports.uploads.read(one) == (ONE, one)
    assert [upload for upload, _ in ports.uploads.arrived_before(soon())] == [one]


def test_file_is_not_read_when_it_has_another_size_than_it_was_allowed_with(cloud: Cloud) -> None:
    ports, client = photos_ports(), boto3.client("s3")
    policy = ports.uploads.policy(PHOTO, "image/png", len(ONE) + 1)
    client.put_object(
        Bucket=cloud.environment["UPLOADS_BUCKET"],
        Key="/".join(PHOTO),
        Body=ONE,
        Metadata={"size": policy.fields["x-amz-meta-size"]},
    )
    with pytest.raises(NotAsDeclared):
        ports.uploads.read(Upload(PHOTO, None))


def test_stream_record_announces_a_finished_or_wanted_photo() -> None:
    image = {"service_request_id": {"S": PHOTO[0]}, "record": {"S": f"photo#{PHOTO[1]}"}}
    told = fact_of({"eventID": "1", "dynamodb": {"NewImage": image}})
    assert told and (told.service_request_id, told.photo_id) == PHOTO
    assert fact_of({"eventID": "1", "dynamodb": {"OldImage": image}}) is None
    assert isinstance(told, PhotoTaken)
    address = image | {"media_url": {"S": "https://photos.example.org/one.jpg"}}
    asked = fact_of({"eventID": "2", "dynamodb": {"NewImage": address}})
    assert asked == PhotoWanted(event_id="2", service_request_id=PHOTO[0], photo_id=PHOTO[1])
    other = image | {"record": {"S": "report"}}
    assert fact_of({"eventID": "1", "dynamodb": {"NewImage": other}}) is None


ACTS: dict[str, Callable[[Ports], object]] = {
    "put": lambda ports: ports.uploads.put(OTHER, ONE),
    "read": lambda ports: ports.uploads.read(Upload(PHOTO, None)),
    "discard": lambda ports: ports.uploads.discard(Upload(PHOTO, None)),
    "list uploads": lambda ports: list(ports.uploads.arrived_before(soon())),
    "mark": lambda ports: ports.gallery.mark(PHOTO),
    "unmark": lambda ports: ports.gallery.unmark(PHOTO),
    "list marks": lambda ports: list(ports.gallery.marked_before(soon())),
    "keep a page": lambda ports: ports.gallery.keep_page(PHOTO, ONE),
    "keep a thumbnail": lambda ports: ports.gallery.keep_thumbnail(PHOTO, ONE),
    "remove pictures": lambda ports: ports.gallery.remove(PHOTO),
    "get": lambda ports: ports.records.get(PHOTO),
    "want": lambda ports: ports.records.request_fetch(WANTED),
    "fetched": lambda ports: ports.records.end_fetch(PHOTO),
    "add": lambda ports: ports.records.add(READY),
    "remove": lambda ports: ports.records.remove(PHOTO),
    "ready": lambda ports: ports.records.find_ready([PHOTO]),
}


@pytest.mark.parametrize("act", ACTS)
def test_upstream_failed_is_raised_when_every_try_is_refused_or_lost(
    act: str, cloud: Cloud
) -> None:
    ports = photos_ports()
    for kind in REFUSALS:
        with refuse_call(1, kind=kind, times=ALL_TRIES) as struck, pytest.raises(UpstreamFailed):
            ACTS[act](ports)
        assert struck, kind
    for loss in LOSSES:
        with lose_reply(1, times=ALL_TRIES, loss=loss) as struck, pytest.raises(UpstreamFailed):
            ACTS[act](ports)
        assert struck, loss
