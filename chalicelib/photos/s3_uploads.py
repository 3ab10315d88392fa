"""Files that people send, and the pictures made of them, in S3: two private buckets.

Uploads: `<service_request_id>/<photo_id>`, versioned, so that a second file under a key does not
take the place of one that is just being looked at. Pictures: `<service_request_id>/<photo_id>/`
`page.jpg` and `thumbnail.jpg`, and an empty `fresh/<service_request_id>/<photo_id>` as long as
nobody asked whether a report has the photo.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.observability import trace
from chalicelib.kernel.optimistic import VersionConflict
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
"""Under this name a file says which request let it be sent."""
DECLARED = "size"
"""Under this name a file says with how many bytes it was allowed."""
SIZES = ("page", "thumbnail")
_GONE = ("NoSuchKey", "NoSuchVersion", "404")
_EXISTS = "PreconditionFailed"


class S3Uploads:
    """The Uploads port on one bucket; `signer` is the client whose address people post to."""

    def __init__(self, client: "S3Client", signer: "S3Client", bucket: str) -> None:
        self._client = client
        self._signer = signer
        self._bucket = bucket

    def policy(self, photo: PhotoKey, content_type: str, size: int) -> Policy:
        fixed = {
            "Content-Type": content_type,
            f"x-amz-meta-{REQUEST}": trace.current(),
            f"x-amz-meta-{DECLARED}": str(size),
        }
        answer = self._signer.generate_presigned_post(
            Bucket=self._bucket,
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
        request = {REQUEST: trace.current()}
        key = "/".join(photo)
        return _put_new(self._client, Bucket=self._bucket, Key=key, Body=raw, Metadata=request)

    def sent_for(self, photo: PhotoKey) -> Sequence[Upload]:
        # S3 lists the versions of a key from the newest to the oldest, all of one second too. A
        # browser's POST cannot be made conditional, so which one came first is asked afterwards.
        key, found = "/".join(photo), list[Upload]()
        pages = self._client.get_paginator("list_object_versions")
        with _translated():
            for page in pages.paginate(Bucket=self._bucket, Prefix=key):
                versions = page.get("Versions", [])
                found += [
                    Upload(photo, each["VersionId"]) for each in versions if each["Key"] == key
                ]
        return found[::-1]

    def read(self, upload: Upload) -> tuple[bytes, Upload] | None:
        try:
            answer = self._client.get_object(**self._named(upload))
            trace.follow(answer["Metadata"].get(REQUEST))
            with answer["Body"] as body:
                # What a policy allows is checked again: whoever may write here is not asked.
                if answer["ContentLength"] > MOST_BYTES:
                    raise TooLargeToRead
                declared = answer["Metadata"].get(DECLARED)
                if declared is not None and declared != str(answer["ContentLength"]):
                    raise NotAsDeclared
                return body.read(), Upload(upload.photo, answer.get("VersionId"))
        except ClientError as error:
            if _code(error) in _GONE:
                return None
            raise _failed() from error
        except BotoCoreError as error:
            raise _failed() from error

    def discard(self, upload: Upload) -> None:
        with _translated():
            self._client.delete_object(**self._named(upload))

    def before(self, moment: datetime) -> Iterator[tuple[Upload, datetime]]:
        pages = self._client.get_paginator("list_object_versions")
        with _translated():
            for page in pages.paginate(Bucket=self._bucket):
                for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                    photo = _photo(entry["Key"])
                    if photo and entry["LastModified"] < moment:
                        yield Upload(photo, entry["VersionId"]), entry["LastModified"]

    def _named(self, upload: Upload) -> Any:
        name = {"Bucket": self._bucket, "Key": "/".join(upload.photo)}
        return name | ({"VersionId": upload.version} if upload.version else {})


class S3Gallery:
    """The Gallery port on one bucket; `signer` is the client whose address people see."""

    def __init__(self, client: "S3Client", signer: "S3Client", bucket: str) -> None:
        self._client = client
        self._signer = signer
        self._bucket = bucket

    def mark(self, photo: PhotoKey) -> None:
        with _translated():
            self._client.put_object(Bucket=self._bucket, Key=_mark(photo), Body=b"")

    def unmark(self, photo: PhotoKey) -> None:
        with _translated():
            self._client.delete_object(Bucket=self._bucket, Key=_mark(photo))

    def marked_before(self, moment: datetime) -> Iterator[PhotoKey]:
        pages = self._client.get_paginator("list_objects_v2")
        with _translated():
            for page in pages.paginate(Bucket=self._bucket, Prefix=FRESH):
                for entry in page.get("Contents", []):
                    photo = _photo(entry["Key"].removeprefix(FRESH))
                    if photo and entry["LastModified"] < moment:
                        yield photo

    def keep_page(self, photo: PhotoKey, page: bytes) -> bytes:
        key = picture_key(photo, "page")
        if self._keep(key, page):
            return page
        with _translated():
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def keep_thumbnail(self, photo: PhotoKey, thumbnail: bytes) -> None:
        self._keep(picture_key(photo, "thumbnail"), thumbnail)

    def read_page(self, photo: PhotoKey) -> StoredPicture | None:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=picture_key(photo, "page"))
            with answer["Body"] as body:
                return StoredPicture(body.read(), answer["ETag"])
        except ClientError as error:
            if _code(error) in _GONE:
                return None
            raise _failed() from error
        except BotoCoreError as error:
            raise _failed() from error

    def replace(self, photo: PhotoKey, pictures: Pictures, held: StoredPicture) -> None:
        where: Any = {"Bucket": self._bucket, "ContentType": "image/jpeg"}
        page, thumbnail = picture_key(photo, "page"), picture_key(photo, "thumbnail")
        try:
            self._client.put_object(**where, Key=page, Body=pictures.page, IfMatch=held.etag)
            self._client.put_object(**where, Key=thumbnail, Body=pictures.thumbnail)
        except ClientError as error:
            if _code(error) in (_EXISTS, *_GONE):
                raise VersionConflict from error
            raise _failed() from error
        except BotoCoreError as error:
            raise _failed() from error

    def address(self, photo: PhotoKey, size: str) -> str:
        return self._signer.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._bucket, "Key": picture_key(photo, size)},
            ExpiresIn=int(ADDRESS_HOLDS_FOR.total_seconds()),
        )

    def remove(self, photo: PhotoKey) -> None:
        objects = [{"Key": picture_key(photo, size)} for size in SIZES]
        with _translated():
            answer = self._client.delete_objects(
                Bucket=self._bucket,
                Delete={"Objects": objects, "Quiet": True},  # type: ignore[typeddict-item]
            )
        if answer.get("Errors"):
            raise _failed()

    def _keep(self, key: str, picture: bytes) -> bool:
        return _put_new(
            self._client, Bucket=self._bucket, Key=key, Body=picture, ContentType="image/jpeg"
        )


def _put_new(client: "S3Client", **what: Any) -> bool:
    """Puts an object where none is; False where one is."""
    try:
        client.put_object(**what, IfNoneMatch="*")
    except ClientError as error:
        if _code(error) == _EXISTS:
            return False
        raise _failed() from error
    except BotoCoreError as error:
        raise _failed() from error
    return True


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise _failed() from error


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _failed() -> UpstreamFailed:
    return UpstreamFailed("The store of photos did not answer; send it again.")


def picture_key(photo: PhotoKey, size: str) -> str:
    """Where the picture of that size lies in the bucket of pictures."""
    return "/".join((*photo, f"{size}.jpg"))


def _mark(photo: PhotoKey) -> str:
    return FRESH + "/".join(photo)


def _photo(key: str) -> PhotoKey | None:
    parts = key.split("/")
    return PhotoKey(*parts) if len(parts) == 2 else None
