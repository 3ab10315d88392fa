"""The CDN in front of the published files."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from chalicelib.errors import UpstreamFailed

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


class CloudFrontCdn:
    """One CloudFront distribution."""

    def __init__(self, client: "CloudFrontClient", distribution_id: str) -> None:
        self._client = client
        self._distribution_id = distribution_id

    def invalidate(self, paths: Collection[str], reference: str) -> None:
        """Drops the copies of these paths of the site; once for each reference. Raises
        UpstreamFailed."""
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
        except (BotoCoreError, ClientError) as error:
            raise UpstreamFailed("The CDN did not confirm that it deleted its copies.") from error


class NoCdn:
    """Stands for a CDN where nothing keeps copies."""

    def invalidate(self, paths: Collection[str], reference: str) -> None:
        """Does nothing."""
