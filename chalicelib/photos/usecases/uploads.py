"""Requests an upload, and reads the state of a photo."""

from collections.abc import Iterable, Sequence

from chalicelib.errors import Invalid
from chalicelib.photos.containers import kind_of
from chalicelib.photos.model import (
    MOST_PHOTOS_A_KEY,
    Photo,
    UploadDraft,
    check_size,
    split_photo_key,
)
from chalicelib.photos.picture import UNKNOWN
from chalicelib.photos.ports import PhotoKey, Policy, Ports


def request_upload(
    draft: UploadDraft, key: str, scope: str, ports: Ports
) -> tuple[PhotoKey, Policy]:
    """The photo `<key>/<n>`, and a new permission to post its file with the size declared in this
    request: a phone may produce the picture again before a retry. Raises Invalid."""
    own, number = split_photo_key(key)
    check_size(draft.size)
    photo = PhotoKey(
        draft.service_request_id or ports.ids.service_request_id(scope, own),
        ports.ids.photo_id(scope, own, number),
    )
    return photo, ports.uploads.policy(photo, draft.content_type, draft.size)


def store_upload(
    raw: bytes,
    key: str,
    scope: str,
    held: Sequence[str],
    ports: Ports,
    *,
    about: str | None = None,
) -> str:
    """Stores a file from a form where uploads arrive, as a photo of the submission under that key,
    which has those of `held` already: an update of the report `about`, or else a report. Returns
    the photo_id. A number is never reused, even if its photo was removed: the first file under an
    id is the photo. Raises Invalid, UpstreamFailed.
    """
    check_size(len(raw))
    if kind_of(raw) is None:
        raise Invalid.field("photos", UNKNOWN)
    service_request_id = about or ports.ids.service_request_id(scope, key)
    for number in range(MOST_PHOTOS_A_KEY):
        photo = PhotoKey(service_request_id, ports.ids.photo_id(scope, key, number))
        if photo.photo_id in held or not ports.uploads.put(photo, raw):
            continue
        # Checked after the file was stored: before, another one may have been on its way.
        if ports.records.get(photo) is None:
            return photo.photo_id
    raise Invalid.field("photos", "you have sent too many photos: start a new report")


def photo_ids_for(scope: str, key: str, count: int, ports: Ports) -> list[str]:
    """The ids of this caller's first photos under that key, up to that number."""
    return [ports.ids.photo_id(scope, key, number) for number in range(count)]


def is_own_photo(scope: str, key: str, photo_id: str, ports: Ports) -> bool:
    """True if this caller can have requested the photo under this key."""
    numbers = range(MOST_PHOTOS_A_KEY)
    return any(ports.ids.photo_id(scope, key, number) == photo_id for number in numbers)


def photo_state(photo: PhotoKey, ports: Ports) -> Photo:
    """The state of the photo; waiting if it has no result, also if it was never sent."""
    return ports.records.get(photo) or Photo(
        service_request_id=photo.service_request_id, photo_id=photo.photo_id, state="waiting"
    )


def find_ready(wanted: Iterable[tuple[str, str]], ports: Ports) -> frozenset[tuple[str, str]]:
    """The pairs of service_request_id and photo_id that have pictures."""
    return frozenset(
        (photo.service_request_id, photo.photo_id)
        for photo in ports.records.find_ready([PhotoKey(*pair) for pair in wanted])
    )


def private_address(service_request_id: str, photo_id: str, size: str, ports: Ports) -> str:
    """An address of the picture of that size, page or thumbnail, valid for ten minutes."""
    return ports.gallery.address(PhotoKey(service_request_id, photo_id), size)
