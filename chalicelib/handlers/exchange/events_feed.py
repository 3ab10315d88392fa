"""The feed of changes to reports, for systems that follow by polling."""

import re
from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Invalid, TooMany
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import limit_of, limit_query
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.time import text_of
from chalicelib.reports.states import State, Status, status_of
from chalicelib.reports.usecases.exchange import feed as reports_feed
from chalicelib.reports.usecases.exchange.feed import FeedCursor, FeedEntry
from chalicelib.reports.views import public_page

routes = Routes(__name__)


class ChangeView(msgspec.Struct, frozen=True, kw_only=True):
    """A report that changed: a public one, or one that the follower sent, which has no `url` while
    it is not public. For a report that is gone, it says only that."""

    cursor: str
    kind: Literal["changed", "gone"]
    service_request_id: str
    service_code: str | None
    state: State | None
    status: Status | None
    version: int | None
    updated_datetime: datetime | None
    url: str | None


class FeedView(msgspec.Struct, frozen=True, kw_only=True):
    """Some changes, the oldest first. `next` is never null: it is `after` of the next call, and
    stays the same if nothing has happened since."""

    items: list[ChangeView]
    next: str


@routes.endpoint(
    "/api/events",
    method="GET",
    auth=auth.follower,
    summary="List the changes to reports since a moment, the oldest first",
    query=(
        Query(
            "after",
            "`next` of the previous call, or a moment such as 2026-01-31T10:00:00Z; 90 days ago "
            "by default",
        ),
        limit_query(),
    ),
    raises=(TooMany,),
)
def events(call: Call) -> FeedView:
    feed = reports_feed.list_changes_after(
        _parse_cursor(call.parameter("after")),
        limit=limit_of(call),
        ports=reports_ports(),
        sender=call.caller.sender,
    )
    site_url = container.settings().site_url
    return FeedView(
        items=[_view(change, site_url) for change in feed.changes], next=_format_cursor(feed.next)
    )


def _view(change: FeedEntry, site_url: str) -> ChangeView:
    report, is_shown = change.report, not change.is_gone
    return ChangeView(
        cursor=_format_cursor(change.cursor),
        kind="changed" if is_shown else "gone",
        service_request_id=report.service_request_id,
        service_code=report.service_code if is_shown else None,
        state=report.state if is_shown else None,
        status=status_of(report.state) if is_shown else None,
        version=report.version if is_shown else None,
        updated_datetime=report.updated_datetime if is_shown else None,
        url=public_page(site_url, report.service_request_id) if change.is_public else None,
    )


def _format_cursor(cursor: FeedCursor) -> str:
    moment = text_of(cursor.moment)
    return moment + (f"_{cursor.service_request_id}" if cursor.service_request_id else "")


def _parse_cursor(text: str | None) -> FeedCursor | None:
    if text is None:
        return None
    sent = re.fullmatch(r"([0-9-]{10}T[0-9:]{8}Z)(?:_([0-9A-Z]{12}))?", text)
    try:
        return FeedCursor(datetime.fromisoformat(sent[1]), sent[2]) if sent else _invalid_cursor()
    except ValueError:
        return _invalid_cursor()


def _invalid_cursor() -> FeedCursor:
    raise Invalid.field("after", "send `next` of the previous call, or a moment in UTC")
