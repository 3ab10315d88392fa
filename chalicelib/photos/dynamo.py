"""The results of photos in DynamoDB: items beside their report's.

Table: hash `service_request_id`, range `record`: `photo#<photo_id>`.
"""

from collections.abc import Iterable
from contextlib import suppress
from functools import partial

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.dynamo import errors
from chalicelib.kernel.dynamo.errors import ConditionFailed
from chalicelib.kernel.observability import trace
from chalicelib.photos.model import Photo, State
from chalicelib.photos.ports import PhotoKey
from chalicelib.photos.stream import PHOTO

_translated = partial(errors.translated, "photos")


class PhotoItem(Model):
    """The result of one photo."""

    class Meta:
        table_name = ""

    service_request_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    state: Attribute[State] = UnicodeAttribute()  # type: ignore[assignment]
    reason = UnicodeAttribute(null=True)
    media_url = UnicodeAttribute(null=True)
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

    def want(self, photo: Photo) -> None:
        with suppress(ConditionFailed), _translated(clash=ConditionFailed):
            _item(photo).save(PhotoItem.service_request_id.does_not_exist())

    def fetched(self, photo: PhotoKey) -> None:
        with suppress(ConditionFailed), _translated(clash=ConditionFailed):
            PhotoItem(*_key(photo)).delete(PhotoItem.media_url.exists())

    def add(self, photo: Photo) -> Photo:
        key = PhotoKey(photo.service_request_id, photo.photo_id)
        free = PhotoItem.service_request_id.does_not_exist() | PhotoItem.media_url.exists()
        try:
            with _translated(clash=ConditionFailed):
                _item(photo).save(free)
        except ConditionFailed:
            # This also covers a lost reply to our own write: the stored photo is the answer.
            stored = self.get(key)
            if stored is None:
                raise UpstreamFailed("The photo could not be read back. Send it again.") from None
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


def _key(photo: PhotoKey) -> tuple[str, str]:
    return photo.service_request_id, PHOTO + photo.photo_id


def _item(photo: Photo) -> PhotoItem:
    item = PhotoItem(*_key(PhotoKey(photo.service_request_id, photo.photo_id)))
    item.state, item.reason, item.media_url = photo.state, photo.reason, photo.media_url
    item.request_id = trace.current()
    return item


def _photo(item: PhotoItem) -> Photo:
    return Photo(
        service_request_id=item.service_request_id,
        photo_id=item.record.removeprefix(PHOTO),
        state=item.state,
        reason=item.reason,
        media_url=item.media_url,
    )
