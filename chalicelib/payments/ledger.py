"""The ledger of all money that came in and went out.

An entry's id is the provider's id of the payment or refund, and entries are only added, so that
booking the same money again changes nothing. Its day is the day on which the provider created the
payment or refund, so that the ledger and the provider can be compared day by day.
"""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct


class Entry(Struct, frozen=True, kw_only=True):
    """Money that came in, or went out as a negative amount. `at` is in whole seconds. `vat_pence`
    is the VAT that a payment includes, None for a refund."""

    entry_id: str
    at: datetime
    amount_pence: int
    fund: str
    service_request_id: str
    payment_id: str
    vat_pence: int | None = None


class Difference(Struct, frozen=True, kw_only=True):
    """An amount about which the ledger and the provider differ; None where one of them has no such
    entry. `reference` is the request that it should be for. `refused_pence`: a refund that failed,
    so that neither has it; its `entry_id` has Ginnel's own id. `unchecked_pence`: the price of a
    request whose payments or refunds the provider did not settle, or could not be asked about,
    until we no longer ask, or whose provider is no longer set up."""

    entry_id: str
    ledger_pence: int | None
    provider_pence: int | None
    reference: str
    refused_pence: int | None = None
    unchecked_pence: int | None = None


class Reconciliation(Struct, frozen=True, kw_only=True):
    """The comparison of a day's ledger with the payment provider, which was made `at` a moment."""

    day: date
    at: datetime
    differences: tuple[Difference, ...]


def entry_id(kind: Literal["payment", "refund", "surcharge"], provider_id: str) -> str:
    """The id of the entry for the provider's payment or refund with that id, or for the surcharge
    that the provider took with the payment."""
    return f"{kind}:{provider_id}"
