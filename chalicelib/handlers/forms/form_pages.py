"""Helpers that several pages of the forms share."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from chalicelib.bootstrap.forms import wording
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Invalid
from chalicelib.forms import form_parser, messages
from chalicelib.forms.answers import Answers
from chalicelib.forms.validation import key_of
from chalicelib.handlers.http import request_language
from chalicelib.handlers.http.audit import audit_view
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.pages import render_page
from chalicelib.handlers.http.params import id_of
from chalicelib.kernel.posted_form import PostedForm
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.reference import format_reference
from chalicelib.reports.usecases import reading


def report_context(call: Call, text: str, token: str | None) -> dict[str, Any]:
    """The variables that the pages of a report share. Raises NotFound."""
    author = call.caller.author(token)
    view = reading.view_report(id_of(text), author, reports_ports())
    audit_view(view, call.caller)
    shown = wording(request_language.current_language()).report(
        view, is_for_staff=bool(call.caller.grants) and token is None
    )
    return {"report": shown, "token": token or "", "query": query_of(token)}


def form_with_faults(name: str, error: Invalid, typed: Mapping[str, str], **context: Any) -> Page:
    """The same page with the typed values and their faults. Raises `error` if none of its faults is
    about a field of the page."""
    faults = [
        messages.explain_plain_fault(fault, is_given=bool(typed[fault.field]))
        for fault in error.errors
        if fault.field in typed
    ]
    if not faults:
        raise error
    return Page(render_form(name, **context, **typed, faults=faults), is_refusal=True)


def done_page(
    heading: str,
    text: str,
    *,
    service_request_id: str,
    url: str | None,
    own_report: Mapping[str, str] | None = None,
) -> Page:
    say = request_language.current_language().say
    html = render_form(
        "done",
        heading=say(heading),
        text=say(text),
        reference=format_reference(service_request_id),
        url=url,
        own_report=own_report,
    )
    return Page(html, has_script=own_report is not None)


def own_report(report: ServiceRequest, page: str) -> dict[str, str]:
    """What the sender's browser lists under "Track"; `page` is the path of the report's page."""
    return {
        "id": report.service_request_id,
        "service-code": report.service_code,
        "at": report.requested_datetime.isoformat(),
        "url": request_language.current_language().address(page),
    }


def withdrawn_report(report: ServiceRequest) -> dict[str, str]:
    """What the sender's browser takes off that list."""
    return {"id": report.service_request_id}


def render_form(name: str, **context: Any) -> str:
    return render_page("forms", name, **context)


def posted_form(call: Call) -> PostedForm:
    return form_parser.parse_form(call.body, str(call.request.headers.get("content-type", "")))


def key_of_form(form: PostedForm) -> str:
    return key_of(Answers.from_posted(form))


def query_of(token: str | None) -> str:
    return "?" + urlencode({"token": token}) if token else ""
