"""Matches road works and disruptions: everybody inside who wants to hear of them is told once, and
again when their times or their place change."""

from collections.abc import Sequence
from datetime import UTC, datetime

from chalicelib.alerts.index import AreaQuery, areas_over
from chalicelib.alerts.matching import Occurrence, choose_entries
from chalicelib.alerts.model import AlertRequested, EventType, NoticePageWanted
from chalicelib.alerts.ports import MatchPorts, NoticeScope
from chalicelib.alerts.usecases.alert_batches import enqueue_batches
from chalicelib.alerts.usecases.notice_pages import Cursor, read_page
from chalicelib.events import DisruptionChanged, DisruptionEnded, OfNotice, RoadWorkPlanned
from chalicelib.geo.point import Point
from chalicelib.kernel.time import to_the_second


def match_notice(fact: OfNotice, ports: MatchPorts) -> int:
    """Sends the sender a message for each subscriber that the fact concerns, as far as they are in
    the first page; a further run does the next. Returns how many there are. Raises UpstreamFailed:
    then it is done again."""
    affected = _affected(fact, ports)
    return _match_page(fact, affected, Cursor(), ports) if affected else 0


def match_notice_page(wanted: NoticePageWanted, ports: MatchPorts) -> int:
    """Goes on from there, unless the notice has ended, or changed so that another fact tells of it.
    Returns and raises as `match_notice` does."""
    affected = _affected(wanted.fact, ports)
    if affected is None or affected.news != wanted.news:
        return 0
    return _match_page(wanted.fact, affected, Cursor(wanted.area, wanted.low), ports)


def _match_page(fact: OfNotice, affected: NoticeScope, cursor: Cursor, ports: MatchPorts) -> int:
    """The next page is asked for last: a run that broke off is repeated, and finds the alerts that
    it made (ADR 29)."""
    what: EventType = "roadworks" if isinstance(fact, RoadWorkPlanned) else "disruption"
    page = read_page(areas_of_notice(what, affected), cursor, ports.index)
    tells = [
        AlertRequested(
            subscription_id=entry.subscription_id,
            what=what,
            version=affected.news,
            occurred_at=_occurred_at(fact, ports),
            notice_id=fact.notice_id,
            request_id=fact.request_id,
        )
        for entry in choose_entries(page.entries, happening_of(what, affected))
    ]
    enqueue_batches(tells, ports)
    if page.next:
        area, low = page.next
        following = NoticePageWanted(fact=fact, news=affected.news, area=area, low=low)
        ports.match_queue.send([following])
    return len(tells)


def happening_of(what: EventType, affected: NoticeScope) -> Occurrence:
    """What decides which subscribers the notice concerns."""
    return Occurrence(
        what=what,
        service_codes=affected.service_codes,
        extent=affected.extent,
        is_public=True,
    )


def _affected(fact: OfNotice, ports: MatchPorts) -> NoticeScope | None:
    """The extent that is affected; None if there is nothing to tell. Nobody is told of a disruption
    that was taken back, and a new wording is no news."""
    if isinstance(fact, RoadWorkPlanned):
        return ports.notices.road_works_scope(Point(lat=fact.lat, long=fact.long))
    is_wording = isinstance(fact, DisruptionChanged) and not fact.is_news
    if is_wording or isinstance(fact, DisruptionEnded):
        return None
    return ports.notices.disruption_scope(fact.notice_id)


def areas_of_notice(what: EventType, affected: NoticeScope) -> Sequence[AreaQuery]:
    """The areas of all subscriptions that the notice may concern."""
    box, ward_codes = affected.extent.box, affected.extent.ward_codes
    if what == "roadworks":
        return areas_over(box, ward_codes, "roadworks")
    # Subscribers to an area round them hear of disruptions there too.
    return [*areas_over(box, ward_codes, "disruptions"), *areas_over(box, ward_codes)]


def _occurred_at(fact: OfNotice, ports: MatchPorts) -> datetime:
    if fact.stored_at_ms:
        return datetime.fromtimestamp(fact.stored_at_ms // 1000, UTC)
    return to_the_second(ports.now())
