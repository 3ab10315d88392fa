"""Checks the topics of subscriptions. Each fault names its field and how to fix it."""

from collections.abc import Callable, Collection, Iterator, Sequence

from chalicelib.alerts.matching import OFFERED_EVENT_TYPES
from chalicelib.alerts.model import LEAST_RADIUS_M, MOST_RADIUS_M, EventType, Frequency, Topic
from chalicelib.catalogue.model import Council
from chalicelib.errors import FieldError
from chalicelib.geo.point import Box, Point, distance_m
from chalicelib.texts import Text

_CIRCLE = ("lat", "long", "radius_m")
_FIELDS_OF_KIND = {
    "report": ("service_request_id",),
    "area": _CIRCLE,
    "ward": ("ward_code",),
    "council": (),
    "roadworks": (*_CIRCLE, "ward_code"),
    "disruptions": (*_CIRCLE, "ward_code"),
    "bins": ("premises_id",),
}
_ABOUT_SERVICES = ("area", "ward", "council")


def topic_faults(
    topic: Topic,
    event_types: Sequence[EventType],
    council: Council,
    ward_codes: Callable[[], Collection[str]],
) -> Iterator[FieldError]:
    """The faults of the topic and its event types. Does not check that the report exists."""
    yield from _field_faults(topic)
    if topic.radius_m is not None:
        yield from _circle_faults(topic, topic.radius_m, council.box)
    if topic.ward_code is not None and topic.ward_code not in ward_codes():
        yield FieldError(
            "topic.ward_code", Text("we do not know this ward; see wards in /data/index.json")
        )
    if unknown := [each for each in topic.service_codes if each not in council.by_code]:
        known = ", ".join(council.by_code)
        yield FieldError(
            "topic.service_codes",
            Text(
                "{code} is not a service here; choose from: {known}", code=unknown[0], known=known
            ),
        )
    offered = OFFERED_EVENT_TYPES[topic.kind]
    if not offered.issuperset(event_types):
        yield FieldError(
            "event_types", Text("choose from: {known}", known=", ".join(sorted(offered)))
        )


def reminder_faults(
    topic: Topic, remind_at: str | None, frequency: Frequency
) -> Iterator[FieldError]:
    """The faults of the hour and frequency of reminders."""
    is_bins = topic.kind == "bins"
    if not is_bins and remind_at is not None:
        yield FieldError(
            "remind_at",
            Text("leave it out: a topic of kind {kind} does not have it", kind=topic.kind),
        )
    if is_bins and remind_at is None:
        yield FieldError("remind_at", Text("is required"))
    if is_bins and frequency != "now":
        yield FieldError("frequency", Text("leave it out: reminders come at their hour"))


def _field_faults(topic: Topic) -> Iterator[FieldError]:
    """The fields that are missing, and those that a topic of this kind does not have."""
    fields = _FIELDS_OF_KIND[topic.kind]
    given = {
        name
        for name in ("service_request_id", *_CIRCLE, "ward_code", "premises_id")
        if getattr(topic, name) is not None
    }
    for name in sorted(given - set(fields)):
        yield FieldError(
            f"topic.{name}",
            Text("leave it out: a topic of kind {kind} does not have it", kind=topic.kind),
        )
    if topic.service_codes and topic.kind not in _ABOUT_SERVICES:
        yield FieldError(
            "topic.service_codes",
            Text("leave it out: a topic of kind {kind} does not have it", kind=topic.kind),
        )
    if len(fields) > len(_CIRCLE):
        # A circle or a ward, or the whole council.
        if "ward_code" in given and given & set(_CIRCLE):
            yield FieldError("topic.ward_code", Text("give a ward or a circle, not both"))
        fields = _CIRCLE if given & set(_CIRCLE) else ()
    for name in sorted(set(fields) - given):
        yield FieldError(f"topic.{name}", Text("is required"))


def _circle_faults(topic: Topic, radius_m: float, bounds: Box) -> Iterator[FieldError]:
    if not LEAST_RADIUS_M <= radius_m <= MOST_RADIUS_M:
        yield FieldError(
            "topic.radius_m",
            Text(
                "must be a number of metres from {least} to {most}; for a larger area, choose the "
                "whole council",
                least=LEAST_RADIUS_M,
                most=f"{MOST_RADIUS_M:,}",
            ),
        )
    elif topic.lat is not None and topic.long is not None:
        place = Point(lat=topic.lat, long=topic.long)
        if distance_m(place, _nearest_in(bounds, place)) > radius_m:
            yield FieldError(
                "topic.lat" if not bounds.south <= place.lat <= bounds.north else "topic.long",
                Text(
                    "the circle is outside the council's area: choose a location between latitude "
                    "{south} and {north}, longitude {west} and {east}",
                    **bounds._asdict(),
                ),
            )


def _nearest_in(box: Box, place: Point) -> Point:
    """The place in the box that is nearest, to within a few metres."""
    return Point(
        lat=min(max(place.lat, box.south), box.north),
        long=min(max(place.long, box.west), box.east),
    )
