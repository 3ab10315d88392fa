"""The dependencies of photos."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from msgspec import Struct

from chalicelib.kernel.ids import Ids
from chalicelib.photos.model import Photo, PictureArea, Pictures, StoredPicture


class PhotoKey(NamedTuple):
    """Identifies a photo: its report and its id."""

    service_request_id: str
    photo_id: str


class Upload(NamedTuple):
    """A file that was sent for a photo; `version` identifies it among files with the same key, None
    if it is not known."""

    photo: PhotoKey
    version: str | None


class Policy(NamedTuple):
    """The address to post a file to, and the form fields to send before it."""

    url: str
    fields: Mapping[str, str]


class TooLargeToRead(Exception):
    """The file is larger than the limit; it was not read."""


class NotAsDeclared(Exception):
    """The file does not have its declared size; it was not read."""


class Uploads(Protocol):
    """The store of uploaded files. Every method except `policy` raises UpstreamFailed."""

    def policy(self, photo: PhotoKey, content_type: str, size: int) -> Policy:
        """A new permission to post a file of this type and exactly this number of bytes; makes no
        call."""

    def put(self, photo: PhotoKey, raw: bytes) -> bool:
        """Stores a file that came another way; False if there is one already."""

    def files_of(self, photo: PhotoKey) -> Sequence[Upload]:
        """All files for the photo, oldest first."""

    def read(self, upload: Upload) -> tuple[bytes, Upload] | None:
        """The file and its version; None if it is gone.

        Raises TooLargeToRead, NotAsDeclared.
        """

    def discard(self, upload: Upload) -> None:
        """Deletes the file permanently; does nothing if it is gone."""

    def arrived_before(self, moment: datetime) -> Iterator[tuple[Upload, datetime]]:
        """All versions of files that arrived before the moment, each with its time of arrival."""


class Gallery(Protocol):
    """The private store of the pictures made from photos. Every method except `address` raises
    UpstreamFailed."""

    def mark(self, photo: PhotoKey) -> None:
        """Records that this photo may have pictures that no report uses yet."""

    def unmark(self, photo: PhotoKey) -> None:
        """Deletes that record."""

    def marked_before(self, moment: datetime) -> Iterator[PhotoKey]:
        """The photos recorded before the moment."""

    def keep_page(self, photo: PhotoKey, page: bytes) -> bytes:
        """Stores the page-size picture unless there is one; returns the stored one."""

    def keep_thumbnail(self, photo: PhotoKey, thumbnail: bytes) -> None:
        """Stores the thumbnail unless there is one."""

    def read_page(self, photo: PhotoKey) -> StoredPicture | None:
        """The present page-size picture; None if there is none."""

    def replace(self, photo: PhotoKey, pictures: Pictures, held: StoredPicture) -> None:
        """Replaces both pictures. Raises VersionConflict if the page-size picture is not `held` any
        more."""

    def address(self, photo: PhotoKey, size: str) -> str:
        """An address of the picture that is valid for some minutes; `size` is page or thumbnail.
        Makes no call."""

    def remove(self, photo: PhotoKey) -> None:
        """Deletes both pictures; does nothing if they are gone."""


class Records(Protocol):
    """The store of the results of photos. Every method raises UpstreamFailed."""

    def get(self, photo: PhotoKey) -> Photo | None:
        """The photo as it is now (a consistent read); None if it was neither processed nor
        requested from an address."""

    def request_fetch(self, photo: Photo) -> None:
        """Stores that the photo is to be fetched, unless anything is stored of it."""

    def end_fetch(self, photo: PhotoKey) -> None:
        """Deletes the request to fetch the photo; does nothing if there is none."""

    def add(self, photo: Photo) -> Photo:
        """Stores the result of the photo unless one is stored, and replaces a request to fetch it;
        returns the stored one."""

    def remove(self, photo: PhotoKey) -> None:
        """Deletes the record of the photo; does nothing if there is none."""

    def find_ready(self, photos: Iterable[PhotoKey]) -> frozenset[PhotoKey]:
        """The photos among these that are ready (consistent reads)."""


class Ports(Struct, frozen=True):
    """The dependencies of the use cases. `is_held` tells for a service_request_id and a photo_id
    whether the report, an update or a job of it has the photo; raises UpstreamFailed. `rebuild`
    makes pictures of a file's bytes, or raises PhotoRefused; `blacken` makes them of a page-size
    picture, with areas blackened. `fetch` gives the file at an address, cut one byte after the
    limit; raises PhotoRefused if it can never be read, UpstreamFailed if it may be later."""

    uploads: Uploads
    gallery: Gallery
    records: Records
    ids: Ids
    is_held: Callable[[str, str], bool]
    rebuild: Callable[[bytes], Pictures]
    blacken: Callable[[bytes, Sequence[PictureArea]], Pictures]
    fetch: Callable[[str], bytes]
    now: Callable[[], datetime]
