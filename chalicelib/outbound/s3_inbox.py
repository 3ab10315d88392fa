"""Mail that arrived, as SES puts it into a bucket: one object each."""

from typing import TYPE_CHECKING

from chalicelib.aws.s3 import Bucket
from chalicelib.outbound.email_parser import MOST_BYTES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Inbox:
    """The Inbox port on one bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._bucket = Bucket(client, bucket, holding="mail")

    def read(self, key: str) -> bytes | None:
        found = self._bucket.get(key, most_bytes=MOST_BYTES + 1)
        return found.body if found else None

    def discard(self, key: str) -> None:
        self._bucket.delete(key)
