"""What publishing relies on where photos are public: in memory as in S3, and what the CDN does."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3
import pytest

from chalicelib.aws.cloudfront import CloudFrontCdn, NoCdn
from chalicelib.bootstrap import container
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.publishing.ports import PublicPhotos
from infra.local.cloud import Cloud
from tests.support.fakes_publishing import MemoryPhotos
from tests.support.seam import ALL_TRIES, LOSSES, REFUSALS, lose_reply, refuse_call

if TYPE_CHECKING:
    from mypy_boto3_cloudfront.type_defs import DistributionConfigTypeDef

PAGE = "photos/R1/P1/page.jpg"
THUMBNAIL = "photos/R1/P1/thumbnail.jpg"
OTHERS = "photos/R11/P1/page.jpg"
"""Of a report whose id begins with the other's."""


def keep(key: str) -> None:
    """Puts a file where all photos are kept."""
    kept = container.settings().photos_bucket
    boto3.client("s3").put_object(
        Bucket=kept, Key=key.removeprefix("photos/"), Body=b"JPEG", ContentType="image/jpeg"
    )


@pytest.fixture(params=["memory", "S3"])
def photos(request: pytest.FixtureRequest) -> PublicPhotos:
    """With three files that can be shown."""
    if request.param == "memory":
        memory = MemoryPhotos()
        memory.kept = {each.removeprefix("photos/") for each in (PAGE, THUMBNAIL, OTHERS)}
        return memory
    request.getfixturevalue("cloud")
    return s3_photos_with_files()


@pytest.fixture
def s3_photos(cloud: Cloud) -> PublicPhotos:
    return s3_photos_with_files()


def s3_photos_with_files() -> PublicPhotos:
    for key in (PAGE, THUMBNAIL, OTHERS):
        keep(key)
    return publishing_ports().photos


def test_keys_are_those_of_one_report_that_were_shown(photos: PublicPhotos) -> None:
    assert photos.keys("R1") == frozenset()
    for key in (PAGE, THUMBNAIL, OTHERS):
        photos.show(key)
    assert photos.keys("R1") == {PAGE, THUMBNAIL}
    assert photos.service_request_ids() == {"R1", "R11"}


def test_hidden_file_is_gone(photos: PublicPhotos) -> None:
    photos.show(PAGE)
    photos.show(THUMBNAIL)
    photos.hide(PAGE)
    assert photos.keys("R1") == {THUMBNAIL}


def test_showing_and_hiding_twice_is_the_same_as_once(photos: PublicPhotos) -> None:
    photos.show(PAGE)
    photos.show(PAGE)
    assert photos.keys("R1") == {PAGE}
    photos.hide(PAGE)
    photos.hide(PAGE)
    assert photos.keys("R1") == frozenset()


def test_nothing_is_shown_when_the_photo_does_not_exist(photos: PublicPhotos) -> None:
    photos.show("photos/R1/P9/page.jpg")
    assert photos.keys("R1") == frozenset()


# What only S3 knows


def test_photo_is_served_as_a_jpeg_and_may_be_kept_for_ten_minutes(
    s3_photos: PublicPhotos, cloud: Cloud
) -> None:
    s3_photos.show(PAGE)
    served = boto3.client("s3").get_object(Bucket=cloud.bucket, Key=PAGE)
    assert served["Body"].read() == b"JPEG"
    assert served["ContentType"] == "image/jpeg"
    assert served["CacheControl"] == "public, max-age=600, s-maxage=60"


ACTS: dict[str, Callable[[PublicPhotos], object]] = {
    "list": lambda photos: photos.keys("R1"),
    "show": lambda photos: photos.show(PAGE),
    "hide": lambda photos: photos.hide(PAGE),
}


@pytest.mark.parametrize("act", ACTS)
def test_upstream_failed_is_raised_when_every_try_is_refused_or_every_reply_lost(
    act: str, s3_photos: PublicPhotos
) -> None:
    for kind in REFUSALS:
        with refuse_call(1, kind=kind, times=ALL_TRIES) as struck, pytest.raises(UpstreamFailed):
            ACTS[act](s3_photos)
        assert struck, kind
    for loss in LOSSES:
        with lose_reply(1, times=ALL_TRIES, loss=loss) as struck, pytest.raises(UpstreamFailed):
            ACTS[act](s3_photos)
        assert struck, loss


# The CDN


def test_invalidation_names_the_paths_and_its_reference(cloud: Cloud) -> None:
    client = boto3.client("cloudfront")
    distribution = client.create_distribution(DistributionConfig=distribution_config(cloud.bucket))
    distribution_id = distribution["Distribution"]["Id"]
    CloudFrontCdn(client, distribution_id).invalidate(["/b", "/a"], "reference")
    [made] = client.list_invalidations(DistributionId=distribution_id)["InvalidationList"]["Items"]
    batch = client.get_invalidation(DistributionId=distribution_id, Id=made["Id"])["Invalidation"][
        "InvalidationBatch"
    ]
    assert batch["Paths"] == {"Quantity": 2, "Items": ["/a", "/b"]}
    assert batch["CallerReference"] == "reference"


def test_upstream_failed_is_raised_when_the_cdn_refuses(cloud: Cloud) -> None:
    with pytest.raises(UpstreamFailed):
        CloudFrontCdn(boto3.client("cloudfront"), "NOSUCH").invalidate(["/a"], "reference")


def test_cdn_is_the_distribution_that_the_settings_name_or_none(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(container.cdn(), NoCdn)
    publishing_ports().purge(["/a"], "reference")
    monkeypatch.setenv("DISTRIBUTION_ID", "E1")
    container.forget_built()
    assert isinstance(container.cdn(), CloudFrontCdn)


def distribution_config(bucket: str) -> "DistributionConfigTypeDef":
    return {
        "CallerReference": "distribution",
        "Comment": "",
        "Enabled": True,
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "published",
                    "DomainName": f"{bucket}.s3.amazonaws.com",
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "published",
            "ViewerProtocolPolicy": "redirect-to-https",
        },
    }
