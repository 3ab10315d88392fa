"""The form to subscribe to alerts without JavaScript, and its result pages."""

from collections.abc import Sequence

from chalicelib.alerts.forms import MAY_HAVE_A_PLACE, NEEDS_A_PLACE, subscription_request_of
from chalicelib.alerts.model import Subscription
from chalicelib.alerts.presentation import (
    FREQUENCIES,
    KINDS,
    RADII_M,
    REMINDER_HOURS,
    distance_words,
    hour_words,
    topic_words,
)
from chalicelib.alerts.usecases.subscribing import check_request
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.gazetteer import gazetteer_ports
from chalicelib.errors import FieldError, Invalid
from chalicelib.gazetteer import usecases as gazetteer
from chalicelib.geo.place import Place
from chalicelib.geo.point import Point
from chalicelib.handlers.alerts.alert_views import code_page, confirmed_page, load_names
from chalicelib.handlers.http import auth, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.pages import posted_form, problem_page, render_alerts_page
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.handlers.http.subscribers import subscribe
from chalicelib.kernel import idempotency
from chalicelib.kernel.languages import translatable
from chalicelib.reports.reference import format_reference
from chalicelib.texts import Text

MOST_PLACES = 8
FIELDS = (
    *("topic.kind", "q", "topic.radius_m", "topic.ward_code"),
    *("frequency", "remind_at", "channel", "to"),
)
HIDDEN = ("topic.service_request_id", "topic.premises_id", "key")
USUAL_HOUR = "19:00"

CHANNELS = {"email": translatable("Email"), "sms": translatable("Text message")}

routes = Routes(__name__, problem_page)


@routes.page(
    "/forms/alerts",
    method="GET",
    auth=auth.anyone,
    summary="Show the page to set up an alert",
    query=(
        Query("report", "the reference of the report"),
        Query("premises_id", "the address to be reminded of collections at"),
    ),
)
def show_form(call: Call) -> Page:
    from chalicelib.handlers.http.params import new_key

    report, premises_id = call.parameter("report") or "", call.parameter("premises_id") or ""
    typed = dict.fromkeys(FIELDS, "") | {
        "topic.kind": "report" if report else "bins" if premises_id else "",
        "topic.service_request_id": report,
        "topic.premises_id": premises_id,
        "remind_at": USUAL_HOUR if premises_id else "",
        "topic.radius_m": f"{RADII_M[0]}",
        "frequency": "now",
        "key": new_key(),
    }
    return _form_page(typed)


@routes.page("/forms/alerts", method="POST", auth=auth.anyone, summary="Set up an alert")
def submit_form(call: Call) -> Page:
    form, ports = posted_form(call), alerts_ports()
    typed = {name: form.one(name) for name in (*FIELDS, *HIDDEN)}
    places: list[Place] = []
    try:
        _refuse_empty(typed)
        places = _find_places(typed["topic.kind"], typed["q"])
        place = _chosen_place(places, form.one("place") or typed["q"])
        request = check_request(subscription_request_of(form, place), ports)
        # A key that can be guessed is not used, so nobody can find out what is stored under it.
        key = None if idempotency.is_guessable(typed["key"]) else typed["key"]
        subscription = subscribe(request, key, call)
    except Invalid as error:
        return _form_page(typed, _form_faults(error), places)
    return _result_page(subscription)


def _refuse_empty(typed: dict[str, str]) -> None:
    """Raises Invalid with all required fields that are empty."""
    kind = typed["topic.kind"]
    needed = {
        "topic.kind": Text("Choose what you want alerts about"),
        **({"q": Text("Enter a postcode, street or place")} if kind in NEEDS_A_PLACE else {}),
        **({"topic.ward_code": Text("Choose the ward")} if kind == "ward" else {}),
        "channel": Text("Choose how we should contact you"),
        "to": Text("Enter an email address or mobile number"),
    }
    faults = [FieldError(name, says) for name, says in needed.items() if not typed[name]]
    if faults:
        raise Invalid(Text("Some answers are missing."), faults)


def _find_places(kind: str, q: str) -> list[Place]:
    """The places that match the text; empty if this kind of topic has none. Raises Invalid,
    UpstreamFailed."""
    if not q or kind not in MAY_HAVE_A_PLACE:
        return []
    found = gazetteer.find_places(q, gazetteer_ports())[:MOST_PLACES]
    if not found:
        raise Invalid.field(
            "q", Text("We can't find “{q}”. Check the spelling, or enter a postcode or street", q=q)
        )
    return found


def _chosen_place(places: list[Place], label: str) -> Point | None:
    """The chosen place. Raises Invalid if it is ambiguous."""
    exact = [each for each in places if each.label == label] or places
    if len(exact) > 1:
        raise Invalid.field("place", Text("Choose one of these places"))
    return Point(lat=exact[0].lat, long=exact[0].long) if exact else None


def _form_faults(error: Invalid) -> list[FieldError]:
    """The faults with the names of the form's fields. Raises `error` if the form has no field for a
    fault."""
    names = {"topic.lat": "q", "topic.long": "q", **{each: each for each in (*FIELDS, "place")}}
    if any(fault.field not in names for fault in error.errors):
        raise error
    return [fault._replace(field=names[fault.field]) for fault in error.errors]


def _form_page(
    typed: dict[str, str], faults: Sequence[FieldError] = (), places: Sequence[Place] = ()
) -> Page:
    ports, known, say = alerts_ports(), load_names(), request_language.current_language().say
    report = typed["topic.service_request_id"]
    html = render_alerts_page(
        "ask",
        faults,
        typed=typed,
        report=format_reference(report) if report else "",
        kinds=[
            (kind, say(text), "") for kind, text in KINDS.items() if known.wards or kind != "ward"
        ],
        wards=sorted(known.wards.items(), key=lambda ward: ward[1]),
        hours=[
            (each, hour_words(each, request_language.current_language())) for each in REMINDER_HOURS
        ],
        radii=[(str(each), distance_words(each)) for each in RADII_M],
        frequencies=[(each, say(text), "") for each, text in FREQUENCIES.items()],
        channels=[
            (each, say(text), "") for each, text in CHANNELS.items() if each in ports.channels
        ],
        places=[(each.label, each.label, "") for each in places],
    )
    return Page(html, is_refusal=bool(faults), may_be_kept=True)


def _result_page(subscription: Subscription) -> Page:
    if subscription.state == "active":
        return confirmed_page(subscription)
    if subscription.channel == "sms":
        return Page(code_page(subscription.subscription_id))
    return Page(render_alerts_page("look", about=topic_words(subscription.topic, load_names())))
