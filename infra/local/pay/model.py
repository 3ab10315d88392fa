"""The payments and refunds that the stand-in stores."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field

EXPIRES = timedelta(minutes=90)
ENDS = ("success", "failed", "cancelled", "error")
BEING_TAKEN = ("submitted", "capturable")
"""The states in which the money is being taken, so that nobody can cancel."""
OUTCOMES: Mapping[str, tuple[str, str | None]] = {
    "4444333322221111": ("success", None),
    "4242424242424242": ("success", None),
    "4000000000000002": ("failed", "P0010"),
    "4000000000000127": ("failed", "P0010"),
    "4000000000000069": ("failed", "P0010"),
    "4000000000000119": ("error", "P0050"),
}
"""The state of a payment after each card number of the documentation, and its code."""
MESSAGES = {
    "P0010": "Payment method rejected",
    "P0020": "Payment expired",
    "P0030": "Payment was cancelled by the user",
    "P0040": "Payment was cancelled by the service",
    "P0050": "Payment provider returned an error",
}


class StoredRefund(Struct, kw_only=True):
    """A refund; `status` is submitted, success or error."""

    refund_id: str
    amount: int
    created_at: datetime
    status: str = "submitted"


class StoredPayment(Struct, kw_only=True):
    """A payment. `token` opens its card page; `outcome` is that of the card which was entered and
    not confirmed yet. While it `is_settling` nothing can be refunded; `surcharge` pence were taken
    on top of the amount."""

    payment_id: str
    token: str
    amount: int
    reference: str
    description: str
    return_url: str
    language: str
    moto: bool
    created_at: datetime
    status: str = "created"
    code: str | None = None
    outcome: tuple[str, str | None] | None = None
    is_settling: bool = False
    surcharge: int = 0
    refunds: list[StoredRefund] = field(default_factory=list)

    @property
    def is_ended(self) -> bool:
        """True if it can no longer be paid."""
        return self.status in ENDS

    @property
    def available(self) -> int:
        """The pence that can still be refunded."""
        if self.status != "success":
            return 0
        return (
            self.amount
            + self.surcharge
            - sum(each.amount for each in self.refunds if each.status != "error")
        )

    def end(self, status: str, code: str | None) -> None:
        """Ends the payment unless it has ended."""
        if not self.is_ended:
            self.status, self.code = status, code
