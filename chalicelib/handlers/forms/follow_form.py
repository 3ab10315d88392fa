"""The form to follow a report, which subscribes the follower to its news."""

from collections.abc import Sequence

from chalicelib.alerts.model import MOST_CODE_TRIES, Channel, Subscription
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.errors import Invalid
from chalicelib.handlers.forms.form_pages import (
    done_page,
    key_of_form,
    posted_form,
    render_form,
    report_context,
)
from chalicelib.handlers.http import request_language, subscribers
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.pages import render_alerts_page
from chalicelib.handlers.http.params import id_of
from chalicelib.handlers.http.subscribers import FollowRequest
from chalicelib.kernel.parsing import parse
from chalicelib.reports.model import ServiceRequest
from chalicelib.texts import Text

_ADDRESS = {
    False: Text("Enter an email address, like name@example.org"),
    True: Text(
        "Enter an email address, like name@example.org, or a mobile number, like 07700 900123"
    ),
}
"""The text that asks for an address, by whether the council sends text messages."""
_WHOLE_ADDRESS = {
    False: Text("Enter an email address, like name@example.org, in full and without mistakes"),
    True: Text(
        "Enter an email address, like name@example.org, or a mobile number, like 07700 900123, in "
        "full and without mistakes"
    ),
}


def follow(call: Call, service_request_id: str) -> Page:
    """Follows a report, and subscribes the follower to its news; asks for an address first if there
    is none. Raises NotFound, Invalid."""
    form, request_id = posted_form(call), id_of(service_request_id)
    key, to = key_of_form(form), form.one("to").strip()
    is_asked = bool(form.one("asked"))
    if not to and (is_asked or call.caller.account is None):
        return _ask_address(
            call, request_id, key, to, [_ADDRESS[_sends_texts()]] if is_asked else []
        )
    channel: Channel = "sms" if to and "@" not in to and _sends_texts() else "email"
    try:
        wanted = parse({"channel": channel, "to": to} if to else {}, FollowRequest)
        report, alerts = subscribers.follow(request_id, key, wanted, call)
    except Invalid as error:
        if all(fault.field == "to" for fault in error.errors):
            return _ask_address(call, request_id, key, to, [_WHOLE_ADDRESS[_sends_texts()]])
        raise
    if alerts and alerts.state == "unconfirmed" and channel == "sms":
        return Page(
            render_alerts_page(
                "code", subscription_id=alerts.subscription_id, tries=MOST_CODE_TRIES
            )
        )
    return _confirmation(report, alerts)


def _confirmation(report: ServiceRequest, alerts: Subscription | None) -> Page:
    count = request_language.current_language().say_many(
        report.followers,
        "1 person follows it. You do not need to send another report.",
        "{count} people follow it. You do not need to send another report.",
    )
    is_to_confirm = alerts is not None and alerts.state == "unconfirmed"
    return done_page(
        Text("Check your email") if is_to_confirm else Text("You are following this report"),
        Text("{next_step} {count}", next_step=_next_step(alerts), count=count),
        service_request_id=report.service_request_id,
        # The public page is published, and may be a minute older than this page.
        url=f"/forms/reports/{report.service_request_id}",
    )


def _sends_texts() -> bool:
    return "sms" in alerts_ports().channels


def _ask_address(call: Call, request_id: str, key: str, to: str, faults: Sequence[str]) -> Page:
    """The form that asks a follower for an address. Raises NotFound."""
    html = render_form(
        "follow",
        **report_context(call, request_id, None),
        key=key,
        to=to,
        sends_texts=_sends_texts(),
        faults=[("to", fault) for fault in faults],
    )
    return Page(html, is_refusal=bool(faults))


def _next_step(alerts: Subscription | None) -> str:
    """The sentence that tells the follower what happens next."""
    if alerts is None:
        return Text("We've counted you as one more person who is affected.")
    if alerts.state == "unconfirmed":
        return Text(
            "We've sent an email to {address}. Select the link in it to get updates.",
            address=alerts.to,
        )
    return Text("We'll send you updates.")
