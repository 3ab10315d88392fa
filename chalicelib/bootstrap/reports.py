"""Builds reports, their photos, and the queues that hear of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.container import (
    council,
    ids,
    once,
    outside,
    reaction,
    read_published,
    s3,
    settings,
    signer,
    table,
)
from chalicelib.events import PhotoTaken, PhotoWanted, ReportChanged, ReportSubmitted
from chalicelib.kernel.time import utc_now
from chalicelib.photos import ports as photos
from chalicelib.reports import ports as reports

if TYPE_CHECKING:
    from chalicelib.aws.sqs import SqsReaction
    from chalicelib.jobs.dynamo.jobs import DynamoJobs


@once
def reports_ports() -> reports.Ports:
    from time import monotonic

    from chalicelib.gazetteer.whereabouts import PublishedWhereabouts
    from chalicelib.integrations.accounts_for_reports import preferences_of
    from chalicelib.integrations.photos_for_reports import PhotosForReports
    from chalicelib.reports.dynamo.repository import DynamoRepository

    return reports.Ports(
        repository=DynamoRepository(table("reports")),
        ids=ids(),
        council=council(),
        photos=PhotosForReports(photos_ports),
        whereabouts=PublishedWhereabouts(read_published, monotonic),
        site_url=settings().site_url,
        wishes=lambda account_id: preferences_of(account_id, accounts_ports().accounts),
        now=utc_now,
    )


@once
def photos_ports() -> photos.Ports:
    from chalicelib.integrations.reports_for_photos import ReportsForPhotos
    from chalicelib.photos.dynamo import DynamoRecords
    from chalicelib.photos.image_sandbox import rebuild_apart
    from chalicelib.photos.media_fetcher import fetched
    from chalicelib.photos.picture import blackened
    from chalicelib.photos.s3_uploads import S3Gallery, S3Uploads

    return photos.Ports(
        uploads=S3Uploads(s3(), signer(), settings().uploads_bucket),
        gallery=S3Gallery(s3(), signer(), settings().photos_bucket),
        records=DynamoRecords(table("reports")),
        ids=ids(),
        reports=ReportsForPhotos(reports_ports, stored_jobs),
        rebuild=rebuild_apart,
        blacken=blackened,
        fetch=lambda media_url: fetched(media_url, outside()),
        now=utc_now,
    )


@once
def stored_jobs() -> "DynamoJobs":
    """The store of jobs, which photos and the desk read, too."""
    from chalicelib.jobs.dynamo.jobs import DynamoJobs

    return DynamoJobs(table("jobs"))


@once
def reactions() -> "Sequence[SqsReaction]":
    """The queues that hear of what happens to a report."""
    all_of_it = ReportSubmitted | ReportChanged | PhotoTaken
    return (
        reaction("publish", all_of_it),
        reaction("outbound", all_of_it),
        reaction("fetch", PhotoWanted),
        reaction("match", ReportSubmitted | ReportChanged),
        reaction("open", ReportSubmitted | ReportChanged),
    )
