"""Matches road works and disruptions to subscriptions. Each subscriber is notified once, and again
only when the times or the location change, or a service is added."""

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
from chalicelib.kernel.time import truncate_to_second


def match_notice(fact: OfNotice, ports: MatchPorts) -> int:
    """Sends the sender a request for each subscriber that the fact concerns in the first page of
    the index, and leaves the next page to a further run. Returns the number of requests. Raises
    UpstreamFailed; the caller then runs it again."""
    scope = _scope_of(fact, ports)
    return _match_page(fact, scope, Cursor(), ports) if scope else 0


def match_notice_page(wanted: NoticePageWanted, ports: MatchPorts) -> int:
    """Matches a further page, unless the notice has ended, or has changed so that another fact is
    matched. Returns and raises as `match_notice` does."""
    scope = _scope_of(wanted.fact, ports)
    if scope is None or scope.news != wanted.news:
        return 0
    return _match_page(wanted.fact, scope, Cursor(wanted.area, wanted.low), ports)


def _match_page(fact: OfNotice, scope: NoticeScope, cursor: Cursor, ports: MatchPorts) -> int:
    """Requests the next page last: a run that breaks off is repeated, and finds the alerts that it
    made (ADR 29)."""
    what: EventType = "roadworks" if isinstance(fact, RoadWorkPlanned) else "disruption"
    page = read_page(areas_of_notice(what, scope), cursor, ports.index)
    requests = [
        AlertRequested(
            subscription_id=entry.subscription_id,
            what=what,
            version=scope.news,
            occurred_at=_occurred_at(fact, ports),
            notice_id=fact.notice_id,
            request_id=fact.request_id,
        )
        for entry in choose_entries(page.entries, occurrence_of_notice(what, scope))
    ]
    enqueue_batches(requests, ports)
    if page.next:
        area, low = page.next
        following = NoticePageWanted(fact=fact, news=scope.news, area=area, low=low)
        ports.match_queue.send([following])
    return len(requests)


def occurrence_of_notice(what: EventType, scope: NoticeScope) -> Occurrence:
    """The event of a notice, for choosing the subscribers that it concerns."""
    return Occurrence(
        what=what,
        service_codes=scope.service_codes,
        extent=scope.extent,
        is_public=True,
    )


def _scope_of(fact: OfNotice, ports: MatchPorts) -> NoticeScope | None:
    """The scope of the notice; None if nobody is to be notified, because the disruption was
    withdrawn or only its wording was changed."""
    if isinstance(fact, RoadWorkPlanned):
        return ports.notices.road_works_scope(Point(lat=fact.lat, long=fact.long))
    is_wording = isinstance(fact, DisruptionChanged) and not fact.is_news
    if is_wording or isinstance(fact, DisruptionEnded):
        return None
    return ports.notices.disruption_scope(fact.notice_id)


def areas_of_notice(what: EventType, scope: NoticeScope) -> Sequence[AreaQuery]:
    """The areas of all subscriptions that the notice may concern."""
    box, ward_codes = scope.extent.box, scope.extent.ward_codes
    if what == "roadworks":
        return areas_over(box, ward_codes, "roadworks")
    # Subscribers to an area are notified of disruptions there, too.
    return [*areas_over(box, ward_codes, "disruptions"), *areas_over(box, ward_codes)]


def _occurred_at(fact: OfNotice, ports: MatchPorts) -> datetime:
    if fact.stored_at_ms:
        return datetime.fromtimestamp(fact.stored_at_ms // 1000, UTC)
    return truncate_to_second(ports.now())
