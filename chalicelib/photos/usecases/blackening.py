"""Parts of a picture are taken out for good, such as a face: nobody keeps what was there."""

from collections.abc import Sequence

from chalicelib.errors import NotFound
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.photos.model import PictureArea
from chalicelib.photos.ports import PhotoKey, Ports


def blacken(photo: PhotoKey, areas: Sequence[PictureArea], ports: Ports) -> None:
    """Blackens parts of the photo's pictures; what others blacken at the same time stays black.
    May be done again.

    Raises NotFound, UpstreamFailed.
    """

    def attempt() -> None:
        held = ports.gallery.read_page(photo)
        if held is None:
            raise NotFound("This photo has no picture: we are still checking it, or we refused it.")
        ports.gallery.replace(photo, ports.blacken(held.page, areas), held)

    retry_on_conflict(attempt, what="this photo")
