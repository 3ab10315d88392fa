"""One S3 bucket, with S3's errors translated into ours."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.texts import Text

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MISSING = ("NoSuchKey", "NoSuchVersion", "404")
_CHANGED = ("PreconditionFailed", "ConditionalRequestConflict")


class Bucket:
    """The objects of a bucket. `holding` names the content in errors, such as "photos". Every
    method raises UpstreamFailed if S3 does not answer or refuses.
    """

    def __init__(self, client: "S3Client", name: str, *, holding: str) -> None:
        self.client = client
        self.name = name
        self._holding = holding

    @contextmanager
    def open(self, key: str, **version: Any) -> Iterator[Any]:
        """The response of GetObject, or None if the object does not exist."""
        answer = None
        with suppress(_MissingObject), self._translate_errors():
            answer = self.client.get_object(Bucket=self.name, Key=key, **version)
        if answer is None:
            yield None
            return
        with self._translate_errors(), answer["Body"]:
            yield answer

    def get(self, key: str, most_bytes: int | None = None) -> StoredDocument | None:
        """The object, or its first `most_bytes`; None if it does not exist."""
        with self.open(key) as answer:
            if answer is None:
                return None
            return StoredDocument(answer["Body"].read(most_bytes), answer["ETag"])

    def put(self, key: str, body: bytes, **headers: Any) -> None:
        """Store the object, replacing any other."""
        with self._translate_errors():
            self.client.put_object(Bucket=self.name, Key=key, Body=body, **headers)

    def replace(self, key: str, body: bytes, etag: str | None, **headers: Any) -> None:
        """Replace the object with that etag; None: create it. Raises: VersionConflict if the stored
        object differs.
        """
        condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        try:
            self.put(key, body, **condition, **headers)
        except _MissingObject as error:
            raise VersionConflict(key) from error

    def put_new(self, key: str, body: bytes, **headers: Any) -> bool:
        """Create the object. Returns: False if it existed."""
        try:
            self.replace(key, body, None, **headers)
        except VersionConflict:
            return False
        return True

    def delete(self, key: str, **version: Any) -> None:
        """Remove the object, if it exists."""
        with suppress(_MissingObject), self._translate_errors():
            self.client.delete_object(Bucket=self.name, Key=key, **version)

    def delete_if(self, key: str, etag: str) -> None:
        """Remove the object with that etag. Raises: VersionConflict if the stored object
        differs."""
        try:
            with self._translate_errors():
                self.client.delete_object(Bucket=self.name, Key=key, IfMatch=etag)
        except _MissingObject as error:
            raise VersionConflict(key) from error

    def delete_all(self, keys: list[str]) -> None:
        """Remove up to 1,000 objects."""
        objects: Any = [{"Key": key} for key in keys]
        with self._translate_errors():
            answer = self.client.delete_objects(
                Bucket=self.name, Delete={"Objects": objects, "Quiet": True}
            )
        if answer.get("Errors"):
            raise self._no_answer()

    def copy_from(self, bucket: str, source: str, key: str, **headers: Any) -> bool:
        """Copy an object of another bucket to `key`. Returns: False if it does not exist."""
        with suppress(_MissingObject), self._translate_errors():
            self.client.copy_object(
                Bucket=self.name, Key=key, CopySource={"Bucket": bucket, "Key": source}, **headers
            )
            return True
        return False

    def entries(self, prefix: str = "") -> Iterator[Any]:
        """The entries of ListObjectsV2."""
        yield from self._list_entries("list_objects_v2", "Contents", prefix)

    def versions(self, prefix: str = "") -> Iterator[Any]:
        """The entries of ListObjectVersions, of one key from the newest to the oldest; after those
        of each page its delete markers."""
        yield from self._list_entries("list_object_versions", "Versions DeleteMarkers", prefix)

    def _list_entries(self, operation: Any, names: str, prefix: str) -> Iterator[Any]:
        pages = self.client.get_paginator(operation)
        where = {"Prefix": prefix} if prefix else {}
        with self._translate_errors():
            for page in pages.paginate(Bucket=self.name, **where):
                for name in names.split():
                    yield from page.get(name, [])

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _CHANGED:
                raise VersionConflict(code) from error
            raise (_MissingObject() if code in _MISSING else self._no_answer()) from error
        except BotoCoreError as error:
            raise self._no_answer() from error

    def _no_answer(self) -> UpstreamFailed:
        return UpstreamFailed(
            Text("The store of {name} did not answer. Send it again.", name=self._holding)
        )


class _MissingObject(Exception):
    """The object does not exist."""
