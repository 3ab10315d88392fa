"""Objects of an S3 bucket, as calendars see them."""

from collections.abc import Iterator

from chalicelib.aws.s3 import Bucket
from chalicelib.kernel.stored_document import StoredDocument


class S3Objects:
    """The Objects port. The objects are stored with `headers`."""

    def __init__(self, bucket: Bucket, **headers: str) -> None:
        self._bucket = bucket
        self._headers = headers

    def read(self, key: str) -> StoredDocument | None:
        return self._bucket.get(key)

    def write(self, key: str, body: bytes, held: StoredDocument | None) -> None:
        self._bucket.replace(key, body, held.etag if held else None, **self._headers)

    def delete(self, key: str) -> None:
        self._bucket.delete(key)

    def keys(self, prefix: str) -> Iterator[str]:
        yield from (entry["Key"] for entry in self._bucket.entries(prefix))
