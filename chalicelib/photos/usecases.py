"""What can be done with photos: ask for an upload, take it in, look at it, sweep.

A photo is taken in in steps, each of which may be the last before a crash; the message comes
again then, and every step does nothing where it is done. The first file that is taken in under
a photo's id is the photo: what is sent under it later is discarded.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from chalicelib.errors import Invalid, UpstreamFailed
from chalicelib.photos.containers import kind_of
from chalicelib.photos.model import (
    KEPT_WITHOUT_REPORT,
    MOST_PHOTOS_A_KEY,
    TOO_LARGE,
    TOO_LATE,
    UNREAD_KEPT_FOR,
    Photo,
    Refused,
    UploadDraft,
    check_size,
    numbered,
)
from chalicelib.photos.picture import UNKNOWN
from chalicelib.photos.ports import PhotoKey, Policy, Ports, TooLargeToRead, Upload


def ask(draft: UploadDraft, key: str, scope: str, ports: Ports) -> tuple[PhotoKey, Policy]:
    """Which photo `<key>/<n>` is, and a fresh permission to post its file. Raises Invalid."""
    own, number = numbered(key)
    check_size(draft.size)
    photo = PhotoKey(
        draft.service_request_id or ports.ids.service_request_id(scope, own),
        ports.ids.photo_id(scope, own, number),
    )
    return photo, ports.uploads.policy(photo, draft.content_type)


def take_upload(raw: bytes, key: str, scope: str, held: Sequence[str], ports: Ports) -> str:
    """Lets a file that came with a form arrive where posted ones do, as a photo of the report of
    that key, which has those of `held` already. Answers the photo_id.

    A number is never used twice, also where its photo was taken out again: the first file under
    an id is the photo. Raises Invalid, UpstreamFailed.
    """
    check_size(len(raw))
    if kind_of(raw) is None:
        raise Invalid.field("photos", UNKNOWN)
    service_request_id = ports.ids.service_request_id(scope, key)
    for number in range(MOST_PHOTOS_A_KEY):
        photo = PhotoKey(service_request_id, ports.ids.photo_id(scope, key, number))
        if photo.photo_id in held or not ports.uploads.put(photo, raw):
            continue
        # Asked after the file was put: before that, another one may have been on its way.
        if ports.records.get(photo) is None:
            return photo.photo_id
    raise Invalid.field("photos", "too many were sent: begin a new report")


def look(photo: PhotoKey, ports: Ports) -> Photo:
    """What became of the photo; waiting where nothing did, also where nobody ever sent it."""
    return ports.records.get(photo) or Photo(
        service_request_id=photo.service_request_id, photo_id=photo.photo_id, state="waiting"
    )


def belongs(scope: str, key: str, photo_id: str, ports: Ports) -> bool:
    """True where this caller can have asked for the photo under this key."""
    numbers = range(MOST_PHOTOS_A_KEY)
    return any(ports.ids.photo_id(scope, key, number) == photo_id for number in numbers)


def ready(wanted: Iterable[tuple[str, str]], ports: Ports) -> frozenset[tuple[str, str]]:
    """Those of the pairs of service_request_id and photo_id whose pictures are there."""
    return frozenset(
        (photo.service_request_id, photo.photo_id)
        for photo in ports.records.ready([PhotoKey(*pair) for pair in wanted])
    )


def private_address(service_request_id: str, photo_id: str, size: str, ports: Ports) -> str:
    """Where the picture of that size, page or thumbnail, can be seen for ten minutes."""
    return ports.gallery.address(PhotoKey(service_request_id, photo_id), size)


def take_in(upload: Upload, ports: Ports) -> None:
    """Makes pictures of a file that arrived, notes what became of it, and discards it.

    Raises UpstreamFailed: the file is there then, or everything is done.
    """
    stored = ports.records.get(upload.photo)
    if stored is None:
        try:
            arrived = ports.uploads.read(upload)
        except TooLargeToRead:
            stored = _refuse(upload.photo, TOO_LARGE, ports)
        else:
            if arrived is None:
                return
            raw, upload = arrived
            stored = _take(upload.photo, raw, ports)
    if stored.state == "refused":
        # Another file under this id may have left pictures before this one was refused.
        ports.gallery.remove(upload.photo)
    ports.uploads.discard(upload)


def sweep(ports: Ports) -> dict[PhotoKey, UpstreamFailed]:
    """Removes what nobody reported in time. Answers what could not be removed, and why; the next
    sweep finds it again. Raises UpstreamFailed where the lists cannot be read."""
    now = ports.now()
    failed: dict[PhotoKey, UpstreamFailed] = {}
    for upload, arrived in ports.uploads.before(now - KEPT_WITHOUT_REPORT):
        try:
            _sweep_upload(upload, arrived, now, ports)
        except UpstreamFailed as error:
            failed[upload.photo] = error
    for photo in ports.gallery.marked_before(now - KEPT_WITHOUT_REPORT):
        try:
            _sweep_photo(photo, ports)
        except UpstreamFailed as error:
            failed[photo] = error
    return failed


def _take(photo: PhotoKey, raw: bytes, ports: Ports) -> Photo:
    try:
        pictures = ports.rebuild(raw)
    except Refused as refused:
        return _refuse(photo, refused.reason, ports)
    # The note stands before anything that a sweep would have to remove.
    ports.gallery.mark(photo)
    page = ports.gallery.keep_page(photo, pictures.page)
    if page != pictures.page:
        # Another file came first and got no further: its page stays, and the thumbnail is its.
        pictures = ports.rebuild(page)
    ports.gallery.keep_thumbnail(photo, pictures.thumbnail)
    return ports.records.add(
        Photo(service_request_id=photo.service_request_id, photo_id=photo.photo_id, state="ready")
    )


def _refuse(photo: PhotoKey, reason: str, ports: Ports) -> Photo:
    ports.gallery.mark(photo)
    return ports.records.add(
        Photo(
            service_request_id=photo.service_request_id,
            photo_id=photo.photo_id,
            state="refused",
            reason=reason,
        )
    )


def _sweep_upload(upload: Upload, arrived: datetime, now: datetime, ports: Ports) -> None:
    """A file that was taken in, or that no report waits for, is removed; one that is waited for
    stays as long as its message may come again."""
    waited_for = ports.records.get(upload.photo) is None and ports.reports.holds(*upload.photo)
    if waited_for and arrived > now - UNREAD_KEPT_FOR:
        return
    if waited_for:
        _refuse(upload.photo, TOO_LATE, ports)
    ports.uploads.discard(upload)


def _sweep_photo(photo: PhotoKey, ports: Ports) -> None:
    if not ports.reports.holds(*photo):
        ports.records.remove(photo)
        ports.gallery.remove(photo)
    # Last, so that a sweep that was cut short is done again.
    ports.gallery.unmark(photo)
