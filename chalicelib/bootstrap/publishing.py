"""Publishing, with the other slices as it sees them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.areas.usecases import ward_areas
from chalicelib.bootstrap.base import client, council, s3, settings
from chalicelib.bootstrap.places import areas_ports
from chalicelib.bootstrap.push import push_key
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.document import services_document
from chalicelib.catalogue.model import Council
from chalicelib.georeport.wire import write
from chalicelib.publishing import model as documents
from chalicelib.publishing import ports as publishing
from chalicelib.publishing.public_report import PublicReport
from chalicelib.publishing.usecases import content_version
from chalicelib.reports import ports as reports
from chalicelib.reports.open311 import extended, wire_request
from chalicelib.reports.reference import grouped
from chalicelib.reports.states import LABELS
from chalicelib.reports.usecases import reading
from chalicelib.reports.usecases.exchange import listing
from chalicelib.reports.usecases.figures import outcomes
from chalicelib.reports.usecases.staff import moderation

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


@cache
def publishing_ports() -> publishing.Ports:
    from chalicelib.kernel.time import utc_now
    from chalicelib.publishing.pages import JinjaPages
    from chalicelib.publishing.s3_documents import S3Documents, S3Photos

    here = council()
    published = settings().published_bucket
    return publishing.Ports(
        documents=S3Documents(s3(), published),
        photos=S3Photos(s3(), kept=settings().photos_bucket, published=published),
        cdn=cdn(),
        reports=PublicReports(reports_ports()),
        pages=JinjaPages(
            council=here.said,
            zone=here.zone,
            labels=LABELS,
            grouped=grouped,
            now=utc_now,
        ),
        now=utc_now,
        fixed=lambda: _fixed_documents(here),
        whole=documents.tile_of_all(here.box),
        closed_shown=timedelta(days=here.closed_shown_days),
        publisher=_publisher(here),
        entry=partial(open311_entry, agency=here.name),
        wards=lambda: ward_areas(areas_ports()),
    )


class PublicReports:
    """The reports slice as publishing sees it."""

    def __init__(self, ports: reports.Ports) -> None:
        self._ports = ports

    def public(self, service_request_ids: Sequence[str]) -> Mapping[str, PublicReport]:
        return reading.public_views(service_request_ids, self._ports)

    def every_id(self) -> Iterator[str]:
        return reading.every_id(self._ports)

    def of_month(self, month: str) -> Iterator[str]:
        return listing.public_ids(outcomes.window_of(month), self._ports)

    def promised(self, since: datetime, until: datetime) -> Iterator[str]:
        return listing.open_promised(since, until, self._ports)

    def changed_since(self, moment: datetime) -> Iterator[str]:
        # What another system says of itself may lie ahead of our clock.
        until = self._ports.now() + timedelta(days=1)
        return listing.public_ids(reports.Window(moment, until, "updated"), self._ports)


@cache
def figures_ports() -> publishing.FiguresPorts:
    from chalicelib.kernel.time import utc_now
    from chalicelib.publishing.s3_documents import S3Documents

    return publishing.FiguresPorts(
        documents=S3Documents(s3(), settings().published_bucket),
        outcomes=Outcomes(reports_ports()),
        services=lambda: _publisher(council()).services,
        wards=lambda: {ward.code: ward.name for ward in ward_areas(areas_ports())},
        now=utc_now,
    )


class Outcomes:
    """What became of reports, as published figures see it."""

    def __init__(self, ports: reports.Ports) -> None:
        self._ports = ports

    def every(self) -> Iterator[publishing.Outcome]:
        return outcomes.every_outcome(self._ports)

    def of_month(self, month: str) -> Iterator[publishing.Outcome]:
        return outcomes.outcomes_of_month(month, self._ports)

    def months_changed_since(self, moment: datetime) -> frozenset[str]:
        return outcomes.months_changed_since(moment, self._ports)


def open311_entry(report: Any, *, agency: str) -> dict[str, Any]:
    """The public report as Open311 lists it, with what is extended; without its followers, which
    are no change of a report."""
    wire = wire_request(report, agency=agency) | extended(report)
    entry: dict[str, Any] = msgspec.json.decode(write("request", wire, "json"))
    entry["extended_attributes"].pop("followers")
    return entry


def _publisher(here: Council) -> publishing.Publisher:
    services = {
        service.service_code: service.service_name
        for service in here.services
        if service.visibility != "private"
    }
    return publishing.Publisher(here.name, settings().site_url, services, here.security_contact)


@cache
def cdn() -> publishing.Cdn:
    from chalicelib.aws.cloudfront import CloudFrontCdn, NoCdn

    if not settings().distribution_id:
        return NoCdn()
    asked: CloudFrontClient = client("cloudfront")
    return CloudFrontCdn(asked, settings().distribution_id)


def _fixed_documents(here: Council) -> dict[str, object]:
    services = services_document(here)
    index = documents.index_document(
        jurisdiction_id=here.jurisdiction_id,
        name=here.name,
        phone=here.phone,
        opening_hours=here.opening_hours,
        phone_hours=msgspec.to_builtins(here.answered_hours),
        out_of_hours_phone=here.out_of_hours_phone,
        time_zone=here.time_zone,
        bounds=here.box,
        basemap_attribution=here.basemap_attribution,
        withdraw_within_s=int(moderation.WITHDRAW_WITHIN.total_seconds()),
        publish_after_s=here.publish_after_s,
        push_key=push_key().public,
        sends_texts=here.texts_a_day > 0,
        holidays=_coming(here.calendar.holidays),
        neighbours=here.neighbours,
        versions={"services": content_version(services)},
    )
    return {documents.SERVICES: services, documents.INDEX: index}


def _coming(days: Iterable[date]) -> list[date]:
    """Those of this year and the two after it; a council publishes anew more often than that."""
    from chalicelib.kernel.time import utc_now

    return [day for day in days if 0 <= day.year - utc_now().year <= 2]
