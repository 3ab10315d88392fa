"""The ledger as officers and other systems see it."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import msgspec

from chalicelib.kernel.time import text_of


class LedgerEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """An amount that came in, or that was refunded, which is below 0. `entry_id` is `payment:` or
    `refund:` and the provider's id. `vat_pence` is the VAT that a payment includes, None for a
    refund."""

    at: datetime
    entry_id: str
    amount_pence: int
    fund: str
    service_request_id: str
    payment_id: str
    vat_pence: int | None


class FundTotal(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of a fund: the payments, and the refunds, whose sum is below 0."""

    fund: str
    in_pence: int
    out_pence: int


def totals_by_fund(entries: Iterable[LedgerEntryView]) -> list[FundTotal]:
    """The sums of each fund, in the order of fund codes."""
    income, refunds = Counter[str](), Counter[str]()
    for each in entries:
        (income if each.amount_pence > 0 else refunds)[each.fund] += each.amount_pence
    return [
        FundTotal(fund=fund, in_pence=income[fund], out_pence=refunds[fund])
        for fund in sorted(income.keys() | refunds.keys())
    ]


def csv_of(entries: Iterable[LedgerEntryView]) -> str:
    """The entries as CSV, with a header line."""
    names = [each.name for each in msgspec.structs.fields(LedgerEntryView)]
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(names)
    for each in entries:
        writer.writerow([text_of(each.at), *(getattr(each, name) for name in names[1:])])
    return file.getvalue()
