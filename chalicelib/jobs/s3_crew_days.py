"""The days of crews in S3: a private bucket, whose objects are read at addresses that we sign."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import UpstreamFailed
from chalicelib.jobs.crew_ports import StoredDocument
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CACHE_CONTROL = "private, no-cache"
"""A phone asks each time whether it has changed."""
_GONE = ("NoSuchKey", "404")
_MOVED = ("PreconditionFailed", "ConditionalRequestConflict", *_GONE)


class Read(NamedTuple):
    """A document as it stands."""

    body: bytes
    etag: str


class S3CrewDays:
    """The Documents port of crews; `signer` signs for phones, at their own address of the store."""

    def __init__(self, client: "S3Client", signer: "S3Client", bucket: str) -> None:
        self._client = client
        self._signer = signer
        self._bucket = bucket

    def read(self, key: str) -> StoredDocument | None:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            with answer["Body"] as body:
                return Read(body.read(), answer["ETag"])
        except ClientError as error:
            if _code(error) in _GONE:
                return None
            raise _failed() from error
        except BotoCoreError as error:
            raise _failed() from error

    def write(self, key: str, body: bytes, held: StoredDocument | None) -> None:
        condition: Any = {"IfMatch": held.etag} if held else {"IfNoneMatch": "*"}
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentType="application/json",
                CacheControl=CACHE_CONTROL,
                **condition,
            )
        except ClientError as error:
            if _code(error) in _MOVED:
                raise VersionConflict(key) from error
            raise _failed() from error
        except BotoCoreError as error:
            raise _failed() from error

    def address(self, key: str, expires_at: datetime) -> str:
        return signed(self._signer, self._bucket, key, expires_at)


def signed(signer: "S3Client", bucket: str, key: str, expires_at: datetime) -> str:
    """Where whoever has this address can read the object until then."""
    left = (expires_at - utc_now()).total_seconds()
    return signer.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=max(1, int(left))
    )


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _failed() -> UpstreamFailed:
    return UpstreamFailed("The store of the crews' days did not answer; send it again.")
