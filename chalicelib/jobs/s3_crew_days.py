"""The days of crews in S3: a private bucket, whose objects phones read with presigned URLs."""

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.aws.s3 import Bucket
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CACHE_CONTROL = "private, no-cache"
"""A phone revalidates the document each time."""


class S3CrewDays:
    """The Documents port of crews; `signer` presigns URLs with the address of the store that phones
    use."""

    def __init__(self, client: "S3Client", signer: "S3Client", bucket: str) -> None:
        self._bucket = Bucket(client, bucket, holding="the crews' days")
        self._signer = signer

    def read(self, key: str) -> StoredDocument | None:
        return self._bucket.get(key)

    def write(self, key: str, body: bytes, held: StoredDocument | None) -> None:
        self._bucket.replace(
            key,
            body,
            held.etag if held else None,
            ContentType="application/json",
            CacheControl=CACHE_CONTROL,
        )

    def address(self, key: str, expires_at: datetime) -> str:
        return presigned_url(self._signer, self._bucket.name, key, expires_at)


def presigned_url(signer: "S3Client", bucket: str, key: str, expires_at: datetime) -> str:
    """The URL with which anybody can read the object until then."""
    seconds = (expires_at - utc_now()).total_seconds()
    return signer.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=max(1, int(seconds))
    )
