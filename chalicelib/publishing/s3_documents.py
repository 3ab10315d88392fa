"""What is published, as S3 objects: documents, replaced only if nobody else replaced them
meanwhile, and the files of photos."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.publishing.model import PHOTOS
from chalicelib.publishing.ports import Document, StoredDocument

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CACHED_FOR_S = 60
CACHE_CONTROL = f"public, max-age=0, must-revalidate, s-maxage={CACHED_FOR_S}"
_PHOTO_CACHE_CONTROL = f"public, max-age=600, s-maxage={CACHED_FOR_S}"
_GONE = ("NoSuchKey", "404")
_MOVED = ("PreconditionFailed", "ConditionalRequestConflict", *_GONE)


class S3Documents:
    """The Documents port on one bucket; keys have no leading slash."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, key: str) -> StoredDocument | None:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            return StoredDocument(answer["Body"].read(), answer["ETag"])
        except ClientError as error:
            if _code(error) in _GONE:
                return None
            raise _failed(key) from error
        except BotoCoreError as error:
            raise _failed(key) from error

    def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
        condition = {"IfMatch": held.etag} if held else {"IfNoneMatch": "*"}
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=document.body,
                ContentType=document.content_type,
                CacheControl=CACHE_CONTROL,
                **condition,  # type: ignore[arg-type]
            )
        except ClientError as error:
            raise _moved_or_failed(key, error) from error
        except BotoCoreError as error:
            raise _failed(key) from error

    def delete(self, key: str, held: StoredDocument) -> None:
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key, IfMatch=held.etag)
        except ClientError as error:
            raise _moved_or_failed(key, error) from error
        except BotoCoreError as error:
            raise _failed(key) from error

    def keys(self, prefix: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                yield from (entry["Key"] for entry in page.get("Contents", []))
        except (BotoCoreError, ClientError) as error:
            raise _failed(prefix) from error


class S3Photos:
    """The PublicPhotos port: copied from the bucket of all photos into the published one, where
    they have the same keys under photos/."""

    def __init__(self, client: "S3Client", *, kept: str, published: str) -> None:
        self._client = client
        self._kept = kept
        self._bucket = published
        self._documents = S3Documents(client, published)

    def keys(self, service_request_id: str) -> frozenset[str]:
        return frozenset(self._documents.keys(f"{PHOTOS}{service_request_id}/"))

    def service_request_ids(self) -> frozenset[str]:
        return frozenset(key.split("/")[1] for key in self._documents.keys(PHOTOS))

    def show(self, key: str) -> None:
        try:
            self._client.copy_object(
                Bucket=self._bucket,
                Key=key,
                CopySource={"Bucket": self._kept, "Key": key.removeprefix(PHOTOS)},
                MetadataDirective="REPLACE",
                ContentType="image/jpeg",
                CacheControl=_PHOTO_CACHE_CONTROL,
            )
        except ClientError as error:
            if _code(error) not in _GONE:
                raise _failed(key) from error
        except BotoCoreError as error:
            raise _failed(key) from error

    def hide(self, key: str) -> None:
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key)
        except (BotoCoreError, ClientError) as error:
            raise _failed(key) from error


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _moved_or_failed(key: str, error: ClientError) -> Exception:
    return VersionConflict(key) if _code(error) in _MOVED else _failed(key)


def _failed(key: str) -> UpstreamFailed:
    return UpstreamFailed(f"The store of documents did not answer for {key}.")
