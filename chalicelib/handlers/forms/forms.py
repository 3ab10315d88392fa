"""The flows without JavaScript: forms that browsers post, answered with pages.

They never act for a signed-in person (there are no cookies), so another site that posts one of them
can do no more than with a request of its own. The views are loaded when the first page is
requested, so that a cold start of the API does not load them.
"""

from typing import Any

from chalicelib.errors import AppError
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.routes import Call, Page, Query, Routes

TOKEN = Query("token", "what the link to a report that is not public carries")


def _views() -> Any:
    from chalicelib.handlers.forms import forms_views

    return forms_views


def _problem_page(error: AppError | None) -> str:
    return str(_views().problem_page(error))


routes = Routes(__name__, _problem_page)


@routes.page("/forms/report", method="GET", auth=auth.anywhere, summary="Report something: begin")
def begin(call: Call) -> Page:
    page: Page = _views().begin(call)
    return page


@routes.page("/forms/report", method="POST", auth=auth.anyone, summary="Report something: go on")
def go_on(call: Call) -> Page:
    page: Page = _views().go_on(call)
    return page


@routes.page(
    "/forms/reports/{service_request_id}",
    method="GET",
    auth=auth.anyone,
    summary="A report, for whoever has the link to it",
    query=(TOKEN,),
)
def read(call: Call, service_request_id: str) -> Page:
    page: Page = _views().read(call, service_request_id)
    return page


@routes.page(
    "/forms/reports/{service_request_id}/update",
    method="GET",
    auth=auth.anyone,
    summary="Add to a report: the form",
    query=(TOKEN,),
)
def ask_update(call: Call, service_request_id: str) -> Page:
    page: Page = _views().ask_update(call, service_request_id)
    return page


@routes.page(
    "/forms/reports/{service_request_id}/update",
    method="POST",
    auth=auth.anyone,
    summary="Add to a report",
)
def add_update(call: Call, service_request_id: str) -> Page:
    page: Page = _views().add_update(call, service_request_id)
    return page


@routes.page(
    "/forms/reports/{service_request_id}/follow",
    method="POST",
    auth=auth.anyone,
    summary="Follow a report",
)
def follow(call: Call, service_request_id: str) -> Page:
    page: Page = _views().follow(call, service_request_id)
    return page


@routes.page(
    "/forms/reports/{service_request_id}/flag",
    method="GET",
    auth=auth.anyone,
    summary="Report this content: the form",
)
def ask_flag(call: Call, service_request_id: str) -> Page:
    page: Page = _views().ask_flag(call, service_request_id)
    return page


@routes.page(
    "/forms/reports/{service_request_id}/flag",
    method="POST",
    auth=auth.anyone,
    summary="Report this content",
)
def flag(call: Call, service_request_id: str) -> Page:
    page: Page = _views().flag(call, service_request_id)
    return page


@routes.page(
    "/forms/reports/{service_request_id}/withdraw",
    method="POST",
    auth=auth.anyone,
    summary="Take a report back",
)
def withdraw(call: Call, service_request_id: str) -> Page:
    page: Page = _views().withdraw(call, service_request_id)
    return page


@routes.page(
    "/forms/nearest",
    method="GET",
    auth=auth.anyone,
    summary="Where's my nearest: what, where, and a list by distance",
    query=(
        Query("kind", "one of those that /api/facilities/kinds lists"),
        Query("q", "a postcode, street or place"),
    ),
)
def nearest(call: Call) -> Page:
    from chalicelib.handlers.forms import forms_nearest

    return forms_nearest.nearest(call)
