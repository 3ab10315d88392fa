"""The flows without JavaScript: forms that browsers post, answered with pages.

They never act for a signed-in person (there are no cookies), so another site that posts one of them
can do no more than with a request of its own. An officer who fills in one for a caller has a ticket
in its fields (ADR 80). The views are loaded when the first page is
requested, so that a cold start of the API does not load them.
"""

from importlib import import_module

from chalicelib.accounts.usecases.rate_limits import Flow
from chalicelib.errors import AppError
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import FormattedAnswer, Page
from chalicelib.handlers.http.route_facts import REPORT_TOKEN, Query
from chalicelib.handlers.http.routes import Routes


def _problem_page(error: AppError | None) -> str:
    from chalicelib.handlers.forms.problem_page import problem_page

    return problem_page(error)


routes = Routes(__name__, _problem_page)
A_SERVICE = "/forms/services/{service_code}"
A_REPORT = "/forms/reports/{service_request_id}"


def _page(
    method: str,
    path: str,
    view: str,
    summary: str,
    *,
    gate: auth.Gate = auth.anyone,
    query: tuple[Query, ...] = (),
    media_types: tuple[str, ...] = (),
    calls_out: Flow | None = None,
) -> None:
    """Registers a view by its module in this folder and its name there."""
    module, _, name = view.partition(".")

    def answer(call: Call, **parameters: str) -> Page | FormattedAnswer:
        views = import_module(f"chalicelib.handlers.forms.{module}")
        page: Page | FormattedAnswer = getattr(views, name)(call, **parameters)
        return page

    answer.__name__ = name
    routes.page(
        path,
        method=method,
        auth=gate,
        summary=summary,
        query=query,
        media_types=media_types,
        calls_out=calls_out,
    )(answer)


_page(
    "GET",
    "/forms/report",
    "report_form.begin",
    "Show the first page of a new report",
    gate=auth.anywhere,
)
_page(
    "POST",
    "/forms/report",
    "report_form.go_on",
    "Send a page of a new report and show the next one",
)
_page(
    "GET",
    A_SERVICE,
    "report_form.begin_service",
    "Show the first page of a service",
    query=(Query("premises_id", "the premises of the request; the form does not ask for them"),),
)
_page("POST", A_SERVICE, "report_form.go_on", "Send a page of a service and show the next one")
_page(
    "POST",
    "/forms/for-caller",
    "report_form.begin_for_caller",
    "Show the first page of a service to an officer who fills it in for a caller",
)
_page(
    "GET",
    f"{A_REPORT}/status",
    "report_pages.read_status",
    "Show the state of a request to somebody who follows it",
    query=(REPORT_TOKEN,),
)
_page(
    "GET",
    A_REPORT,
    "report_pages.read",
    "Show a report, to anyone who has the link to it",
    query=(REPORT_TOKEN,),
)
_page(
    "GET",
    f"{A_REPORT}/update",
    "report_pages.ask_update",
    "Show the page to add an update to a report",
    query=(REPORT_TOKEN,),
)
_page("POST", f"{A_REPORT}/update", "report_pages.add_update", "Add an update to a report")
_page("POST", f"{A_REPORT}/follow", "follow_form.follow", "Follow a report")
_page("GET", f"{A_REPORT}/flag", "report_pages.ask_flag", "Show the page to flag a report")
_page("POST", f"{A_REPORT}/flag", "report_pages.flag", "Flag a report")
_page("POST", f"{A_REPORT}/withdraw", "report_pages.withdraw", "Withdraw a report")
_page(
    "GET",
    f"{A_REPORT}/payment",
    "pay_page.ask_payment",
    "Show the amount to pay for a request",
    query=(REPORT_TOKEN,),
)
_page(
    "POST",
    f"{A_REPORT}/payment",
    "pay_page.begin_payment",
    "Go to the card page",
    calls_out="payment",
)
_page(
    "GET",
    f"{A_REPORT}/receipt",
    "receipt_page.receipt",
    "Show the receipt of a request's payment",
    query=(REPORT_TOKEN,),
)
_page(
    "GET",
    f"{A_REPORT}/booking.ics",
    "booking_file.calendar_file",
    "Get a booking as an iCalendar file",
    query=(REPORT_TOKEN,),
    media_types=("text/calendar",),
)
_page(
    "GET",
    f"{A_REPORT}/booking",
    "booking_pages.ask_slot",
    "Show the page to move a booking to another day",
    query=(REPORT_TOKEN,),
)
_page("POST", f"{A_REPORT}/booking", "booking_pages.move", "Move a booking to another day")
_page(
    "GET",
    f"{A_REPORT}/cancellation",
    "booking_pages.ask_cancellation",
    "Show what is refunded if a booking is cancelled",
    query=(REPORT_TOKEN,),
)
_page(
    "POST",
    f"{A_REPORT}/cancellation",
    "booking_pages.cancel",
    "Cancel a booking",
    calls_out="payment",
)
_page(
    "GET",
    f"{A_REPORT}/garden/cancellation",
    "garden_pages.ask_cancellation",
    "Show what is refunded if a garden waste subscription is cancelled",
    query=(REPORT_TOKEN,),
)
_page(
    "POST",
    f"{A_REPORT}/garden/cancellation",
    "garden_pages.cancel",
    "Cancel a garden waste subscription",
    calls_out="payment",
)
_page(
    "GET",
    f"{A_REPORT}/garden/move",
    "garden_pages.ask_move",
    "Show the page to move a garden waste subscription to another address",
    query=(REPORT_TOKEN, Query("postcode", "the postcode of the new address")),
)
_page(
    "POST",
    f"{A_REPORT}/garden/move",
    "garden_pages.move",
    "Move a garden waste subscription to another address",
)
_page(
    "GET",
    "/forms/nearest",
    "forms_nearest.nearest",
    "Show the form of Where's my nearest, and the facilities by distance",
    query=(
        Query("kind", "one of the kinds that /api/facilities/kinds lists"),
        Query("q", "a postcode, street or place"),
    ),
)
_page(
    "GET",
    "/forms/bins",
    "bins_form.bins",
    "Show the form of Your bins, and the bin days of an address",
    query=(
        Query("postcode", "a full postcode, in any case and spacing"),
        Query("premises_id", "one of the addresses that /api/premises lists for the postcode"),
    ),
)
_page(
    "POST",
    "/forms/bins/calendar",
    "bins_form.calendar",
    "Publish the calendar of an address's bin days and show its address",
)
_page(
    "GET",
    "/forms/payments/{payment_id}",
    "payment_result.show_result",
    "Show the result of a payment, to anyone who has its id",
    calls_out="payment page",
)
_page(
    "POST",
    "/forms/payments/{payment_id}",
    "payment_result.pay_again",
    "Go to the card page",
    calls_out="payment",
)
