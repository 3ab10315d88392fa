"""Mail that arrived, as SES puts it into a bucket: one object each."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import UpstreamFailed
from chalicelib.outbound.email_parser import MOST_BYTES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_GONE = ("NoSuchKey", "404")


class S3Inbox:
    """The Inbox port on one bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, key: str) -> bytes | None:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            with answer["Body"] as body:
                return body.read(MOST_BYTES + 1)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _GONE:
                return None
            raise UpstreamFailed("The store of mail did not answer.") from error
        except BotoCoreError as error:
            raise UpstreamFailed("The store of mail did not answer.") from error

    def discard(self, key: str) -> None:
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key)
        except (BotoCoreError, ClientError) as error:
            raise UpstreamFailed("The store of mail did not answer.") from error
