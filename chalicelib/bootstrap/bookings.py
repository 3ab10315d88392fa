"""Builds the slice of bookings."""

from chalicelib.bookings.places import HoldIds
from chalicelib.bookings.ports import Ports
from chalicelib.bootstrap import container
from chalicelib.kernel.time import to_the_second, utc_now


@container.once
def bookings_ports() -> Ports:
    from chalicelib.bookings.dynamo import DynamoDays

    council, ids = container.council(), HoldIds(container.digest)
    return Ports(
        days=DynamoDays(container.table("bookings")),
        calendars=council.by_calendar.get,
        working=council.calendar,
        hold_id=ids.make,
        read_hold_id=ids.read,
        now=lambda: to_the_second(utc_now()),
    )
