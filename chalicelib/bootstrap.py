"""Composition root: settings and the council's document become each slice's ports.

Adapters are imported where they are built, so that a request which needs no database loads none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol

from chalicelib.areas import ports as areas
from chalicelib.areas.model import ROADWORKS, RoadWork, RoadWorks, WardDocument
from chalicelib.areas.usecases import ward_areas
from chalicelib.catalogue.document import services_document
from chalicelib.catalogue.load import load
from chalicelib.catalogue.model import Council
from chalicelib.events import Event
from chalicelib.facilities import ports as facilities
from chalicelib.facilities import usecases as where
from chalicelib.gazetteer import ports as gazetteer
from chalicelib.gazetteer.published import PublishedPlaces
from chalicelib.gazetteer.wards import WARDS, Ward, Wards
from chalicelib.gazetteer.whereabouts import PublishedWhereabouts
from chalicelib.geo.point import Point
from chalicelib.photos import ports as photos
from chalicelib.photos import usecases as photographs
from chalicelib.published import Kept, decoded
from chalicelib.publishing import model as documents
from chalicelib.publishing import ports as publishing
from chalicelib.publishing.usecases import content_version
from chalicelib.publishing.wards import ward_key
from chalicelib.reports import ports as reports
from chalicelib.reports import usecases as reporting
from chalicelib.reports.reference import grouped
from chalicelib.reports.states import LABELS
from chalicelib.settings import Settings, from_environment

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from chalicelib.adapters.aws import SharedSession
    from chalicelib.adapters.secrets import Secret
    from chalicelib.forms.pages import FormPages


SecretName = Literal["id", "link", "token", "origin"]


class Reaction(Protocol):
    """Where facts go."""

    def send(self, events: Sequence[Event]) -> None:
        """Queues the facts. Raises UpstreamFailed if any was not taken."""


@cache
def settings() -> Settings:
    return from_environment()


@cache
def council() -> Council:
    return load(settings().council)


@cache
def secret(name: SecretName) -> "Secret":
    """The secret of that name; nothing is read yet. Ask for `origin` only where the settings name
    it."""
    from time import monotonic

    from chalicelib.adapters.secrets import ManagedSecret

    return ManagedSecret(
        _secrets_manager,
        secret_arn(name),
        setting=f"{name.upper()}_SECRET_ARN",
        monotonic=monotonic,
    )


def secret_arn(name: SecretName) -> str:
    """Where that secret is; empty where the settings name none."""
    arn: str = getattr(settings(), f"{name}_secret_arn")
    return arn


@cache
def reports_ports() -> reports.Ports:
    from chalicelib.adapters.aws import lend_to_pynamodb
    from chalicelib.adapters.clock import utc_now
    from chalicelib.adapters.ids import HmacIds
    from chalicelib.reports.dynamo import DynamoRepository

    lend_to_pynamodb(_session)
    here = council()
    return reports.Ports(
        repository=DynamoRepository(settings().reports_table),
        ids=HmacIds(secret("id"), secret("link")),
        council=here,
        photos=PhotosOfReports(),
        whereabouts=_whereabouts(),
        site_url=settings().site_url,
        now=utc_now,
    )


@cache
def publishing_ports() -> publishing.Ports:
    from chalicelib.adapters.clock import utc_now
    from chalicelib.adapters.s3 import S3Documents, S3Photos
    from chalicelib.publishing.pages import JinjaPages

    here = council()
    published = settings().published_bucket
    return publishing.Ports(
        documents=S3Documents(_s3(), published),
        photos=S3Photos(_s3(), kept=settings().photos_bucket, published=published),
        cdn=_cdn(),
        reports=PublicReports(reports_ports()),
        pages=JinjaPages(
            council={"name": here.name, "phone": here.phone},
            zone=here.zone,
            labels=LABELS,
            grouped=grouped,
        ),
        now=utc_now,
        fixed=_fixed_documents(here),
        whole=documents.tile_of_all(here.box),
        closed_shown=timedelta(days=here.closed_shown_days),
        wards=lambda: ward_areas(areas_ports()),
    )


@cache
def gazetteer_ports() -> gazetteer.Ports:
    return gazetteer.Ports(places=_published_places(), elsewhere=_geocoder())


@cache
def areas_ports() -> areas.Ports:
    from chalicelib.adapters.clock import utc_now

    here = council()
    return areas.Ports(
        places=PlacesOfAreas(),
        council=here,
        nearest=lambda point: where.nearest_of_each(point, facilities_ports()),
        today=lambda: utc_now().astimezone(here.zone).date(),
    )


@cache
def facilities_ports() -> facilities.Ports:
    from time import monotonic

    from chalicelib.adapters.clock import utc_now
    from chalicelib.facilities.published import PublishedFacilities
    from chalicelib.publishing.assets import ReportedAssets

    here = council()
    return facilities.Ports(
        facilities=PublishedFacilities(_read_published, monotonic),
        open_reports=ReportedAssets(_read_published, monotonic),
        now=utc_now,
        zone=here.zone,
        holidays=here.calendar.holidays,
    )


@cache
def form_pages() -> "FormPages":
    from chalicelib.forms.pages import FormPages
    from chalicelib.forms.views import Wording

    here = council()
    return FormPages(
        council={
            "name": here.name,
            "phone": here.phone,
            "opening_hours": here.opening_hours,
        },
        wording=Wording(zone=here.zone, labels=LABELS, grouped=grouped),
    )


@cache
def photos_ports() -> photos.Ports:
    from chalicelib.adapters.apart import rebuild_apart
    from chalicelib.adapters.aws import lend_to_pynamodb
    from chalicelib.adapters.clock import utc_now
    from chalicelib.adapters.ids import HmacIds
    from chalicelib.adapters.uploads import S3Gallery, S3Uploads
    from chalicelib.photos.dynamo import DynamoRecords

    lend_to_pynamodb(_session)
    here, client, signer = settings(), _s3(), _signer()
    return photos.Ports(
        uploads=S3Uploads(client, signer, here.uploads_bucket),
        gallery=S3Gallery(client, signer, here.photos_bucket),
        records=DynamoRecords(here.reports_table),
        ids=HmacIds(secret("id"), secret("link")),
        reports=ReportsWithPhotos(),
        rebuild=rebuild_apart,
        now=utc_now,
    )


@cache
def reactions() -> tuple[Reaction, ...]:
    """Everything that hears of what happens to a report."""
    from chalicelib.adapters.sqs import SqsReaction

    client: SQSClient = _client("sqs")
    return (SqsReaction(client, settings().publish_queue_url),)


def forget() -> None:
    """Drops everything built so far, for a process whose settings change."""
    for built in (
        settings,
        council,
        secret,
        reports_ports,
        publishing_ports,
        photos_ports,
        gazetteer_ports,
        facilities_ports,
        areas_ports,
        _published,
        _published_places,
        _whereabouts,
        form_pages,
        reactions,
        _session,
        _s3,
        _secrets_manager,
    ):
        built.cache_clear()


class PublicReports:
    """The reports slice as publishing sees it."""

    def __init__(self, ports: reports.Ports) -> None:
        self._ports = ports

    def public(self, service_request_ids: Sequence[str]) -> Mapping[str, publishing.PublicReport]:
        return reporting.public_views(service_request_ids, self._ports)

    def every_id(self) -> Iterator[str]:
        return reporting.every_id(self._ports)


class PhotosOfReports:
    """The photos slice as reports see it; built only when a report has photos."""

    def belongs(self, scope: str, key: str, photo_id: str) -> bool:
        return photographs.belongs(scope, key, photo_id, photos_ports())

    def ready(self, wanted: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        pairs = list(wanted)
        return photographs.ready(pairs, photos_ports()) if pairs else frozenset()

    def private_address(self, service_request_id: str, photo_id: str, size: str) -> str:
        return photographs.private_address(service_request_id, photo_id, size, photos_ports())


class ReportsWithPhotos:
    """The reports slice as photos see it; built only when a photo is swept."""

    def holds(self, service_request_id: str, photo_id: str) -> bool:
        return reporting.holds_photo(service_request_id, photo_id, reports_ports())


class PlacesOfAreas:
    """The gazetteer and the published documents as my area sees them."""

    def __init__(self) -> None:
        from time import monotonic

        self._wards = Kept(lambda: decoded(_read_published, WARDS, Wards), monotonic)
        self._roadworks = Kept(lambda: decoded(_read_published, ROADWORKS, RoadWorks), monotonic)

    def wards(self) -> Sequence[Ward]:
        found = self._wards.value()
        return found.items if found else ()

    def roadworks(self) -> Sequence[RoadWork]:
        found = self._roadworks.value()
        return found.items if found else ()

    def postcode(self, text: str) -> Point | None:
        found = _published_places().postcodes().find(text)
        return found.point if found else None

    def document(self, ward_code: str) -> WardDocument | None:
        return decoded(_read_published, ward_key(ward_code), WardDocument)


@cache
def _published_places() -> PublishedPlaces:
    from time import monotonic

    return PublishedPlaces(_read_published, monotonic)


@cache
def _whereabouts() -> PublishedWhereabouts:
    from time import monotonic

    return PublishedWhereabouts(_read_published, monotonic)


def _geocoder() -> gazetteer.Geocoder:
    from time import monotonic

    from chalicelib.adapters.geocoder import FallbackGeocoder, GeopyGeocode

    here = council()
    chosen = here.geocoder
    if chosen is None:
        return gazetteer.NoGeocoder()
    ask = GeopyGeocode(chosen.name, chosen.options, chosen.timeout_s, here.box)
    return FallbackGeocoder(ask, here.box, monotonic)


@cache
def _published() -> publishing.Documents:
    from chalicelib.adapters.s3 import S3Documents

    return S3Documents(_s3(), settings().published_bucket)


def _read_published(key: str) -> bytes | None:
    held = _published().read(key)
    return held.body if held else None


@cache
def _session() -> "SharedSession":
    from chalicelib.adapters.aws import SharedSession

    return SharedSession()


def _client(service: str, **options: Any) -> Any:
    # Without boto3: what it adds to these clients is not used, and costs 20 ms to import.
    return _session().create_client(service, **options)


@cache
def _secrets_manager() -> Any:
    return _client("secretsmanager")


@cache
def _s3() -> "S3Client":
    client: S3Client = _client("s3")
    return client


def _signer() -> "S3Client":
    """Signs what a browser sends to the store itself: at its own address, or at this stack's."""
    from botocore.config import Config

    endpoint = settings().uploads_endpoint
    style: Literal["path", "virtual"] = "path" if endpoint else "virtual"
    # Without "regional", an address of us-east-1 names no region, and the CSP names it.
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": style, "us_east_1_regional_endpoint": "regional"},
    )
    client: S3Client = _client("s3", endpoint_url=endpoint or None, config=config)
    return client


def _cdn() -> publishing.Cdn:
    from chalicelib.adapters.cloudfront import CloudFrontCdn, NoCdn

    if not settings().distribution_id:
        return NoCdn()
    client: CloudFrontClient = _client("cloudfront")
    return CloudFrontCdn(client, settings().distribution_id)


def _fixed_documents(here: Council) -> dict[str, object]:
    services = services_document(here)
    index = documents.index_document(
        jurisdiction_id=here.jurisdiction_id,
        name=here.name,
        phone=here.phone,
        opening_hours=here.opening_hours,
        time_zone=here.time_zone,
        bounds=here.box,
        basemap_attribution=here.basemap_attribution,
        withdraw_within_s=int(reporting.WITHDRAW_WITHIN.total_seconds()),
        publish_after_s=here.publish_after_s,
        holidays=_coming(here.calendar.holidays),
        versions={"services": content_version(services)},
    )
    return {documents.SERVICES: services, documents.INDEX: index}


def _coming(days: Iterable[date]) -> list[date]:
    """Those of this year and the two after it; a council publishes anew more often than that."""
    from chalicelib.adapters.clock import utc_now

    return [day for day in days if 0 <= day.year - utc_now().year <= 2]
