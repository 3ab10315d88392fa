"""What a request costs and books, kept with it: an order.

An order is unpaid → settled, or lost if it was paid too late and its slot had gone; each of them
may be cancelled. While it is unpaid, its request is unconfirmed.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.catalogue.prices import OrderItem, PriceLine, vat_of
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.reports.parts import Update
from chalicelib.reports.published import Writer

OrderState = Literal["unpaid", "settled", "lost", "cancelled"]
PaidBy = Literal["free", "card", "waived", "receipt"]
"""`waived`: an officer decided that nothing is paid; `receipt`: money that the council took in
another way, such as a cheque."""

CANCEL_UPDATE, MOVE_UPDATE = "cancelled", "moved-"
"""The id of the update that tells of a cancellation, and the start of those that tell of moves."""
SenderAction = Literal["reported", "requested", "booked", "paid"]
"""What its sender did with a request, as lists and pages say it."""

BY_OFFICER: frozenset[PaidBy] = frozenset(("waived", "receipt"))
WITH_MONEY: frozenset[PaidBy] = frozenset(("card", "receipt"))


class BookedSlot(Struct, frozen=True, kw_only=True):
    """A slot that is booked, and how many of its units. `hold_id` is the hold that it was booked
    with. `moving_to`: the slot to which the booking is being moved, `moved_by` who asked for that.
    `no_show_at`: when an officer recorded that nobody came."""

    hold_id: str
    place: SlotOfDay
    units: int
    moving_to: SlotOfDay | None = None
    moved_by: Writer | None = None
    no_show_at: datetime | None = None


class Order(Struct, frozen=True, kw_only=True):
    """What a request orders: the items, the lines of the price as the sender saw them, and the
    booking. `fund` is the council's code for the income. `refund_pence` is to be refunded, because
    the order was cancelled or paid twice. `receipt` has the number of the receipt or the reason for
    waiving. `paid_at`: when the payment became known, None if no money came. `is_to_fulfil`: it is
    settled, and its service has not done its part yet. `is_concession`: an officer granted the
    reduced price. `undone_pence`: the `refund_pence` for which what was cancelled has been
    carried out, None before."""

    items: tuple[OrderItem, ...] = ()
    lines: tuple[PriceLine, ...] = ()
    amount_pence: int = 0
    fund: str = ""
    booking: BookedSlot | None = None
    state: OrderState = "unpaid"
    paid_by: PaidBy | None = None
    receipt: str | None = None
    paid_at: datetime | None = None
    refund_pence: int = 0
    is_to_fulfil: bool = False
    is_concession: bool = False
    undone_pence: int | None = None

    @property
    def is_to_pay(self) -> bool:
        """True while somebody has to pay before the request counts."""
        return self.state == "unpaid" and self.amount_pence > 0 and self.paid_by is None

    @property
    def is_to_undo(self) -> bool:
        """True while its slot has to be released, or money refunded."""
        is_over = self.state == "cancelled" or self.refund_pence > 0
        return is_over and self.undone_pence != self.refund_pence

    @property
    def is_to_carry_out(self) -> bool:
        """True while it says something that has not been done outside the request."""
        is_to_settle = self.state == "unpaid" and not self.is_to_pay
        is_to_fulfil = self.state == "settled" and self.is_to_fulfil
        is_to_move = self.state != "cancelled" and bool(self.booking and self.booking.moving_to)
        return is_to_settle or is_to_fulfil or is_to_move or self.is_to_undo

    @property
    def vat_pence(self) -> int:
        """The VAT that the price includes."""
        return vat_of(self.lines)


def is_order_act(update: Update) -> bool:
    """True if the service wrote the update because its author moved or cancelled an order. Nobody
    else's updates lack the fingerprint of what was sent."""
    is_named = update.update_id == CANCEL_UPDATE or update.update_id.startswith(MOVE_UPDATE)
    return is_named and not update.fingerprint


def booking_of(order: Order | None) -> BookedSlot | None:
    """What is booked for good; None before it is settled and after it is cancelled."""
    return order.booking if order and order.state == "settled" else None


def sender_action_of(service: ServiceDefinition | None, order: Order | None) -> SenderAction:
    """What the sender of a request for that service did; None is a service that is no longer
    offered."""
    if order and order.booking and order.state in ("settled", "cancelled"):
        return "booked"
    if order and order.paid_at:
        return "paid"
    return "requested" if order or (service and service.is_request) else "reported"


def cancel_withdrawn_order(order: Order) -> Order:
    """The order after its request was withdrawn: what it booked is given back. Requests whose order
    is settled cannot be withdrawn."""
    return replace(order, items=(), state="cancelled", undone_pence=None)
