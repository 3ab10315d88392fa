"""Uploaded files, and the pictures made from them, in S3: two private buckets. Uploads:
`<service_request_id>/<photo_id>`, versioned, so that a second file under a key does not replace one
that is being processed. Pictures: `<service_request_id>/<photo_id>/` `page.jpg` and
`thumbnail.jpg`, and an empty `fresh/<service_request_id>/<photo_id>` as long as nobody asked
whether a report has the photo.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.aws.s3 import Bucket
from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.observability import trace
from chalicelib.photos.model import (
    ADDRESS_HOLDS_FOR,
    MOST_BYTES,
    POLICY_HOLDS_FOR,
    Pictures,
    StoredPicture,
)
from chalicelib.photos.ports import NotAsDeclared, PhotoKey, Policy, TooLargeToRead, Upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FRESH = "fresh/"
REQUEST = "request-id"
"""The metadata with the request that permitted the upload."""
DECLARED = "size"
"""The metadata with the permitted number of bytes."""
SIZES = ("page", "thumbnail")
_JPEG = {"ContentType": "image/jpeg"}


class S3Uploads:
    """The Uploads port on one bucket; `signer` is the client whose address browsers post to."""

    def __init__(self, client: "S3Client", signer: "S3Client", bucket: str) -> None:
        self._bucket = Bucket(client, bucket, holding="photos")
        self._signer = signer

    def policy(self, photo: PhotoKey, content_type: str, size: int) -> Policy:
        fixed = {
            "Content-Type": content_type,
            f"x-amz-meta-{REQUEST}": trace.current_id(),
            f"x-amz-meta-{DECLARED}": str(size),
        }
        answer = self._signer.generate_presigned_post(
            Bucket=self._bucket.name,
            Key="/".join(photo),
            Fields=fixed,
            Conditions=[
                *({name: value} for name, value in fixed.items()),
                ["content-length-range", size, size],
            ],
            ExpiresIn=int(POLICY_HOLDS_FOR.total_seconds()),
        )
        return Policy(answer["url"], answer["fields"])

    def put(self, photo: PhotoKey, raw: bytes) -> bool:
        request = {REQUEST: trace.current_id()}
        return self._bucket.put_new("/".join(photo), raw, Metadata=request)

    def files_of(self, photo: PhotoKey) -> Sequence[Upload]:
        # S3 lists the versions of a key from the newest to the oldest, also within a second. A
        # browser's POST cannot be conditional, so the first one is determined afterwards.
        key = "/".join(photo)
        found = [
            Upload(photo, each["VersionId"])
            for each in self._bucket.versions(key)
            if each["Key"] == key and "ETag" in each
        ]
        return found[::-1]

    def read(self, upload: Upload) -> tuple[bytes, Upload] | None:
        with self._bucket.open("/".join(upload.photo), **_version(upload)) as answer:
            if answer is None:
                return None
            trace.adopt_id(answer["Metadata"].get(REQUEST))
            # The limits of the policy are checked again: other writers are not bound by them.
            if answer["ContentLength"] > MOST_BYTES:
                raise TooLargeToRead
            declared = answer["Metadata"].get(DECLARED)
            if declared is not None and declared != str(answer["ContentLength"]):
                raise NotAsDeclared
            return answer["Body"].read(), Upload(upload.photo, answer.get("VersionId"))

    def discard(self, upload: Upload) -> None:
        self._bucket.delete("/".join(upload.photo), **_version(upload))

    def arrived_before(self, moment: datetime) -> Iterator[tuple[Upload, datetime]]:
        for entry in self._bucket.versions():
            photo = _photo(entry["Key"])
            if photo and entry["LastModified"] < moment:
                yield Upload(photo, entry["VersionId"]), entry["LastModified"]


class S3Gallery:
    """The Gallery port on one bucket; `signer` is the client whose address browsers load."""

    def __init__(self, client: "S3Client", signer: "S3Client", bucket: str) -> None:
        self._bucket = Bucket(client, bucket, holding="photos")
        self._signer = signer

    def mark(self, photo: PhotoKey) -> None:
        self._bucket.put(_mark(photo), b"")

    def unmark(self, photo: PhotoKey) -> None:
        self._bucket.delete(_mark(photo))

    def marked_before(self, moment: datetime) -> Iterator[PhotoKey]:
        for entry in self._bucket.entries(FRESH):
            photo = _photo(entry["Key"].removeprefix(FRESH))
            if photo and entry["LastModified"] < moment:
                yield photo

    def keep_page(self, photo: PhotoKey, page: bytes) -> bytes:
        key = picture_key(photo, "page")
        if self._bucket.put_new(key, page, **_JPEG):
            return page
        found = self._bucket.get(key)
        if found is None:
            raise UpstreamFailed(
                "The picture was removed while it was being stored. Send it again."
            )
        return found.body

    def keep_thumbnail(self, photo: PhotoKey, thumbnail: bytes) -> None:
        self._bucket.put_new(picture_key(photo, "thumbnail"), thumbnail, **_JPEG)

    def read_page(self, photo: PhotoKey) -> StoredPicture | None:
        found = self._bucket.get(picture_key(photo, "page"))
        return StoredPicture(*found) if found else None

    def replace(self, photo: PhotoKey, pictures: Pictures, held: StoredPicture) -> None:
        self._bucket.replace(picture_key(photo, "page"), pictures.page, held.etag, **_JPEG)
        self._bucket.put(picture_key(photo, "thumbnail"), pictures.thumbnail, **_JPEG)

    def address(self, photo: PhotoKey, size: str) -> str:
        return self._signer.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._bucket.name, "Key": picture_key(photo, size)},
            ExpiresIn=int(ADDRESS_HOLDS_FOR.total_seconds()),
        )

    def remove(self, photo: PhotoKey) -> None:
        self._bucket.delete_all([picture_key(photo, size) for size in SIZES])


def _version(upload: Upload) -> dict[str, str]:
    return {"VersionId": upload.version} if upload.version else {}


def picture_key(photo: PhotoKey, size: str) -> str:
    """The key of the picture of that size in the bucket of pictures."""
    return "/".join((*photo, f"{size}.jpg"))


def _mark(photo: PhotoKey) -> str:
    return FRESH + "/".join(photo)


def _photo(key: str) -> PhotoKey | None:
    parts = key.split("/")
    return PhotoKey(*parts) if len(parts) == 2 else None
