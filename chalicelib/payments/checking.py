"""When to ask the provider again, and how its answer changes a charge. A payment never goes back to
an earlier state."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.time import to_the_second
from chalicelib.payments.ledger import Difference, Entry, entry_id
from chalicelib.payments.model import ORDER, Charge, Payment, Refund, with_refund
from chalicelib.payments.ports import ProviderPayment, ProviderRefund
from chalicelib.texts import Text

FIRST_CHECKS = tuple(timedelta(minutes=minutes) for minutes in (3, 15, 60, 95))
THEN_EVERY = timedelta(hours=1)
CHECKED_FOR = timedelta(days=7)
OTHER = Text("The payment provider answered with another payment. Try again in a few minutes.")
LAPSES = FIRST_CHECKS[-1]
"""A charge that is still not paid so long after the last payment was asked for is given up."""


def next_check(charge: Charge, now: datetime) -> datetime | None:
    """When to ask the provider again: 3, 15, 60 and 95 minutes after the last payment or refund was
    asked for, then hourly for 7 days; None if the charge is settled or that time is over. A charge
    whose payments all failed comes once more, when nobody can pay it in time."""
    begun = _begun(charge)
    if begun is None or (charge.is_settled and charge.paid):
        return None
    if charge.is_settled:
        lapses = begun + LAPSES
        return lapses if lapses > now else None
    first = next((begun + wait for wait in FIRST_CHECKS if begun + wait > now), None)
    at = first or now + THEN_EVERY
    return at if at <= begun + CHECKED_FOR else None


def is_lapsed(charge: Charge, now: datetime) -> bool:
    """True if all payments of the charge failed, so long ago that nobody tries again."""
    begun = _begun(charge)
    return begun is not None and charge.is_settled and not charge.paid and now >= begun + LAPSES


def _begun(charge: Charge) -> datetime | None:
    """When the last payment or refund was asked for; None if there was none."""
    asked = [each.asked_at for each in charge.payments]
    asked += [each.asked_at for each in charge.refunds]
    return max(asked, default=None)


def of_charge(charge: Charge, seen: ProviderPayment) -> ProviderPayment:
    """The payment, which must be for the charge's request and amount. Raises UpstreamFailed."""
    if (seen.reference, seen.amount_pence) != (charge.service_request_id, charge.amount_pence):
        raise UpstreamFailed(OTHER)
    return seen


def checked_payment(payment: Payment, seen: ProviderPayment) -> Payment:
    """The payment in the provider's state, unless it was further already."""
    if ORDER[seen.state] <= ORDER[payment.state]:
        return payment
    return replace(payment, state=seen.state, failure=seen.failure)


def checked_refunds(
    charge: Charge, payment_id: str, seen: ProviderPayment, now: datetime
) -> Charge:
    """The charge with all refunds that the provider has for the payment. A refund that the provider
    has and we do not know is the one that we asked for, if the amount is the same; otherwise it was
    made at the provider's own site."""
    for each in seen.refunds:
        known = _known(charge, each) or unsent_like(charge, payment_id, each)
        mine = known or _made_elsewhere(payment_id, each, now)
        if mine.state not in ("success", "error"):
            mine = replace(mine, provider_id=each.provider_id, state=each.state)
        charge = with_refund(charge, mine)
    return charge


def refused_since(before: Charge, charge: Charge) -> Iterator[Difference]:
    """The refunds of the charge that have failed since it was stored."""
    known = {each.refund_id for each in before.refunds if each.state == "error"}
    for each in charge.refunds:
        if each.state == "error" and each.refund_id not in known:
            yield Difference(
                entry_id=entry_id("refund", each.refund_id),
                ledger_pence=None,
                provider_pence=None,
                reference=charge.service_request_id,
                refused_pence=each.amount_pence,
            )


def unsent(charge: Charge, payment_id: str) -> Refund | None:
    """The refund of a payment that the provider did not confirm."""
    found = charge.refund_asked
    return found if found and found.payment_id == payment_id else None


def unsent_like(charge: Charge, payment_id: str, seen: ProviderRefund) -> Refund | None:
    """The unconfirmed refund of a payment, if it has the same amount."""
    found = unsent(charge, payment_id)
    return found if found and found.amount_pence == seen.amount_pence else None


def _known(charge: Charge, seen: ProviderRefund) -> Refund | None:
    return next((each for each in charge.refunds if each.provider_id == seen.provider_id), None)


def _made_elsewhere(payment_id: str, seen: ProviderRefund, now: datetime) -> Refund:
    return Refund(
        refund_id=f"provider-{seen.provider_id}",
        payment_id=payment_id,
        amount_pence=seen.amount_pence,
        available_pence=0,
        reason="",
        by=None,
        asked_at=now,
        provider_id=seen.provider_id,
        state=seen.state,
    )


def booked(charge: Charge, payment_id: str, seen: ProviderPayment) -> Iterator[Entry]:
    """The ledger's entries for a payment and its refunds."""
    if seen.state != "success":
        return
    paid = entry_id("payment", seen.money_id)
    came_in = _entry(paid, charge, payment_id, seen.created_at, seen.amount_pence)
    yield replace(came_in, vat_pence=charge.vat_pence)
    for each in seen.refunds:
        if each.state == "success":
            made = entry_id("refund", each.provider_id)
            yield _entry(made, charge, payment_id, each.created_at, -each.amount_pence)


def _entry(booked_as: str, charge: Charge, payment_id: str, at: datetime, pence: int) -> Entry:
    return Entry(
        entry_id=booked_as,
        at=to_the_second(at),
        amount_pence=pence,
        fund=charge.fund,
        service_request_id=charge.service_request_id,
        payment_id=payment_id,
    )
