"""The route of the ledger: the money of a day by fund, and whether the provider says the same."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from chalicelib.bootstrap.payments import charges, ledger
from chalicelib.errors import Invalid
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.answers import CsvText
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import DAY, day_of
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import made_from
from chalicelib.payments.ledger import Difference
from chalicelib.payments.views import FundTotal, LedgerEntryView, csv_of, totals

CSV = "text/csv"
routes = Routes(__name__)


class ReconciledView(msgspec.Struct, frozen=True, kw_only=True):
    """The last comparison with the provider."""

    at: datetime
    differences: Sequence[Difference]


class LedgerView(msgspec.Struct, frozen=True, kw_only=True):
    """A day on the council's clock; `reconciled` is None until it was compared."""

    day: date
    items: list[LedgerEntryView]
    funds: list[FundTotal]
    reconciled: ReconciledView | None


@routes.endpoint(
    "/api/ledger",
    method="GET",
    auth=auth.may("ledger.read"),
    summary="List the money of a day by fund, as JSON or as CSV",
    answer=LedgerView,
    as_csv=True,
    query=(Query("day", "the day, such as 2026-06-01", required=True, schema=DAY),),
)
def of_day(call: Call) -> LedgerView | CsvText:
    day = day_of(call.parameter("day"), "day")
    if day is None:
        raise Invalid.field("day", "is required")
    items = [made_from(LedgerEntryView, each) for each in ledger().of_day(day)]
    if CSV in str(call.request.headers.get("accept", "")):
        return CsvText(csv_of(items))
    found = charges().reconciliation(day)
    return LedgerView(
        day=day,
        items=items,
        funds=totals(items),
        reconciled=ReconciledView(at=found.at, differences=found.differences) if found else None,
    )
