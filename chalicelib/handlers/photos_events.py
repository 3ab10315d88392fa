"""Photos that arrived are taken in; photos that nobody reported are swept away."""

from typing import Any
from urllib.parse import unquote_plus

import msgspec
from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib import bootstrap, logs
from chalicelib.errors import AppError, UpstreamFailed
from chalicelib.handlers.event import BatchAnswer, batch, batch_failures
from chalicelib.photos import usecases
from chalicelib.photos.ports import PhotoKey, Upload

# Chalice wants a literal; packaging puts the queue itself in its place.
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:photos"
events = Blueprint(__name__)


class _Object(msgspec.Struct):
    key: str
    version_id: str | None = msgspec.field(default=None, name="versionId")


class _Place(msgspec.Struct):
    object: _Object


class _Record(msgspec.Struct):
    s3: _Place


class _Notice(msgspec.Struct):
    """What a bucket says: files that arrived, or `Event` s3:TestEvent when it is set up."""

    records: list[_Record] | None = msgspec.field(default=None, name="Records")
    event: str | None = msgspec.field(default=None, name="Event")


@events.on_sqs_message(queue_arn=QUEUE, batch_size=1)
def take_in(event: SQSEvent) -> BatchAnswer:
    """Takes in the photos that a message names; one that is refused is done with."""
    records = event.to_dict()["Records"]
    with batch("take_in", records) as line:
        failed = [record["messageId"] for record in records if not _is_taken_in(record)]
        line["failed"] = len(failed)
        return batch_failures(failed)


@events.schedule("rate(1 hour)")
def sweep(_: CloudWatchEvent) -> None:
    """Removes what was sent and never reported. Fails where some of it stayed."""
    with batch("sweep") as line:
        failed = usecases.sweep(bootstrap.photos_ports())
        line["failed"] = len(failed)
        for photo, error in failed.items():
            logs.failure(
                "a photo was not swept",
                error,
                service_request_id=photo.service_request_id,
                photo_id=photo.photo_id,
            )
        if failed:
            raise UpstreamFailed(f"{len(failed)} photos were not swept; they are found again.")


def uploads_in(body: str) -> list[Upload]:
    """The files that a bucket's notice names. Raises ValueError where it is none."""
    notice = msgspec.json.decode(body, type=_Notice)
    if notice.records is None:
        if notice.event != "s3:TestEvent":
            raise ValueError("a message that is no notice of a bucket")
        return []
    return [_upload(record.s3.object) for record in notice.records]


def _is_taken_in(record: dict[str, Any]) -> bool:
    try:
        for upload in uploads_in(record["body"]):
            usecases.take_in(upload, bootstrap.photos_ports())
    except (AppError, msgspec.DecodeError, ValueError) as error:
        logs.failure("a photo was not taken in", error, message_id=record["messageId"])
        return False
    return True


def _upload(found: _Object) -> Upload:
    parts = unquote_plus(found.key).split("/")
    if len(parts) != 2:
        raise ValueError(f"{found.key} is no photo's key")
    return Upload(PhotoKey(*parts), found.version_id)
