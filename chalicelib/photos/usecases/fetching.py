"""Photos that come as an address: wanted with their report, fetched soon after it.

The file arrives where posted ones do, and is taken in as they are. Until it has, its address is
stored, for it may say something of a person; what could not be fetched within a day is swept.
"""

from chalicelib.errors import UpstreamFailed
from chalicelib.photos.containers import kind_of
from chalicelib.photos.model import (
    LONGEST_MEDIA_URL,
    MOST_BYTES,
    NOT_FETCHED,
    TOO_LARGE,
    Photo,
    Refused,
)
from chalicelib.photos.picture import UNKNOWN
from chalicelib.photos.ports import PhotoKey, Ports
from chalicelib.photos.usecases.taking_in import refuse


def want(service_request_id: str, photo_id: str, media_url: str, ports: Ports) -> None:
    """Lets the file at that address become a photo of a stored report, soon; nothing happens
    where something became of the photo. Raises UpstreamFailed."""
    photo = PhotoKey(service_request_id, photo_id)
    if len(media_url) > LONGEST_MEDIA_URL:
        refuse(photo, NOT_FETCHED, ports)
        return
    # The note stands first: a sweep finds by it what was never fetched.
    ports.gallery.mark(photo)
    ports.records.want(
        Photo(
            service_request_id=service_request_id,
            photo_id=photo_id,
            state="waiting",
            media_url=media_url,
        )
    )


def fetch(photo: PhotoKey, ports: Ports, *, is_last_try: bool) -> None:
    """Lets the file of a wanted photo arrive, or refuses the photo. Raises UpstreamFailed where
    it is to be tried again."""
    wanted = ports.records.get(photo)
    if wanted is None or wanted.media_url is None:
        return
    try:
        raw = _fetched(wanted.media_url, is_last_try, ports)
    except Refused as refused:
        refuse(photo, refused.reason, ports)
    else:
        ports.uploads.put(photo, raw)
        # From here on it is like one that was posted. It may be taken in already.
        ports.records.fetched(photo)


def _fetched(media_url: str, is_last_try: bool, ports: Ports) -> bytes:
    try:
        raw = ports.fetch(media_url)
    except UpstreamFailed as error:
        if not is_last_try:
            raise
        raise Refused(NOT_FETCHED) from error
    if len(raw) > MOST_BYTES:
        raise Refused(TOO_LARGE)
    if kind_of(raw) is None:
        raise Refused(UNKNOWN)
    return raw
