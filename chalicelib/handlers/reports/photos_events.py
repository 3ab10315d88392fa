"""Processes uploaded photos, fetches photos given as an address, and removes photos that belong to
no report."""

from typing import Any

import msgspec
from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib.bootstrap.reports import photos_ports
from chalicelib.errors import AppError, UpstreamFailed
from chalicelib.events import PhotoWanted
from chalicelib.handlers.http.event import BatchAnswer, batch, measure_age, one_by_one, trace_facts
from chalicelib.handlers.http.s3_events import Arrived, arrived_in
from chalicelib.kernel.observability import logs
from chalicelib.photos.ports import PhotoKey, Upload
from chalicelib.photos.usecases import cleanup, fetching, process_upload

# Chalice requires a literal; packaging replaces it with the real queue.
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:photos"
FETCH_QUEUE = "arn:aws:sqs:eu-west-2:000000000000:fetch"
TRIES = 5
"""The number of times that the queue delivers a message. Two tries are 15 minutes apart, the
visibility timeout: another council's server may be down for a while."""
events = Blueprint(__name__)


@events.on_sqs_message(queue_arn=QUEUE, batch_size=1)
def take_in(event: SQSEvent) -> BatchAnswer:
    """Processes the photos that a message names; a refused photo is not tried again."""
    return one_by_one("take_in", event, _is_taken_in)


@events.on_sqs_message(queue_arn=FETCH_QUEUE, batch_size=1)
def fetch_wanted(event: SQSEvent) -> BatchAnswer:
    """Fetches the file of a photo given as an address."""
    return one_by_one("fetch_wanted", event, _is_fetched)


@events.schedule("rate(1 hour)")
def sweep(_: CloudWatchEvent) -> None:
    """Removes uploaded files that no report uses. Fails if some of them remain."""
    with batch("sweep") as line:
        failed = cleanup.sweep(photos_ports())
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
    """The files in a bucket's notification. Raises ValueError if the text is not a notification."""
    return [_upload(each) for each in arrived_in(body)]


def _is_taken_in(record: dict[str, Any], _: logs.Fields) -> bool:
    try:
        for upload in uploads_in(record["body"]):
            process_upload.process_upload(upload, photos_ports())
    except (AppError, msgspec.DecodeError, ValueError) as error:
        logs.failure("a photo was not taken in", error, message_id=record["messageId"])
        return False
    return True


def _is_fetched(record: dict[str, Any], line: logs.Fields) -> bool:
    is_last_try = int(record["attributes"]["ApproximateReceiveCount"]) >= TRIES
    try:
        wanted = msgspec.json.decode(record["body"], type=PhotoWanted)
        trace_facts([wanted], line)
        photo = PhotoKey(wanted.service_request_id, wanted.photo_id)
        fetching.fetch(photo, photos_ports(), is_last_try=is_last_try)
        measure_age([wanted], line)
    except (AppError, msgspec.DecodeError) as error:
        logs.failure("a photo was not fetched", error, message_id=record["messageId"])
        return False
    return True


def _upload(found: Arrived) -> Upload:
    parts = found.key.split("/")
    if len(parts) != 2:
        raise ValueError(f"{found.key} is no photo's key")
    return Upload(PhotoKey(*parts), found.version_id)
