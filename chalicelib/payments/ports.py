"""The dependencies of payments."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from chalicelib.errors import ProviderMissing
from chalicelib.payments.ledger import Difference, Entry
from chalicelib.payments.model import Charge, Failure, Payment, PaymentState, RefundState
from chalicelib.texts import Text


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
    is the id under which the provider lists the money. `next_url` is the page for the payer's card,
    which only the payer may know; None if the payment can no longer be paid. `refundable_pence` can
    still be refunded, as soon as it no longer `is_settling`. `surcharge_pence` were taken on top of
    the amount, for a corporate card."""

    provider_id: str
    money_id: str
    reference: str
    amount_pence: int
    state: PaymentState
    created_at: datetime
    failure: Failure | None = None
    next_url: str | None = None
    refundable_pence: int = 0
    is_settling: bool = False
    surcharge_pence: int = 0
    refunds: Sequence[ProviderRefund] = ()


class MoneyMovement(Struct, frozen=True, kw_only=True):
    """A payment that the provider took, or a refund as a negative amount. `entry_id` is the id of
    the ledger's entry; `reference` is the reference of the payment."""

    entry_id: str
    amount_pence: int
    reference: str


class RefundRefused(Exception):
    """The provider does not make this refund, or can refund another amount than the caller
    expects."""


class Provider(Protocol):
    """A payment provider. Every method raises UpstreamFailed if nothing was done, and NoReply if
    the action may have been carried out."""

    def create(self, new: NewPayment) -> ProviderPayment:
        """Creates a payment. A repeat creates another payment, which could be paid as well, so the
        payer must see only one of them. Raises Conflict for an amount that the provider does not
        take."""

    def get(self, provider_id: str) -> ProviderPayment:
        """The payment as it is now, with its refunds."""

    def require_phone(self) -> None:
        """Raises Conflict if no card can be taken on the telephone."""

    def cancel(self, provider_id: str) -> None:
        """Ends a payment that can still be paid. Does nothing to one that has ended, or whose money
        is being taken; `get` gives its state then."""

    def refund(self, paid: ProviderPayment, amount_pence: int, refund_id: str) -> ProviderRefund:
        """Refunds an amount, once for a `refund_id` and for the refundable amount of `paid`. Raises
        RefundRefused."""

    def notified_reference(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """The reference of the payment that a notification is about; empty if it names none, None
        if the provider did not sign it. Names of headers are in lower case."""

    def list_movements(self, since: datetime, until: datetime) -> Sequence[MoneyMovement]:
        """The successful payments and refunds that were created from `since` on and before `until`.
        May lack the latest."""


PROVIDER_NAMES: Mapping[str, str] = {"govuk_pay": "GOV.UK Pay", "stripe": "Stripe"}


class Providers(Struct, frozen=True):
    """The payment providers that are set up, by name. `current` is the name of the one that takes
    new payments; the others are former ones, which still have payments of ours."""

    current: str
    by_name: Callable[[], Mapping[str, Provider]]

    def find(self, payment: Payment) -> Provider:
        """The provider of a payment. Raises ProviderMissing."""
        name = payment.provider or self.current
        found = self.by_name().get(name)
        if found is None:
            text = Text(
                "This payment was made at {provider}, which is no longer set up here. Look it up, "
                "and refund it, at {provider}'s own site.",
                provider=PROVIDER_NAMES.get(name, name),
            )
            raise ProviderMissing(text)
        return found

    def find_current(self) -> Provider:
        """The provider that takes new payments."""
        return self.by_name()[self.current]

    def list_all(self) -> Sequence[Provider]:
        return list(self.by_name().values())


class Charges(Protocol):
    """The store of charges. Every method raises UpstreamFailed."""

    def get(self, service_request_id: str) -> Charge | None:
        """The charge as it is now (a consistent read)."""

    def save(self, charge: Charge) -> Charge:
        """Stores the charge if the stored one has its version, or none is stored and it has none.
        Returns it with its new version. Raises VersionConflict."""

    def list_due(self, until: datetime) -> Sequence[str]:
        """The service_request_ids of charges with a `check_at` up to then, the oldest first, at
        most some hundred."""


class Ports(Struct, frozen=True):
    """The dependencies of the use cases. `book` adds an entry to the ledger unless it is stored;
    `on_booked` announces a stored entry to other systems. `on_refund_failed` stores a failed refund
    for the next reconciliation, `on_checks_ended` a charge that is not settled and no longer
    checked. `on_paid` is called when a service request is paid, and `on_unpaid`
    when the time to pay it is over. Each may be called more than once for the same event. All raise
    UpstreamFailed. `payment_id` makes the unguessable id of a request's payment with that
    number."""

    charges: Charges
    providers: Providers
    book: Callable[[Entry], None]
    on_booked: Callable[[Entry], None]
    on_refund_failed: Callable[[Difference], None]
    on_checks_ended: Callable[[Difference], None]
    on_paid: Callable[[str], None]
    on_unpaid: Callable[[str], None]
    payment_id: Callable[[str, int], str]
    now: Callable[[], datetime]
