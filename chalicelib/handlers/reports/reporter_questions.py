"""The page on which the reporter answers an officer's question, without JavaScript and without
signing in: the link in the question leads here.

A GET shows the question and changes nothing: programs also check the links in emails.
"""

from typing import Any

from chalicelib.alerts.usecases.questions import read_officer_question
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import FieldError, Invalid
from chalicelib.handlers.http import auth, rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.pages import posted_form, problem_page, render_alerts_page
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.parsing import parse
from chalicelib.reports.drafts import ReplyDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.reference import format_reference
from chalicelib.reports.usecases.staff import questions
from chalicelib.reports.usecases.staff.questions import QuestionKey, QuestionStatus
from chalicelib.reports.views import tracking_url
from chalicelib.texts import Text

routes = Routes(__name__, problem_page)
LENGTH = Text("Enter your answer, with at most 2,000 characters")


@routes.page(
    "/forms/questions/{token}",
    method="GET",
    auth=auth.anyone,
    summary="Show an officer's question to the reporter",
)
def show_question(_: Call, token: str) -> Page:
    return _status_page(questions.question_status(_read_token(token), reports_ports()), token)


@routes.page(
    "/forms/questions/{token}",
    method="POST",
    auth=auth.anyone,
    summary="Answer an officer's question",
)
def answer_question(call: Call, token: str) -> Page:
    asked, ports, typed = _read_token(token), reports_ports(), posted_form(call).one("text")
    try:
        draft = parse({"text": typed}, ReplyDraft)
    except Invalid:
        faults = [FieldError("text", LENGTH)]
        return _status_page(
            questions.question_status(asked, ports), token, typed=typed, faults=faults
        )
    rate_limits.check("update", call)
    return _status_page(questions.reply_to_question(asked, draft.text, ports), token)


def _read_token(token: str) -> QuestionKey:
    request_id, number = read_officer_question(token, alerts_ports())
    return QuestionKey(service_request_id=request_id, number=number)


def _status_page(
    reply: QuestionStatus, token: str, *, typed: str = "", faults: list[FieldError] | None = None
) -> Page:
    name = "question" if reply.is_open else "replied"
    html = render_alerts_page(
        name, faults or (), reply=reply, token=token, typed=typed, **_page_details(reply.report)
    )
    return Page(html, is_refusal=bool(faults) and reply.is_open)


def _page_details(report: ServiceRequest) -> dict[str, Any]:
    """The details of a report on the pages."""
    service = request_language.council().by_code.get(report.service_code)
    return {
        "reference": format_reference(report.service_request_id),
        "service_name": service.service_name if service else report.service_code,
        "page_url": tracking_url(report, reports_ports(), request_language.current_language()),
    }
