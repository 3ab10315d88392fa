"""Received mail in S3. SES stores each mail as one object of a bucket."""

from typing import TYPE_CHECKING

from chalicelib.aws.s3 import Bucket
from chalicelib.outbound.email_parser import MOST_BYTES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Inbox:
    """The Inbox port with one bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._bucket = Bucket(client, bucket, holding="mail")

    def read(self, key: str) -> bytes | None:
        mail = self._bucket.get(key, most_bytes=MOST_BYTES + 1)
        return mail.body if mail else None

    def store(self, key: str, mail: bytes) -> None:
        self._bucket.put(key, mail, ContentType="text/plain; charset=utf-8")

    def discard(self, key: str) -> None:
        self._bucket.delete(key)
