"""The page that asks whether the problem is fixed, without JavaScript and without signing in: the
links in the question lead here, each to a page for one subscriber and one repair.

A GET shows the question and changes nothing: programs also check the links in emails.
"""

from typing import Any

from chalicelib.alerts.usecases.questions import read_repair_question
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import FieldError, Invalid
from chalicelib.handlers.http import auth, rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.pages import posted_form, problem_page, render_alerts_page
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.parsing import parse
from chalicelib.reports.drafts import AnswerDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.reference import format_reference
from chalicelib.reports.states import LABELS
from chalicelib.reports.usecases.resident import repair_feedback
from chalicelib.reports.usecases.resident.repair_feedback import FeedbackRequest, FeedbackStatus
from chalicelib.reports.views import tracking_url
from chalicelib.texts import Text

SAID = {
    "answer": Text("Choose yes or no"),
    "text": Text("What you write must have at most 2,000 characters"),
}
routes = Routes(__name__, problem_page)


@routes.page(
    "/forms/mended/{token}",
    method="GET",
    auth=auth.anyone,
    summary="Show the question whether a problem is fixed",
    query=(Query("answer", "yes or no, which is preselected"),),
)
def ask_mended(call: Call, token: str) -> Page:
    standing = repair_feedback.feedback_status(_read_token(token), reports_ports())
    if standing.answer or not standing.is_open:
        return _answered_page(standing)
    typed = {"answer": call.parameter("answer") or "", "text": ""}
    return Page(
        render_alerts_page("mended", token=token, typed=typed, **_page_details(standing.report))
    )


@routes.page(
    "/forms/mended/{token}",
    method="POST",
    auth=auth.anyone,
    summary=("Answer the question whether a problem is fixed"),
)
def answer_mended(call: Call, token: str) -> Page:
    asked = _read_token(token)
    form = posted_form(call)
    files = [each.body for each in form.files if each.name == "photos"]
    typed = {name: form.one(name) for name in ("answer", "text")}
    try:
        draft = parse({name: value for name, value in typed.items() if value}, AnswerDraft)
        rate_limits.check("update", call)
        return _answered_page(repair_feedback.answer_question(asked, draft, files, reports_ports()))
    except Invalid as error:
        return _refusal_page(error, asked, token, typed)


def _read_token(token: str) -> FeedbackRequest:
    return FeedbackRequest(**read_repair_question(token, alerts_ports())._asdict())


def _refusal_page(
    error: Invalid, asked: FeedbackRequest, token: str, typed: dict[str, str]
) -> Page:
    """The question again, with the faults of the answer."""
    report = repair_feedback.feedback_status(asked, reports_ports()).report
    faults = [FieldError(field, SAID.get(field, message)) for field, message in error.errors]
    html = render_alerts_page(
        "mended", token=token, typed=typed, faults=faults, **_page_details(report)
    )
    return Page(html, is_refusal=True)


def _answered_page(standing: FeedbackStatus) -> Page:
    return Page(render_alerts_page("answered", standing=standing, **_page_details(standing.report)))


def _page_details(report: ServiceRequest) -> dict[str, Any]:
    """The details of a report on the pages."""
    language = request_language.current_language()
    service = request_language.council().by_code.get(report.service_code)
    return {
        "reference": format_reference(report.service_request_id),
        "service_name": service.service_name if service else report.service_code,
        "state_label": language.say(LABELS[report.state]),
        "page_url": tracking_url(report, reports_ports(), language),
    }
