"""Parses the posted forms of alerts to requests and changes. The form fields have the same names as
in the API, so a fault that the API's rules find belongs to the field of that name."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict

from chalicelib.alerts.matching import OFFERED_EVENT_TYPES
from chalicelib.alerts.model import (
    Subscription,
    SubscriptionChanges,
    SubscriptionRequest,
    TopicKind,
)
from chalicelib.errors import Invalid
from chalicelib.geo.point import Point
from chalicelib.kernel.parsing import parse
from chalicelib.kernel.posted_form import PostedForm
from chalicelib.texts import Text

NEEDS_A_PLACE = ("area",)
MAY_HAVE_A_PLACE = ("area", "roadworks", "disruptions")


def subscription_request_of(form: PostedForm, place: Point | None) -> SubscriptionRequest:
    """The request in the form; `place` is the centre of its circle. Raises Invalid."""
    topic: dict[str, Any] = {"kind": form.one("topic.kind")}
    match topic["kind"]:
        case "report":
            topic["service_request_id"] = form.one("topic.service_request_id")
        case "ward":
            topic["ward_code"] = form.one("topic.ward_code")
        case "bins":
            topic["premises_id"] = form.one("topic.premises_id")
        case _ if place:
            topic |= {"lat": place.lat, "long": place.long, "radius_m": _radius(form)}
    names = ("channel", "to", "frequency", "remind_at")
    sent = {name: form.one(name) for name in names if form.one(name)}
    return parse(sent | {"topic": topic}, SubscriptionRequest)


def changes_of(form: PostedForm, present: Subscription) -> SubscriptionChanges:
    """The changes in the form. Raises Invalid."""
    names = ("frequency", "remind_at")
    sent: dict[str, Any] = {name: form.one(name) or None for name in names}
    offered = OFFERED_EVENT_TYPES[present.topic.kind]
    if len(offered) > 1:
        sent["event_types"] = _event_types(form, offered)
    if form.one("quiet"):
        sent["quiet"] = {"begin": form.one("quiet.begin"), "end": form.one("quiet.end")}
    elif present.quiet:
        sent["clear"] = ["quiet"]
    topic = _changed_topic(form, present)
    return parse(sent | ({"topic": topic} if topic else {}), SubscriptionChanges)


def _event_types(form: PostedForm, offered: frozenset[str]) -> list[str]:
    """The chosen event types; empty if all are chosen, so that types that are added later count,
    too. Raises Invalid."""
    chosen = form.all("event_types")
    if not chosen:
        raise Invalid.field("event_types", Text("choose at least one"))
    return [] if offered <= set(chosen) else list(chosen)


def _changed_topic(form: PostedForm, present: Subscription) -> Mapping[str, Any] | None:
    topic = present.topic
    kind: TopicKind = topic.kind
    if kind in ("report", "bins"):
        return None
    changed = {name: value for name, value in asdict(topic).items() if value is not None}
    if topic.radius_m is not None:
        changed["radius_m"] = _radius(form)
    changed["service_codes"] = list(form.all("topic.service_codes"))
    return changed


def _radius(form: PostedForm) -> float:
    try:
        return float(form.one("topic.radius_m"))
    except ValueError as error:
        raise Invalid.field("topic.radius_m", Text("choose how far")) from error
