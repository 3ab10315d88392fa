"""The reverse index: the areas under which a subscription is stored. With it, a few queries find
the subscriptions that something concerns.

A report, a ward and the whole council are one area each; a circle is up to nine cells (`cells.py`).
An entry says how far it reaches within its area, so that a query finds few entries that do not
matter. Every entry that is found is tested exactly after that. Nothing here knows who a person is.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from chalicelib.alerts.cells import LEVELS, WHOLE_REACH, cover, reaches_at
from chalicelib.alerts.model import Channel, Frequency, Subscription, Topic, TopicKind, What
from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import quadkey, tiles_in

COUNCIL = "council"


class Area(NamedTuple):
    """A query to the index: one of its areas, and the lowest and highest reach, both included."""

    name: str
    low: str
    high: str


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of a subscription, with the data that decides whether something concerns it.
    `place` is the latitude and longitude of its circle and the radius in metres. `recipient` is a
    digest of the person that it reaches. `premises_id` is of those reminded of collections."""

    area: str
    reach: str
    subscription_id: str
    place: tuple[float, float, float] | None
    service_codes: tuple[str, ...]
    event_types: tuple[What, ...]
    frequency: Frequency
    channel: Channel
    recipient: str
    is_own: bool
    premises_id: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Area and reach, as they are stored; no two entries have the same key."""
        return self.area, f"{self.reach}#{self.subscription_id}"


def entries_of(subscription: Subscription) -> tuple[Entry, ...]:
    """The entries of a subscription; none if it is not active."""
    if subscription.state != "active":
        return ()
    topic = subscription.topic
    return tuple(
        Entry(
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
        for area, reach in _places_of(topic, subscription.remind_at)
    )


def areas_of_report(
    service_request_id: str, at: Point | None, ward_code: str | None
) -> Sequence[Area]:
    """The areas of all subscriptions that a report may concern: at most six areas."""
    return [of_report(service_request_id), *areas_at([at] if at else [], ward_code)]


def of_report(service_request_id: str) -> Area:
    """The area of all subscriptions to that report."""
    return _whole(f"report#{service_request_id}")


def of_reminders(hour: str) -> Area:
    """The area of all subscriptions that are reminded of collections at that hour."""
    return _whole(f"bins#{hour}")


def areas_at(
    places: Iterable[Point], ward_code: str | None, kind: TopicKind = "area"
) -> Sequence[Area]:
    """The areas of all subscriptions that something at these places, or in that ward, may concern:
    the whole council, the ward, and three areas for each place."""
    mark = _mark(kind)
    whole = [mark + COUNCIL, *([f"{mark}ward#{ward_code}"] if ward_code else [])]
    cells = (area for place in places for area in _areas_round(place, mark))
    return [*map(_whole, whole), *dict.fromkeys(cells)]


def areas_over(box: Box, ward_codes: Iterable[str], kind: TopicKind = "area") -> Sequence[Area]:
    """The areas of all subscriptions that something all over the box, and in those wards, may
    concern. A larger box has more areas: some 1,200 for a city of 25 by 22 km."""
    mark = _mark(kind)
    wards = [f"{mark}ward#{code}" for code in ward_codes]
    cells = [f"{mark}area#{quadkey(tile)}" for z in LEVELS for tile in tiles_in(box, z)]
    return [_whole(area) for area in (mark + COUNCIL, *wards, *cells)]


def areas_of_entry(entry: Entry) -> Sequence[str]:
    """The areas of all entries that the entry's subscription has."""
    mark, cell, _ = entry.area.partition("area#")
    if entry.place is None or not cell:
        return [entry.area]
    lat, long, radius_m = entry.place
    return [f"{mark}area#{key}" for key, _ in cover(Point(lat=lat, long=long), radius_m)]


def circle_of(topic: Topic) -> tuple[float, float, float] | None:
    """Latitude, longitude and radius of its circle, if it has one."""
    if topic.lat is None or topic.long is None or topic.radius_m is None:
        return None
    return topic.lat, topic.long, topic.radius_m


def _whole(area: str) -> Area:
    return Area(area, "a", "d")


def _mark(kind: TopicKind) -> str:
    return f"{kind}:" if kind in ("roadworks", "disruptions") else ""


def _places_of(topic: Topic, remind_at: str | None) -> Iterable[tuple[str, str]]:
    mark, circle = _mark(topic.kind), circle_of(topic)
    if remind_at:
        return [(of_reminders(remind_at).name, WHOLE_REACH)]
    if topic.kind == "report":
        return [(f"report#{topic.service_request_id}", WHOLE_REACH)]
    if topic.ward_code:
        return [(f"{mark}ward#{topic.ward_code}", WHOLE_REACH)]
    if circle:
        lat, long, radius_m = circle
        cells = cover(Point(lat=lat, long=long), radius_m)
        if cells:
            return [(f"{mark}area#{key}", reach) for key, reach in cells]
    return [(mark + COUNCIL, WHOLE_REACH)]


def _areas_round(place: Point, mark: str) -> Iterator[Area]:
    for z in LEVELS:
        key, low, high = reaches_at(place, z)
        yield Area(f"{mark}area#{key}", low, high)
