"""The photos slice's ports in memory. Each keeps the contract that tests/contract checks for the
real one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.photos.model import (
    MOST_BYTES,
    NOT_FETCHED,
    Photo,
    PhotoRefused,
    PictureArea,
    Pictures,
    StoredPicture,
)
from chalicelib.photos.ports import NotAsDeclared, PhotoKey, Policy, Ports, TooLargeToRead, Upload
from tests.support.fakes import IDS, Clock

BROKEN = b"broken"
"""A file that is refused."""


class MemoryUploads:
    """All versions of uploaded files in a list, with the times when they arrived."""

    def __init__(self, clock: Clock) -> None:
        self.files: list[tuple[Upload, datetime, bytes]] = []
        self.declared: dict[Upload, int] = {}
        self._clock = clock
        self._count = 0

    def policy(self, photo: PhotoKey, content_type: str, size: int) -> Policy:
        fields = {"key": "/".join(photo), "type": content_type, "size": str(size)}
        return Policy("https://uploads.example", fields)

    def arrive(self, photo: PhotoKey, raw: bytes, declared: int | None = None) -> Upload:
        """Add an uploaded file; `declared` is the size for which the upload was allowed."""
        self._count += 1
        upload = Upload(photo, f"v{self._count}")
        if declared is not None:
            self.declared[upload] = declared
        self.files.append((upload, self._clock(), raw))
        return upload

    def put(self, photo: PhotoKey, raw: bytes) -> bool:
        if any(upload.photo == photo for upload, _, _ in self.files):
            return False
        self.arrive(photo, raw)
        return True

    def files_of(self, photo: PhotoKey) -> Sequence[Upload]:
        return [upload for upload, _, _ in self.files if upload.photo == photo]

    def read(self, upload: Upload) -> tuple[bytes, Upload] | None:
        for each, _, raw in reversed(self.files):
            if each.photo == upload.photo and upload.version in (None, each.version):
                if len(raw) > MOST_BYTES:
                    raise TooLargeToRead
                if self.declared.get(each, len(raw)) != len(raw):
                    raise NotAsDeclared
                return raw, each
        return None

    def discard(self, upload: Upload) -> None:
        self.files = [each for each in self.files if each[0] != upload]

    def arrived_before(self, moment: datetime) -> Iterator[tuple[Upload, datetime]]:
        yield from [(upload, at) for upload, at, _ in self.files if at < moment]


class MemoryGallery:
    """Pictures and marks in dictionaries."""

    def __init__(self, clock: Clock) -> None:
        self.pages: dict[PhotoKey, bytes] = {}
        self.thumbnails: dict[PhotoKey, bytes] = {}
        self.marks: dict[PhotoKey, datetime] = {}
        self._clock = clock

    def mark(self, photo: PhotoKey) -> None:
        self.marks[photo] = self._clock()

    def unmark(self, photo: PhotoKey) -> None:
        self.marks.pop(photo, None)

    def marked_before(self, moment: datetime) -> Iterator[PhotoKey]:
        yield from [photo for photo, at in self.marks.items() if at < moment]

    def keep_page(self, photo: PhotoKey, page: bytes) -> bytes:
        return self.pages.setdefault(photo, page)

    def keep_thumbnail(self, photo: PhotoKey, thumbnail: bytes) -> None:
        self.thumbnails.setdefault(photo, thumbnail)

    def read_page(self, photo: PhotoKey) -> StoredPicture | None:
        page = self.pages.get(photo)
        return None if page is None else StoredPicture(page, _id(page.decode("latin-1")))

    def replace(self, photo: PhotoKey, pictures: Pictures, held: StoredPicture) -> None:
        if self.read_page(photo) != held:
            raise VersionConflict
        self.pages[photo], self.thumbnails[photo] = pictures

    def address(self, photo: PhotoKey, size: str) -> str:
        return f"https://photos.example/{'/'.join(photo)}/{size}.jpg?signed"

    def remove(self, photo: PhotoKey) -> None:
        self.pages.pop(photo, None)
        self.thumbnails.pop(photo, None)


class MemoryRecords:
    """The records of photos, in a dictionary."""

    def __init__(self) -> None:
        self.photos: dict[PhotoKey, Photo] = {}

    def get(self, photo: PhotoKey) -> Photo | None:
        return self.photos.get(photo)

    def request_fetch(self, photo: Photo) -> None:
        self.photos.setdefault(PhotoKey(photo.service_request_id, photo.photo_id), photo)

    def end_fetch(self, photo: PhotoKey) -> None:
        if self._is_wanted(photo):
            del self.photos[photo]

    def add(self, photo: Photo) -> Photo:
        key = PhotoKey(photo.service_request_id, photo.photo_id)
        if self._is_wanted(key):
            self.photos[key] = photo
        return self.photos.setdefault(key, photo)

    def _is_wanted(self, photo: PhotoKey) -> bool:
        return photo in self.photos and self.photos[photo].media_url is not None

    def remove(self, photo: PhotoKey) -> None:
        self.photos.pop(photo, None)

    def find_ready(self, photos: Iterable[PhotoKey]) -> frozenset[PhotoKey]:
        known = {each: self.photos[each] for each in photos if each in self.photos}
        return frozenset(each for each, photo in known.items() if photo.state == "ready")


@dataclass
class ReportedPhotos:
    """Reports for the photos slice."""

    held: set[tuple[str, str]] = field(default_factory=set)

    def has_photo(self, service_request_id: str, photo_id: str) -> bool:
        return (service_request_id, photo_id) in self.held


def fake_rebuild(raw: bytes) -> Pictures:
    """Pictures whose bytes name the original file; the page of a page is the page itself."""
    if raw.startswith(BROKEN):
        raise PhotoRefused("This photo is damaged. Send it again.")
    name = raw.removeprefix(b"page of ")
    return Pictures(b"page of " + name, b"thumbnail of " + name)


def fake_black_out(page: bytes, areas: Sequence[PictureArea]) -> Pictures:
    """Pictures whose bytes contain the number of redacted areas."""
    name = page.removeprefix(b"page of ") + b" less %d" % len(areas)
    return Pictures(b"page of " + name, b"thumbnail of " + name)


@dataclass
class FakeRemoteFiles:
    """Files at URLs of other systems; those in `down` do not answer."""

    files: dict[str, bytes] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def fetch(self, media_url: str) -> bytes:
        self.asked.append(media_url)
        if media_url in self.down:
            raise UpstreamFailed("It does not answer now.")
        if media_url not in self.files:
            raise PhotoRefused(NOT_FETCHED)
        return self.files[media_url]


@dataclass
class PhotosWorld:
    """The slice's ports in memory, each with its own type."""

    clock: Clock
    uploads: MemoryUploads
    gallery: MemoryGallery
    records: MemoryRecords
    reports: ReportedPhotos
    elsewhere: FakeRemoteFiles
    ports: Ports


def photos_in_memory(clock: Clock) -> PhotosWorld:
    uploads, gallery, records = MemoryUploads(clock), MemoryGallery(clock), MemoryRecords()
    reports, elsewhere = ReportedPhotos(), FakeRemoteFiles()
    ports = Ports(
        uploads=uploads,
        gallery=gallery,
        records=records,
        ids=IDS,
        is_held=reports.has_photo,
        rebuild=fake_rebuild,
        blacken=fake_black_out,
        fetch=elsewhere.fetch,
        now=clock,
    )
    return PhotosWorld(clock, uploads, gallery, records, reports, elsewhere, ports)


def _id(*parts: str) -> str:
    return md5("\0".join(parts).encode(), usedforsecurity=False).hexdigest().upper()
