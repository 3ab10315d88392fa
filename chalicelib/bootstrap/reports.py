"""Reports and their photos, each as the other sees it."""

from collections.abc import Iterable, Sequence
from functools import cache

from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.base import council, outside, s3, secret, session, settings, signer
from chalicelib.bootstrap.places import whereabouts
from chalicelib.bootstrap.stored_jobs import is_of_a_job
from chalicelib.photos import ports as photos
from chalicelib.photos.usecases import asking, fetching, sweeping
from chalicelib.reports import ports as reports
from chalicelib.reports.usecases import reading


@cache
def reports_ports() -> reports.Ports:
    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.integrations.ids import HmacIds
    from chalicelib.kernel.time import utc_now
    from chalicelib.reports.dynamo.repository import DynamoRepository

    lend_to_pynamodb(session)
    here = council()
    return reports.Ports(
        repository=DynamoRepository(settings().reports_table),
        ids=HmacIds(secret("id"), secret("link")),
        council=here,
        photos=PhotosOfReports(),
        whereabouts=whereabouts(),
        site_url=settings().site_url,
        wishes=_wishes,
        now=utc_now,
    )


def _wishes(account_id: str) -> reports.ContactPreferences:
    account = accounts_ports().accounts.get(account_id)
    return (
        reports.ContactPreferences(account.language, account.reach_by)
        if account
        else reports.ContactPreferences()
    )


@cache
def photos_ports() -> photos.Ports:
    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.integrations.ids import HmacIds
    from chalicelib.kernel.time import utc_now
    from chalicelib.photos.dynamo import DynamoRecords
    from chalicelib.photos.image_sandbox import rebuild_apart
    from chalicelib.photos.media_fetcher import fetched
    from chalicelib.photos.picture import blackened
    from chalicelib.photos.s3_uploads import S3Gallery, S3Uploads

    lend_to_pynamodb(session)
    here, client, signing = settings(), s3(), signer()
    return photos.Ports(
        uploads=S3Uploads(client, signing, here.uploads_bucket),
        gallery=S3Gallery(client, signing, here.photos_bucket),
        records=DynamoRecords(here.reports_table),
        ids=HmacIds(secret("id"), secret("link")),
        reports=ReportsWithPhotos(),
        rebuild=rebuild_apart,
        blacken=blackened,
        fetch=lambda media_url: fetched(media_url, outside()),
        now=utc_now,
    )


class PhotosOfReports:
    """The photos slice as reports see it; built only when a report has photos."""

    def belongs(self, scope: str, key: str, photo_id: str) -> bool:
        return asking.belongs(scope, key, photo_id, photos_ports())

    def ids_for(self, scope: str, key: str, count: int) -> Sequence[str]:
        return asking.photo_ids_for(scope, key, count, photos_ports()) if count else ()

    def take(self, raw: bytes, key: str, scope: str, held: Sequence[str], about: str | None) -> str:
        return asking.take_upload(raw, key, scope, held, photos_ports(), about=about)

    def want(self, service_request_id: str, photo_id: str, url: str) -> None:
        fetching.want(service_request_id, photo_id, url, photos_ports())

    def let_go(self, service_request_id: str, photo_ids: Sequence[str]) -> None:
        keys = [photos.PhotoKey(service_request_id, photo_id) for photo_id in photo_ids]
        if keys:
            sweeping.let_go(keys, photos_ports())

    def ready(self, wanted: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        pairs = list(wanted)
        return asking.ready(pairs, photos_ports()) if pairs else frozenset()

    def private_address(self, service_request_id: str, photo_id: str, size: str) -> str:
        return asking.private_address(service_request_id, photo_id, size, photos_ports())


class ReportsWithPhotos:
    """The reports slice as photos see it; built only when a photo is swept."""

    def holds(self, service_request_id: str, photo_id: str) -> bool:
        if reading.holds_photo(service_request_id, photo_id, reports_ports()):
            return True
        return is_of_a_job(service_request_id, photo_id)
