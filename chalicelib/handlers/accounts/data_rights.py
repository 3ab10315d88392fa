"""Routes for a person's data rights: to export everything that is stored about them, and to be
erased."""

import re
from datetime import datetime
from http import HTTPStatus
from typing import Any

import msgspec

from chalicelib.accounts.usecases import erasing
from chalicelib.accounts.usecases.exporting import export_account
from chalicelib.alerts.usecases.questions import person_id_of
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.privacy import erasure_ports, export_pages, subscriptions_of_people
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Conflict
from chalicelib.handlers.accounts.account import cursor_of, place_of
from chalicelib.handlers.accounts.sign_in_pages import problem_page
from chalicelib.handlers.http import auth, cookies, request_language
from chalicelib.handlers.http.answers import WithCookie
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.integrations.accounts_for_reports import author_of
from chalicelib.privacy.export_exclusions import exclusions
from chalicelib.reports.usecases.resident import exporting

AT_ONCE = 50
"""The most reports in one answer; their size may end it earlier."""
_IN_A_REPORT = re.compile(r"(.+~.+)~([0-9]{1,9})")
_AMONG_WRITTEN = re.compile(r"written~([0-9]{1,9})")
CURSOR = Query("cursor", "`next` of the previous answer")


routes = Routes(__name__, problem_page)


class ErasureRequest(msgspec.Struct, frozen=True, kw_only=True):
    """How to delete the account. `redact` also removes the text of the person's public reports and
    of their updates on other reports; otherwise the text stays, without the person's name."""

    redact: bool = False


class ErasureStarted(msgspec.Struct, frozen=True, kw_only=True):
    """The account is closed, and the data kept about the person is being erased."""

    requested_at: datetime
    redact: bool


class ExclusionView(msgspec.Struct, frozen=True, kw_only=True):
    """Other data that is kept about people, and why it is not in the export."""

    data: str
    reason: str


class ExportView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is kept about the caller, by store and attribute of the data registry; `next`
    is the cursor of the next page of reports."""

    made_at: datetime
    records: dict[str, list[dict[str, Any]]]
    not_included: list[ExclusionView]
    next: str | None


@routes.endpoint(
    "/api/account/export",
    method="GET",
    auth=auth.may("account.own"),
    summary="Get everything that the council keeps about me",
    query=(CURSOR,),
)
def export(call: Call) -> ExportView:
    return _export(call)


@routes.page(
    "/api/account/export/page",
    method="GET",
    auth=auth.may("account.own"),
    summary="Show everything that the council keeps about me as a web page",
    query=(CURSOR,),
)
def export_page(call: Call) -> Page:
    pages = export_pages(request_language.current_language())
    return Page(pages.page(msgspec.to_builtins(_export(call))))


@routes.endpoint(
    "/api/account/erasure",
    method="POST",
    auth=auth.may("account.own"),
    summary="Delete my account: it closes at once, and the data is erased within minutes",
    answer=ErasureStarted,
    success=HTTPStatus.ACCEPTED,
    raises=(Conflict,),
)
def forget_me(call: Call, asked: ErasureRequest) -> WithCookie:
    begun = erasing.begin_erasure(call.caller.signed_in, redact=asked.redact, ports=erasure_ports())
    view = ErasureStarted(requested_at=begun.requested_at, redact=begun.redact)
    return WithCookie(view, cookies.expired_session_cookie())


def _export(call: Call) -> ExportView:
    account, after = call.caller.signed_in, mark_of(call.parameter("cursor"))
    people = accounts_ports()
    subscriptions = () if after else subscriptions_of_people().of_account(account)
    found = exporting.export(
        author_of(account, reports_ports()),
        people=[person_id_of(each.subscription_id) for each in subscriptions],
        limit=AT_ONCE,
        after=after,
        ports=reports_ports(),
    )
    alerts = {"subscription": [msgspec.to_builtins(each) for each in subscriptions]}
    own = {} if after else export_account(account, people) | alerts
    return ExportView(
        made_at=people.now(),
        records=own | found.held,
        not_included=[ExclusionView(data=data, reason=reason) for data, reason in exclusions()],
        next=text_of(found.next) if found.next else None,
    )


def text_of(mark: exporting.ReportMark | exporting.ContributionMark) -> str:
    """The place where an export continues, as written in an address."""
    if isinstance(mark, exporting.ContributionMark):
        return f"written~{mark.done}"
    done = "" if mark.archived is None else f"~{mark.archived}"
    return cursor_of(mark.place) + done


def mark_of(text: str | None) -> exporting.ReportMark | exporting.ContributionMark | None:
    """The place where an export continues, from a cursor. Raises Invalid."""
    if written := _AMONG_WRITTEN.fullmatch(text or ""):
        return exporting.ContributionMark(int(written[1]))
    whole = _IN_A_REPORT.fullmatch(text or "")
    place = place_of(whole[1] if whole else text)
    return exporting.ReportMark(place, int(whole[2]) if whole else None) if place else None
