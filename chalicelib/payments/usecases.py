"""Pay, check and refund.

Only `check` changes the state of a payment: the browser's return and the schedule call it, in any
order and any number of times, and the provider's notifications make it due. It asks the provider,
books the answer and only then saves the charge, so that the next check makes up for a crash in
between.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.errors import AppError, Conflict, Invalid, NoReply, ProviderMissing
from chalicelib.kernel.money import format_pounds
from chalicelib.kernel.optimistic import VersionConflict, retry_on_conflict, update
from chalicelib.payments.checking import (
    ended_checks,
    is_lapsed,
    ledger_entries,
    new_failures,
    next_check,
    require_same_charge,
    unsent_refund,
    update_payment,
    update_refunds,
    wait_after_failure,
)
from chalicelib.payments.model import (
    EXPIRES,
    Charge,
    Payment,
    Refund,
    with_payment,
    with_refund,
)
from chalicelib.payments.ports import (
    NewPayment,
    Ports,
    Provider,
    ProviderPayment,
    RefundRefused,
)
from chalicelib.texts import Text

WHAT = Text("this payment")
BEING_PROCESSED = Text("Your payment is being processed. Look again in a minute.")


class CardPage(NamedTuple):
    """The page on which the payer enters the card. Only the payer may know `next_url`."""

    payment_id: str
    next_url: str


class RefundRequest(Struct, frozen=True, kw_only=True):
    """A requested refund; `refund_id` is the same in a repeat. `by` is the officer's account, None
    if the refund follows from a cancellation. `seen_pence` is the refunded amount that the officer
    saw, None if that does not matter."""

    refund_id: str
    service_request_id: str
    amount_pence: int
    reason: str
    by: str | None
    seen_pence: int | None = None


def open_charge(charge: Charge, ports: Ports) -> None:
    """Store the charge of a request, unless one is stored already. Raises UpstreamFailed."""
    if ports.charges.get(charge.service_request_id) is None:
        with suppress(VersionConflict):
            ports.charges.save(charge)


def pay(
    service_request_id: str, language: str, ports: Ports, *, is_by_phone: bool = False
) -> CardPage:
    """The page to pay a charge: that of the open payment, or of a new one. `is_by_phone`: an
    officer enters the card for a caller. An open payment of the other kind is cancelled first.

    Raises: Conflict if there is nothing to pay, it is paid or being processed, or the provider does
    not take the amount, or no cards on the telephone; UpstreamFailed.
    """

    def attempt() -> CardPage:
        charge = check(service_request_id, ports)
        _refuse_paid(charge)
        if is_by_phone:
            ports.providers.find_current().require_phone()
        if charge.open_payment and charge.open_payment.is_by_phone != is_by_phone:
            charge = _cancel(charge, charge.open_payment, ports)
        charge, payment = _ensure_open_payment(charge, is_by_phone, ports)
        latest = _get_at_provider(charge, payment, language, ports)
        if latest.next_url is None:
            raise Conflict(BEING_PROCESSED)
        return CardPage(payment.payment_id, latest.next_url)

    return retry_on_conflict(attempt, what=WHAT)


def _refuse_paid(charge: Charge) -> None:
    if charge.successful_payment:
        raise Conflict(Text("This is already paid."))


def _cancel(charge: Charge, payment: Payment, ports: Ports) -> Charge:
    """The charge without its open payment. Raises Conflict if that is paid, or can no longer be
    cancelled."""
    if payment.provider_id is None:
        # Nobody can have seen the card page.
        return with_payment(charge, replace(payment, state="cancelled"))
    ports.providers.find(payment).cancel(payment.provider_id)
    after = check(charge.service_request_id, ports)
    _refuse_paid(after)
    if after.open_payment:
        raise Conflict(BEING_PROCESSED)
    return after


def _ensure_open_payment(charge: Charge, is_by_phone: bool, ports: Ports) -> tuple[Charge, Payment]:
    """The open payment of a charge. A new one is stored before the provider creates it, so that two
    callers get the same payment."""
    if charge.open_payment:
        return charge, charge.open_payment
    payment_id = ports.payment_id(charge.service_request_id, len(charge.payments) + 1)
    payment = Payment(payment_id=payment_id, asked_at=ports.now(), is_by_phone=is_by_phone)
    return ports.charges.save(_schedule_check(with_payment(charge, payment), ports)), payment


def _get_at_provider(
    charge: Charge, payment: Payment, language: str, ports: Ports
) -> ProviderPayment:
    """The payment at the provider, which is created if it has no id yet. Its id is stored before
    anybody sees its page, so that of two that were created only one can be paid."""
    if payment.provider_id:
        provider = ports.providers.find(payment)
        return require_same_charge(charge, provider.get(payment.provider_id))
    new = NewPayment(
        payment_id=payment.payment_id,
        reference=charge.service_request_id,
        amount_pence=charge.amount_pence,
        description=charge.description,
        language=language,
        is_by_phone=payment.is_by_phone,
    )
    latest = require_same_charge(charge, ports.providers.find_current().create(new))
    created = replace(payment, provider=ports.providers.current, provider_id=latest.provider_id)
    ports.charges.save(with_payment(charge, created))
    return latest


def check(service_request_id: str, ports: Ports, *, settled_too: bool = False) -> Charge:
    """Ask the provider about all payments that are not settled, book the answers and save the
    charge. Sends a refund that the provider does not have. With `settled_too`, settled payments are
    checked too: more may have been refunded at the provider's own site.

    Returns: the charge as it is now.

    Raises: Conflict if there is nothing to pay, UpstreamFailed.
    """

    def load() -> Charge:
        charge = ports.charges.get(service_request_id)
        if charge is None:
            raise Conflict(Text("There is nothing to pay for this request."))
        return charge

    def check_payments(charge: Charge) -> Charge:
        after = charge
        for payment in charge.payments:
            if settled_too or not _is_settled(payment, charge):
                after = _check_payment(after, payment, ports)
        return _announce_changes(charge, after, ports)

    return update(load, check_payments, ports.charges.save, what=WHAT)


def _is_settled(payment: Payment, charge: Charge) -> bool:
    return payment.is_ended and (payment.state != "success" or charge.is_settled)


def _announce_changes(charge: Charge, after: Charge, ports: Ports) -> Charge:
    """Announce that the charge is paid or lapsed, and refunds that failed. Returns: the charge to
    be saved."""
    if after.successful_payment and not charge.successful_payment:
        ports.on_paid(charge.service_request_id)
    for each in new_failures(charge, after):
        ports.on_refund_failed(each)
    if after == charge and (charge.check_at is None or charge.check_at > ports.now()):
        return charge
    if is_lapsed(after, ports.now()):
        ports.on_unpaid(charge.service_request_id)
    scheduled = _schedule_check(after, ports)
    if scheduled.check_at is None and not scheduled.is_settled:
        ports.on_checks_ended(ended_checks(scheduled))
    return scheduled


def _check_payment(charge: Charge, payment: Payment, ports: Ports) -> Charge:
    """Ask the provider about one payment and its refunds, and book the answer. Returns: the charge
    after that."""
    if payment.provider_id is None:
        # Nobody can have seen the card page: it is shown after the id is stored.
        if ports.now() < payment.asked_at + EXPIRES:
            return charge
        return with_payment(charge, replace(payment, state="cancelled"))
    provider = ports.providers.find(payment)
    latest = require_same_charge(charge, provider.get(payment.provider_id))
    after = with_payment(charge, update_payment(payment, latest))
    after = update_refunds(after, payment.payment_id, latest, ports.now())
    for entry in ledger_entries(after, payment.payment_id, latest):
        ports.book(entry)
        ports.on_booked(entry)
    return _send_refund(after, payment, latest, provider)


def _send_refund(
    charge: Charge, payment: Payment, latest: ProviderPayment, provider: Provider
) -> Charge:
    """Send the refund that the provider does not have, if there is one. The provider accepts only
    one of several attempts: each names the amount that was available before the first. Returns: the
    charge after that."""
    refund = unsent_refund(charge, payment.payment_id)
    if refund is None or latest.is_settling:
        return charge
    if refund.available_pence != latest.refundable_pence:
        return with_refund(charge, replace(refund, state="error"))
    try:
        sent = provider.refund(latest, refund.amount_pence, refund.refund_id)
    except NoReply:
        return charge
    except RefundRefused:
        return _handle_refusal(charge, refund, latest, provider)
    # The next check books it, once the money has gone.
    return with_refund(charge, replace(refund, provider_id=sent.provider_id, state="submitted"))


def _handle_refusal(
    charge: Charge, refund: Refund, latest: ProviderPayment, provider: Provider
) -> Charge:
    """The charge after the provider refused a refund. The refund has failed if the refundable
    amount is as expected, and the payment is settled; otherwise the next check finds what happened
    in the meantime."""
    present = provider.get(latest.provider_id)
    if present.is_settling or present.refundable_pence != latest.refundable_pence:
        return charge
    return with_refund(charge, replace(refund, state="error"))


def _schedule_check(charge: Charge, ports: Ports) -> Charge:
    return replace(charge, check_at=next_check(charge, ports.now()), failed_checks=0)


def refund(request: RefundRequest, ports: Ports) -> Charge:
    """Refund a payment. A repeat of the same request changes nothing.

    Returns: the charge; the refund is in the state `asked` until the provider confirms it.

    Raises: Conflict if nothing was paid, an officer's repeat names another amount or reason,
    another refund is on its way or more was refunded than `seen_pence`; Invalid if the amount is
    too large; UpstreamFailed.
    """

    def attempt() -> None:
        charge = check(request.service_request_id, ports)
        if asked := next((r for r in charge.refunds if r.refund_id == request.refund_id), None):
            _refuse_other_amount(asked, request)
            return
        ports.charges.save(
            _schedule_check(with_refund(charge, _new_refund(charge, request, ports)), ports)
        )

    retry_on_conflict(attempt, what=WHAT)
    return check(request.service_request_id, ports)


def _refuse_other_amount(asked: Refund, request: RefundRequest) -> None:
    """Raises Conflict if an officer's repeat names another amount or reason."""
    if request.by and (asked.amount_pence, asked.reason) != (request.amount_pence, request.reason):
        raise Conflict(
            "Another refund was stored with this Idempotency-Key, and is unchanged. To send this "
            "one as well, use a new key."
        )


def _new_refund(charge: Charge, request: RefundRequest, ports: Ports) -> Refund:
    paid = charge.successful_payment
    if paid is None or paid.provider_id is None:
        raise Conflict(Text("Nothing was paid that could go back."))
    if charge.unconfirmed_refund:
        raise Conflict(Text("Another refund is being sent. Look again in a minute."))
    if request.seen_pence not in (None, charge.refunded_pence):
        raise Conflict(Text("Somebody else has sent money back. Look again at what is left."))
    latest = ports.providers.find(paid).get(paid.provider_id)
    available = charge.left_pence if latest.is_settling else latest.refundable_pence
    if not 0 < request.amount_pence <= available:
        most = Text("Enter an amount of at most {amount}", amount=format_pounds(available))
        raise Invalid.field("amount_pence", most)
    return Refund(
        refund_id=request.refund_id,
        payment_id=paid.payment_id,
        amount_pence=request.amount_pence,
        available_pence=available,
        reason=request.reason,
        by=request.by,
        asked_at=ports.now(),
    )


def request_check(service_request_id: str, ports: Ports) -> None:
    """Let the next `check_due` ask the provider about a request's payments. Does nothing if the
    request has no charge. Raises UpstreamFailed."""

    def attempt() -> None:
        charge, now = ports.charges.get(service_request_id), ports.now()
        if charge and (charge.check_at is None or charge.check_at > now):
            ports.charges.save(replace(charge, check_at=now))

    retry_on_conflict(attempt, what=WHAT)


def check_due(ports: Ports, at_most: int = 100) -> Mapping[str, Exception]:
    """Check the charges that are due, the oldest first. A charge that cannot be checked does not
    stop the others: it is due again later, behind them.

    Returns: the error of each charge that could not be checked, by service_request_id.

    Raises: UpstreamFailed if the due charges cannot be listed.
    """
    failed: dict[str, Exception] = {}
    for each in ports.charges.list_due(ports.now())[:at_most]:
        try:
            check(each, ports, settled_too=True)
        except Exception as error:
            failed[each] = error
            with suppress(AppError):
                _check_later(each, error, ports)
    return failed


def _check_later(service_request_id: str, error: Exception, ports: Ports) -> None:
    """Postpone the next check of a charge whose check failed. Officers are shown it if there is
    none, or if its provider is no longer set up."""

    def attempt() -> None:
        charge = ports.charges.get(service_request_id)
        if charge is None:
            return
        after = wait_after_failure(charge, ports.now())
        if after.check_at is None or isinstance(error, ProviderMissing):
            ports.on_checks_ended(ended_checks(after))
        ports.charges.save(after)

    retry_on_conflict(attempt, what=WHAT)
