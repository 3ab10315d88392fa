"""Builds reports, their photos, and the queues to which facts about them are sent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.events import (
    PhotoTaken,
    PhotoWanted,
    ReportChanged,
    ReportSubmitted,
    moves_figures,
    moves_order,
)
from chalicelib.kernel.time import utc_now
from chalicelib.photos import ports as photos
from chalicelib.reports import ports as reports

if TYPE_CHECKING:
    from chalicelib.aws.sqs import SqsReaction
    from chalicelib.integrations.garden_purchases import GardenPurchases
    from chalicelib.jobs.dynamo.jobs import DynamoJobs
    from chalicelib.reports.orders import BookedSlot
    from chalicelib.reports.parts import MissedCollection


@container.once
def reports_ports() -> reports.Ports:
    from time import monotonic

    from chalicelib.gazetteer.address_lookup import PublishedAddressLookup
    from chalicelib.integrations.accounts_for_reports import preferences_of
    from chalicelib.integrations.photos_for_reports import PhotosForReports
    from chalicelib.reports.dynamo.repository import DynamoRepository

    return reports.Ports(
        repository=DynamoRepository(container.table("reports")),
        ids=container.ids(),
        council=container.council(),
        photos=PhotosForReports(photos_ports),
        address_lookup=PublishedAddressLookup(container.read_published, monotonic),
        find_premises=_premises_address,
        check_missed_collection=_missed_answer,
        read_hold=_booked_slot,
        reserve_hold=_reserve_hold,
        quote_price=lambda *of: garden_purchases().price(*of),
        site_url=container.settings().site_url,
        preferences_of=lambda account_id: preferences_of(account_id, accounts_ports().accounts),
        now=utc_now,
    )


def garden_purchases() -> "GardenPurchases":
    from chalicelib.bootstrap.garden import garden_ports
    from chalicelib.integrations.garden_purchases import GardenPurchases

    return GardenPurchases(container.council().garden, garden_ports)


def _premises_address(premises_id: str) -> reports.PremisesAddress | None:
    from chalicelib.bootstrap.collections import stored_premises
    from chalicelib.integrations.premises_for_reports import premises_address

    return premises_address(premises_id, stored_premises())


def _booked_slot(hold_id: str) -> "BookedSlot":
    from chalicelib.bootstrap.bookings import bookings_ports
    from chalicelib.integrations.bookings_for_reports import read_hold

    return read_hold(hold_id, bookings_ports())


def _reserve_hold(service_request_id: str, booking: "BookedSlot") -> None:
    from chalicelib.bootstrap.bookings import bookings_ports
    from chalicelib.integrations.bookings_for_reports import reserve_hold

    reserve_hold(service_request_id, booking, bookings_ports())


def _missed_answer(
    premises_id: str, collection: "MissedCollection"
) -> reports.MissedCollectionCheck:
    from chalicelib.bootstrap.collections import collections_ports
    from chalicelib.integrations.collections_for_reports import missed_answer

    return missed_answer(premises_id, collection, collections_ports())


@container.once
def photos_ports() -> photos.Ports:
    from chalicelib.integrations.reports_for_photos import ReportsForPhotos
    from chalicelib.photos.dynamo import DynamoRecords
    from chalicelib.photos.image_sandbox import rebuild_in_sandbox
    from chalicelib.photos.media_fetcher import fetch_media
    from chalicelib.photos.picture import blacken_picture
    from chalicelib.photos.s3_uploads import S3Gallery, S3Uploads

    return photos.Ports(
        uploads=S3Uploads(container.s3(), container.signer(), container.settings().uploads_bucket),
        gallery=S3Gallery(container.s3(), container.signer(), container.settings().photos_bucket),
        records=DynamoRecords(container.table("reports")),
        ids=container.ids(),
        is_held=ReportsForPhotos(reports_ports, stored_jobs).has_photo,
        rebuild=rebuild_in_sandbox,
        blacken=blacken_picture,
        fetch=lambda media_url: fetch_media(media_url, container.safe_http_client()),
        now=utc_now,
    )


@container.once
def stored_jobs() -> "DynamoJobs":
    """The store of jobs, which photos and the desk read, too."""
    from chalicelib.jobs.dynamo.jobs import DynamoJobs

    return DynamoJobs(container.table("jobs"))


@container.once
def reactions() -> "Sequence[SqsReaction]":
    """The queues to which facts about a report are sent."""
    all_of_it = ReportSubmitted | ReportChanged | PhotoTaken
    return (
        container.reaction_queue("publish", all_of_it),
        container.reaction_queue("open_data", all_of_it),
        container.reaction_queue("outbound", all_of_it),
        container.reaction_queue("fetch", PhotoWanted),
        container.reaction_queue("match", ReportSubmitted | ReportChanged),
        container.reaction_queue("open", ReportSubmitted | ReportChanged),
        container.reaction_queue("orders", ReportSubmitted | ReportChanged, moves_order),
        container.reaction_queue("figures", ReportSubmitted | ReportChanged, moves_figures),
    )
