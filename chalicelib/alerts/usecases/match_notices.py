"""Matches road works and disruptions: everybody inside who wants to hear of them is told once, and
again when their times or their place change."""

from collections.abc import Sequence
from datetime import UTC, datetime

from chalicelib.alerts.index import Area, areas_over
from chalicelib.alerts.matching import Happening, chosen
from chalicelib.alerts.model import AlertRequested, What
from chalicelib.alerts.ports import Affected, MatchPorts
from chalicelib.alerts.usecases.alert_batches import enqueue_batches
from chalicelib.events import DisruptionChanged, DisruptionEnded, OfNotice, RoadWorkPlanned
from chalicelib.geo.point import Point
from chalicelib.kernel.time import to_the_second


def match_notice(fact: OfNotice, ports: MatchPorts) -> int:
    """Sends the sender a message for each subscriber that the fact concerns. Answers how many there
    are. Raises UpstreamFailed: then it is done again."""
    affected = _affected(fact, ports)
    if affected is None:
        return 0
    what: What = "roadworks" if isinstance(fact, RoadWorkPlanned) else "disruption"
    happening = Happening(
        what=what,
        service_codes=affected.service_codes,
        extent=affected.extent,
        is_public=True,
    )
    found = (entry for area in _areas(what, affected) for entry in ports.index.entries(area))
    tells = [
        AlertRequested(
            subscription_id=entry.subscription_id,
            what=what,
            version=affected.news,
            occurred_at=_occurred_at(fact, ports),
            notice_id=fact.notice_id,
            request_id=fact.request_id,
        )
        for entry in chosen(found, happening)
    ]
    enqueue_batches(tells, ports)
    return len(tells)


def _affected(fact: OfNotice, ports: MatchPorts) -> Affected | None:
    """The extent that is affected; None if there is nothing to tell. Nobody is told of a disruption
    that was taken back, and a new wording is no news."""
    if isinstance(fact, RoadWorkPlanned):
        return ports.notices.round(Point(lat=fact.lat, long=fact.long))
    is_wording = isinstance(fact, DisruptionChanged) and not fact.is_news
    if is_wording or isinstance(fact, DisruptionEnded):
        return None
    return ports.notices.disruption(fact.notice_id)


def _areas(what: What, affected: Affected) -> Sequence[Area]:
    box, ward_codes = affected.extent.box, affected.extent.ward_codes
    if what == "roadworks":
        return areas_over(box, ward_codes, "roadworks")
    # Subscribers to an area round them hear of disruptions there too.
    return [*areas_over(box, ward_codes, "disruptions"), *areas_over(box, ward_codes)]


def _occurred_at(fact: OfNotice, ports: MatchPorts) -> datetime:
    if fact.stored_at_ms:
        return datetime.fromtimestamp(fact.stored_at_ms // 1000, UTC)
    return to_the_second(ports.now())
