"""The reverse index: the areas under which a subscription is stored, so that a few queries find the
subscriptions that an event concerns.

A report, a ward and the whole council are one area each; a circle is up to nine cells (`cells.py`).
An entry has its reach within its area, so that a query skips most entries that do not matter. The
matcher then tests every entry exactly. The index holds no addresses of people.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from chalicelib.alerts.cells import LEVELS, WHOLE_REACH, cover, reaches_at
from chalicelib.alerts.model import Channel, EventType, Frequency, Subscription, Topic, TopicKind
from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import quadkey, tiles_in

COUNCIL = "council"


class AreaQuery(NamedTuple):
    """A query to the index: the name of an area, and the lowest and highest reach, both
    included."""

    name: str
    low: str
    high: str


class IndexEntry(Struct, frozen=True, kw_only=True):
    """One entry of a subscription, with the data that decides whether an event concerns it. `place`
    is the latitude and longitude of its circle in degrees, and the radius in metres. `recipient` is
    a digest of the subscriber's address. `premises_id` is set for reminders of collections."""

    area: str
    reach: str
    subscription_id: str
    place: tuple[float, float, float] | None
    service_codes: tuple[str, ...]
    event_types: tuple[EventType, ...]
    frequency: Frequency
    channel: Channel
    recipient: str
    is_own: bool
    premises_id: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The area and record under which the entry is stored; unique."""
        return self.area, f"{self.reach}#{self.subscription_id}"


def entries_of(subscription: Subscription) -> tuple[IndexEntry, ...]:
    """The entries of a subscription; none if it is not active."""
    if subscription.state != "active":
        return ()
    topic = subscription.topic
    return tuple(
        IndexEntry(
            area=area,
            reach=reach,
            subscription_id=subscription.subscription_id,
            place=circle_of(topic),
            service_codes=topic.service_codes,
            event_types=subscription.event_types,
            frequency=subscription.frequency,
            channel=subscription.channel,
            recipient=subscription.address_key or subscription.subscription_id,
            is_own=subscription.is_own,
            premises_id=topic.premises_id,
        )
        for area, reach in _areas_and_reaches(topic, subscription.remind_at)
    )


def areas_of_report(
    service_request_id: str, at: Point | None, ward_code: str | None
) -> Sequence[AreaQuery]:
    """The areas of all subscriptions that a report may concern: at most six."""
    return [area_of_report(service_request_id), *areas_at([at] if at else [], ward_code)]


def area_of_report(service_request_id: str) -> AreaQuery:
    """The area of all subscriptions to that report."""
    return _whole_area(f"report#{service_request_id}")


def area_of_reminders(hour: str) -> AreaQuery:
    """The area of all subscriptions that are reminded of collections at that hour."""
    return _whole_area(f"bins#{hour}")


def areas_at(
    places: Iterable[Point], ward_code: str | None, kind: TopicKind = "area"
) -> Sequence[AreaQuery]:
    """The areas of all subscriptions that an event at these places, or in that ward, may concern:
    the whole council, the ward, and three cells for each place."""
    prefix = _prefix_of(kind)
    whole = [prefix + COUNCIL, *([f"{prefix}ward#{ward_code}"] if ward_code else [])]
    cells = (area for place in places for area in _cells_around(place, prefix))
    return [*map(_whole_area, whole), *dict.fromkeys(cells)]


def areas_over(
    box: Box, ward_codes: Iterable[str], kind: TopicKind = "area"
) -> Sequence[AreaQuery]:
    """The areas of all subscriptions that an event all over the box, and in those wards, may
    concern. A larger box has more areas: some 1,200 for a city of 25 by 22 km."""
    prefix = _prefix_of(kind)
    wards = [f"{prefix}ward#{code}" for code in ward_codes]
    cells = [f"{prefix}area#{quadkey(tile)}" for z in LEVELS for tile in tiles_in(box, z)]
    return [_whole_area(area) for area in (prefix + COUNCIL, *wards, *cells)]


def areas_of_entry(entry: IndexEntry) -> Sequence[str]:
    """The areas of all entries of the same subscription."""
    prefix, cell, _ = entry.area.partition("area#")
    if entry.place is None or not cell:
        return [entry.area]
    lat, long, radius_m = entry.place
    return [f"{prefix}area#{key}" for key, _ in cover(Point(lat=lat, long=long), radius_m)]


def circle_of(topic: Topic) -> tuple[float, float, float] | None:
    """Latitude and longitude in degrees and radius in metres of the topic's circle, if it has
    one."""
    if topic.lat is None or topic.long is None or topic.radius_m is None:
        return None
    return topic.lat, topic.long, topic.radius_m


def _whole_area(area: str) -> AreaQuery:
    return AreaQuery(area, "a", "d")


def _prefix_of(kind: TopicKind) -> str:
    return f"{kind}:" if kind in ("roadworks", "disruptions") else ""


def _areas_and_reaches(topic: Topic, remind_at: str | None) -> Iterable[tuple[str, str]]:
    prefix, circle = _prefix_of(topic.kind), circle_of(topic)
    if remind_at:
        return [(area_of_reminders(remind_at).name, WHOLE_REACH)]
    if topic.kind == "report":
        return [(f"report#{topic.service_request_id}", WHOLE_REACH)]
    if topic.ward_code:
        return [(f"{prefix}ward#{topic.ward_code}", WHOLE_REACH)]
    if circle:
        lat, long, radius_m = circle
        cells = cover(Point(lat=lat, long=long), radius_m)
        if cells:
            return [(f"{prefix}area#{key}", reach) for key, reach in cells]
    return [(prefix + COUNCIL, WHOLE_REACH)]


def _cells_around(place: Point, prefix: str) -> Iterator[AreaQuery]:
    for z in LEVELS:
        key, low, high = reaches_at(place, z)
        yield AreaQuery(f"{prefix}area#{key}", low, high)
