"""Where's my nearest without JavaScript: a kind, a place, and a list by distance."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from chalicelib.bootstrap.facilities import facilities_ports
from chalicelib.bootstrap.gazetteer import gazetteer_ports
from chalicelib.errors import Invalid
from chalicelib.facilities import usecases as facilities
from chalicelib.facilities.usecases import NearFacility
from chalicelib.forms.answers import place_value
from chalicelib.gazetteer import usecases as gazetteer
from chalicelib.geo.place import Place
from chalicelib.geo.point import Point
from chalicelib.handlers.http import request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.pages import render_page
from chalicelib.handlers.http.params import new_key
from chalicelib.texts import Text

SHOWN = 10
OTHERS = 5


def nearest(call: Call) -> Page:
    """The form, and below it the facilities nearest to the place. Raises UpstreamFailed."""
    typed = {name: call.parameter(name) or "" for name in ("kind", "q")}
    if not any(typed.values()):
        return _page(typed)
    try:
        return _page(typed, answer=_find_nearest(**typed))
    except Invalid as error:
        return _page(typed, dict(error.errors))


def _find_nearest(kind: str, q: str) -> dict[str, Any]:
    """The facilities nearest to the place, and other places that match the text. Raises
    Invalid."""
    service_code = _service_code_of(kind)
    places = gazetteer.find_places(q, gazetteer_ports())
    if not places:
        raise Invalid.field(
            "q",
            Text(
                "we can't find “{typed}”: check the spelling, or enter a postcode or street",
                typed=q,
            ),
        )
    chosen = next((each for each in places if each.label == q), places[0])
    point = Point(lat=chosen.lat, long=chosen.long)
    found = facilities.nearest_of_kind(kind, point, SHOWN, facilities_ports())
    others = [each for each in places if each != chosen][:OTHERS]
    return {
        "place": chosen,
        "found": [
            (each, _hours(each), _distance(each.distance_m), _report_fields(each, service_code))
            for each in found
        ],
        "others": [(each.label, _address_of(kind, each)) for each in others],
    }


def _service_code_of(kind: str) -> str | None:
    """The services for a facility of that kind. Raises Invalid if there is no such kind."""
    known = {each.kind: each.service_code for each in facilities.list_kinds(facilities_ports())}
    if kind not in known:
        raise Invalid.field("kind", Text("choose what you are looking for"))
    return known[kind]


def _report_fields(near: NearFacility, service_code: str | None) -> list[tuple[str, str]]:
    """The fields that begin a report about it; none if nothing can be reported, or it has been
    reported already."""
    if service_code is None or near.open_report:
        return []
    return [
        ("key", new_key()),
        ("step", "service"),
        ("done", "where"),
        ("done", "place"),
        ("place", place_value(label=near.name, lat=near.lat, long=near.long)),
        ("service_code", service_code),
        ("asset_id", near.facility_id),
    ]


def _page(
    typed: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    answer: Mapping[str, Any] | None = None,
) -> Page:
    labels = {each.kind: each.label for each in request_language.council().facility_kinds}
    html = render_page(
        "forms",
        "nearest",
        (errors or {}).items(),
        kinds=[
            (each.kind, labels.get(each.kind, each.label))
            for each in facilities.list_kinds(facilities_ports())
        ],
        **typed,
        **(answer or {"place": None}),
    )
    return Page(html, is_refusal=bool(errors), may_be_kept=True)


def _address_of(kind: str, place: Place) -> str:
    return "/forms/nearest?" + urlencode({"kind": kind, "q": place.label})


def _distance(distance_m: float) -> str:
    return f"{distance_m:.0f} m" if distance_m < 1_000 else f"{distance_m / 1_000:.1f} km"


def _hours(near: NearFacility) -> str:
    """Whether it is open now, if that is certain."""
    say = request_language.current_language().say
    if near.open_now is None:
        return ""
    if near.open_now:
        return (
            say("Open now, closes at {time}", time=near.closes_at)
            if near.closes_at
            else say("Open now")
        )
    return (
        say("Closed now, opens at {time}", time=near.opens_at)
        if near.opens_at
        else say("Closed now")
    )
