"""The dependencies of orders, besides those of reports."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import BookedSlot
from chalicelib.reports.ports import Ports


class BookingDeadlines(NamedTuple):
    """The times until which a booking can be changed, cancelled, and cancelled with a refund."""

    change: datetime
    cancel: datetime
    refund: datetime


class OrderPorts(Struct, frozen=True):
    """The effects of orders outside the report. Each can be repeated, and raises UpstreamFailed.

    `deadlines_of` a slot raises NotFound. `check_place` raises Invalid if so many units cannot be
    booked in the slot. `keep_hold` extends a request's hold once, until its payment has ended; it
    raises Conflict if the hold has lapsed. `confirm_booking` turns the hold into a booking; it
    raises Conflict (SlotFull is one) if the slot is gone. `release_booking` gives the units back.
    `move_booking` moves a booking to its `moving_to`; it raises NotFound, Invalid, SlotFull.
    `refund` sends pence back for a request. `has_fulfilment` is True for the code of a service
    whose settled requests `fulfil` carries out (Conflict if that is no longer possible) and
    `undo_fulfilment` undoes after a cancellation.
    """

    reports: Ports
    deadlines_of: Callable[[SlotOfDay], BookingDeadlines]
    check_place: Callable[[SlotOfDay, int], None]
    keep_hold: Callable[[str, BookedSlot], None]
    confirm_booking: Callable[[str, BookedSlot], None]
    release_booking: Callable[[str, BookedSlot], None]
    move_booking: Callable[[BookedSlot], None]
    refund: Callable[[str, int], None]
    has_fulfilment: Callable[[str], bool]
    fulfil: Callable[[ServiceRequest], None]
    undo_fulfilment: Callable[[ServiceRequest], None]
