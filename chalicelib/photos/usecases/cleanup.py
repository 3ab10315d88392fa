"""Removes photos that no report uses, and gives up on those that never arrived."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.errors import UpstreamFailed
from chalicelib.photos.model import KEPT_WITHOUT_REPORT, NOT_FETCHED, TOO_LATE, UNREAD_KEPT_FOR
from chalicelib.photos.ports import PhotoKey, Ports, Upload
from chalicelib.photos.usecases.process_upload import find_result, refuse
from chalicelib.photos.usecases.uploads import photo_state


def sweep(ports: Ports) -> dict[PhotoKey, UpstreamFailed]:
    """Removes photos that no report used in time. Returns those that could not be removed, with the
    errors; the next sweep finds them again. Raises UpstreamFailed if the lists cannot be read."""
    now = ports.now()
    failed: dict[PhotoKey, UpstreamFailed] = {}
    for upload, arrived in ports.uploads.arrived_before(now - KEPT_WITHOUT_REPORT):
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


def release_photos(photos: Iterable[PhotoKey], ports: Ports) -> None:
    """Marks the photos, so that the sweep a day later checks again whether a report has them: call
    this before a report drops its photos. Raises UpstreamFailed."""
    for photo in photos:
        ports.gallery.mark(photo)


def _sweep_upload(upload: Upload, arrived: datetime, now: datetime, ports: Ports) -> None:
    """A file that was processed, or that no report uses, is removed; one that a report uses stays
    as long as its message may be delivered again."""
    is_awaited = find_result(upload.photo, ports) is None and ports.is_held(*upload.photo)
    if is_awaited and arrived > now - UNREAD_KEPT_FOR:
        return
    if is_awaited:
        refuse(upload.photo, TOO_LATE, ports)
    ports.uploads.discard(upload)


def _sweep_photo(photo: PhotoKey, ports: Ports) -> None:
    if not ports.is_held(*photo):
        ports.records.remove(photo)
        ports.gallery.remove(photo)
    elif photo_state(photo, ports).media_url:
        refuse(photo, NOT_FETCHED, ports)
    # Last, so that an interrupted sweep is repeated.
    ports.gallery.unmark(photo)
