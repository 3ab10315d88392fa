"""Views of an order: for its sender, and with what only officers see."""

from datetime import datetime

import msgspec

from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.catalogue.prices import OrderItem, PriceLine
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.orders import BookedSlot, Order, OrderState, PaidBy


class BookedSlotView(msgspec.Struct, frozen=True, kw_only=True):
    """A booked slot, and how many of its units; `moving_to`: the slot to which it is being
    moved."""

    place: SlotOfDay
    units: int
    moving_to: SlotOfDay | None


class OrderedView(msgspec.Struct, frozen=True, kw_only=True):
    """What a request ordered, as its sender sees it. `refund_pence` is to be refunded. `paid_at`:
    when the payment became known, None if no money came."""

    items: tuple[OrderItem, ...]
    lines: tuple[PriceLine, ...]
    amount_pence: int
    booking: BookedSlotView | None
    state: OrderState
    paid_by: PaidBy | None
    paid_at: datetime | None
    refund_pence: int


class CaseBookedSlotView(BookedSlotView, frozen=True, kw_only=True):
    """A booked slot for officers. `no_show_at`: when an officer recorded that nobody came."""

    no_show_at: datetime | None


class CaseOrderView(OrderedView, frozen=True, kw_only=True):
    """An order for officers. `fund` is the council's code for the income, `receipt` the number of a
    receipt or the reason for waiving. `is_concession`: an officer granted the reduced price."""

    booking: CaseBookedSlotView | None
    fund: str
    receipt: str | None
    is_concession: bool


def ordered_view(order: Order | None) -> OrderedView | None:
    """The order for its sender."""
    if order is None:
        return None
    return copy_fields(OrderedView, order, booking=_booking_view(BookedSlotView, order.booking))


def case_order_view(order: Order | None) -> CaseOrderView | None:
    """The order for officers."""
    if order is None:
        return None
    return copy_fields(
        CaseOrderView, order, booking=_booking_view(CaseBookedSlotView, order.booking)
    )


def _booking_view(kind: type[msgspec.Struct], booking: BookedSlot | None) -> msgspec.Struct | None:
    return copy_fields(kind, booking) if booking else None
