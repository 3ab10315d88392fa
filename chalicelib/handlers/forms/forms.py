"""The flows without JavaScript: forms that browsers post, answered with pages.

They never act for a signed-in person (there are no cookies), so another site that posts one of them
can do no more than with a request of its own. The views are loaded when the first page is
requested, so that a cold start of the API does not load them.
"""

from chalicelib.errors import AppError
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.routes import Call, Page, Query, Routes

TOKEN = Query("token", "the token in the link to a report that is not public")


def _problem_page(error: AppError | None) -> str:
    from chalicelib.handlers.forms import forms_views

    return forms_views.problem_page(error)


routes = Routes(__name__, _problem_page)
A_REPORT = "/forms/reports/{service_request_id}"


def _page(
    method: str,
    path: str,
    view: str,
    summary: str,
    *,
    gate: auth.Gate = auth.anyone,
    query: tuple[Query, ...] = (),
) -> None:
    """Registers a view of forms_views by its name."""

    def answer(call: Call, **parameters: str) -> Page:
        from chalicelib.handlers.forms import forms_views

        page: Page = getattr(forms_views, view)(call, **parameters)
        return page

    answer.__name__ = view
    routes.page(path, method=method, auth=gate, summary=summary, query=query)(answer)


_page("GET", "/forms/report", "begin", "First page of a new report", gate=auth.anywhere)
_page("POST", "/forms/report", "go_on", "Next page of a new report")
_page("GET", A_REPORT, "read", "A report, for anyone who has the link to it", query=(TOKEN,))
_page(
    "GET", f"{A_REPORT}/update", "ask_update", "Page to add an update to a report", query=(TOKEN,)
)
_page("POST", f"{A_REPORT}/update", "add_update", "Add an update to a report")
_page("POST", f"{A_REPORT}/follow", "follow", "Follow a report")
_page("GET", f"{A_REPORT}/flag", "ask_flag", "Page to flag a report")
_page("POST", f"{A_REPORT}/flag", "flag", "Flag a report")
_page("POST", f"{A_REPORT}/withdraw", "withdraw", "Withdraw a report")


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
