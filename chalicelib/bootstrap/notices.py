"""Disruptions, and how alerts see them and road works."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.accounts import audit
from chalicelib.alerts import ports as alerts
from chalicelib.alerts.date_ranges import between, days
from chalicelib.alerts.extents import Extent, reaches
from chalicelib.alerts.messages import Notice
from chalicelib.areas.model import ROADWORKS, RoadWork, RoadWorks
from chalicelib.bootstrap.auditing import audit_ports
from chalicelib.bootstrap.base import (
    client,
    council,
    published,
    read_published,
    session,
    settings,
)
from chalicelib.bootstrap.places import areas_ports
from chalicelib.bootstrap.publishing import cdn
from chalicelib.disruptions import ports as disruptions
from chalicelib.disruptions.model import Disruption, DisruptionArea
from chalicelib.disruptions.views import DISRUPTIONS
from chalicelib.errors import UpstreamFailed
from chalicelib.geo.point import Box, Point
from chalicelib.kernel.cached_document import decoded
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.publishing.model import JSON
from chalicelib.publishing.ports import Document

if TYPE_CHECKING:
    from chalicelib.aws.sqs import SqsReaction
    from chalicelib.disruptions.dynamo import DynamoDisruptions


@cache
def disruptions_ports() -> disruptions.Ports:
    from chalicelib.kernel.time import utc_now

    return disruptions.Ports(
        disruptions=_store(),
        council=CouncilOfDisruptions(),
        note=lambda actor, deed, subject, details: audit.note(
            actor, deed, subject, details, audit_ports()
        ),
        now=utc_now,
    )


@cache
def disruptions_publish_ports() -> disruptions.PublishPorts:
    from chalicelib.kernel.time import utc_now

    return disruptions.PublishPorts(
        disruptions=_store(),
        publish=_publish,
        purge=lambda reference: cdn().invalidate([f"/{DISRUPTIONS}"], reference),
        now=utc_now,
    )


@cache
def match_queue() -> "SqsReaction":
    """The queue of the reaction that matches facts to subscriptions."""
    from chalicelib.aws.sqs import SqsReaction

    return SqsReaction(client("sqs"), settings().match_queue_url)


class CouncilOfDisruptions:
    """The council as disruptions see it."""

    @property
    def bounds(self) -> Box:
        return council().box

    @property
    def service_codes(self) -> Collection[str]:
        return council().by_code.keys()

    def ward_codes(self) -> Collection[str]:
        return {ward.code for ward in areas_ports().places.wards()}


class NoticesOfMatching:
    """Disruptions and road works as the matching reaction sees them."""

    def disruption(self, notice_id: str) -> alerts.Affected | None:
        found = _held(notice_id)
        if found is None:
            return None
        extent = _extent_of(found.area)
        return alerts.Affected(extent=extent, service_codes=found.service_codes, news=found.news)

    def round(self, place: Point) -> alerts.Affected:
        return alerts.Affected(extent=_circle(place, 0.0))


def notices(notice_ids: Sequence[str]) -> Mapping[str, Notice]:
    """Those of them that hold still. Raises UpstreamFailed."""
    works = [each for each in notice_ids if each.startswith(RoadWork.NOTICE)]
    found = {each: _notice(held) for each in notice_ids if (held := _held(each))}
    return {**found, **(_works(set(works)) if works else {})}


def _held(notice_id: str) -> Disruption | None:
    if notice_id.startswith(RoadWork.NOTICE):
        return None
    found = _store().get(notice_id)
    return found if found and found.holds(disruptions_ports().now()) else None


def _notice(found: Disruption) -> Notice:
    return Notice(
        notice_id=found.disruption_id,
        title=found.title,
        text=found.text,
        when=between(found.begins, found.ends, council().zone),
        page_url=f"{settings().site_url}/",
        version=found.news,
    )


def _works(notice_ids: set[str]) -> Mapping[str, Notice]:
    # Read anew: what another process has just published is told of.
    document = decoded(read_published, ROADWORKS, RoadWorks) or RoadWorks()
    today = areas_ports().today()
    return {
        work.notice_id: _notice_of_works(work)
        for work in document.items
        if work.notice_id in notice_ids and work.ends >= today
    }


def _notice_of_works(work: RoadWork) -> Notice:
    said = (work.description, work.traffic, work.organisation)
    return Notice(
        notice_id=work.notice_id,
        title=f"Road works: {work.location}",
        text=". ".join(filter(None, said)),
        when=days(work.starts, work.ends),
        page_url=f"{settings().site_url}/my-area/",
        version=1,
    )


def _extent_of(area: DisruptionArea) -> Extent:
    if area.lat is not None and area.long is not None and area.radius_m is not None:
        return _circle(Point(lat=area.lat, long=area.long), area.radius_m)
    wards = areas_ports().places.wards()
    ward = next((each for each in wards if each.code == area.ward_code), None)
    if ward:
        return Extent(box=ward.bounds, ward_codes=(ward.code,), shape=ward.shape)
    return Extent(box=council().box, ward_codes=tuple(each.code for each in wards))


def _circle(centre: Point, radius_m: float) -> Extent:
    box = Box.around(centre, radius_m)
    touched = (
        ward.code
        for ward in areas_ports().places.wards()
        if ward.bounds.overlap(box) and reaches(ward.shape, centre, radius_m)
    )
    return Extent(box=box, ward_codes=tuple(touched), centre=centre, radius_m=radius_m)


def _publish(body: bytes) -> None:
    store = published()
    held = store.read(DISRUPTIONS)
    if held and held.body == body:
        return
    try:
        store.write(DISRUPTIONS, Document(body, JSON), held)
    except VersionConflict as error:
        raise UpstreamFailed("Somebody else published the disruptions: again soon.") from error


@cache
def _store() -> "DynamoDisruptions":
    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.disruptions.dynamo import DynamoDisruptions

    lend_to_pynamodb(session)
    return DynamoDisruptions(settings().alerts_table)
