"""Making pictures of files that arrived.

A photo is taken in in steps, each of which may be the last before a crash; the message comes
again then, and every step does nothing where it is done. The first file that arrives under a
photo's id is the photo: all others are discarded unread, whichever message comes first.
"""

from chalicelib.photos.model import NOT_THE_SIZE, TOO_LARGE, Photo, Refused
from chalicelib.photos.ports import NotAsDeclared, PhotoKey, Ports, TooLargeToRead, Upload


def take_in(upload: Upload, ports: Ports) -> None:
    """Makes pictures of the first file that arrived for the photo, notes what became of it, and
    discards it with all others that were sent.

    Raises UpstreamFailed: the file is there then, or everything is done.
    """
    stored = looked_at(upload.photo, ports)
    sent = ports.uploads.sent_for(upload.photo)
    if stored is None:
        stored = _first_taken(sent[0], ports) if sent else None
    if stored is None:
        return
    if stored.state == "refused":
        # Another file under this id may have left pictures before this one was refused.
        ports.gallery.remove(upload.photo)
    for each in reversed(sent):
        ports.uploads.discard(each)


def _first_taken(first: Upload, ports: Ports) -> Photo | None:
    """What became of the photo; None where its file is gone meanwhile."""
    try:
        arrived = ports.uploads.read(first)
    except TooLargeToRead:
        return refuse(first.photo, TOO_LARGE, ports)
    except NotAsDeclared:
        return refuse(first.photo, NOT_THE_SIZE, ports)
    return _take(first.photo, arrived[0], ports) if arrived else None


def looked_at(photo: PhotoKey, ports: Ports) -> Photo | None:
    """What became of the photo; None where its file was not looked at."""
    stored = ports.records.get(photo)
    return None if stored is None or stored.state == "waiting" else stored


def refuse(photo: PhotoKey, reason: str, ports: Ports) -> Photo:
    """Notes that a photo is not taken, unless it was; gives what is stored."""
    ports.gallery.mark(photo)
    return ports.records.add(
        Photo(
            service_request_id=photo.service_request_id,
            photo_id=photo.photo_id,
            state="refused",
            reason=reason,
        )
    )


def _take(photo: PhotoKey, raw: bytes, ports: Ports) -> Photo:
    try:
        pictures = ports.rebuild(raw)
    except Refused as refused:
        return refuse(photo, refused.reason, ports)
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
