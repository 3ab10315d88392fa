"""Decides when to ask the provider again, and applies its answer to a charge. A payment never goes
back to an earlier state."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.money import format_pounds
from chalicelib.kernel.time import truncate_to_second
from chalicelib.payments.ledger import Difference, Entry, entry_id
from chalicelib.payments.model import ORDER, REFUND_ORDER, Charge, Payment, Refund, with_refund
from chalicelib.payments.ports import ProviderPayment, ProviderRefund
from chalicelib.texts import Text

FIRST_CHECKS = tuple(timedelta(minutes=minutes) for minutes in (3, 15, 60, 95))
THEN_EVERY = timedelta(hours=1)
CHECKED_FOR = timedelta(days=7)
ANOTHER_PAYMENT = Text(
    "The payment provider answered with another payment. Try again in a few minutes."
)
LONGEST_WAIT = timedelta(minutes=15)
"""The longest time until a check that failed is repeated: a paid request must be fulfilled soon
after the provider answers again."""
LAPSES = FIRST_CHECKS[-1]
"""How long after the last request for a payment an unpaid charge is given up."""


def next_check(charge: Charge, now: datetime) -> datetime | None:
    """When to ask the provider again: 3, 15, 60 and 95 minutes after the last payment or refund was
    requested, then hourly for 7 days. None if the charge is settled or that time is over. A charge
    whose payments all failed is checked once more when it lapses."""
    begun = _last_asked_at(charge)
    if begun is None or (charge.is_settled and charge.successful_payment):
        return None
    if charge.is_settled:
        lapses = begun + LAPSES
        return lapses if lapses > now else None
    first = next((begun + wait for wait in FIRST_CHECKS if begun + wait > now), None)
    at = first or now + THEN_EVERY
    return at if at <= begun + CHECKED_FOR else None


def wait_after_failure(charge: Charge, now: datetime) -> Charge:
    """The charge after another check of it failed. The next one is after 1, 2, 4, 8 and then 15
    minutes; none after 7 days in which all failed."""
    wait = min(timedelta(minutes=2 ** min(charge.failed_checks, 4)), LONGEST_WAIT)
    failed = charge.failed_checks + 1
    is_over = failed > CHECKED_FOR // LONGEST_WAIT
    return replace(charge, failed_checks=failed, check_at=None if is_over else now + wait)


def ended_checks(charge: Charge) -> Difference:
    """What officers see of a charge that is not settled and no longer checked."""
    return Difference(
        entry_id=entry_id("payment", charge.payments[-1].payment_id if charge.payments else ""),
        ledger_pence=None,
        provider_pence=None,
        reference=charge.service_request_id,
        unchecked_pence=charge.amount_pence,
    )


def is_lapsed(charge: Charge, now: datetime) -> bool:
    """True if all payments of the charge failed, so long ago that the charge is given up."""
    begun = _last_asked_at(charge)
    return (
        begun is not None
        and charge.is_settled
        and not charge.successful_payment
        and now >= begun + LAPSES
    )


def _last_asked_at(charge: Charge) -> datetime | None:
    """When the last payment or refund was requested; None if there was none."""
    asked = [each.asked_at for each in charge.payments]
    asked += [each.asked_at for each in charge.refunds]
    return max(asked, default=None)


def require_same_charge(charge: Charge, latest: ProviderPayment) -> ProviderPayment:
    """The payment, if it is for the charge's request and amount. Raises UpstreamFailed
    otherwise."""
    if latest.reference != charge.service_request_id:
        raise UpstreamFailed(ANOTHER_PAYMENT)
    if latest.amount_pence != charge.amount_pence:
        text = Text(
            "The payment provider has {there} for this payment, and the price is {here}. "
            "Contact us.",
            there=format_pounds(latest.amount_pence),
            here=format_pounds(charge.amount_pence),
        )
        raise UpstreamFailed(text)
    return latest


def update_payment(payment: Payment, latest: ProviderPayment) -> Payment:
    """The payment in the provider's state, unless it is in a later state already."""
    if ORDER[latest.state] <= ORDER[payment.state]:
        return payment
    return replace(payment, state=latest.state, failure=latest.failure)


def update_refunds(
    charge: Charge, payment_id: str, latest: ProviderPayment, now: datetime
) -> Charge:
    """The charge with all refunds that the provider has for the payment. An unknown refund is taken
    for the unconfirmed one if it has the same amount; otherwise it was made at the provider's own
    site."""
    for each in latest.refunds:
        known = _find_refund(charge, each) or matching_unsent_refund(charge, payment_id, each)
        refund = known or _refund_made_elsewhere(payment_id, each, now)
        if REFUND_ORDER[each.state] > REFUND_ORDER[refund.state]:
            refund = replace(refund, provider_id=each.provider_id, state=each.state)
        charge = with_refund(charge, refund)
    return charge


def new_failures(before: Charge, charge: Charge) -> Iterator[Difference]:
    """The refunds of the charge that have failed since `before` was stored."""
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


def unsent_refund(charge: Charge, payment_id: str) -> Refund | None:
    """The refund of a payment that the provider has not confirmed."""
    found = charge.unconfirmed_refund
    return found if found and found.payment_id == payment_id else None


def matching_unsent_refund(
    charge: Charge, payment_id: str, latest: ProviderRefund
) -> Refund | None:
    """The unconfirmed refund of a payment, if it has the same amount."""
    found = unsent_refund(charge, payment_id)
    return found if found and found.amount_pence == latest.amount_pence else None


def _find_refund(charge: Charge, latest: ProviderRefund) -> Refund | None:
    return next((each for each in charge.refunds if each.provider_id == latest.provider_id), None)


def _refund_made_elsewhere(payment_id: str, latest: ProviderRefund, now: datetime) -> Refund:
    return Refund(
        refund_id=f"provider-{latest.provider_id}",
        payment_id=payment_id,
        amount_pence=latest.amount_pence,
        available_pence=0,
        reason="",
        by=None,
        asked_at=now,
        provider_id=latest.provider_id,
        state=latest.state,
    )


def ledger_entries(charge: Charge, payment_id: str, latest: ProviderPayment) -> Iterator[Entry]:
    """The ledger's entries for a payment and its refunds."""
    if latest.state != "success":
        return
    payment_entry = entry_id("payment", latest.money_id)
    income = _entry(payment_entry, charge, payment_id, latest.created_at, latest.amount_pence)
    yield replace(income, vat_pence=charge.vat_pence)
    if latest.surcharge_pence:
        surcharge = entry_id("surcharge", latest.money_id)
        yield _entry(surcharge, charge, payment_id, latest.created_at, latest.surcharge_pence)
    for each in latest.refunds:
        if each.state == "success":
            refund_entry = entry_id("refund", each.provider_id)
            yield _entry(refund_entry, charge, payment_id, each.created_at, -each.amount_pence)


def _entry(own_id: str, charge: Charge, payment_id: str, at: datetime, pence: int) -> Entry:
    return Entry(
        entry_id=own_id,
        at=truncate_to_second(at),
        amount_pence=pence,
        fund=charge.fund,
        service_request_id=charge.service_request_id,
        payment_id=payment_id,
    )
