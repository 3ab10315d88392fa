"""The route of the ledger: the entries of days by fund, and their reconciliation with the
provider."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

import msgspec
from msgspec.structs import replace

from chalicelib.bootstrap.payments import charges, ledger
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Invalid
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.answers import CsvText
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import DAY, day_of
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import copy_fields
from chalicelib.payments.ledger import Difference, Entry, Reconciliation
from chalicelib.payments.reconciling import is_open
from chalicelib.payments.views import FundTotal, LedgerEntryView, csv_of, totals_by_fund
from chalicelib.reports.usecases.access import select_in_remits
from chalicelib.texts import Text

CSV = "text/csv"
MOST_DAYS = 7
"""The ledger of a large council for a week still fits into a response."""
routes = Routes(__name__)


class UnresolvedDay(msgspec.Struct, frozen=True, kw_only=True):
    """What was left open on a day that was not compared yet: refunds that failed, and payments that
    are no longer checked."""

    day: date
    differences: list[Difference]


class LedgerView(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger's entries from `day` to `to` on the council's clock. `reconciled` has the last
    comparison with the payment provider for each day that was compared, `unresolved` what is known
    of the other days before they are compared."""

    day: date
    to: date
    items: list[LedgerEntryView]
    funds: list[FundTotal]
    reconciled: list[Reconciliation]
    unresolved: list[UnresolvedDay]


@routes.endpoint(
    "/api/ledger",
    method="GET",
    auth=auth.may("ledger.read"),
    summary=(
        "List the ledger entries of up to seven days, as JSON or, with Accept: text/csv, as CSV"
    ),
    answer=LedgerView,
    as_csv=True,
    query=(
        Query("day", "the day, such as 2026-06-01", required=True, schema=DAY),
        Query("to", "the last day; the same day by default", schema=DAY),
    ),
)
def get_ledger(call: Call) -> LedgerView | CsvText:
    days, stored = _parse_days(call), ledger()
    entries = [each for day in days for each in stored.entries_of_day(day)]
    compared = [found for day in days if (found := charges().find_reconciliation(day))]
    unresolved = _list_unresolved({*days} - {each.day for each in compared})
    shown = _requests_in_remit(entries, [*compared, *unresolved], call)
    items = [
        copy_fields(LedgerEntryView, each) for each in entries if each.service_request_id in shown
    ]
    if CSV in str(call.request.headers.get("accept", "")):
        return CsvText(csv_of(items))
    return LedgerView(
        day=days[0],
        to=days[-1],
        items=items,
        funds=totals_by_fund(items),
        reconciled=[_limit_differences(each, shown) for each in compared],
        unresolved=[
            replace(each, differences=open_ones)
            for each in unresolved
            if (open_ones := [one for one in each.differences if one.reference in shown])
        ],
    )


def _list_unresolved(days: Collection[date]) -> Sequence[UnresolvedDay]:
    """What is still open of these days."""
    by_day = {day: charges().unresolved_on(day) for day in sorted(days)}
    stored = charges().many([each.reference for found in by_day.values() for each in found])
    return [
        UnresolvedDay(
            day=day,
            differences=[
                each
                for each in found
                if each.reference in stored and is_open(each, stored[each.reference])
            ],
        )
        for day, found in by_day.items()
    ]


def _requests_in_remit(
    entries: Iterable[Entry], compared: Iterable[Reconciliation | UnresolvedDay], call: Call
) -> Collection[str]:
    """The requests whose money this officer may see. A difference may be about a request that has
    no entry, or about none."""
    named = {each.service_request_id for each in entries}
    named |= {each.reference for found in compared for each in found.differences}
    return select_in_remits(named, call.caller.remits("ledger.read"), reports_ports())


def _limit_differences(found: Reconciliation, shown: Collection[str]) -> Reconciliation:
    return replace(
        found, differences=tuple(each for each in found.differences if each.reference in shown)
    )


def _parse_days(call: Call) -> Sequence[date]:
    """The days that the query asks for. Raises Invalid."""
    first = day_of(call.parameter("day"), "day")
    if first is None:
        raise Invalid.field("day", "is required")
    last = day_of(call.parameter("to"), "to") or first
    count = (last - first).days + 1
    if not 0 < count <= MOST_DAYS:
        raise Invalid.field(
            "to", Text("Choose at most {days} days, the first one first", days=MOST_DAYS)
        )
    return [first + timedelta(days=n) for n in range(count)]
