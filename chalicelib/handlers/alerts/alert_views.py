"""Renders the pages of alerts: the choices, the stored values, and the typed values."""

from typing import Any

from chalicelib.alerts import links
from chalicelib.alerts.matching import OFFERED_EVENT_TYPES
from chalicelib.alerts.model import MOST_CODE_TRIES, Subscription
from chalicelib.alerts.presentation import (
    EVENT_TYPES,
    FREQUENCIES,
    RADII_M,
    REMINDER_HOURS,
    SENT_BY,
    Names,
    address_hint,
    distance_words,
    hour_words,
    topic_words,
)
from chalicelib.alerts.usecases.subscribing import manage_url_of
from chalicelib.bootstrap.alerts import alert_names, alerts_ports
from chalicelib.handlers.http import request_language
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.pages import render_alerts_page
from chalicelib.kernel.site import Site

QUIET = {"begin": "22:00", "end": "07:00"}


def relative_site() -> Site:
    """The site in the language of the request; its links are relative."""
    return Site("", request_language.current_language())


def load_names() -> Names:
    """The names of services and places in the language of the request. Raises UpstreamFailed."""
    return alert_names(request_language.current_language())


def confirmed_page(subscription: Subscription) -> Page:
    """The page after confirmation: the topic of the alerts, and the link to change them."""
    return Page(
        render_alerts_page(
            "confirmed",
            about=topic_words(subscription.topic, load_names()),
            manage_url=manage_url_of(subscription, alerts_ports()),
        )
    )


def code_page(subscription_id: str, faults: Any = ()) -> str:
    return render_alerts_page(
        "code", faults, subscription_id=subscription_id, tries=MOST_CODE_TRIES
    )


def manage_page(
    present: Subscription,
    token: str,
    *,
    typed: Any = None,
    faults: Any = (),
    is_saved: bool = False,
) -> Page:
    """The form to change a subscription, with the stored values, or the typed ones if they had
    faults."""
    if present.state == "stopped":
        return Page(render_alerts_page("stopped", all_url=None))
    values = _typed_values(typed) if typed else _stored_values(present)
    html = render_alerts_page(
        "manage",
        faults,
        **values,
        is_saved=is_saved,
        version=present.version,
        state=present.state,
        sent=request_language.current_language().say(
            SENT_BY[present.channel], to=address_hint(present)
        ),
        map_url=relative_site().page(f"/map/#15/{present.topic.lat}/{present.topic.long}"),
        about=topic_words(present.topic, load_names()),
        to=address_hint(present),
        topic=present.topic,
        offered=_choices_of(present),
        stop_url=links.unsubscribe_url(relative_site(), present.subscription_id, token),
    )
    return Page(html, is_refusal=bool(faults))


def _choices_of(present: Subscription) -> dict[str, Any]:
    """The choices of the form: (value, label, hint), or (value, label) for selects."""
    topic, fitting = present.topic, OFFERED_EVENT_TYPES[present.topic.kind]
    radii = sorted({*RADII_M, *filter(None, [topic.radius_m])})
    known, say = load_names(), request_language.current_language().say
    has_services = topic.kind in ("area", "ward", "council")
    return {
        "event_types": [
            (each, say(text), "") for each, text in EVENT_TYPES.items() if each in fitting
        ],
        "frequencies": [(each, say(text), "") for each, text in FREQUENCIES.items()],
        "hours": _hours(present),
        "radii": [(f"{each:g}", distance_words(each)) for each in radii] if topic.radius_m else [],
        "services": [(code, name, "") for code, name in known.services.items()]
        if has_services
        else [],
    }


def _hours(present: Subscription) -> list[tuple[str, str]]:
    if present.remind_at is None:
        return []
    hours = (*REMINDER_HOURS, present.remind_at)
    return [
        (each, hour_words(each, request_language.current_language()))
        for each in dict.fromkeys(hours)
    ]


def _stored_values(present: Subscription) -> dict[str, Any]:
    quiet, fitting = present.quiet, OFFERED_EVENT_TYPES[present.topic.kind]
    return {
        "event_types": list(present.event_types or fitting),
        "frequency": [present.frequency],
        "remind_at": present.remind_at,
        "radius": f"{present.topic.radius_m:g}" if present.topic.radius_m else "",
        "services": list(present.topic.service_codes),
        "is_quiet": quiet is not None,
        "begin": quiet.begin if quiet else QUIET["begin"],
        "end": quiet.end if quiet else QUIET["end"],
    }


def _typed_values(form: Any) -> dict[str, Any]:
    return {
        "event_types": list(form.all("event_types")),
        "frequency": [form.one("frequency")],
        "remind_at": form.one("remind_at"),
        "radius": form.one("topic.radius_m"),
        "services": list(form.all("topic.service_codes")),
        "is_quiet": bool(form.one("quiet")),
        "begin": form.one("quiet.begin"),
        "end": form.one("quiet.end"),
    }
