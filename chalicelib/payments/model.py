"""The charge of a service request: its amount, and every payment and refund for it.

A charge is one stored item. It has at most one payment that can still be paid and at most one
refund that is being asked for, so two people can neither pay it twice nor refund it twice.

A payment goes created → started → submitted → (capturable) → success, failed, cancelled or error,
which are its final states; a refund goes asked → submitted → success or error, and rarely from
success to error. Source: GOV.UK Pay's
documentation, "Payment status meanings" and "Refunding payments".
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.kernel.signing import is_same
from chalicelib.kernel.words import WithDefault

PaymentState = Literal[
    "created", "started", "submitted", "capturable", "success", "failed", "cancelled", "error"
]
ORDER: WithDefault[PaymentState, int] = WithDefault(
    {
        "created": 0,
        "started": 1,
        "submitted": 2,
        "capturable": 3,
        "success": 4,
        "failed": 4,
        "cancelled": 4,
        "error": 4,
    },
    4,
)
ENDED = 4
DIGITS = 32
"""The number of hexadecimal digits that make an id unguessable, and the most digits of its
number."""
Failure = Literal["declined", "expired", "cancelled"]
RefundState = Literal["asked", "submitted", "success", "error"]
REFUND_ORDER: WithDefault[RefundState, int] = WithDefault(
    {"asked": 0, "submitted": 1, "success": 2, "error": 3}, 3
)
"""A bank may return a refund after it succeeded."""

EXPIRES = timedelta(minutes=90)
"""A payment that nobody finishes ends so long after it was created. Until then it can be paid."""


class Payment(Struct, frozen=True, kw_only=True):
    """One try to pay a charge. `payment_id` cannot be guessed. `provider` is the name of the
    provider, and `provider_id` the provider's own id; both are None until the provider has
    answered. A stored payment with an id alone is one of the provider that takes new payments.
    `failure` is the reason, if the provider says one. `is_by_phone`: its page is for an officer who
    enters the card for a caller."""

    payment_id: str
    asked_at: datetime
    is_by_phone: bool = False
    provider: str | None = None
    provider_id: str | None = None
    state: PaymentState = "created"
    failure: Failure | None = None

    @property
    def is_ended(self) -> bool:
        """True if it is too late to pay it."""
        return ORDER[self.state] == ENDED


class Refund(Struct, frozen=True, kw_only=True):
    """Money that goes back for one payment. `available_pence` is what the provider could still
    refund when it was asked for; it refuses the refund if that has changed. `by` is the officer,
    None for a refund that was made at the provider's own site."""

    refund_id: str
    payment_id: str
    amount_pence: int
    available_pence: int
    reason: str
    by: str | None
    asked_at: datetime
    provider_id: str | None = None
    state: RefundState = "asked"


class Charge(Struct, frozen=True, kw_only=True):
    """What a service request costs, with the VAT in it. `fund` is the council's code for
    the income. `check_at`: when the provider is asked again, None if all is settled or was checked
    for long enough; `failed_checks` have failed since the last one that did not."""

    service_request_id: str
    version: int = 0
    amount_pence: int
    fund: str
    vat_pence: int = 0
    description: str
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    check_at: datetime | None = None
    failed_checks: int = 0

    @property
    def successful_payment(self) -> Payment | None:
        """The payment that succeeded."""
        return next((each for each in self.payments if each.state == "success"), None)

    @property
    def open_payment(self) -> Payment | None:
        """The payment that can still be paid."""
        return next((each for each in self.payments if not each.is_ended), None)

    @property
    def unconfirmed_refund(self) -> Refund | None:
        """The refund that the provider has not confirmed yet."""
        return next((each for each in self.refunds if each.state == "asked"), None)

    @property
    def refunded_pence(self) -> int:
        """The sum of all refunds that were made or are on their way."""
        return sum(each.amount_pence for each in self.refunds if each.state != "error")

    @property
    def failed_refund_pence(self) -> int:
        """The sum of the refunds that failed and were not sent again, at most what is left. Of two
        that failed with the same amount, the second was sent again."""
        failed: set[int] = set()
        for each in self.refunds:
            (failed.add if each.state == "error" else failed.discard)(each.amount_pence)
        return min(sum(failed), self.left_pence)

    @property
    def left_pence(self) -> int:
        """The amount that can still be refunded; 0 before a payment succeeded."""
        return self.amount_pence - self.refunded_pence if self.successful_payment else 0

    @property
    def is_settled(self) -> bool:
        """True if all payments and refunds have reached a final state."""
        return all(each.is_ended for each in self.payments) and all(
            each.state in ("success", "error") for each in self.refunds
        )

    def find_payment(self, payment_id: str) -> Payment | None:
        """The payment of that id."""
        return next((each for each in self.payments if each.payment_id == payment_id), None)

    def is_owed(self, refund_id: str) -> bool:
        """True if that refund failed, and no refund of the same amount has succeeded since."""
        owed = None
        for each in self.refunds:
            if each.refund_id == refund_id and each.state == "error":
                owed = each.amount_pence
            elif each.amount_pence == owed and each.state == "success":
                owed = None
        return owed is not None


def with_payment(charge: Charge, payment: Payment) -> Charge:
    """The charge with the payment added, or in place of the one with its id."""
    by_id = {each.payment_id: each for each in charge.payments} | {payment.payment_id: payment}
    return replace(charge, payments=tuple(by_id.values()))


def with_refund(charge: Charge, refund: Refund) -> Charge:
    """The charge with the refund added, or in place of the one with its id."""
    by_id = {each.refund_id: each for each in charge.refunds} | {refund.refund_id: refund}
    return replace(charge, refunds=tuple(by_id.values()))


def name_providers(charge: Charge, name: str) -> Charge:
    """The charge with the provider's name on each payment that has the provider's id alone. Returns
    the same object if there is none."""
    if all(each.provider or not each.provider_id for each in charge.payments):
        return charge
    payments = tuple(
        replace(each, provider=name) if each.provider_id and not each.provider else each
        for each in charge.payments
    )
    return replace(charge, payments=payments)


class PaymentIds(Struct, frozen=True):
    """Ids that name the request and cannot be guessed. `digest` makes a text that follows from its
    arguments and a secret."""

    digest: Callable[..., str]

    def make(self, service_request_id: str, number: int) -> str:
        """The id of a request's payment with that number."""
        digest = self.digest("payment", service_request_id, str(number))
        return f"{service_request_id}-{number}-{digest[:DIGITS]}"

    def request_of(self, payment_id: str) -> str | None:
        """The request of a payment_id; None if this system did not make the id."""
        service_request_id, _, rest = payment_id.partition("-")
        number = rest.partition("-")[0]
        if not number.isascii() or not number.isdecimal() or len(number) > DIGITS:
            return None
        is_ours = is_same(self.make(service_request_id, int(number)), payment_id)
        return service_request_id if is_ours else None
