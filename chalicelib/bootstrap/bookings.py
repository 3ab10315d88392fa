"""Builds the slice of bookings."""

from collections.abc import Mapping, Sequence

from chalicelib.bookings.availability import AvailabilityPorts
from chalicelib.bookings.hold_ids import HoldIds
from chalicelib.bookings.ports import BookedRequest, Ports, StaffPorts
from chalicelib.bootstrap import container
from chalicelib.kernel.time import truncate_to_second, utc_now

CACHE_CONTROL = "public, max-age=0, must-revalidate, s-maxage=10"
"""The CDN keeps what is free for ten seconds: a page shows it, and a claim decides."""


@container.once
def bookings_ports() -> Ports:
    from chalicelib.bookings.dynamo import DynamoDays

    council, ids = container.council(), HoldIds(container.digest)
    return Ports(
        days=DynamoDays(container.table("bookings")),
        calendars=council.by_calendar.get,
        most_units=council.most_units_of_order,
        working=council.calendar,
        hold_id=ids.make,
        read_hold_id=ids.read,
        now=lambda: truncate_to_second(utc_now()),
    )


@container.once
def staff_ports() -> StaffPorts:
    return StaffPorts(bookings_ports(), _requests)


def _requests(service_request_ids: Sequence[str]) -> Mapping[str, BookedRequest]:
    from chalicelib.integrations.reports_for_bookings import booked_requests
    from chalicelib.reports.dynamo.repository import DynamoRepository

    repository = DynamoRepository(container.table("reports"))
    return booked_requests(service_request_ids, container.council(), repository)


@container.once
def availability_ports() -> AvailabilityPorts:
    from chalicelib.publishing.model import JSON
    from chalicelib.publishing.ports import Document

    documents = container.published_documents()
    return AvailabilityPorts(
        bookings=bookings_ports(),
        codes=container.council().by_calendar.keys(),
        read=documents.read,
        write=lambda key, body, published: documents.write(
            key, Document(body, JSON, CACHE_CONTROL), published
        ),
    )
