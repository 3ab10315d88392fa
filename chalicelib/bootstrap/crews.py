"""The days of crews: jobs as their phones get them, and the way to those phones."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, partial

from chalicelib.bootstrap.base import council, s3, session, settings, signer
from chalicelib.bootstrap.job_views import job_views
from chalicelib.bootstrap.push import web_push
from chalicelib.bootstrap.stored_jobs import stored_jobs
from chalicelib.jobs.crew_ports import CrewPorts
from chalicelib.jobs.model import Job
from chalicelib.jobs.views import JobView
from chalicelib.photos.ports import PhotoKey


@cache
def crew_ports() -> CrewPorts:
    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.integrations.web_push import CrewBell
    from chalicelib.jobs.dynamo.devices import DynamoDevices
    from chalicelib.jobs.s3_crew_days import S3CrewDays
    from chalicelib.kernel.time import utc_now

    lend_to_pynamodb(session)
    here = council()
    return CrewPorts(
        jobs=stored_jobs(),
        council=here,
        crews=here.by_crew,
        views=_views,
        documents=S3CrewDays(s3(), _signer(), settings().crews_bucket),
        devices=DynamoDevices(settings().jobs_table),
        bell=CrewBell(web_push),
        now=utc_now,
    )


def _views(jobs: Sequence[Job], until: datetime) -> Sequence[JobView]:
    return job_views(jobs, partial(_picture, until))


def _picture(until: datetime, service_request_id: str, photo_id: str, size: str) -> str:
    from chalicelib.jobs.s3_crew_days import signed
    from chalicelib.photos.s3_uploads import picture_key

    key = picture_key(PhotoKey(service_request_id, photo_id), size)
    return signed(_signer(), settings().photos_bucket, key, until)


_signer = cache(signer)
