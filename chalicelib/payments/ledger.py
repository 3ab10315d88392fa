"""The ledger: every penny in and out, once.

An entry's id is the provider's id of the payment or refund, and entries are only added, so that
booking the same money again changes nothing. Its day is the day on which the provider created the
payment or refund: both sides can list that day alone and must agree.
"""

from datetime import datetime

from msgspec import Struct


class Entry(Struct, frozen=True, kw_only=True):
    """Money that came in, or went out as a negative amount."""

    entry_id: str
    at: datetime
    amount_pence: int
    fund: str
    service_request_id: str
    payment_id: str
