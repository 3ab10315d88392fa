"""Photos that arrived are taken in; photos that nobody reported are swept away."""

from urllib.parse import unquote_plus

import msgspec
from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib import bootstrap
from chalicelib.errors import AppError, UpstreamFailed
from chalicelib.handlers.event import BatchAnswer, batch_failures, log
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
    failed: list[str] = []
    for record in event.to_dict()["Records"]:
        try:
            for upload in uploads_in(record["body"]):
                usecases.take_in(upload, bootstrap.photos_ports())
        except (AppError, msgspec.DecodeError, ValueError):
            log.exception("The photo of message %s was not taken in", record["messageId"])
            failed.append(record["messageId"])
    return batch_failures(failed)


@events.schedule("rate(1 hour)")
def sweep(_: CloudWatchEvent) -> None:
    """Removes what was sent and never reported. Raises UpstreamFailed where some of it stayed."""
    failed = usecases.sweep(bootstrap.photos_ports())
    for photo, error in failed.items():
        log.error("Photo %s of %s was not swept", *reversed(photo), exc_info=error)
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


def _upload(found: _Object) -> Upload:
    parts = unquote_plus(found.key).split("/")
    if len(parts) != 2:
        raise ValueError(f"{found.key} is no photo's key")
    return Upload(PhotoKey(*parts), found.version_id)
