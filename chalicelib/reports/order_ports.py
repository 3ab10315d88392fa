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
    """Until when a booking can be changed, cancelled, and cancelled with its money back."""

    change: datetime
    cancel: datetime
    refund: datetime


class OrderPorts(Struct, frozen=True):
    """What orders do outside the report. Each can be repeated, and raises UpstreamFailed.

    The place of a booking is checked (Invalid if so many units cannot be booked there). What a
    request holds is kept for it until its payment has ended (Conflict if it has lapsed), confirmed
    (Conflict, of which SlotFull is one, if it is gone) or released. A booking moves to its
    `moving_to` (NotFound, Invalid, SlotFull). Pence are sent back for a request. Where a service
    of that code `fulfils` something, `fulfil` does it for a settled request (Conflict if it no
    longer can), and `take_back` undoes it once the order is cancelled.
    """

    reports: Ports
    limits: Callable[[SlotOfDay], BookingDeadlines]
    check_place: Callable[[SlotOfDay, int], None]
    keep: Callable[[str, BookedSlot], None]
    confirm: Callable[[str, BookedSlot], None]
    release: Callable[[str, BookedSlot], None]
    move: Callable[[BookedSlot], None]
    refund: Callable[[str, int], None]
    fulfils: Callable[[str], bool]
    fulfil: Callable[[ServiceRequest], None]
    take_back: Callable[[ServiceRequest], None]
