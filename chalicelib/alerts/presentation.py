"""Subscriptions in plain words, as pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.alerts.model import Channel, Frequency, Subscription, Topic, TopicKind, What
from chalicelib.reports.reference import grouped

RADII_M = (500, 1_000, 2_000, 5_000)
KINDS: Mapping[TopicKind, str] = {
    "area": "Reports near a location, such as my street",
    "ward": "Reports in a ward",
    "council": "Reports anywhere in the council’s area",
    "roadworks": "Road works",
    "disruptions": "Service disruption, such as missed bin collections",
}
EVENT_TYPES: Mapping[What, str] = {
    "new": "A new report is published",
    "state_changed": "The status changes, for example work is planned",
    "fixed": "It is fixed",
    "updated": "Somebody adds an update",
    "repair_question": "We want to ask you if it's really fixed",
    "roadworks": "New road works",
    "disruption": "Service disruption",
}
FREQUENCIES: Mapping[Frequency, str] = {
    "now": "Straight away",
    "daily": "Once a day, at 8am",
    "weekly": "Once a week, on Monday morning",
}
CHANNELS: Mapping[Channel, str] = {
    "email": "by email",
    "sms": "by text message",
    "push": "as notifications in a browser",
}


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names that people use: services and wards by their codes."""

    council: str
    services: Mapping[str, str]
    wards: Mapping[str, str]


def about(topic: Topic, names: Names) -> str:
    """The topic in words, such as: Reports within 500 m of a place. Does not say where the place
    is."""
    if topic.service_request_id:
        return f"Report {grouped(topic.service_request_id)}"
    subject = {"roadworks": "Road works", "disruptions": "Service disruption"}
    only = [names.services.get(code, code) for code in topic.service_codes]
    of = f" ({', '.join(only)})" if only else ""
    return f"{subject.get(topic.kind, 'Reports')} {_where(topic, names)}{of}"


def distance(radius_m: float) -> str:
    """The distance in words: 500 m, 2 km, 1.5 km."""
    return f"{radius_m:g} m" if radius_m < 1_000 else f"{radius_m / 1_000:g} km"


def hinted(subscription: Subscription) -> str | None:
    """A hint at the address for a person who knows it: r…@example.org, or …0123."""
    if subscription.to is None:
        return None
    name, at, domain = subscription.to.partition("@")
    return f"{name[0]}…@{domain}" if at else f"…{subscription.to[-4:]}"


def _where(topic: Topic, names: Names) -> str:
    if topic.radius_m is not None:
        return f"within {distance(topic.radius_m)} of a location"
    if topic.ward_code is not None:
        return f"in {names.wards.get(topic.ward_code, topic.ward_code)} ward"
    return f"anywhere in the area of {names.council}"
