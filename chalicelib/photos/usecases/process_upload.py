"""Makes pictures from uploaded files. Processing has steps, and a crash may happen after each; the
message is then delivered again, and completed steps do nothing. The first file that arrives under a
photo's id is the photo: all others are discarded unread, whichever message is processed first.
"""

from chalicelib.photos.model import NOT_THE_SIZE, TOO_LARGE, Photo, PhotoRefused
from chalicelib.photos.ports import NotAsDeclared, PhotoKey, Ports, TooLargeToRead, Upload


def process_upload(upload: Upload, ports: Ports) -> None:
    """Makes pictures from the first file that arrived for the photo, records the result, and
    discards it with all others. Raises UpstreamFailed: then the file still exists, or everything is
    done.
    """
    stored = find_result(upload.photo, ports)
    sent = ports.uploads.files_of(upload.photo)
    if stored is None:
        stored = _process_first(sent[0], ports) if sent else None
    if stored is None:
        return
    if stored.state == "refused":
        # Another file under this id may have left pictures before this one was refused.
        ports.gallery.remove(upload.photo)
    for each in reversed(sent):
        ports.uploads.discard(each)


def _process_first(first: Upload, ports: Ports) -> Photo | None:
    """The result of the photo; None if its file has been removed meanwhile."""
    try:
        arrived = ports.uploads.read(first)
    except TooLargeToRead:
        return refuse(first.photo, TOO_LARGE, ports)
    except NotAsDeclared:
        return refuse(first.photo, NOT_THE_SIZE, ports)
    return _make_pictures(first.photo, arrived[0], ports) if arrived else None


def find_result(photo: PhotoKey, ports: Ports) -> Photo | None:
    """The result of the photo; None if its file was not processed."""
    stored = ports.records.get(photo)
    return None if stored is None or stored.state == "waiting" else stored


def refuse(photo: PhotoKey, reason: str, ports: Ports) -> Photo:
    """Records that a photo is refused, unless it has a result; returns the stored result."""
    ports.gallery.mark(photo)
    return ports.records.add(
        Photo(
            service_request_id=photo.service_request_id,
            photo_id=photo.photo_id,
            state="refused",
            reason=reason,
        )
    )


def _make_pictures(photo: PhotoKey, raw: bytes, ports: Ports) -> Photo:
    try:
        pictures = ports.rebuild(raw)
    except PhotoRefused as refused:
        return refuse(photo, refused.reason, ports)
    # The marker is stored before anything that a sweep would have to remove.
    ports.gallery.mark(photo)
    page = ports.gallery.keep_page(photo, pictures.page)
    if page != pictures.page:
        # Another file was first and got no further: its page stays, and the thumbnail is made from
        # it.
        pictures = ports.rebuild(page)
    ports.gallery.keep_thumbnail(photo, pictures.thumbnail)
    return ports.records.add(
        Photo(service_request_id=photo.service_request_id, photo_id=photo.photo_id, state="ready")
    )
