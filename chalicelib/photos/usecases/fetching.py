"""Photos given as an address: noted with their report and fetched soon after. The file is stored
where uploads arrive, and processed like them. Its address is stored only until then, because it may
contain personal data; a photo that could not be fetched within a day is given up.
"""

from chalicelib.errors import UpstreamFailed
from chalicelib.photos.containers import kind_of
from chalicelib.photos.model import (
    LONGEST_MEDIA_URL,
    MOST_BYTES,
    NOT_FETCHED,
    TOO_LARGE,
    Photo,
    PhotoRefused,
)
from chalicelib.photos.picture import UNKNOWN
from chalicelib.photos.ports import PhotoKey, Ports
from chalicelib.photos.usecases.process_upload import refuse


def request_fetch(service_request_id: str, photo_id: str, media_url: str, ports: Ports) -> None:
    """Makes the file at that address a photo of a stored report; does nothing if the photo has a
    result. Raises UpstreamFailed."""
    photo = PhotoKey(service_request_id, photo_id)
    if len(media_url) > LONGEST_MEDIA_URL:
        refuse(photo, NOT_FETCHED, ports)
        return
    # The note is stored first: a sweep finds photos that were never fetched by it.
    ports.gallery.mark(photo)
    ports.records.request_fetch(
        Photo(
            service_request_id=service_request_id,
            photo_id=photo_id,
            state="waiting",
            media_url=media_url,
        )
    )


def fetch(photo: PhotoKey, ports: Ports, *, is_last_try: bool) -> None:
    """Fetches the file of a wanted photo, or refuses the photo. Raises UpstreamFailed if it should
    be tried again."""
    wanted = ports.records.get(photo)
    if wanted is None or wanted.media_url is None:
        return
    try:
        raw = _fetch_file(wanted.media_url, is_last_try, ports)
    except PhotoRefused as refused:
        refuse(photo, refused.reason, ports)
    else:
        ports.uploads.put(photo, raw)
        # From here on it is like an upload. It may have been processed already.
        ports.records.end_fetch(photo)


def _fetch_file(media_url: str, is_last_try: bool, ports: Ports) -> bytes:
    try:
        raw = ports.fetch(media_url)
    except UpstreamFailed as error:
        if not is_last_try:
            raise
        raise PhotoRefused(NOT_FETCHED) from error
    if len(raw) > MOST_BYTES:
        raise PhotoRefused(TOO_LARGE)
    if kind_of(raw) is None:
        raise PhotoRefused(UNKNOWN)
    return raw
