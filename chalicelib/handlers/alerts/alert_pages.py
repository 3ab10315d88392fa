"""The pages of subscriptions to which links in alerts lead, without JavaScript and signing in.

No GET changes anything, so programs that check the links in emails cannot confirm or stop alerts.
"""

from chalicelib.alerts import links
from chalicelib.alerts.forms import changes_of
from chalicelib.alerts.model import Subscription
from chalicelib.alerts.presentation import FREQUENCIES, address_hint, hour_words, topic_words
from chalicelib.alerts.usecases import own_subscriptions
from chalicelib.alerts.usecases.at_address import list_at_same_address, may_open_all, stop_all
from chalicelib.alerts.usecases.own_subscriptions import AccessProof
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.errors import (
    Conflict,
    FieldError,
    Invalid,
    NotFound,
)
from chalicelib.handlers.alerts.alert_views import (
    code_page,
    confirmed_page,
    load_names,
    manage_page,
    relative_site,
)
from chalicelib.handlers.alerts.subscriptions import id_of
from chalicelib.handlers.http import auth, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page, SeeOther
from chalicelib.handlers.http.pages import posted_form, problem_page, render_alerts_page
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.numbers import whole_number
from chalicelib.texts import Text

TOKEN = Query("token", "the link's token")


routes = Routes(__name__, problem_page)


@routes.page(
    "/forms/alerts/{subscription_id}/confirm",
    method="GET",
    auth=auth.anyone,
    summary="Show the page to confirm alerts",
    query=(TOKEN,),
)
def show_confirm(call: Call, subscription_id: str) -> Page:
    stored = own_subscriptions.find_to_confirm(
        id_of(subscription_id), token_of(call), alerts_ports()
    )
    return Page(render_alerts_page("confirm", about=topic_words(stored.topic, load_names())))


@routes.page(
    "/forms/alerts/{subscription_id}/confirm",
    method="POST",
    auth=auth.anyone,
    summary="Confirm alerts",
    query=(TOKEN,),
)
def confirm(call: Call, subscription_id: str) -> Page:
    which, token = id_of(subscription_id), token_of(call)
    return confirmed_page(own_subscriptions.confirm_by_link(which, token, alerts_ports()))


@routes.page(
    "/forms/alerts/{subscription_id}/code",
    method="POST",
    auth=auth.anyone,
    summary="Confirm alerts with the code from the text message",
)
def enter_code(call: Call, subscription_id: str) -> Page:
    which, ports = id_of(subscription_id), alerts_ports()
    try:
        return confirmed_page(
            own_subscriptions.confirm_by_code(which, posted_form(call).one("code"), ports)
        )
    except Invalid as error:
        return Page(code_page(which, error.errors), is_refusal=True)


@routes.page(
    "/forms/alerts/{subscription_id}",
    method="GET",
    auth=auth.anyone,
    summary="Show the page to change alerts, to anyone who has the link",
    query=(TOKEN,),
)
def show_subscription(call: Call, subscription_id: str) -> Page:
    token = token_of(call)
    proof = AccessProof(token=token)
    return manage_page(
        own_subscriptions.read_subscription(id_of(subscription_id), proof, alerts_ports()), token
    )


@routes.page(
    "/forms/alerts/{subscription_id}",
    method="POST",
    auth=auth.anyone,
    summary="Change alerts",
    query=(TOKEN,),
)
def change_subscription(call: Call, subscription_id: str) -> Page:
    form, ports, proof = posted_form(call), alerts_ports(), AccessProof(token=token_of(call))
    present = own_subscriptions.read_subscription(id_of(subscription_id), proof, ports)
    try:
        changes = changes_of(form, present)
        version = whole_number(form.one("version")) or 0
        after = own_subscriptions.change_subscription(
            present.subscription_id, changes, version, proof, ports
        )
    except Invalid as error:
        return manage_page(present, token_of(call), typed=form, faults=error.errors)
    except Conflict as error:
        # The page shows the stored version, so a second save overwrites it deliberately.
        stored = own_subscriptions.read_subscription(present.subscription_id, proof, ports)
        return manage_page(
            stored, token_of(call), typed=form, faults=[FieldError("save", error.detail)]
        )
    return manage_page(after, token_of(call), is_saved=True)


@routes.page(
    "/forms/alerts/{subscription_id}/unsubscribe",
    method="GET",
    auth=auth.anyone,
    summary="Show the page to stop alerts",
    query=(TOKEN,),
)
def show_unsubscribe(call: Call, subscription_id: str) -> Page:
    proof = AccessProof(token=token_of(call))
    stored = own_subscriptions.find_to_stop(id_of(subscription_id), proof, alerts_ports())
    topic = topic_words(stored.topic, load_names())
    return Page(render_alerts_page("unsubscribe", about=topic, all_url=_all_url(stored, call)))


@routes.page(
    "/forms/s/{packed}",
    method="GET",
    auth=auth.anyone,
    summary="Go on from the short link in text messages to the page that stops alerts",
)
def follow_short_link(_: Call, packed: str) -> SeeOther:
    stop = links.parse_short_path(packed)
    if stop is None:
        raise NotFound(own_subscriptions.NOT_FOUND)
    return SeeOther(links.unsubscribe_url(relative_site(), *stop))


@routes.page(
    "/forms/b/{packed}",
    method="GET",
    auth=auth.anyone,
    summary="Go on from the short link in text messages to the page of a report",
)
def follow_short_report_link(_: Call, packed: str) -> SeeOther:
    report = links.parse_report_path(packed)
    if report is None:
        raise NotFound(Text("There is no report {reference}.", reference=packed))
    return SeeOther(links.report_url(relative_site(), *report))


@routes.page(
    "/forms/alerts/{subscription_id}/unsubscribe",
    method="POST",
    # Mail programs post here by themselves (RFC 8058), not from a page of ours.
    auth=auth.anyone,
    summary="Stop alerts with one click",
    query=(TOKEN,),
)
def unsubscribe(call: Call, subscription_id: str) -> Page:
    proof = AccessProof(token=token_of(call))
    stopped = own_subscriptions.stop_subscription(id_of(subscription_id), proof, alerts_ports())
    return Page(render_alerts_page("stopped", all_url=_all_url(stopped, call)))


@routes.page(
    "/forms/alerts/{subscription_id}/all",
    method="GET",
    auth=auth.anyone,
    summary=("Show all alerts to the same address, to anyone who has the link from one of them"),
    query=(TOKEN,),
)
def show_all(call: Call, subscription_id: str) -> Page:
    ports, known, say = alerts_ports(), load_names(), request_language.current_language().say
    stored = list_at_same_address(id_of(subscription_id), token_of(call), ports)
    items = [
        {
            "about": topic_words(each.topic, known),
            "often": hour_words(each.remind_at, request_language.current_language())
            if each.remind_at
            else say(FREQUENCIES[each.frequency]),
            "stop_url": links.unsubscribe_url(
                relative_site(), each.subscription_id, ports.tokens.unsubscribe_token(each)
            ),
        }
        for each in stored
    ]
    return Page(
        render_alerts_page("all", items=items, to=address_hint(stored[0]) if stored else None)
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
    """The page of all subscriptions at the address; None for a caller who did not come from a
    message to the address."""
    token = token_of(call)
    if not may_open_all(present, token, alerts_ports()):
        return None
    return links.all_url(relative_site(), present.subscription_id, token)
