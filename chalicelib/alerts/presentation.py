"""Describes subscriptions in plain words, as pages show them."""

from collections.abc import Mapping

from msgspec import Struct

from chalicelib.alerts.model import Channel, EventType, Frequency, Subscription, Topic, TopicKind
from chalicelib.alerts.reminders import NOON
from chalicelib.kernel.languages import Language, translatable
from chalicelib.kernel.words import Words
from chalicelib.reports.reference import format_reference

RADII_M = (500, 1_000, 2_000, 5_000)
KINDS: Mapping[TopicKind, str] = {
    "area": translatable("Reports near a location, such as my street"),
    "ward": translatable("Reports in a ward"),
    "council": translatable("Reports anywhere in the council’s area"),
    "roadworks": translatable("Road works"),
    "disruptions": translatable("Service disruption, such as missed bin collections"),
}
EVENT_TYPES: Mapping[EventType, str] = {
    "new": translatable("A new report is published"),
    "state_changed": translatable("The status changes, for example work is planned"),
    "fixed": translatable("It is fixed"),
    "updated": translatable("Somebody adds an update"),
    "repair_question": translatable("We want to ask you if it's really fixed"),
    "roadworks": translatable("New road works"),
    "disruption": translatable("Service disruption"),
    "collection_reminder": translatable("Your bins are collected soon"),
}
FREQUENCIES: Words[Frequency] = Words(
    {
        "now": translatable("Straight away"),
        "daily": translatable("Once a day, at 8am"),
        "weekly": translatable("Once a week, on Monday morning"),
    }
)
SENT_BY: Words[Channel] = Words(
    {
        "email": translatable("Sent by email to {to}"),
        "sms": translatable("Sent by text message to {to}"),
        "push": translatable("Sent as notifications in a browser"),
    }
)


REMINDER_HOURS = (
    *(f"{hour}:00" for hour in range(16, 23)),
    *(f"0{hour}:00" for hour in range(5, 10)),
)
"""The hours that pages offer for reminders of collections."""
_WITHIN: Mapping[str, str] = {
    "reports": translatable("Reports within {distance} of a location"),
    "roadworks": translatable("Road works within {distance} of a location"),
    "disruptions": translatable("Service disruption within {distance} of a location"),
}
_IN_WARD: Mapping[str, str] = {
    "reports": translatable("Reports in {ward} ward"),
    "roadworks": translatable("Road works in {ward} ward"),
    "disruptions": translatable("Service disruption in {ward} ward"),
}
_ANYWHERE: Mapping[str, str] = {
    "reports": translatable("Reports anywhere in the area of {council}"),
    "roadworks": translatable("Road works anywhere in the area of {council}"),
    "disruptions": translatable("Service disruption anywhere in the area of {council}"),
}


class Names(Struct, frozen=True, kw_only=True):
    """The names of services and wards, by their codes, in a language."""

    language: Language
    council: str
    services: Mapping[str, str]
    wards: Mapping[str, str]


def topic_words(topic: Topic, names: Names) -> str:
    """Such as "Reports within 500 m of a location". Does not say where the location is."""
    say = names.language.say
    if topic.service_request_id:
        return say("Report {reference}", reference=format_reference(topic.service_request_id))
    if topic.kind == "bins":
        return say("Reminders of bin collections")
    subject = topic.kind if topic.kind in _WITHIN else "reports"
    if topic.radius_m is not None:
        words = say(_WITHIN[subject], distance=distance_words(topic.radius_m))
    elif topic.ward_code is not None:
        words = say(_IN_WARD[subject], ward=names.wards.get(topic.ward_code, topic.ward_code))
    else:
        words = say(_ANYWHERE[subject], council=names.council)
    services = [names.services.get(code, code) for code in topic.service_codes]
    return f"{words} ({', '.join(services)})" if services else words


def hour_words(hour: str, language: Language) -> str:
    """When a subscriber is reminded of a collection: the hour, and on which day."""
    if int(hour[:2]) >= NOON:
        return language.say("At {hour} on the day before", hour=hour)
    return language.say("At {hour} on the day", hour=hour)


def distance_words(radius_m: float) -> str:
    """The distance in words: 500 m, 2 km, 1.5 km."""
    return f"{radius_m:g} m" if radius_m < 1_000 else f"{radius_m / 1_000:g} km"


def address_hint(subscription: Subscription) -> str | None:
    """Enough of the address for a person who knows it: r…@example.org, or …0123. None if there is
    no address."""
    if subscription.to is None:
        return None
    name, at, domain = subscription.to.partition("@")
    return f"{name[0]}…@{domain}" if at else f"…{subscription.to[-4:]}"
