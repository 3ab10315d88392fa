"""Stories of paying and refunding, what follows by itself, and what may be wrong at the end."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

from chalicelib.errors import AppError
from chalicelib.payments.model import Charge
from chalicelib.payments.usecases import RefundRequest, check, check_due, pay, refund
from tests.support.fakes_payments import Crash, Faults, Money

REQUEST = "ABC123"
PRICE = 4_200
TRIES = 3
LIMIT = timedelta(hours=2)

Step = Callable[[Money], None]
Seen = TypeVar("Seen")


def new_money(faults: Faults | None = None) -> Money:
    """Money in memory, with a charge."""
    return charged(Money(faults or Faults()))


def charged(money: Money) -> Money:
    """The money with a charge that nobody has paid."""
    money.charges.save(
        Charge(service_request_id=REQUEST, amount_pence=PRICE, fund="BULKY", description="Bulky")
    )
    return money


def told(story: Callable[[], Sequence[Step]], faults: Faults) -> Money:
    """The money after a story in which something went wrong, and all that follows by itself."""
    return told_with(new_money(faults), story)


def told_with(money: Money, story: Callable[[], Sequence[Step]]) -> Money:
    """The same, with money that has a charge."""
    for step in story():
        step(money)
    settle(money)
    return money


def calls_of(story: Callable[[], Sequence[Step]]) -> int:
    return told(story, Faults()).faults.calls


def stored(money: Money) -> Charge:
    """The charge as it is stored."""
    found = looked(lambda: money.charges.get(REQUEST))
    assert found
    return found


def looked(look: Callable[[], Seen]) -> Seen:
    """What the story itself sees of a store, which fails once at most."""
    with suppress(AppError, Crash):
        return look()
    return look()


def tried(action: Callable[[], object]) -> None:
    """Somebody who is told of an error, or sees none, tries again."""
    for _ in range(TRIES):
        try:
            action()
        except (AppError, Crash):
            continue
        return


def card_page(money: Money) -> None:
    def clicked() -> None:
        money.pages.append(pay(REQUEST, "en", money.ports()).next_url)

    tried(clicked)


def payer_pays(money: Money) -> None:
    money.provider.take_card(shown(money))


def card_refused(money: Money) -> None:
    money.provider.take_card(shown(money), "failed")


def every_page_is_paid(money: Money) -> None:
    for page in money.pages:
        money.provider.take_card(page.rpartition("/")[2])


def refunded_elsewhere(pence: int) -> Step:
    """An officer refunds at the provider's own site."""

    def refunded(money: Money) -> None:
        paid = money.provider.get(shown(money))
        money.provider.refund(paid, pence, "elsewhere")
        money.refunded_elsewhere += pence

    return refunded


def shown(money: Money) -> str:
    """The payment whose page the payer sees: the one that is stored."""
    charge = stored(money)
    return str(charge.payments[-1].provider_id)


def browser_returns(money: Money) -> None:
    """The browser may ask twice, and is not asked to do anything about an error."""
    once(lambda: check(REQUEST, money.ports()))


def provider_notifies(money: Money) -> None:
    tried(lambda: check(REQUEST, money.ports()))


def schedule_runs(money: Money) -> None:
    once(lambda: check_due(money.ports()))


def once(action: Callable[[], object]) -> None:
    try:
        action()
    except (AppError, Crash):
        return


def wait(minutes: int) -> Step:
    def waited(money: Money) -> None:
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

    def refunded(money: Money) -> None:
        tried(lambda: refund(asked, money.ports()))

    return refunded


def money_arrives(money: Money) -> None:
    money.provider.settle_refunds()


def settle(money: Money) -> None:
    """The schedule of the next eight days."""
    end = money.clock.now + timedelta(days=8)
    while (at := stored(money).check_at) and at < end:
        money.clock.now = max(at, money.clock.now)
        money_arrives(money)
        schedule_runs(money)


def paid_and_refunded() -> Sequence[Step]:
    return (
        card_page,
        payer_pays,
        browser_returns,
        provider_notifies,
        wait(30),
        refund_of(1_000, "r1"),
        wait(10),
        refund_of(3_200, "r2"),
        money_arrives,
    )


def refused_and_paid() -> Sequence[Step]:
    return (card_page, card_refused, provider_notifies, card_page, payer_pays, wait(4))


def abandoned_and_paid_later() -> Sequence[Step]:
    return (card_page, wait(91), schedule_runs, card_page, wait(20), payer_pays)


def paid_in_two_tabs() -> Sequence[Step]:
    return (card_page, card_page, every_page_is_paid, provider_notifies)


def paid_in_the_last_minutes_and_never_seen_again() -> Sequence[Step]:
    return (card_page, wait(4), schedule_runs, wait(12), schedule_runs, wait(70), payer_pays)


def never_paid() -> Sequence[Step]:
    return (card_page, card_refused, browser_returns, card_page, wait(120), schedule_runs)


def refunded_at_the_provider_too() -> Sequence[Step]:
    return (
        card_page,
        payer_pays,
        provider_notifies,
        refunded_elsewhere(500),
        refund_of(1_000, "r1"),
        refunded_elsewhere(200),
        money_arrives,
        refund_of(300, "r2"),
    )


STORIES = (
    paid_and_refunded,
    refused_and_paid,
    abandoned_and_paid_later,
    paid_in_two_tabs,
    paid_in_the_last_minutes_and_never_seen_again,
    refunded_at_the_provider_too,
    never_paid,
)


def problems(money: Money) -> list[str]:
    """What is wrong with the money at the end of a story."""
    charge = stored(money)
    totals = money.provider.totals()
    paid = [each for each in money.provider.payments.values() if each.state == "success"]
    refunds = sorted(refund.provider_id for each in paid for refund in each.refunds)
    known = [each for each in charge.refunds if each.state == "success"]
    return [
        problem
        for problem, is_so in {
            "the ledger differs from the provider": money.booked() != totals,
            "others were told of another ledger": money.heard() != totals,
            "paid twice": len(paid) > 1,
            "paid and not fulfilled": bool(paid) and not money.fulfilled_at,
            "fulfilled and not paid": bool(money.fulfilled_at) and not paid,
            "fulfilled too late": is_too_late(money),
            "given up and paid": bool(money.given_up_at) and bool(paid),
            "neither paid nor given up": not paid and not money.given_up_at,
            "the charge does not say so": bool(paid) != bool(charge.successful_payment),
            "a refund that the charge does not have": refunds
            != sorted(str(each.provider_id) for each in known),
            "more refunded than asked for": refunded_by_us(money) > asked_for(charge),
            "never settled": not charge.is_settled,
        }.items()
        if is_so
    ]


def refunded_by_us(money: Money) -> int:
    all_refunds = [each for one in money.provider.payments.values() for each in one.refunds]
    return sum(each.amount_pence for each in all_refunds) - money.refunded_elsewhere


def asked_for(charge: Charge) -> int:
    return sum(each.amount_pence for each in charge.refunds if each.by and each.state == "success")


def is_too_late(money: Money) -> bool:
    paid_at = money.provider.paid_at
    first = min(money.fulfilled_at, default=None)
    return paid_at is not None and first is not None and first > paid_at + LIMIT
