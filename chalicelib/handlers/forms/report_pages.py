"""The pages to read, update, flag and withdraw a stored report."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from chalicelib.bootstrap.forms import wording
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Invalid
from chalicelib.forms.views import REASONS
from chalicelib.handlers.forms.form_pages import (
    done_page,
    form_with_faults,
    key_of_form,
    posted_form,
    query_of,
    render_form,
    report_context,
    withdrawn_report,
)
from chalicelib.handlers.forms.garden_pages import garden_context
from chalicelib.handlers.forms.order_context import order_context
from chalicelib.handlers.http import rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.params import id_of, new_key
from chalicelib.kernel.parsing import parse
from chalicelib.reports.drafts import FlagDraft, UpdateDraft
from chalicelib.reports.reference import format_reference
from chalicelib.reports.states import LABELS
from chalicelib.reports.usecases import updating
from chalicelib.reports.usecases.access import SHOWN_TO_SENDER, get_report, report_not_found
from chalicelib.reports.usecases.resident import flagging, withdrawing
from chalicelib.reports.views import public_page
from chalicelib.texts import Text


def read(call: Call, service_request_id: str) -> Page:
    """A report, for the reader who has the link to it. Raises NotFound."""
    token = call.parameter("token")
    report = report_context(call, service_request_id, token)
    of_service = (report["report"]["service_code"], service_request_id, token, call)
    order, garden = order_context(*of_service), garden_context(*of_service)
    html = render_form("report", **report, order=order, garden=garden, key=new_key())
    return Page(html, pictures_from=_origins_of_photos(report["report"]))


def read_status(call: Call, service_request_id: str) -> Page:
    """The state of a report, for its followers who have a link to that. Raises NotFound."""
    request_id, ports = id_of(service_request_id), reports_ports()
    report = get_report(request_id, ports)
    is_shown = report.visibility in SHOWN_TO_SENDER
    if not is_shown or not ports.ids.is_follow_token(request_id, call.parameter("token") or ""):
        raise report_not_found(service_request_id)
    language, expected = request_language.current_language(), report.expected_datetime
    service = request_language.council().by_code.get(report.service_code)
    return Page(
        render_form(
            "status",
            reference=format_reference(request_id),
            service_name=service.service_name if service else report.service_code,
            title=report.title if report.collection else None,
            state_label=language.say(LABELS[report.state]),
            promise=wording(language).date(expected) if expected else None,
        )
    )


def _origins_of_photos(report: Mapping[str, Any]) -> tuple[str, ...]:
    """The origins of the photos of a report that is not public: the store of photos."""
    updates = report["updates"]
    photos = [*report["photos"], *(photo for update in updates for photo in update["photos"])]
    places = {urlsplit(photo.thumbnail_url) for photo in photos}
    return tuple(sorted({f"{each.scheme}://{each.netloc}" for each in places if each.netloc}))


def ask_update(call: Call, service_request_id: str) -> Page:
    """The form to add to a report. Raises NotFound."""
    report = report_context(call, service_request_id, call.parameter("token"))
    return Page(render_form("update", **report, key=new_key(), text="", state=""))


def add_update(call: Call, service_request_id: str) -> Page:
    """Adds to a report. Raises NotFound, Invalid, Conflict."""
    form, request_id = posted_form(call), id_of(service_request_id)
    key, token = key_of_form(form), form.one("token") or None
    typed = {name: form.one(name) for name in ("text", "state")}
    files = [each.body for each in form.files if each.name == "photos"]
    try:
        draft = parse({name: value for name, value in typed.items() if value}, UpdateDraft)
        author, admit = call.caller.author(token), rate_limits.admit_update(request_id, draft, call)
        updating.add_update_with_files(
            request_id, draft, key, author, reports_ports(), files=files, admit=admit
        )
    except Invalid as error:
        report = report_context(call, service_request_id, token)
        return form_with_faults("update", error, {**typed, "photos": ""}, **report, key=key)
    return done_page(
        Text("Thank you for your update"),
        Text("The team that deals with this report will read it."),
        service_request_id=request_id,
        url=f"/forms/reports/{request_id}{query_of(token)}",
    )


def ask_flag(call: Call, service_request_id: str) -> Page:
    """The form to report content. Raises NotFound."""
    report = report_context(call, service_request_id, None)
    return Page(render_form("flag", **report, reasons=REASONS, key=new_key(), text="", reason=""))


def flag(call: Call, service_request_id: str) -> Page:
    """Flags a report. Raises NotFound, Invalid."""
    form = posted_form(call)
    key = key_of_form(form)
    typed = {name: form.one(name) for name in ("reason", "text")}
    try:
        draft = parse({name: value for name, value in typed.items() if value}, FlagDraft)
        author, ports = call.caller.author(), reports_ports()
        admit = rate_limits.defer_count("flag", call)
        request_id, client = id_of(service_request_id), rate_limits.client_of(call)
        flagging.flag_report(request_id, draft, key, author, ports, client=client, admit=admit)
    except Invalid as error:
        report = report_context(call, service_request_id, None)
        return form_with_faults("flag", error, typed, **report, reasons=REASONS, key=key)
    return done_page(
        Text("Thank you"),
        Text("We'll look at it."),
        service_request_id=id_of(service_request_id),
        url=public_page("", id_of(service_request_id)),
    )


def withdraw(call: Call, service_request_id: str) -> Page:
    """Withdraws a report. Raises NotFound, Invalid, Conflict."""
    key = key_of_form(posted_form(call))
    ports = reports_ports()
    report = withdrawing.withdraw_report(
        id_of(service_request_id), key, call.caller.author(), ports
    )
    return done_page(
        Text("You have withdrawn your report"),
        Text("We have deleted what you wrote, and we are not dealing with the report any more."),
        service_request_id=report.service_request_id,
        url=None,
        own_report=withdrawn_report(report),
    )
