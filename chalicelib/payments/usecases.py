"""Pay, check and refund.

`check` is the only place that believes anything about money: the browser's return, the provider's
webhook and the schedule all call it, in any order and as often as they like. It asks the provider,
books what it learns and only then saves the charge, so that a crash in between is repeated by the
next check.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.errors import AppError, Conflict, Invalid, NoReply
from chalicelib.kernel.money import pounds
from chalicelib.kernel.optimistic import VersionConflict, retry_on_conflict, update
from chalicelib.payments.checking import (
    booked,
    checked_payment,
    checked_refunds,
    is_lapsed,
    next_check,
    of_charge,
    refused_since,
    unsent,
)
from chalicelib.payments.model import (
    EXPIRES,
    Charge,
    Payment,
    Refund,
    with_payment,
    with_refund,
)
from chalicelib.payments.ports import NewPayment, Ports, ProviderPayment, RefundRefused
from chalicelib.texts import Text

WHAT = Text("this payment")


class CardPage(NamedTuple):
    """Where the payer enters the card. `next_url` is the payer's secret."""

    payment_id: str
    next_url: str


class RefundRequest(Struct, frozen=True, kw_only=True):
    """A refund that somebody asks for; `refund_id` is the same in a repeat. `by` is the officer,
    None if it follows from a cancellation. `seen_pence` is what had gone back when the officer
    looked, None if that does not matter."""

    refund_id: str
    service_request_id: str
    amount_pence: int
    reason: str
    by: str | None
    seen_pence: int | None = None


def open_charge(charge: Charge, ports: Ports) -> None:
    """Store what a request costs, unless that is stored already. Raises UpstreamFailed."""
    if ports.charges.get(charge.service_request_id) is None:
        with suppress(VersionConflict):
            ports.charges.save(charge)


def pay(
    service_request_id: str, language: str, ports: Ports, *, is_by_phone: bool = False
) -> CardPage:
    """The page to pay a charge: of the payment that is open, or of a new one. `is_by_phone`: an
    officer enters the card for a caller.

    Raises: Conflict if there is nothing to pay, it is paid or being processed, or the provider does
    not take the amount; UpstreamFailed.
    """

    def attempt() -> CardPage:
        charge = check(service_request_id, ports)
        _refuse_paid(charge)
        charge, payment = _open_payment(charge, ports)
        seen = _at_provider(charge, payment, language, is_by_phone, ports)
        if seen.next_url is None:
            raise Conflict(Text("Your payment is being processed. Look again in a minute."))
        return CardPage(payment.payment_id, seen.next_url)

    return retry_on_conflict(attempt, what=WHAT)


def _refuse_paid(charge: Charge) -> None:
    if charge.paid:
        raise Conflict(Text("This is already paid."))


def _open_payment(charge: Charge, ports: Ports) -> tuple[Charge, Payment]:
    """The payment that can still be paid, stored before the provider is asked for it, so that two
    callers get the same one."""
    if charge.open:
        return charge, charge.open
    payment_id = ports.payment_id(charge.service_request_id, len(charge.payments) + 1)
    payment = Payment(payment_id=payment_id, asked_at=ports.now())
    return ports.charges.save(_due(with_payment(charge, payment), ports)), payment


def _at_provider(
    charge: Charge, payment: Payment, language: str, is_by_phone: bool, ports: Ports
) -> ProviderPayment:
    """The payment at the provider. Its id is stored before anybody sees its page: of two that were
    created for one payment, only one can be paid."""
    if payment.provider_id:
        return of_charge(charge, ports.provider.get(payment.provider_id))
    new = NewPayment(
        payment_id=payment.payment_id,
        reference=charge.service_request_id,
        amount_pence=charge.amount_pence,
        description=charge.description,
        language=language,
        is_by_phone=is_by_phone,
    )
    seen = of_charge(charge, ports.provider.create(new))
    ports.charges.save(with_payment(charge, replace(payment, provider_id=seen.provider_id)))
    return seen


def check(service_request_id: str, ports: Ports, *, settled_too: bool = False) -> Charge:
    """Ask the provider about all that is not settled, book it and save it. Sends a refund that has
    not arrived. With `settled_too` it asks about a settled payment, too, of which more may have
    been refunded at the provider's own site.

    Returns: the charge as it is now.

    Raises: Conflict if there is nothing to pay, UpstreamFailed.
    """

    def load() -> Charge:
        charge = ports.charges.get(service_request_id)
        if charge is None:
            raise Conflict(Text("There is nothing to pay for this request."))
        return charge

    def checked(charge: Charge) -> Charge:
        found = charge
        for payment in charge.payments:
            if settled_too or not _is_settled(payment, charge):
                found = _with_news(found, payment, ports)
        return _announced(charge, found, ports)

    return update(load, checked, ports.charges.save, what=WHAT)


def _is_settled(payment: Payment, charge: Charge) -> bool:
    return payment.is_ended and (payment.state != "success" or charge.is_settled)


def _announced(charge: Charge, found: Charge, ports: Ports) -> Charge:
    """The charge to be saved, after the rest of the system was told that it is paid or lapsed."""
    if found.paid and not charge.paid:
        ports.on_paid(charge.service_request_id)
    for each in refused_since(charge, found):
        ports.refused(each)
    if found == charge and (charge.check_at is None or charge.check_at > ports.now()):
        return charge
    if is_lapsed(found, ports.now()):
        ports.on_unpaid(charge.service_request_id)
    return _due(found, ports)


def _with_news(charge: Charge, payment: Payment, ports: Ports) -> Charge:
    """The charge with what the provider says of one payment and its refunds."""
    if payment.provider_id is None:
        # Nobody has seen its card page: the page is shown after the id is stored.
        if ports.now() < payment.asked_at + EXPIRES:
            return charge
        return with_payment(charge, replace(payment, state="cancelled"))
    seen = of_charge(charge, ports.provider.get(payment.provider_id))
    found = with_payment(charge, checked_payment(payment, seen))
    found = checked_refunds(found, payment.payment_id, seen, ports.now())
    for entry in booked(found, payment.payment_id, seen):
        ports.book(entry)
        ports.on_booked(entry)
    return _sent(found, payment, seen, ports)


def _sent(charge: Charge, payment: Payment, seen: ProviderPayment, ports: Ports) -> Charge:
    """The charge after a refund that the provider does not have was sent to it. The provider takes
    only one of several: each names the amount that was available before the first."""
    refund = unsent(charge, payment.payment_id)
    if refund is None:
        return charge
    if refund.available_pence != seen.refundable_pence:
        return with_refund(charge, replace(refund, state="error"))
    try:
        made = ports.provider.refund(seen, refund.amount_pence, refund.refund_id)
    except NoReply:
        return charge
    except RefundRefused:
        return _refused(charge, refund, seen, ports)
    # The next check books it, once the money has gone.
    return with_refund(charge, replace(refund, provider_id=made.provider_id, state="submitted"))


def _refused(charge: Charge, refund: Refund, seen: ProviderPayment, ports: Ports) -> Charge:
    """The charge after the provider refused a refund: for good if it could refund as much as we
    thought. Otherwise the next check sees what happened meanwhile."""
    if ports.provider.get(seen.provider_id).refundable_pence != seen.refundable_pence:
        return charge
    return with_refund(charge, replace(refund, state="error"))


def _due(charge: Charge, ports: Ports) -> Charge:
    return replace(charge, check_at=next_check(charge, ports.now()))


def refund(asked: RefundRequest, ports: Ports) -> Charge:
    """Send money back. A repeat of the same request changes nothing.

    Returns: the charge; the refund is `asked` while it is not known whether the provider has it.

    Raises: Conflict if nothing was paid, another refund is on its way or more has gone back than
    `seen_pence`; Invalid if the amount is too large; UpstreamFailed.
    """

    def attempt() -> None:
        charge = check(asked.service_request_id, ports)
        if any(each.refund_id == asked.refund_id for each in charge.refunds):
            return
        ports.charges.save(_due(with_refund(charge, _new_refund(charge, asked, ports)), ports))

    retry_on_conflict(attempt, what=WHAT)
    return check(asked.service_request_id, ports)


def _new_refund(charge: Charge, asked: RefundRequest, ports: Ports) -> Refund:
    paid = charge.paid
    if paid is None or paid.provider_id is None:
        raise Conflict(Text("Nothing was paid that could go back."))
    if charge.refund_asked:
        raise Conflict(Text("Another refund is being sent. Look again in a minute."))
    if asked.seen_pence not in (None, charge.refunded_pence):
        raise Conflict(Text("Somebody else has sent money back. Look again at what is left."))
    available = ports.provider.get(paid.provider_id).refundable_pence
    if not 0 < asked.amount_pence <= available:
        most = Text("Enter an amount of at most {amount}", amount=pounds(available))
        raise Invalid.field("amount_pence", most)
    return Refund(
        refund_id=asked.refund_id,
        payment_id=paid.payment_id,
        amount_pence=asked.amount_pence,
        available_pence=available,
        reason=asked.reason,
        by=asked.by,
        asked_at=ports.now(),
    )


def hint(service_request_id: str, ports: Ports) -> None:
    """There may be news of a request's payments: the next `check_due` asks the provider. Does
    nothing if the request has no charge. Raises UpstreamFailed."""

    def attempt() -> None:
        charge, now = ports.charges.get(service_request_id), ports.now()
        if charge and (charge.check_at is None or charge.check_at > now):
            ports.charges.save(replace(charge, check_at=now))

    retry_on_conflict(attempt, what=WHAT)


def check_due(ports: Ports, at_most: int = 100) -> Mapping[str, AppError]:
    """Check the charges whose time has come. A charge that cannot be checked does not stop the
    others, and stays due.

    Returns: the error of each that failed, by service_request_id.

    Raises: UpstreamFailed if the due ones cannot be listed.
    """
    failed: dict[str, AppError] = {}
    for each in ports.charges.due(ports.now())[:at_most]:
        try:
            check(each, ports, settled_too=True)
        except AppError as error:
            failed[each] = error
    return failed
