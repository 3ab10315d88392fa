"""Work out what a new request costs and books, and store it with that.

A free order is a claim of the premises, an item of its own: two requests at once cannot both take
the last free one of a year.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from chalicelib.catalogue.prices import OrderInput, Quote
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import Invalid, PriceChanged
from chalicelib.kernel.languages import ENGLISH, Language
from chalicelib.reports.drafts import Draft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import BookedSlot, Order
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.claims import NoFreeClaim, create_with_free_claim
from chalicelib.texts import Text

PAID_WITHIN = timedelta(hours=3)
"""An order that is not paid for so long uses up no free one: its payment has ended."""


def quote_order(
    service: ServiceDefinition,
    premises_id: str | None,
    wanted: OrderInput,
    ports: Ports,
    language: Language = ENGLISH,
) -> Quote:
    """What an order costs today, with the free orders that are left for the premises, and with its
    lines in that language. Raises Invalid, UpstreamFailed."""
    on = _today(ports)
    used = _free_used(service, premises_id, on, ports)
    return ports.quote_price(service, premises_id, replace(wanted, free_used=used), on, language)


def with_order(report: ServiceRequest, draft: Draft, ports: Ports) -> ServiceRequest:
    """The new request with its order, for a service with a price or a calendar. It is unconfirmed
    until the order is settled.

    Raises: Invalid, Conflict if the slot is no longer held, PriceChanged if the sender saw another
    price, UpstreamFailed.
    """
    service = ports.council.by_code[draft.service_code]
    wanted = OrderInput(
        items=tuple(draft.items or ()),
        answers=report.attributes,
        amount_pence=draft.amount_pence,
        is_concession=draft.is_concession,
    )
    price = quote_order(service, draft.premises_id, wanted, ports)
    if draft.amount_pence_shown not in (None, price.amount_pence):
        raise _price_changed(price)
    order = Order(
        items=wanted.items,
        lines=price.lines,
        amount_pence=price.amount_pence,
        fund=price.fund,
        booking=_held_booking(service, draft, price, ports),
        is_concession=draft.is_concession,
    )
    return replace(report, order=order, visibility="unconfirmed")


def check_concession(report: ServiceRequest, draft: Draft, author: Author, ports: Ports) -> None:
    """Raises Invalid if the draft asks for a reduced price that there is not, or that the author
    may not grant."""
    if not draft.is_concession:
        return
    if not has_concession(report, ports):
        raise Invalid.field("is_concession", "is not for this service: leave it out")
    if not may_grant(report, author):
        raise Invalid.field(
            "is_concession", "is for officers who send the request for somebody else: leave it out"
        )


def has_concession(report: ServiceRequest, ports: Ports) -> bool:
    """True if there is a reduced price for the report's service."""
    price = ports.council.by_code[report.service_code].price
    return price is not None and price.concession_percent > 0


def may_grant(report: ServiceRequest, author: Author) -> bool:
    """True if the author may grant the sender of the report the reduced price."""
    return report.channel != "online" and author.may_waive(report)


def create_order(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """Stores a request with an order, and reserves its hold before that. One that costs nothing
    takes a free one of the year, if there is one. Raises Conflict if another request has the hold,
    PriceChanged if others took the last free one, AlreadyExists, UpstreamFailed."""
    if report.order and report.order.booking:
        ports.reserve_hold(report.service_request_id, report.order.booking)
    service = ports.council.by_code[report.service_code]
    claims = _free_claims(service, report.premises_id, _today(ports))
    order = report.order
    if not claims or order is None or order.amount_pence:
        return ports.repository.create(report)

    def counts(holder: ServiceRequest | None) -> bool:
        return _uses_free(holder, ports)

    try:
        return create_with_free_claim(report, claims, counts, ports)
    except NoFreeClaim:
        wanted = OrderInput(
            items=order.items, answers=report.attributes, is_concession=order.is_concession
        )
        price = quote_order(service, report.premises_id, wanted, ports)
        if price.lines != order.lines:
            raise _price_changed(price) from None
        return ports.repository.create(report)


def _held_booking(
    service: ServiceDefinition, draft: Draft, price: Quote, ports: Ports
) -> BookedSlot | None:
    if service.calendar is None:
        if draft.hold_id is not None:
            raise Invalid.field("hold_id", "is not for this service: leave it out")
        return None
    if draft.hold_id is None:
        raise Invalid.field("hold_id", "is required for this service: POST /api/holds gives one")
    booking = ports.read_hold(draft.hold_id)
    if booking.place.calendar != service.calendar:
        raise Invalid.field("hold_id", "is for another calendar")
    if booking.units != price.units:
        raise Invalid.field(
            "hold_id", Text("holds another number: {units} units are needed", units=price.units)
        )
    return booking


def _price_changed(price: Quote) -> PriceChanged:
    lines = [(each.text, each.amount_pence) for each in price.lines]
    return PriceChanged(price.amount_pence, lines)


def _today(ports: Ports) -> date:
    return ports.now().astimezone(ports.council.zone).date()


def _free_claims(service: ServiceDefinition, premises_id: str | None, on: date) -> Sequence[str]:
    """A claim for each order that is free for the premises this year."""
    if service.price is None or premises_id is None:
        return ()
    name = f"free#{service.service_code}#{premises_id}#{on.year}"
    return [f"{name}#{n}" for n in range(1, service.price.free_a_year + 1)]


def _free_used(service: ServiceDefinition, premises_id: str | None, on: date, ports: Ports) -> int:
    claims = _free_claims(service, premises_id, on)
    if not claims:
        # Nothing is free without an address, whose free orders can be counted.
        return service.price.free_a_year if service.price else 0
    holders = ports.repository.find_claim_holders(claims)
    reports = ports.repository.get_many(list(holders.values()))
    return sum(_uses_free(each, ports) for each in reports.values())


def _uses_free(report: ServiceRequest | None, ports: Ports) -> bool:
    """True while the free order was not given back."""
    if report is None or report.order is None or report.order.state == "cancelled":
        return False
    if report.order.state == "unpaid":
        return ports.now() < report.requested_datetime + PAID_WITHIN
    return not report.is_inactive
