"""The pages of a new report or request."""

from functools import partial
from typing import Any

from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.forms import wording
from chalicelib.bootstrap.payments import order_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Conflict, Invalid, NotFound, PriceChanged
from chalicelib.forms import flow
from chalicelib.forms.answers import CONTACT, FOR_CALLER, Answers
from chalicelib.forms.drafts import draft_of
from chalicelib.forms.ports import Ports
from chalicelib.forms.validation import key_of
from chalicelib.forms.views import WHO_SEES, form_path, screen_context
from chalicelib.handlers.forms.for_caller import (
    CHANNELS,
    Sender,
    sender_of,
    ticket_page,
    with_new_ticket,
)
from chalicelib.handlers.forms.form_pages import own_report, posted_form, render_form
from chalicelib.handlers.forms.forms_orders import Orders
from chalicelib.handlers.forms.forms_siblings import Siblings
from chalicelib.handlers.forms.order_context import slot_context
from chalicelib.handlers.forms.reach_words import reach_context
from chalicelib.handlers.http import rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page, SeeOther
from chalicelib.handlers.http.params import new_key
from chalicelib.kernel.parsing import parse
from chalicelib.kernel.time import utc_now
from chalicelib.reports.drafts import Draft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.reference import format_reference
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import Author, is_sender_of
from chalicelib.reports.usecases.concessions import may_grant_concession
from chalicelib.reports.usecases.orders.effects import carry_out_order
from chalicelib.reports.usecases.resident import withdrawing
from chalicelib.reports.views import payment_url, status_url, tracking_url
from chalicelib.texts import Text

FOR_CALLER_PATH = "/forms/for-caller"
CASE = "/desk/case/?id="


def begin(call: Call) -> Page:
    """The first page of a report."""
    return _render_screen(flow.first_screen(new_key()), Sender(call))


def begin_service(call: Call, service_code: str) -> Page:
    """The first page of that service. Raises NotFound, TooMany, UpstreamFailed."""
    sender = Sender(call)
    ports = _ports(sender)
    service = ports.council.by_code.get(service_code)
    if service is None:
        raise NotFound(Text("There is no such service."))
    premises_id = call.parameter("premises_id") or ""
    return _render_screen(
        flow.first_screen_of_service(service, new_key(), ports, premises_id), sender
    )


def begin_for_caller(call: Call) -> Page:
    """The first page of a service for an officer's caller. Raises Invalid, UpstreamFailed."""
    form = with_new_ticket(posted_form(call))
    sender = sender_of(form, call)
    if sender is None or not sender.is_officer:
        return ticket_page(form, FOR_CALLER_PATH)
    ports = _ports(sender)
    service = ports.council.by_code.get(form.one("service_code"))
    key = new_key()
    first = flow.first_screen_of_service(service, key, ports) if service else flow.first_screen(key)
    ticket = first.answers.with_(FOR_CALLER, form.one(FOR_CALLER))
    return _render_screen(replace(first, answers=ticket), sender)


def go_on(call: Call, service_code: str = "") -> Page | SeeOther:
    """The page after a posted one, or the result of sending the report. The posted page names the
    service. Raises Invalid, TooMany, UpstreamFailed."""
    form = with_new_ticket(posted_form(call))
    sender = sender_of(form, call)
    if sender is None:
        return ticket_page(form, form_path(service_code))
    ports = _ports(sender)
    outcome = flow.advance(form, ports)
    if isinstance(outcome, flow.Screen):
        return _render_screen(outcome, sender)
    return _send(outcome.answers, sender, ports)


def _ports(sender: Sender) -> Ports:
    """The ports for a sender. Rate limits do not apply to officers, whose actions are audited."""
    call, council = sender.call, request_language.council()
    author = call.caller.author()
    return Ports(
        council=council,
        siblings=Siblings(
            author, None if sender.is_officer else rate_limits.defer_count("premises", call)
        ),
        orders=Orders(
            author, None if sender.is_officer else partial(rate_limits.check_hold, call=call)
        ),
        today=utc_now().astimezone(council.zone).date(),
        is_for_caller=sender.is_officer,
        may_reduce=partial(_may_reduce, sender),
    )


def _may_reduce(sender: Sender, body: dict[str, Any]) -> bool:
    """True if the sender may grant the reduced price of a report with that body. Raises
    UpstreamFailed."""
    if not sender.is_officer:
        return False
    try:
        draft = replace(parse(body, Draft), channel=sender.channel)
        return may_grant_concession(draft, sender.call.caller.author(), reports_ports())
    except Invalid:
        # The fault is shown when the form is sent.
        return False


def _send(answers: Answers, sender: Sender, ports: Ports) -> Page | SeeOther:
    key = key_of(answers)
    try:
        report = _submit(answers, key, sender, ports)
    except Invalid as error:
        return _render_screen(flow.show_faults(answers, error.errors, ports), sender)
    except PriceChanged:
        return _render_screen(flow.show_changed_price(answers, ports), sender)
    except Conflict as error:
        link = _link_of_sent(key, sender.call.caller.author())
        raise Conflict(error.detail, link=link) from error
    return _page_after_sending(carry_out_order(report, order_ports()), key, sender)


def _submit(answers: Answers, key: str, sender: Sender, ports: Ports) -> ServiceRequest:
    """Raises Invalid, PriceChanged, Conflict, Forbidden, TooMany."""
    call = sender.call
    service = ports.council.by_code.get(answers.one("service_code"))
    draft = replace(parse(draft_of(answers, service), Draft), channel=sender.channel)
    return submission.submit(
        draft,
        key,
        call.caller.author(),
        reports_ports(),
        admit=rate_limits.admit_report(draft, key, call),
        may_write=rate_limits.may_write_to_contact(draft, call),
        language=request_language.current_language().code,
    )


def _page_after_sending(report: ServiceRequest, key: str, sender: Sender) -> Page | SeeOther:
    """The officer goes to the case, the resident to the payment or to the last page."""
    if sender.is_officer and sender.call.caller.author().is_officer_for(report):
        return SeeOther(f"{CASE}{report.service_request_id}")
    if not sender.is_officer and report.order and report.order.is_to_pay:
        return SeeOther(
            _path(payment_url(report, reports_ports(), request_language.current_language()))
        )
    context = _sent_context(report, key, sender)
    return Page(render_form("sent", **context), has_script=context["own_report"] is not None)


def _link_of_sent(key: str, author: Author) -> str | None:
    """The link of the report that was sent under this key: the holder of the key is its sender."""
    ports = reports_ports()
    report = ports.repository.get(ports.ids.service_request_id(author.scope, key))
    return _path(tracking_url(report, ports)) if report else None


def _path(url: str) -> str:
    """The path of a page of this site from its URL."""
    return url.removeprefix(container.settings().site_url)


def _sent_context(report: ServiceRequest, key: str, sender: Sender) -> dict[str, Any]:
    language = request_language.current_language()
    ports = reports_ports()
    expected = report.expected_datetime
    left = withdrawing.WITHDRAW_WITHIN - (ports.now() - report.requested_datetime)
    is_sender = is_sender_of(report, key, sender.call.caller.author(), ports)
    page = _path((tracking_url if is_sender else status_url)(report, ports))
    return {
        "service_request_id": report.service_request_id,
        "own_report": None if sender.is_officer else own_report(report, page),
        "reference": format_reference(report.service_request_id),
        "promise": wording(language).date(expected) if expected and not report.order else None,
        **(slot_context(report.order) if report.order else {"booked": "", "place": ""}),
        **reach_context(report),
        "who_sees": language.say(WHO_SEES.get(report.visibility, "")),
        "is_request": ports.council.by_code[report.service_code].is_request,
        "is_public": report.visibility == "public",
        "follows": not is_sender,
        "tracking_url": page,
        "for_caller": CHANNELS.get(sender.channel),
        "is_to_pay": report.order is not None and report.order.is_to_pay,
        "can_withdraw": is_sender
        and not sender.is_officer
        and report.order is None
        and report.visibility != "withdrawn"
        and left.total_seconds() > 0,
        "withdraw_minutes": int(withdrawing.WITHDRAW_WITHIN.total_seconds() // 60),
        "key": key,
    }


def _render_screen(screen: flow.Screen, sender: Sender) -> Page:
    council = request_language.council()
    line = council.phone_line_at(utc_now())
    for_caller = CHANNELS.get(sender.channel)
    shown = screen_context(screen, council.by_code)
    html = render_form(screen.name, **shown, line=line, for_caller=for_caller)
    personal = any(screen.answers.one(name) for name in (*CONTACT, FOR_CALLER))
    return Page(html, is_refusal=bool(screen.faults), may_be_kept=not personal)
