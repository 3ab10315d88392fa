"""Published S3 objects: documents, replaced only on the version that was read, and the files of
photos."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chalicelib.aws.s3 import Bucket
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.kernel.stored_json import without_unknown
from chalicelib.publishing.model import PHOTOS
from chalicelib.publishing.ports import Document

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CACHE_CONTROL = "public, max-age=0, must-revalidate, s-maxage=60"
_PHOTO_CACHE_CONTROL = "public, max-age=600, s-maxage=60"


class S3Documents:
    """The Documents port on one bucket; keys have no leading slash."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._bucket = Bucket(client, bucket, holding="documents")

    def read(self, key: str) -> StoredDocument | None:
        return self._bucket.get(key)

    def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
        self._bucket.replace(
            key,
            without_unknown(document.body),
            held.etag if held else None,
            ContentType=document.content_type,
            CacheControl=document.cache_control or CACHE_CONTROL,
        )

    def delete(self, key: str, held: StoredDocument) -> None:
        self._bucket.delete_if(key, held.etag)

    def keys(self, prefix: str) -> Iterator[str]:
        yield from (entry["Key"] for entry in self._bucket.entries(prefix))


class S3Photos:
    """The PublicPhotos port: copied from the bucket of all photos into the published one, where
    they have the same keys under photos/."""

    def __init__(self, client: "S3Client", *, kept: str, published: str) -> None:
        self._kept = kept
        self._bucket = Bucket(client, published, holding="documents")

    def keys(self, service_request_id: str) -> frozenset[str]:
        prefix = f"{PHOTOS}{service_request_id}/"
        return frozenset(entry["Key"] for entry in self._bucket.entries(prefix))

    def service_request_ids(self) -> frozenset[str]:
        return frozenset(entry["Key"].split("/")[1] for entry in self._bucket.entries(PHOTOS))

    def show(self, key: str) -> None:
        self._bucket.copy_from(
            self._kept,
            key.removeprefix(PHOTOS),
            key,
            MetadataDirective="REPLACE",
            ContentType="image/jpeg",
            CacheControl=_PHOTO_CACHE_CONTROL,
        )

    def hide(self, key: str) -> None:
        self._bucket.delete(key)
