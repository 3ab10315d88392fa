"""The garden waste subscription on the page of its request, and the pages to cancel and to move it,
without JavaScript."""

from datetime import date
from typing import Any, NamedTuple

from chalicelib.bootstrap.collections import collections_ports
from chalicelib.bootstrap.garden import garden_ports
from chalicelib.bootstrap.payments import order_ports
from chalicelib.catalogue.garden import GardenItem
from chalicelib.collections.usecases import premises_at_postcode
from chalicelib.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.garden import usecases
from chalicelib.garden.model import NOT_SUBSCRIBED, GardenSubscription
from chalicelib.garden.views import GardenView
from chalicelib.handlers.forms.form_pages import posted_form, query_of, render_form
from chalicelib.handlers.http import rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page, SeeOther
from chalicelib.handlers.http.params import id_of
from chalicelib.integrations.garden_access import SubscriptionAccess, find_subscription
from chalicelib.integrations.garden_cancelling import (
    cancel_purchase,
    cancel_subscription,
    is_refundable,
    refund_pence,
)
from chalicelib.kernel.money import format_pounds
from chalicelib.kernel.site import Site
from chalicelib.reports.usecases.orders.change_booking import too_late_error
from chalicelib.texts import Text


class RequestedSubscription(NamedTuple):
    """The subscription that a request bought, and the path of that request's page."""

    access: SubscriptionAccess
    path: str
    token: str | None

    @property
    def subscription(self) -> GardenSubscription:
        return self.access.subscription

    @property
    def page(self) -> str:
        return self.path + query_of(self.token)

    @property
    def address(self) -> str:
        return self.access.view(garden_ports()).address


def garden_context(service_code: str, text: str, token: str | None, call: Call) -> Any:
    """The variables of the subscription that a request bought, for its page; None if it bought
    none. Raises NotFound, UpstreamFailed."""
    garden = request_language.council().garden
    if garden is None or garden.service != service_code:
        return None
    try:
        found = _get_subscription(text, token, call)
    except NotFound:
        return None
    view = found.access.view(garden_ports())
    is_live = found.subscription.is_live(garden_ports().today)
    form = f"/forms/services/{service_code}?premises_id={view.premises_id}"
    return {
        "status": _status(view),
        "address": view.address,
        "containers": view.containers,
        "may": _purchase_words(view),
        "may_change": is_live and found.access.may_change,
        "may_give_back": is_live and is_refundable(found.access.report, garden_ports()),
        "form": form,
        "move": f"{found.path}/garden/move{query_of(token)}",
        "cancel": f"{found.path}/garden/cancellation{query_of(token)}",
    }


def ask_cancellation(call: Call, service_request_id: str) -> Page:
    """The page to confirm the cancellation of the subscription, or of what the request added to it,
    with the refund. Raises NotFound, Conflict if the subscription is over."""
    found = _require_live(_get_subscription(service_request_id, call.parameter("token"), call))
    back = _refund_pence(found.access)
    shown = {
        "is_whole": found.access.may_change,
        "page": found.page,
        "action": f"{found.path}/garden/cancellation",
        "token": found.token or "",
        "address": found.address,
        "refund": format_pounds(back) if back else "",
    }
    return Page(render_form("garden-cancellation", **shown))


def cancel(call: Call, service_request_id: str) -> SeeOther:
    """Cancels the subscription, or what the request added to it; a repeat changes nothing. Raises
    NotFound, Conflict, TooMany, UpstreamFailed."""
    rate_limits.check_resident("payment", call)
    found = _get_subscription(service_request_id, posted_form(call).one("token") or None, call)
    garden, orders = garden_ports(), order_ports()
    if found.access.may_change:
        cancel_subscription(found.subscription.premises_id, garden, orders, refund=True)
    else:
        cancel_purchase(found.access.report, garden, orders)
    return SeeOther(Site("", request_language.current_language()).page(found.page))


def ask_move(call: Call, service_request_id: str) -> Page:
    """Asks for the postcode of the new home, and for its address. Raises NotFound, Forbidden,
    Conflict, TooMany, UpstreamFailed."""
    found = _require_live(_get_subscription(service_request_id, call.parameter("token"), call))
    found.access.require_change()
    postcode = call.parameter("postcode")
    if postcode is None:
        return _move_page(found)
    rate_limits.check_resident("premises", call)
    try:
        return _move_page(found, postcode, _addresses(postcode))
    except Invalid as error:
        return _move_page(found, postcode, faults=error.errors)


def move(call: Call, service_request_id: str) -> Page | SeeOther:
    """Moves the subscription, or says why it cannot be moved there. Raises NotFound, Forbidden,
    TooMany, UpstreamFailed."""
    form = posted_form(call)
    found = _get_subscription(service_request_id, form.one("token") or None, call)
    found.access.require_change()
    to, postcode = form.one("premises_id"), form.one("postcode")
    rate_limits.check_resident("premises", call)
    try:
        if to != found.subscription.premises_id:
            usecases.move(found.subscription.premises_id, to, garden_ports())
    except Invalid as error:
        faults = error.errors
    except Conflict as error:
        faults = (FieldError("premises_id", error.detail),)
    else:
        return SeeOther(Site("", request_language.current_language()).page(found.page))
    return _move_page(found, postcode, _addresses(postcode), faults)


def _refund_pence(access: SubscriptionAccess) -> int:
    """The refund for a cancellation now. Raises Conflict if it is too late to cancel what the
    request added, UpstreamFailed."""
    if access.may_change:
        return refund_pence(access.subscription, garden_ports(), order_ports())
    if not access.report.order or not is_refundable(access.report, garden_ports()):
        raise too_late_error(access.report, order_ports())
    return access.report.order.amount_pence


def _move_page(
    found: RequestedSubscription,
    postcode: str = "",
    addresses: tuple[tuple[str, str, str], ...] = (),
    faults: tuple[FieldError, ...] = (),
) -> Page:
    html = render_form(
        "garden-move",
        page=found.page,
        action=f"{found.path}/garden/move",
        token=found.token or "",
        address=found.address,
        postcode=postcode,
        example=request_language.council().example_postcode or "ZZ1 1AA",
        addresses=addresses,
        faults=[(each.field, each.message) for each in faults],
    )
    return Page(html, is_refusal=bool(faults))


def _addresses(postcode: str) -> tuple[tuple[str, str, str], ...]:
    """The addresses of the postcode as choices. Raises Invalid, UpstreamFailed."""
    found = premises_at_postcode(postcode, collections_ports())
    if not found:
        raise Invalid.field(
            "postcode", Text("We collect no bins at this postcode. Check that it is right")
        )
    return tuple((each.premises_id, each.address, "") for each in found)


def _get_subscription(text: str, token: str | None, call: Call) -> RequestedSubscription:
    """The subscription, for callers who may see the request. Raises NotFound, UpstreamFailed."""
    author = call.caller.author(token)
    found = find_subscription(id_of(text), author, garden_ports(), order_ports())
    return RequestedSubscription(found, f"/forms/reports/{found.report.service_request_id}", token)


def _require_live(found: RequestedSubscription) -> RequestedSubscription:
    """The same, if the subscription is live. Raises Conflict if it is over."""
    if not found.subscription.is_live(garden_ports().today):
        raise Conflict(NOT_SUBSCRIBED)
    return found


def _status(view: GardenView) -> str:
    language = request_language.current_language()
    match view.state:
        case "live":
            return _live_words(view, garden_ports().today)
        case "moved":
            return language.say("It has moved to another address.")
        case "cancelled":
            day = view.cancelled_on or date.min
            return language.say("It was cancelled on {day}.", day=language.day(day))
        case _:
            return language.say("It has ended.")


def _live_words(view: GardenView, today: date) -> str:
    language = request_language.current_language()
    first, last = view.years[0].first, language.day(view.years[-1].last)
    if first > today:
        return language.say("It runs from {first} to {last}.", first=language.day(first), last=last)
    return language.say("It runs until {day}.", day=last)


PURCHASE_WORDS: dict[GardenItem, str] = {
    "join": Text("Subscribe again"),
    "add": Text("Add a bin"),
    "renew": Text("Renew it"),
}


def _purchase_words(view: GardenView) -> list[str]:
    """The purchases that are possible now, in words, the most urgent first."""
    say = request_language.current_language().say
    return [say(PURCHASE_WORDS[each]) for each in reversed(view.may_buy)]
