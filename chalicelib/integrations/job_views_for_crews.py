"""The views of jobs for crews' phones, which read the pictures from the bucket."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.integrations.job_views import JobViews
from chalicelib.jobs.model import Job
from chalicelib.jobs.s3_crew_days import presigned_url
from chalicelib.jobs.views import JobView
from chalicelib.photos.ports import PhotoKey
from chalicelib.photos.s3_uploads import picture_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class CrewJobViews:
    """Makes the views of jobs with pictures that can be read until a moment."""

    def __init__(self, views: JobViews, signer: "S3Client", bucket: str) -> None:
        self._views = views
        self._signer = signer
        self._bucket = bucket

    def __call__(self, jobs: Sequence[Job], until: datetime) -> Sequence[JobView]:
        return self._views.views(jobs, partial(self._address, until))

    def _address(self, until: datetime, service_request_id: str, photo_id: str, size: str) -> str:
        key = picture_key(PhotoKey(service_request_id, photo_id), size)
        return presigned_url(self._signer, self._bucket, key, until)
