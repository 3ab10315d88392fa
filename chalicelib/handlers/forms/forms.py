"""The flows without JavaScript: forms that browsers post, answered with pages.

They never act for a signed-in person (there are no cookies), so another site that posts one of them
can do no more than with a request of its own. The views are loaded when the first page is
requested, so that a cold start of the API does not load them.
"""

from typing import Any

from chalicelib.errors import AppError
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.routes import Call, Page, Query, Routes

TOKEN = Query("token", "the token in the link to a report that is not public")


def _views() -> Any:
    from chalicelib.handlers.forms import forms_views

    return forms_views


def _problem_page(error: AppError | None) -> str:
    return str(_views().problem_page(error))


routes = Routes(__name__, _problem_page)


@routes.page(
    "/forms/report", method="GET", auth=auth.anywhere, summary=("First page of a new report")
)
def begin(call: Call) -> Page:
    page: Page = _views().begin(call)
    return page


@routes.page("/forms/report", method="POST", auth=auth.anyone, summary="Next page of a new report")
def go_on(call: Call) -> Page:
    page: Page = _views().go_on(call)
    return page


@routes.page(
    "/forms/reports/{service_request_id}",
    method="GET",
    auth=auth.anyone,
    summary="A report, for anyone who has the link to it",
    query=(TOKEN,),
)
def read(call: Call, service_request_id: str) -> Page:
    page: Page = _views().read(call, service_request_id)
    return page


@routes.page(
    "/forms/reports/{service_request_id}/update",
    method="GET",
    auth=auth.anyone,
    summary="Page to add an update to a report",
    query=(TOKEN,),
)
def ask_update(call: Call, service_request_id: str) -> Page:
    page: Page = _views().ask_update(call, service_request_id)
    return page


@routes.page(
    "/forms/reports/{service_request_id}/update",
    method="POST",
    auth=auth.anyone,
    summary="Add an update to a report",
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
    summary="Page to flag a report",
)
def ask_flag(call: Call, service_request_id: str) -> Page:
    page: Page = _views().ask_flag(call, service_request_id)
    return page


@routes.page(
    "/forms/reports/{service_request_id}/flag",
    method="POST",
    auth=auth.anyone,
    summary="Flag a report",
)
def flag(call: Call, service_request_id: str) -> Page:
    page: Page = _views().flag(call, service_request_id)
    return page


@routes.page(
    "/forms/reports/{service_request_id}/withdraw",
    method="POST",
    auth=auth.anyone,
    summary="Withdraw a report",
)
def withdraw(call: Call, service_request_id: str) -> Page:
    page: Page = _views().withdraw(call, service_request_id)
    return page


@routes.page(
    "/forms/nearest",
    method="GET",
    auth=auth.anyone,
    summary="Where's my nearest: form, and list by distance",
    query=(
        Query("kind", "one of the kinds that /api/facilities/kinds lists"),
        Query("q", "a postcode, street or place"),
    ),
)
def nearest(call: Call) -> Page:
    from chalicelib.handlers.forms import forms_nearest

    return forms_nearest.nearest(call)
