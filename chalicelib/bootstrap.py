"""Composition root: settings and the council's document become each slice's ports.

Adapters are imported where they are built, so that a request which needs no database loads none.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from chalicelib.catalogue.load import load
from chalicelib.catalogue.model import Council, services_document
from chalicelib.events import Event
from chalicelib.publishing import model as documents
from chalicelib.publishing import ports as publishing
from chalicelib.publishing.usecases import content_version
from chalicelib.reports import ports as reports
from chalicelib.reports import usecases as reporting
from chalicelib.reports.reference import grouped
from chalicelib.reports.states import LABELS
from chalicelib.settings import Settings, from_environment

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


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
def reports_ports() -> reports.Ports:
    from chalicelib.adapters.clock import utc_now
    from chalicelib.adapters.ids import HmacIds
    from chalicelib.reports.dynamo import DynamoRepository

    here = council()
    return reports.Ports(
        repository=DynamoRepository(settings().reports_table),
        ids=HmacIds(settings().id_secret),
        services=here.by_code,
        bounds=here.box,
        council_name=here.name,
        site_url=settings().site_url,
        now=utc_now,
    )


@cache
def publishing_ports() -> publishing.Ports:
    from chalicelib.adapters.s3 import S3Documents
    from chalicelib.publishing.pages import JinjaPages

    here = council()
    return publishing.Ports(
        documents=S3Documents(_s3(), settings().published_bucket),
        reports=PublicReports(reports_ports()),
        pages=JinjaPages(
            council={"name": here.name, "phone": here.phone},
            zone=here.zone,
            labels=LABELS,
            grouped=grouped,
        ),
        fixed=_fixed_documents(here),
    )


@cache
def reactions() -> tuple[Reaction, ...]:
    """Everything that hears of what happens to a report."""
    import boto3

    from chalicelib.adapters.sqs import SqsReaction

    return (SqsReaction(boto3.client("sqs"), settings().publish_queue_url),)


def forget() -> None:
    """Drops everything built so far, for a process whose settings change."""
    for built in (settings, council, reports_ports, publishing_ports, reactions):
        built.cache_clear()


class PublicReports:
    """The reports slice as publishing sees it."""

    def __init__(self, ports: reports.Ports) -> None:
        self._ports = ports

    def public(self, service_request_ids: Sequence[str]) -> Mapping[str, publishing.PublicReport]:
        return reporting.public_views(service_request_ids, self._ports)

    def every_id(self) -> Iterator[str]:
        return reporting.every_id(self._ports)


def _s3() -> "S3Client":
    import boto3

    return boto3.client("s3")


def _fixed_documents(here: Council) -> dict[str, object]:
    services = services_document(here)
    index = documents.index_document(
        jurisdiction_id=here.jurisdiction_id,
        name=here.name,
        phone=here.phone,
        time_zone=here.time_zone,
        bounds=here.bounds,
        basemap_attribution=here.basemap_attribution,
        versions={"services": content_version(services)},
    )
    return {documents.SERVICES: services, documents.INDEX: index}
