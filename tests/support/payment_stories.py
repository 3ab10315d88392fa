"""Stories of paying and refunding, what follows by itself, and what may be wrong at the end."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

from chalicelib.errors import AppError
from chalicelib.payments.model import Charge
from chalicelib.payments.usecases import RefundRequest, check, check_due, pay, refund
from tests.support.fakes_payments import Faults, PaymentsWorld, ProcessCrash

REQUEST = "ABC123"
PRICE = 4_200
TRIES = 3
LIMIT = timedelta(hours=2)

Step = Callable[[PaymentsWorld], None]
Seen = TypeVar("Seen")


def new_money(faults: Faults | None = None) -> PaymentsWorld:
    """Money in memory, with a charge."""
    return with_charge(PaymentsWorld(faults or Faults()))


def with_charge(money: PaymentsWorld) -> PaymentsWorld:
    """The money with a charge that nobody has paid."""
    money.charges.save(
        Charge(service_request_id=REQUEST, amount_pence=PRICE, fund="BULKY", description="Bulky")
    )
    return money


def run_story(story: Callable[[], Sequence[Step]], faults: Faults) -> PaymentsWorld:
    """The money after a story in which something went wrong, and all that follows by itself."""
    return run_story_with(new_money(faults), story)


def run_story_with(money: PaymentsWorld, story: Callable[[], Sequence[Step]]) -> PaymentsWorld:
    """The same, with money that has a charge."""
    for step in story():
        step(money)
    run_schedule_for_days(money)
    return money


def calls_of(story: Callable[[], Sequence[Step]]) -> int:
    return run_story(story, Faults()).faults.calls


def stored_charge(money: PaymentsWorld) -> Charge:
    """The charge as it is stored."""
    found = read_store(lambda: money.charges.get(REQUEST))
    assert found
    return found


def read_store(look: Callable[[], Seen]) -> Seen:
    """Reads a store for the story itself; it fails once at most."""
    with suppress(AppError, ProcessCrash):
        return look()
    return look()


def try_again(action: Callable[[], object]) -> None:
    """Calls again after an error, as a person would."""
    for _ in range(TRIES):
        try:
            action()
        except (AppError, ProcessCrash):
            continue
        return


def open_card_page(money: PaymentsWorld) -> None:
    def clicked() -> None:
        money.pages.append(pay(REQUEST, "en", money.ports()).next_url)

    try_again(clicked)


def open_page_by_phone(money: PaymentsWorld) -> None:
    def clicked() -> None:
        money.pages.append(pay(REQUEST, "en", money.ports(), is_by_phone=True).next_url)

    try_again(clicked)


def enter_good_card(money: PaymentsWorld) -> None:
    money.provider.take_card(shown_payment(money))


def enter_refused_card(money: PaymentsWorld) -> None:
    money.provider.take_card(shown_payment(money), "failed")


def pay_every_page(money: PaymentsWorld) -> None:
    for page in money.pages:
        money.provider.take_card(page.rpartition("/")[2])


def refund_at_provider(pence: int) -> Step:
    """An officer refunds at the provider's own site."""

    def refunded(money: PaymentsWorld) -> None:
        paid = money.provider.get(shown_payment(money))
        money.provider.refund(paid, pence, "elsewhere")
        money.refunded_elsewhere += pence

    return refunded


def shown_payment(money: PaymentsWorld) -> str:
    """The payment whose page the payer sees: the one that is stored."""
    charge = stored_charge(money)
    return str(charge.payments[-1].provider_id)


def return_browser(money: PaymentsWorld) -> None:
    """The browser may ask twice, and is not asked to do anything about an error."""
    once(lambda: check(REQUEST, money.ports()))


def notify(money: PaymentsWorld) -> None:
    try_again(lambda: check(REQUEST, money.ports()))


def run_schedule(money: PaymentsWorld) -> None:
    once(lambda: check_due(money.ports()))


def once(action: Callable[[], object]) -> None:
    try:
        action()
    except (AppError, ProcessCrash):
        return


def wait_minutes(minutes: int) -> Step:
    def waited(money: PaymentsWorld) -> None:
        money.clock.now += timedelta(minutes=minutes)

    return waited


def refund_of(pence: int, refund_id: str) -> Step:
    asked = RefundRequest(
        refund_id=refund_id,
        service_request_id=REQUEST,
        amount_pence=pence,
        reason="Cancelled",
        by="officer",
    )

    def refunded(money: PaymentsWorld) -> None:
        try_again(lambda: refund(asked, money.ports()))

    return refunded


def settle_refunds(money: PaymentsWorld) -> None:
    money.provider.settle_refunds()


def run_schedule_for_days(money: PaymentsWorld) -> None:
    """The schedule of the next eight days."""
    end = money.clock.now + timedelta(days=8)
    while (at := stored_charge(money).check_at) and at < end:
        money.clock.now = max(at, money.clock.now)
        settle_refunds(money)
        run_schedule(money)


def paid_and_refunded() -> Sequence[Step]:
    return (
        open_card_page,
        enter_good_card,
        return_browser,
        notify,
        wait_minutes(30),
        refund_of(1_000, "r1"),
        wait_minutes(10),
        refund_of(3_200, "r2"),
        settle_refunds,
    )


def refused_and_paid() -> Sequence[Step]:
    return (
        open_card_page,
        enter_refused_card,
        notify,
        open_card_page,
        enter_good_card,
        wait_minutes(4),
    )


def abandoned_and_paid_later() -> Sequence[Step]:
    return (
        open_card_page,
        wait_minutes(91),
        run_schedule,
        open_card_page,
        wait_minutes(20),
        enter_good_card,
    )


def paid_in_two_tabs() -> Sequence[Step]:
    return (open_card_page, open_card_page, pay_every_page, notify)


def paid_online_and_by_phone() -> Sequence[Step]:
    return (open_card_page, open_page_by_phone, pay_every_page, open_page_by_phone, notify)


def paid_in_the_last_minutes_and_never_seen_again() -> Sequence[Step]:
    return (
        open_card_page,
        wait_minutes(4),
        run_schedule,
        wait_minutes(12),
        run_schedule,
        wait_minutes(70),
        enter_good_card,
    )


def never_paid() -> Sequence[Step]:
    return (
        open_card_page,
        enter_refused_card,
        return_browser,
        open_card_page,
        wait_minutes(120),
        run_schedule,
    )


def refunded_at_the_provider_too() -> Sequence[Step]:
    return (
        open_card_page,
        enter_good_card,
        notify,
        refund_at_provider(500),
        refund_of(1_000, "r1"),
        refund_at_provider(200),
        settle_refunds,
        refund_of(300, "r2"),
    )


STORIES = (
    paid_and_refunded,
    refused_and_paid,
    abandoned_and_paid_later,
    paid_in_two_tabs,
    paid_online_and_by_phone,
    paid_in_the_last_minutes_and_never_seen_again,
    refunded_at_the_provider_too,
    never_paid,
)


def find_problems(money: PaymentsWorld) -> list[str]:
    """The faults of the money at the end of a story."""
    charge = stored_charge(money)
    totals = money.provider.totals()
    paid = [each for each in money.provider.payments.values() if each.state == "success"]
    refunds = sorted(refund.provider_id for each in paid for refund in each.refunds)
    known = [each for each in charge.refunds if each.state == "success"]
    return [
        problem
        for problem, is_so in {
            "the ledger differs from the provider": money.booked_pence() != totals,
            "others were told of another ledger": money.notified_pence() != totals,
            "paid twice": len(paid) > 1,
            "paid and not fulfilled": bool(paid) and not money.fulfilled_at,
            "fulfilled and not paid": bool(money.fulfilled_at) and not paid,
            "fulfilled too late": is_too_late(money),
            "given up and paid": bool(money.given_up_at) and bool(paid),
            "neither paid nor given up": not paid and not money.given_up_at,
            "the charge does not say so": bool(paid) != bool(charge.successful_payment),
            "a refund that the charge does not have": refunds
            != sorted(str(each.provider_id) for each in known),
            "more refunded than asked for": refunded_by_us(money) > requested_pence(charge),
            "never settled": not charge.is_settled,
        }.items()
        if is_so
    ]


def refunded_by_us(money: PaymentsWorld) -> int:
    all_refunds = [each for one in money.provider.payments.values() for each in one.refunds]
    return sum(each.amount_pence for each in all_refunds) - money.refunded_elsewhere


def requested_pence(charge: Charge) -> int:
    return sum(each.amount_pence for each in charge.refunds if each.by and each.state == "success")


def is_too_late(money: PaymentsWorld) -> bool:
    paid_at = money.provider.paid_at
    first = min(money.fulfilled_at, default=None)
    return paid_at is not None and first is not None and first > paid_at + LIMIT
