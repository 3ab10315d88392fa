"""What the photos slice needs from outside."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.kernel.ids import Ids
from chalicelib.photos.model import Photo, PictureArea, Pictures, StoredPicture


class PhotoKey(NamedTuple):
    """Which photo: of which report, under which id."""

    service_request_id: str
    photo_id: str


class Upload(NamedTuple):
    """A file that was sent for a photo; `version` tells it from another one sent under its key,
    None where it is not known."""

    photo: PhotoKey
    version: str | None


class Policy(NamedTuple):
    """Where a file is posted to, and the form fields that go before it."""

    url: str
    fields: Mapping[str, str]


class TooLargeToRead(Exception):
    """The file is larger than what is taken; nothing of it was read."""


class NotAsDeclared(Exception):
    """The file has another size than the one it was allowed with; nothing of it was read."""


class Uploads(Protocol):
    """Where files arrive. Every method but `policy` raises UpstreamFailed."""

    def policy(self, photo: PhotoKey, content_type: str, size: int) -> Policy:
        """A fresh permission to post a file of this type and of exactly so many bytes; asks
        nobody."""

    def put(self, photo: PhotoKey, raw: bytes) -> bool:
        """Lets a file arrive that came another way; False where one is there already."""

    def sent_for(self, photo: PhotoKey) -> Sequence[Upload]:
        """Every file that is there for the photo, the first that arrived first."""

    def read(self, upload: Upload) -> tuple[bytes, Upload] | None:
        """The file, and which version it is; None where it is not there any more.

        Raises TooLargeToRead, NotAsDeclared.
        """

    def discard(self, upload: Upload) -> None:
        """Removes the file for good; nothing happens where it is gone."""

    def before(self, moment: datetime) -> Iterator[tuple[Upload, datetime]]:
        """The files that arrived before then, every version, and when each did."""


class Gallery(Protocol):
    """Where the pictures made of photos are kept, out of sight. Every method but `address` raises
    UpstreamFailed."""

    def mark(self, photo: PhotoKey) -> None:
        """Notes that pictures of this photo may be there, and that nobody yet asked for it."""

    def unmark(self, photo: PhotoKey) -> None:
        """Takes the note away."""

    def marked_before(self, moment: datetime) -> Iterator[PhotoKey]:
        """The photos that were noted before then."""

    def keep_page(self, photo: PhotoKey, page: bytes) -> bytes:
        """Keeps the page's picture unless there is one; gives the one that is kept."""

    def keep_thumbnail(self, photo: PhotoKey, thumbnail: bytes) -> None:
        """Keeps the thumbnail unless there is one."""

    def read_page(self, photo: PhotoKey) -> StoredPicture | None:
        """The page's picture as it is now, None where there is none."""

    def replace(self, photo: PhotoKey, pictures: Pictures, held: StoredPicture) -> None:
        """Replaces both pictures. Raises VersionConflict if the page's picture is not `held` any
        more."""

    def address(self, photo: PhotoKey, size: str) -> str:
        """Where the picture of that size, page or thumbnail, can be seen for some minutes; asks
        nobody."""

    def remove(self, photo: PhotoKey) -> None:
        """Removes both pictures; nothing happens where they are gone."""


class Records(Protocol):
    """What became of photos. Every method raises UpstreamFailed."""

    def get(self, photo: PhotoKey) -> Photo | None:
        """The photo as it is now (a consistent read); None where nobody wants it fetched and it
        was not looked at."""

    def want(self, photo: Photo) -> None:
        """Stores that a photo is to be fetched, unless anything is stored of it."""

    def fetched(self, photo: PhotoKey) -> None:
        """Forgets that a photo is to be fetched; nothing happens where it is not."""

    def add(self, photo: Photo) -> Photo:
        """Stores what became of a photo unless that is stored, also in the place of its being
        wanted; gives what is stored."""

    def remove(self, photo: PhotoKey) -> None:
        """Forgets the photo; nothing happens where it is not known."""

    def ready(self, photos: Iterable[PhotoKey]) -> frozenset[PhotoKey]:
        """Those that are ready (consistent reads)."""


@dataclass(frozen=True)
class Ports:
    """Everything that the use cases reach outside for. `rebuild` makes pictures of a file's
    bytes, or raises Refused; `blacken` does so of a page of its own, with areas of it blackened.
    `fetch` gives the file at an address, cut after one byte more than
    is taken; raises Refused where it will never be had, UpstreamFailed where it may be later."""

    uploads: Uploads
    gallery: Gallery
    records: Records
    ids: Ids
    is_held: Callable[[str, str], bool]
    rebuild: Callable[[bytes], Pictures]
    blacken: Callable[[bytes, Sequence[PictureArea]], Pictures]
    fetch: Callable[[str], bytes]
    now: Callable[[], datetime]
