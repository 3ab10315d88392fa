"""What became of photos in DynamoDB: items beside their report's.

Table: hash `service_request_id`, range `record`: `photo#<photo_id>`.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from chalicelib import trace
from chalicelib.errors import UpstreamFailed
from chalicelib.events import PhotoTaken
from chalicelib.photos.model import Photo, State
from chalicelib.photos.ports import PhotoKey

PHOTO = "photo#"


class PhotoItem(Model):
    """What became of one photo."""

    class Meta:
        table_name = ""

    service_request_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    state: Attribute[State] = UnicodeAttribute()  # type: ignore[assignment]
    reason = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute(null=True)


class DynamoRecords:
    """The Records port on the table of reports."""

    def __init__(self, table_name: str) -> None:
        PhotoItem.Meta.table_name = table_name

    def get(self, photo: PhotoKey) -> Photo | None:
        with _translated():
            try:
                return _photo(PhotoItem.get(*_key(photo), consistent_read=True))
            except PhotoItem.DoesNotExist:
                return None

    def add(self, photo: Photo) -> Photo:
        key = PhotoKey(photo.service_request_id, photo.photo_id)
        item = PhotoItem(*_key(key), state=photo.state, reason=photo.reason)
        item.request_id = trace.current()
        try:
            with _translated():
                item.save(PhotoItem.service_request_id.does_not_exist())
        except _ExistsError:
            # Also where the reply to our own write was lost: what is stored is the answer.
            stored = self.get(key)
            if stored is None:
                raise UpstreamFailed("The photo could not be read back.") from None
            return stored
        return photo

    def remove(self, photo: PhotoKey) -> None:
        with _translated():
            PhotoItem(*_key(photo)).delete()

    def ready(self, photos: Iterable[PhotoKey]) -> frozenset[PhotoKey]:
        keys = {_key(photo) for photo in photos}
        with _translated():
            found = list(PhotoItem.batch_get(keys, consistent_read=True)) if keys else []
        return frozenset(
            PhotoKey(item.service_request_id, item.record.removeprefix(PHOTO))
            for item in found
            if item.state == "ready"
        )


def fact_of(record: Mapping[str, Any]) -> PhotoTaken | None:
    """The fact that a record of the table's stream tells; None where it is not about a photo."""
    change = record["dynamodb"]
    image = change.get("NewImage")
    if image is None or not image["record"]["S"].startswith(PHOTO):
        return None
    return PhotoTaken(
        event_id=record["eventID"],
        service_request_id=image["service_request_id"]["S"],
        request_id=image.get("request_id", {}).get("S", ""),
        stored_at_ms=int(change.get("ApproximateCreationDateTime", 0) * 1000),
        photo_id=image["record"]["S"].removeprefix(PHOTO),
    )


class _ExistsError(Exception):
    """The item is stored already."""


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PynamoDBException as error:
        # PynamoDB's own `cause_response_code` breaks on a cause that brought no response.
        cause = error.cause
        if isinstance(cause, ClientError) and (
            cause.response["Error"].get("Code") == "ConditionalCheckFailedException"
        ):
            raise _ExistsError from error
        raise UpstreamFailed("The store of photos did not answer; send it again.") from error


def _key(photo: PhotoKey) -> tuple[str, str]:
    return photo.service_request_id, PHOTO + photo.photo_id


def _photo(item: PhotoItem) -> Photo:
    return Photo(
        service_request_id=item.service_request_id,
        photo_id=item.record.removeprefix(PHOTO),
        state=item.state,
        reason=item.reason,
    )
