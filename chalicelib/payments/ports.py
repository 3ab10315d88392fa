"""The dependencies of payments."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from chalicelib.payments.ledger import Difference, Entry
from chalicelib.payments.model import Charge, Failure, PaymentState, RefundState


class NewPayment(Struct, frozen=True, kw_only=True):
    """What a provider needs to take a payment. `is_by_phone`: an officer enters the card for a
    caller."""

    payment_id: str
    reference: str
    amount_pence: int
    description: str
    language: str
    is_by_phone: bool = False


class ProviderRefund(Struct, frozen=True, kw_only=True):
    """A refund as the provider has it."""

    provider_id: str
    amount_pence: int
    state: RefundState
    created_at: datetime


class ProviderPayment(Struct, frozen=True, kw_only=True):
    """A payment as the provider has it. `reference` is the one that it was created with; `money_id`
    is the id under which the provider lists the
    money. `next_url` is the page for the payer's card and a secret of the payer; None if it can no
    longer be paid. `refundable_pence` is what can still be refunded."""

    provider_id: str
    money_id: str
    reference: str
    amount_pence: int
    state: PaymentState
    created_at: datetime
    failure: Failure | None = None
    next_url: str | None = None
    refundable_pence: int = 0
    refunds: Sequence[ProviderRefund] = ()


class Taken(Struct, frozen=True, kw_only=True):
    """Money that the provider took, or sent back as a negative amount. `entry_id` is that of the
    ledger's entry; `reference` is the reference of the payment."""

    entry_id: str
    amount_pence: int
    reference: str


class RefundRefused(Exception):
    """The provider does not make this refund, or can refund another amount than the caller
    thought."""


class Provider(Protocol):
    """Who takes the cards. Every method raises UpstreamFailed if nothing was done, and NoReply if
    it may have been done."""

    def create(self, new: NewPayment) -> ProviderPayment:
        """Creates a payment. One that is created twice can be paid twice: show only one of them to
        the payer. Raises Conflict for an amount that it does not take."""

    def get(self, provider_id: str) -> ProviderPayment:
        """The payment as it is now, with its refunds."""

    def refund(self, paid: ProviderPayment, amount_pence: int, refund_id: str) -> ProviderRefund:
        """Refunds so much, once for a `refund_id` and for what `paid` says can be refunded. Raises
        RefundRefused."""

    def payment_of(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """The reference of the payment that a notification is about, empty if it names none; None
        if the provider did not sign it. Names of headers are in lower case."""

    def taken(self, since: datetime, until: datetime) -> Sequence[Taken]:
        """All payments and refunds that were created from `since` on and before `until`, and that
        succeeded. May lack the latest."""


class Charges(Protocol):
    """The store of charges. Every method raises UpstreamFailed."""

    def get(self, service_request_id: str) -> Charge | None:
        """The charge as it is now (a consistent read)."""

    def save(self, charge: Charge) -> Charge:
        """Stores the charge if the stored one has its version, or none is stored and it has none.
        Returns it with its new version. Raises VersionConflict."""

    def due(self, until: datetime) -> Sequence[str]:
        """The service_request_ids of charges with a `check_at` up to then, the oldest first, at
        most some hundred."""


class Ports(Struct, frozen=True):
    """`book` adds an entry to the ledger unless it is there; `on_booked` tells other
    systems of an entry that is there; `refused` keeps a refund that failed for the next
    comparison; `on_paid` tells the rest of the system
    that a service request is paid, and `on_unpaid` that nobody paid it in the time for it; each
    perhaps more than once. All raise UpstreamFailed. `payment_id` is the unguessable id of a
    request's payment with that number."""

    charges: Charges
    provider: Provider
    book: Callable[[Entry], None]
    on_booked: Callable[[Entry], None]
    refused: Callable[[Difference], None]
    on_paid: Callable[[str], None]
    on_unpaid: Callable[[str], None]
    payment_id: Callable[[str, int], str]
    now: Callable[[], datetime]
