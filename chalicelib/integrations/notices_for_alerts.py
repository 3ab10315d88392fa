"""Reads disruptions and road works for alerts."""

from collections.abc import Callable, Mapping, Sequence

from chalicelib.alerts import ports as alerts
from chalicelib.alerts.date_ranges import date_range_words, time_range_words
from chalicelib.alerts.extents import Extent, reaches
from chalicelib.alerts.messages import Notice
from chalicelib.areas import ports as areas
from chalicelib.areas.model import ROADWORKS, RoadWork, RoadWorks
from chalicelib.catalogue.model import Council
from chalicelib.disruptions import ports as disruptions
from chalicelib.disruptions.model import Disruption, DisruptionArea
from chalicelib.geo.point import Box, Point
from chalicelib.geo.ward import Ward
from chalicelib.kernel.cached_document import ReadDocument, decode_document
from chalicelib.kernel.site import Site


class NoticesForAlerts:
    """The Notices port, and the notices for messages."""

    def __init__(
        self,
        disruptions: Callable[[], disruptions.Ports],
        areas: Callable[[], areas.Ports],
        council: Council,
        read_published: ReadDocument,
    ) -> None:
        self._disruptions = disruptions
        self._areas = areas
        self._council = council
        self._read_published = read_published

    def disruption_scope(self, notice_id: str) -> alerts.NoticeScope | None:
        found = self._current_disruption(notice_id)
        if found is None:
            return None
        extent = self.extent_of(found.area)
        return alerts.NoticeScope(extent=extent, service_codes=found.service_codes, news=found.news)

    def road_works_scope(self, place: Point) -> alerts.NoticeScope:
        return alerts.NoticeScope(extent=_circle(place, 0.0, self._areas().places.wards()))

    def extent_of(self, area: DisruptionArea) -> Extent:
        """The extent of a disruption with that area. Raises UpstreamFailed."""
        return extent_of_area(area, self._areas().places.wards(), self._council)

    def notices_of(self, notice_ids: Sequence[str], site: Site) -> Mapping[str, Notice]:
        """The current ones of these notices, for messages of that site, by id. Raises
        UpstreamFailed."""
        works = {each for each in notice_ids if each.startswith(RoadWork.NOTICE)}
        found = {
            each: self._notice_of_disruption(current, site)
            for each in notice_ids
            if (current := self._current_disruption(each))
        }
        return {**found, **(self._notices_of_works(works, site) if works else {})}

    def _current_disruption(self, notice_id: str) -> Disruption | None:
        if notice_id.startswith(RoadWork.NOTICE):
            return None
        ports = self._disruptions()
        found = ports.disruptions.get(notice_id)
        return found if found and found.is_current(ports.now()) else None

    def _notice_of_disruption(self, found: Disruption, site: Site) -> Notice:
        return Notice(
            notice_id=found.disruption_id,
            title=found.title,
            text=found.text,
            when=time_range_words(found.begins, found.ends, self._council.zone, site.language),
            page_url=site.page("/"),
            version=found.news,
        )

    def _notices_of_works(self, notice_ids: set[str], site: Site) -> Mapping[str, Notice]:
        # Not cached, so that alerts know the road works that another process has just published.
        document = decode_document(self._read_published, ROADWORKS, RoadWorks) or RoadWorks()
        today = self._areas().today()
        return {
            work.notice_id: _notice_of_works(work, site)
            for work in document.items
            if work.notice_id in notice_ids and work.ends >= today
        }


def extent_of_area(area: DisruptionArea, wards: Sequence[Ward], council: Council) -> Extent:
    """The extent of a disruption with that area, among the council's wards."""
    if area.lat is not None and area.long is not None and area.radius_m is not None:
        return _circle(Point(lat=area.lat, long=area.long), area.radius_m, wards)
    ward = next((each for each in wards if each.code == area.ward_code), None)
    if ward:
        return Extent(box=ward.bounds, ward_codes=(ward.code,), shape=ward.shape)
    return Extent(box=council.box, ward_codes=tuple(each.code for each in wards))


def _circle(centre: Point, radius_m: float, wards: Sequence[Ward]) -> Extent:
    box = Box.around(centre, radius_m)
    touched = (
        ward.code
        for ward in wards
        if ward.bounds.overlap(box) and reaches(ward.shape, centre, radius_m)
    )
    return Extent(box=box, ward_codes=tuple(touched), centre=centre, radius_m=radius_m)


def _notice_of_works(work: RoadWork, site: Site) -> Notice:
    parts = (work.description, work.traffic, work.organisation)
    return Notice(
        notice_id=work.notice_id,
        title=site.language.say("Road works: {location}", location=work.location),
        text=". ".join(filter(None, parts)),
        when=date_range_words(work.starts, work.ends, site.language),
        page_url=site.page("/my-area/"),
        version=1,
    )
