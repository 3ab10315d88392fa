"""Pages of alerts, without JavaScript and without signing in: the links in alerts lead here.

No GET changes anything: programs that check the links in emails cannot confirm or stop alerts.
"""

from chalicelib.alerts import links
from chalicelib.alerts.forms import changes_of
from chalicelib.alerts.model import Subscription
from chalicelib.alerts.presentation import FREQUENCIES, address_hint, hour_words, topic_words
from chalicelib.alerts.usecases import managing
from chalicelib.alerts.usecases.at_address import at_same_address, may_open_all, stop_all
from chalicelib.alerts.usecases.managing import Shown
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.errors import (
    Conflict,
    FieldError,
    Invalid,
    NotFound,
)
from chalicelib.handlers.alerts.alert_views import code_page, confirmed, here, manage, names
from chalicelib.handlers.alerts.subscriptions import id_of
from chalicelib.handlers.http import auth, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page, SeeOther
from chalicelib.handlers.http.pages import posted_form, problem_page, render_alerts_page
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.numbers import whole_number

TOKEN = Query("token", "the link's token")


routes = Routes(__name__, problem_page)


@routes.page(
    "/forms/alerts/{subscription_id}/confirm",
    method="GET",
    auth=auth.anyone,
    summary="Show the page to confirm alerts",
    query=(TOKEN,),
)
def ask_confirm(call: Call, subscription_id: str) -> Page:
    found = managing.asked(id_of(subscription_id), token_of(call), alerts_ports())
    return Page(render_alerts_page("confirm", about=topic_words(found.topic, names())))


@routes.page(
    "/forms/alerts/{subscription_id}/confirm",
    method="POST",
    auth=auth.anyone,
    summary="Confirm alerts",
    query=(TOKEN,),
)
def confirm(call: Call, subscription_id: str) -> Page:
    which, token = id_of(subscription_id), token_of(call)
    return confirmed(managing.confirm_by_link(which, token, alerts_ports()))


@routes.page(
    "/forms/alerts/{subscription_id}/code",
    method="POST",
    auth=auth.anyone,
    summary="Confirm alerts with the code from the text message",
)
def enter_code(call: Call, subscription_id: str) -> Page:
    which, ports = id_of(subscription_id), alerts_ports()
    try:
        return confirmed(managing.confirm_by_code(which, posted_form(call).one("code"), ports))
    except Invalid as error:
        return Page(code_page(which, error.errors), is_refusal=True)


@routes.page(
    "/forms/alerts/{subscription_id}",
    method="GET",
    auth=auth.anyone,
    summary="Show the page to change alerts, to anyone who has the link",
    query=(TOKEN,),
)
def show(call: Call, subscription_id: str) -> Page:
    token = token_of(call)
    shown = Shown(token=token)
    return manage(managing.read(id_of(subscription_id), shown, alerts_ports()), token)


@routes.page(
    "/forms/alerts/{subscription_id}",
    method="POST",
    auth=auth.anyone,
    summary="Change alerts",
    query=(TOKEN,),
)
def change(call: Call, subscription_id: str) -> Page:
    form, ports, shown = posted_form(call), alerts_ports(), Shown(token=token_of(call))
    present = managing.read(id_of(subscription_id), shown, ports)
    try:
        changes = changes_of(form, present)
        version = whole_number(form.one("version")) or 0
        after = managing.change(present.subscription_id, changes, version, shown, ports)
    except Invalid as error:
        return manage(present, token_of(call), typed=form, faults=error.errors)
    except Conflict as error:
        # A second save then overwrites the newer version deliberately.
        stored = managing.read(present.subscription_id, shown, ports)
        return manage(stored, token_of(call), typed=form, faults=[FieldError("save", error.detail)])
    return manage(after, token_of(call), is_saved=True)


@routes.page(
    "/forms/alerts/{subscription_id}/unsubscribe",
    method="GET",
    auth=auth.anyone,
    summary="Show the page to stop alerts",
    query=(TOKEN,),
)
def ask_unsubscribe(call: Call, subscription_id: str) -> Page:
    shown = Shown(token=token_of(call))
    found = managing.stoppable(id_of(subscription_id), shown, alerts_ports())
    said = topic_words(found.topic, names())
    return Page(render_alerts_page("unsubscribe", about=said, all_url=_all_url(found, call)))


@routes.page(
    "/forms/s/{packed}",
    method="GET",
    auth=auth.anyone,
    summary="Go on from the short link in text messages to the page that stops alerts",
)
def from_text(_: Call, packed: str) -> SeeOther:
    stop = links.parse_short_path(packed)
    if stop is None:
        raise NotFound(managing.NONE)
    return SeeOther(links.unsubscribe_url(here(), *stop))


@routes.page(
    "/forms/alerts/{subscription_id}/unsubscribe",
    method="POST",
    # Mail programs post here by themselves (RFC 8058), not from a page of ours.
    auth=auth.anyone,
    summary="Stop alerts with one click",
    query=(TOKEN,),
)
def unsubscribe(call: Call, subscription_id: str) -> Page:
    shown = Shown(token=token_of(call))
    ended = managing.stop(id_of(subscription_id), shown, alerts_ports())
    return Page(render_alerts_page("stopped", all_url=_all_url(ended, call)))


@routes.page(
    "/forms/alerts/{subscription_id}/all",
    method="GET",
    auth=auth.anyone,
    summary=("Show all alerts to the same address, to anyone who has the link from one of them"),
    query=(TOKEN,),
)
def show_all(call: Call, subscription_id: str) -> Page:
    ports, known, say = alerts_ports(), names(), request_language.current_language().say
    found = at_same_address(id_of(subscription_id), token_of(call), ports)
    items = [
        {
            "about": topic_words(each.topic, known),
            "often": hour_words(each.remind_at, request_language.current_language())
            if each.remind_at
            else say(FREQUENCIES[each.frequency]),
            "stop_url": links.unsubscribe_url(
                here(), each.subscription_id, ports.tokens.unsubscribe_token(each)
            ),
        }
        for each in found
    ]
    return Page(
        render_alerts_page("all", items=items, to=address_hint(found[0]) if found else None)
    )


@routes.page(
    "/forms/alerts/{subscription_id}/all",
    method="POST",
    auth=auth.anyone,
    summary="Stop all alerts to the same address",
    query=(TOKEN,),
)
def unsubscribe_all(call: Call, subscription_id: str) -> Page:
    stop_all(id_of(subscription_id), token_of(call), alerts_ports())
    return Page(render_alerts_page("stopped-all"))


def token_of(call: Call) -> str:
    return call.parameter("token") or ""


def _all_url(present: Subscription, call: Call) -> str | None:
    """Only for a subscriber who came from a message to the address."""
    token = token_of(call)
    if not may_open_all(present, token, alerts_ports()):
        return None
    return links.all_url(here(), present.subscription_id, token)
