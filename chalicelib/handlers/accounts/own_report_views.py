"""What the account shows of the caller's own reports."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from chalicelib.bootstrap.garden import garden_ports
from chalicelib.bootstrap.payments import charges
from chalicelib.bootstrap.reports import garden_purchases
from chalicelib.garden.views import GardenView
from chalicelib.handlers.http import request_language
from chalicelib.integrations.garden_access import holds_subscription, view_of_purchase
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import SenderAction, sender_action_of
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import Delay, Visibility
from chalicelib.reports.states import State, Status, status_of
from chalicelib.reports.views import receipt_url, tracking_url


class OwnOrderView(msgspec.Struct, frozen=True, kw_only=True):
    """What a report booked and costs. `day` and `slot`, the name of the slot, are None if nothing
    is booked. `is_to_pay`: `amount_pence` has to be paid before the report counts. `paid_at` is
    when the payment became known, None if no money came; then `receipt_url` leads to its receipt.
    `refunded_pence` was refunded to the card or is on its way."""

    day: date | None
    slot: str | None
    amount_pence: int
    is_to_pay: bool
    paid_at: datetime | None
    refunded_pence: int
    receipt_url: str | None
    is_cancelled: bool


class OwnGardenView(GardenView, frozen=True, kw_only=True):
    """The garden waste subscription that a report bought. `may_change`: the page of the report can
    move and cancel the whole subscription; otherwise it can only cancel the containers that the
    report added."""

    may_change: bool


class OwnReportView(msgspec.Struct, frozen=True, kw_only=True):
    """A report that the caller sent. `sent_as`: what the caller did with it. `garden`: the garden
    waste subscription that it bought. `can_change`: work has not begun and nothing was ordered, so
    the reporter may change or withdraw it."""

    service_request_id: str
    status: Status
    state: State
    service_code: str
    sent_as: SenderAction
    visibility: Visibility
    title: str | None
    description: str
    address: str | None
    lat: float | None
    long: float | None
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    delay: Delay | None
    tracking_url: str
    order: OwnOrderView | None
    garden: OwnGardenView | None
    can_change: bool
    version: int


class OwnReportList(msgspec.Struct, frozen=True, kw_only=True):
    """The caller's reports, the newest first; `next` is the cursor of the next page."""

    items: list[OwnReportView]
    next: str | None


def report_views(reports: Sequence[ServiceRequest], ports: Ports) -> list[OwnReportView]:
    """The reports as their sender sees them. Raises UpstreamFailed."""
    refunded = _refunds(reports)
    return [_view(each, refunded.get(each.service_request_id, 0), ports) for each in reports]


def _refunds(reports: Sequence[ServiceRequest]) -> Mapping[str, int]:
    """What went back to the cards that the reports were paid with, by service_request_id."""
    by_card = [
        each.service_request_id for each in reports if each.order and each.order.paid_by == "card"
    ]
    found = charges().many(by_card) if by_card else {}
    return {key: each.refunded_pence for key, each in found.items()}


def _view(report: ServiceRequest, refunded_pence: int, ports: Ports) -> OwnReportView:
    return copy_fields(
        OwnReportView,
        report,
        status=status_of(report.state),
        sent_as=sender_action_of(ports.council.by_code.get(report.service_code), report.order),
        tracking_url=tracking_url(report, ports, request_language.current_language()),
        order=_order_view(report, refunded_pence, ports),
        garden=_garden_view(report),
        can_change=report.is_untouched and report.order is None,
    )


def _order_view(report: ServiceRequest, refunded_pence: int, ports: Ports) -> OwnOrderView | None:
    order = report.order
    if order is None:
        return None
    place = order.booking.place if order.booking else None
    language, council = request_language.current_language(), request_language.council()
    return OwnOrderView(
        day=place.day if place else None,
        slot=council.slot_name(place) if place else None,
        amount_pence=order.amount_pence,
        is_to_pay=order.is_to_pay,
        paid_at=order.paid_at,
        refunded_pence=refunded_pence,
        receipt_url=receipt_url(report, ports, language) if order.paid_at else None,
        is_cancelled=order.state == "cancelled",
    )


def _garden_view(report: ServiceRequest) -> OwnGardenView | None:
    found = garden_purchases().subscription_of(report)
    if found is None:
        return None
    garden = garden_ports()
    may_change = holds_subscription(report, found, garden)
    view = view_of_purchase(report, found, garden, may_change=may_change)
    return copy_fields(OwnGardenView, view, may_change=may_change)
