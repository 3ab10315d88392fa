"""Withdraws reports: the content of the report is deleted."""

from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from chalicelib.errors import Conflict, NotFound
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import cancel_withdrawn_order
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import (
    Author,
    get_report,
    update_report,
)
from chalicelib.texts import Text

WITHDRAW_WITHIN = timedelta(minutes=5)


def withdraw_report(
    service_request_id: str, key: str, author: Author, ports: Ports
) -> ServiceRequest:
    """Withdraws a report and deletes its content. The key that it was sent under proves the sender.

    Raises NotFound (another key, too), Conflict (too late).
    """
    if ports.ids.service_request_id(author.scope, key) != service_request_id:
        raise NotFound("You did not send a report with this Idempotency-Key.")

    def change(report: ServiceRequest) -> ServiceRequest:
        if report.visibility == "withdrawn":
            return report
        refuse_if_others_joined(report, ports)
        refuse_if_ordered(report)
        if ports.now() - report.requested_datetime > WITHDRAW_WITHIN:
            minutes = WITHDRAW_WITHIN // timedelta(minutes=1)
            raise Conflict(
                Text(
                    "You can only withdraw a report for {minutes} minutes. Call us on {phone} if "
                    "it should not be public.",
                    minutes=minutes,
                    phone=ports.council.phone,
                )
            )
        return without_content(report, ports)

    return empty_report(service_request_id, change, ports)


def empty_report(
    service_request_id: str,
    change: Callable[[ServiceRequest], ServiceRequest],
    ports: Ports,
) -> ServiceRequest:
    """Save the report after `change`, which empties the report or raises. Related items are deleted
    first, because an empty report no longer names its photos; items that were added meanwhile are
    deleted at the end. Raises as `change` does."""
    before = get_report(service_request_id, ports)
    if change(before) is not before:
        ports.photos.remove_later(service_request_id, [photo.photo_id for photo in before.photos])
        drop_related_items(service_request_id, ports)
    withdrawn = update_report(lambda: get_report(service_request_id, ports), change, ports)
    drop_related_items(service_request_id, ports)
    return withdrawn


def refuse_if_others_joined(report: ServiceRequest, ports: Ports) -> None:
    """Raises Conflict if other reports were merged into this one."""
    if report.duplicates:
        raise Conflict(
            Text(
                "Other reports of the same problem were merged into this one, so you cannot "
                "withdraw it. Call us on {phone} if it should not be public.",
                phone=ports.council.phone,
            )
        )


def refuse_if_ordered(report: ServiceRequest) -> None:
    """Raises Conflict if the report is booked or paid."""
    if report.order and report.order.state in ("settled", "lost"):
        raise Conflict(Text("This is booked or paid. Cancel it instead."), version=report.version)


def drop_related_items(service_request_id: str, ports: Ports) -> None:
    """Deletes the archived updates, notes and authors of a withdrawn report."""
    ports.repository.drop_archived_updates(service_request_id)
    ports.repository.drop_authors(service_request_id)
    ports.repository.drop_notes(service_request_id)


def without_content(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """The withdrawn report: without everything that its sender, followers and officers wrote."""
    return replace(
        report.without_contact().with_visibility("withdrawn", ports.now()),
        state="cancelled",
        title=None,
        description="",
        lat=None,
        long=None,
        address=None,
        premises_id=None,
        review_on=None,
        collection=None,
        order=report.order and cancel_withdrawn_order(report.order),
        asset_id=None,
        attributes={},
        because=(),
        photos=(),
        reporter=None,
        flags=(),
        questions=(),
        needs=(),
        updates=(),
        held_updates=(),
        archived=0,
    )
