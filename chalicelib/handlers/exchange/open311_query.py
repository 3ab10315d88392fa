"""The parameters of an Open311 client: the query, and the form if one was posted."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct

from chalicelib.bootstrap import container
from chalicelib.errors import Invalid, NotFound
from chalicelib.forms import form_parser
from chalicelib.georeport import moments
from chalicelib.handlers.http.call import Call
from chalicelib.reports.queries import TimeWindow
from chalicelib.reports.states import Status

MOST_DAYS = timedelta(days=90)
MOST_PAGES = 1000
MOST_ROWS = 1000
UPDATES_OF = timedelta(hours=2)
UPDATES_SINCE = timedelta(days=400)
"""Updates are found by their report's last change, so all reports changed since the start have to
be read."""

T = TypeVar("T")


class Query(Struct, frozen=True):
    """Every parameter of a call, and the files sent with it; empty ones are left out."""

    call: Call
    fields: Mapping[str, tuple[str, ...]]
    files: tuple[bytes, ...] = ()

    def one(self, name: str) -> str | None:
        """The first value of the parameter."""
        return next(iter(self.fields.get(name, ())), None)

    def require(self, name: str) -> str:
        """Raises Invalid if it is missing."""
        found = self.one(name)
        if found is None:
            raise Invalid.field(name, f"{name} required")
        return found

    def values_of(self, name: str) -> list[str]:
        """The values between commas, also if the parameter comes more than once."""
        parts = (part.strip() for value in self.fields.get(name, ()) for part in value.split(","))
        return [part for part in parts if part]

    def number(self, name: str, *, default: int, most: int) -> int:
        """A whole number from 1 to `most`. Raises Invalid."""
        text = self.one(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most):
            raise Invalid.field(name, f"must be a whole number from 1 to {most}")
        return int(text)

    def page(self) -> int:
        """Raises Invalid."""
        return self.number("page", default=1, most=MOST_PAGES)

    def page_size(self, *, default: int) -> int:
        """Raises Invalid."""
        return self.number("page_size", default=default, most=MOST_ROWS)

    def page_of(self, rows: Sequence[T]) -> Sequence[T]:
        """The requested page of the rows; all of them if no page is requested. Raises Invalid."""
        if not self.one("page") and not self.one("page_size"):
            return rows
        size = self.page_size(default=MOST_ROWS)
        begin = (self.page() - 1) * size
        return rows[begin : begin + size]

    def moment(self, name: str) -> datetime | None:
        """Raises Invalid."""
        text = self.one(name)
        try:
            return moments.read(text) if text else None
        except ValueError as error:
            raise Invalid.field(name, str(error)) from error

    def statuses(self) -> list[Status] | None:
        """Raises Invalid."""
        known: dict[str, Status] = {"open": "open", "closed": "closed"}
        named = [text.lower() for text in self.values_of("status")]
        if unknown := set(named) - set(known):
            raise Invalid.field("status", f"must be open or closed, not {', '.join(unknown)}")
        return [known[name] for name in named] or None

    def key(self, scope: str, own: str | None) -> str:
        """The key that identifies a repeat: the sender's own number of what it sends, or the
        Idempotency-Key header, or a random one. Raises Invalid."""
        if own:
            return f"{scope}/own/{own}"
        if "idempotency-key" in self.call.request.headers:
            return f"{scope}/key/{self.call.sent_key}"
        return f"{scope}/{secrets.token_hex(16)}"

    def check_jurisdiction(self) -> None:
        """Raises NotFound for another council."""
        if self.one("jurisdiction_id") not in (None, container.council().jurisdiction_id):
            raise NotFound("This jurisdiction_id is unknown. You can leave it out.")


def parse_query(call: Call) -> Query:
    """The parameters of the call. Raises Invalid if the body is not a form."""
    query = call.request.query_params
    listed = {name: tuple(filter(None, query.getlist(name))) for name in query} if query else {}
    given = {name: values for name, values in listed.items() if values}
    if call.request.method != "POST":
        return Query(call, given)
    form = form_parser.parse_form(call.body, str(call.request.headers.get("content-type", "")))
    return Query(call, {**given, **form.fields}, tuple(upload.body for upload in form.files))


def window_of_requests(query: Query, now: datetime) -> TimeWindow:
    """When the reports of a list were requested, or updated; by default the last 90 days. Raises
    Invalid."""
    by_update = any(query.one(name) for name in ("updated_after", "updated_before"))
    names = ("updated_after", "updated_before") if by_update else ("start_date", "end_date")
    start, end = (query.moment(name) for name in names)
    end = end or max(now, start or now)
    start = start or end - MOST_DAYS
    _check_span(start, end, names[0])
    return TimeWindow(start, end, "updated" if by_update else "requested")


def window_of_updates(query: Query, now: datetime) -> TimeWindow:
    """When the updates of a list were made; by default the last two hours. Raises Invalid."""
    start, end = query.moment("start_date"), query.moment("end_date")
    if (start is None) != (end is None):
        raise Invalid.field("start_date", "give start_date and end_date together, or neither")
    start, end = start or now - UPDATES_OF, end or now
    if start < now - UPDATES_SINCE:
        raise Invalid.field("start_date", f"must be at most {UPDATES_SINCE.days} days ago")
    _check_span(start, end, "start_date")
    return TimeWindow(start, end, "updated")


def _check_span(start: datetime, end: datetime, name: str) -> None:
    if not timedelta() <= end - start <= MOST_DAYS:
        raise Invalid.field(
            name, f"must be at most {MOST_DAYS.days} days before the end, not after"
        )
