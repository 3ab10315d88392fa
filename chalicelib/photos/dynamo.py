"""The results of photos in DynamoDB: items beside their report's.

Table: hash `service_request_id`, range `record`: `photo#<photo_id>`.
"""

from collections.abc import Iterable

from pynamodb.attributes import UnicodeAttribute

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.dynamo.attributes import TextAttribute
from chalicelib.kernel.dynamo.item import Item
from chalicelib.kernel.observability import trace
from chalicelib.photos.model import Photo, State
from chalicelib.photos.ports import PhotoKey
from chalicelib.photos.stream import PHOTO
from chalicelib.texts import Text


class PhotoItem(Item):
    """The result of one photo."""

    store = Text("photos")
    service_request_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    state = TextAttribute[State]()
    reason = UnicodeAttribute(null=True)
    media_url = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute(null=True)


class DynamoRecords:
    """The Records port on the table of reports."""

    def __init__(self, table_name: str) -> None:
        PhotoItem.Meta.table_name = table_name

    def get(self, photo: PhotoKey) -> Photo | None:
        item = PhotoItem.find(*_key(photo))
        return _photo(item) if item else None

    def request_fetch(self, photo: Photo) -> None:
        _item(photo).add()

    def end_fetch(self, photo: PhotoKey) -> None:
        PhotoItem(*_key(photo)).remove_where(PhotoItem.media_url.exists())

    def add(self, photo: Photo) -> Photo:
        free = PhotoItem.service_request_id.does_not_exist() | PhotoItem.media_url.exists()
        if _item(photo).put_where(free):
            return photo
        # This also covers a lost reply to our own write: the stored photo is the answer.
        stored = self.get(PhotoKey(photo.service_request_id, photo.photo_id))
        if stored is None:
            raise UpstreamFailed("The photo could not be read back. Send it again.")
        return stored

    def remove(self, photo: PhotoKey) -> None:
        PhotoItem(*_key(photo)).remove()

    def find_ready(self, photos: Iterable[PhotoKey]) -> frozenset[PhotoKey]:
        keys = {_key(photo) for photo in photos}
        with PhotoItem.translate_errors():
            found = list(PhotoItem.batch_get(keys, consistent_read=True)) if keys else []
        return frozenset(
            PhotoKey(item.service_request_id, item.record.removeprefix(PHOTO))
            for item in found
            if item.state == "ready"
        )


def _key(photo: PhotoKey) -> tuple[str, str]:
    return photo.service_request_id, PHOTO + photo.photo_id


def _item(photo: Photo) -> PhotoItem:
    key = PhotoKey(photo.service_request_id, photo.photo_id)
    return PhotoItem.of(photo, *_key(key), request_id=trace.current_id())


def _photo(item: PhotoItem) -> Photo:
    return item.read_as(Photo, photo_id=item.record.removeprefix(PHOTO))
