"""The CDN in front of the published files."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from chalicelib.errors import NotNow, UpstreamFailed

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


TOO_MANY = "TooManyInvalidationsInProgress"
"""CloudFront works on 3,000 paths at a time."""


class CloudFrontCdn:
    """One CloudFront distribution."""

    def __init__(self, client: "CloudFrontClient", distribution_id: str) -> None:
        self._client = client
        self._distribution_id = distribution_id

    def invalidate(self, paths: Collection[str], reference: str) -> None:
        """Drops the copies of these paths of the site; once for each reference. Raises NotNow if it
        has too much to do, UpstreamFailed."""
        from botocore.exceptions import BotoCoreError, ClientError

        items = sorted(paths)
        try:
            self._client.create_invalidation(
                DistributionId=self._distribution_id,
                InvalidationBatch={
                    "Paths": {"Quantity": len(items), "Items": items},
                    "CallerReference": reference,
                },
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == TOO_MANY:
                raise NotNow("too_many_invalidations") from error
            raise UpstreamFailed("The CDN did not confirm that it deleted its copies.") from error
        except BotoCoreError as error:
            raise UpstreamFailed("The CDN did not confirm that it deleted its copies.") from error


class NoCdn:
    """Stands for a CDN where nothing keeps copies."""

    def invalidate(self, paths: Collection[str], reference: str) -> None:
        """Does nothing."""
