"""Removes parts of a picture permanently, such as a face: the original is not kept."""

from collections.abc import Sequence

from chalicelib.errors import NotFound
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.photos.model import PictureArea
from chalicelib.photos.ports import PhotoKey, Ports


def blacken(photo: PhotoKey, areas: Sequence[PictureArea], ports: Ports) -> None:
    """Blackens parts of the photo's pictures; areas that others blacken concurrently stay black.
    Safe to repeat. Raises NotFound, UpstreamFailed.
    """

    def attempt() -> None:
        held = ports.gallery.read_page(photo)
        if held is None:
            raise NotFound("This photo has no picture: we are still checking it, or we refused it.")
        ports.gallery.replace(photo, ports.blacken(held.page, areas), held)

    retry_on_conflict(attempt, what="this photo")
