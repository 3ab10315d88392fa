"""Stories of a booking that is paid, changed and cancelled, what follows by itself, and what may be
wrong at the end."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from chalicelib.errors import AppError
from chalicelib.integrations import payments_for_reports
from chalicelib.payments.usecases import RefundRequest, check, check_due, refund
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author, get_visible_report
from chalicelib.reports.usecases.orders.change_booking import (
    cancel_lost_orders,
    cancel_order,
    move_booking,
)
from chalicelib.reports.usecases.orders.effects import (
    carry_out_stored_order,
    carry_out_waiting_orders,
)
from chalicelib.reports.usecases.orders.staff import settle_without_card
from chalicelib.reports.usecases.resident.own_reports import withdraw_own_report
from tests.support.fakes_paid_orders import ELSEWHERE, LATE, OWNER, PaidOrder
from tests.support.fakes_payments import Faults, ProcessCrash
from tests.support.payment_stories import LIMIT, once, read_store, try_again

Step = Callable[[PaidOrder], None]
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
Story = Callable[[], Sequence[Step]]
MOST_RECEIVES = 5
"""`maxReceiveCount` of the queue of orders in infra/resources.json; then a message is dead."""
VISIBLE_AGAIN = timedelta(minutes=6)
UNTIL_ALL_IS_DONE = timedelta(days=8)


def run_story(story: Story, template: Ports, faults: Faults) -> PaidOrder:
    """The order after a story in which something went wrong, and all that follows by itself."""
    return run_story_with(PaidOrder(faults, template=template), story)


def run_story_with(of: PaidOrder, story: Story) -> PaidOrder:
    """The same for an order that is yet to be made."""
    try_again(of.place_order)
    for step in story():
        step(of)
    pass_eight_days(of)
    return of


def calls_of(story: Story, template: Ports) -> int:
    return run_story(story, template, Faults()).faults.calls


def open_card_page(of: PaidOrder) -> None:
    def clicked() -> None:
        orders = of.orders()
        report = get_visible_report(of.service_request_id, OWNER, orders.reports)
        page = payments_for_reports.card_page(report, "en", orders, of.ports())
        of.pages.append(page.next_url)

    try_again(clicked)


def enter_good_card(of: PaidOrder) -> None:
    _enter_card(of, "success")


def enter_refused_card(of: PaidOrder) -> None:
    _enter_card(of, "failed")


def _enter_card(of: PaidOrder, state: str) -> None:
    """The payer uses the last page that was shown, if there was one."""
    if of.pages:
        of.provider.take_card(of.pages[-1].rpartition("/")[2], state)  # type: ignore[arg-type]


def return_browser(of: PaidOrder) -> None:
    once(lambda: check(of.service_request_id, of.ports()))


def run_schedule(of: PaidOrder) -> None:
    once(lambda: carry_out_waiting_orders(of.orders()))
    once(lambda: check_due(of.ports()))
    once(lambda: cancel_lost_orders(of.orders()))


def deliver_stream(of: PaidOrder) -> None:
    """Each change that waits is carried out; one that fails waits on, until the queue gives up."""
    changed = of.repository.changed_parts()
    delivered = [*dict.fromkeys(changed)]
    changed.clear()
    for each in delivered:
        try:
            carry_out_stored_order(each, of.orders())
            of.receives[each] = 0
        except (AppError, ProcessCrash):
            of.receives[each] += 1
            if of.receives[each] < MOST_RECEIVES:
                changed.append(each)


def wait_minutes(minutes: float) -> Step:
    def waited(of: PaidOrder) -> None:
        of.clock.now += timedelta(minutes=minutes)

    return waited


def fill_slot(of: PaidOrder) -> None:
    try_again(of.others_take_the_slot)


def cancel(of: PaidOrder) -> None:
    try_again(lambda: cancel_order(of.service_request_id, OWNER, of.orders()))


def cancel_as_officer(of: PaidOrder) -> None:
    try_again(lambda: cancel_order(of.service_request_id, OFFICER, of.orders()))


def withdraw(of: PaidOrder) -> None:
    try_again(lambda: withdraw_own_report(of.service_request_id, OWNER, of.orders().reports))


def move(of: PaidOrder) -> None:
    to = (ELSEWHERE.day, ELSEWHERE.slot)
    version = of.report.version
    try_again(lambda: move_booking(of.service_request_id, to, version, OWNER, of.orders()))


def waive(of: PaidOrder) -> None:
    words = "Hardship"
    try_again(
        lambda: settle_without_card(of.service_request_id, "waived", words, OFFICER, of.orders())
    )


def waive_once(of: PaidOrder) -> None:
    """An officer who does not look again if something goes wrong."""
    words = "Hardship"
    once(lambda: settle_without_card(of.service_request_id, "waived", words, OFFICER, of.orders()))


def record_receipt(of: PaidOrder) -> None:
    """An officer takes a cheque."""
    number = "R-1"
    try_again(
        lambda: settle_without_card(of.service_request_id, "receipt", number, OFFICER, of.orders())
    )


def refund_as_officer(pence: int) -> Step:
    def refunded(of: PaidOrder) -> None:
        asked = RefundRequest(
            refund_id="officer",
            service_request_id=of.service_request_id,
            amount_pence=pence,
            reason="One item was missing",
            by="officer",
        )
        try_again(partial(refund, asked, of.ports()))

    return refunded


def pass_eight_days(of: PaidOrder) -> None:
    """Schedule and stream in the next eight days."""
    end = of.clock.now + UNTIL_ALL_IS_DONE
    while of.clock.now < end:
        deliver_stream(of)
        of.provider.settle_refunds()
        run_schedule(of)
        deliver_stream(of)
        of.clock.now = max(next_event_at(of), of.clock.now + VISIBLE_AGAIN)


def next_event_at(of: PaidOrder) -> datetime:
    """The moment of the next check, or now if a change waits to be carried out."""
    if of.repository.changed_parts() or read_store(lambda: of.order).is_to_carry_out:
        return of.clock.now
    charge = read_store(lambda: of.charges.get(of.service_request_id))
    at = charge.check_at if charge else None
    return at or of.clock.now + timedelta(days=1)


def paid() -> Sequence[Step]:
    return (open_card_page, enter_good_card, return_browser, deliver_stream)


def refused_and_paid() -> Sequence[Step]:
    return (
        open_card_page,
        enter_refused_card,
        return_browser,
        open_card_page,
        enter_good_card,
        run_schedule,
    )


def paid_and_never_seen_again() -> Sequence[Step]:
    return (open_card_page, wait_minutes(80), enter_good_card)


def paid_and_moved() -> Sequence[Step]:
    return (*paid(), move, deliver_stream)


def paid_and_cancelled() -> Sequence[Step]:
    return (*paid(), cancel, deliver_stream)


def cancelled_while_the_card_is_entered() -> Sequence[Step]:
    return (open_card_page, cancel, enter_good_card, return_browser, deliver_stream)


def withdrawn_while_the_card_is_entered() -> Sequence[Step]:
    return (open_card_page, withdraw, enter_good_card, return_browser, deliver_stream)


def paid_and_seen_after_the_slot_had_gone() -> Sequence[Step]:
    late = wait_minutes(LATE / timedelta(minutes=1))
    return (open_card_page, enter_good_card, late, fill_slot, run_schedule, deliver_stream)


def moved_after_the_slot_had_gone() -> Sequence[Step]:
    return (*paid_and_seen_after_the_slot_had_gone(), move, deliver_stream)


def cancelled_after_a_part_went_back() -> Sequence[Step]:
    return (*paid(), refund_as_officer(500), wait_minutes(10), cancel, deliver_stream)


def waived_while_the_card_is_entered() -> Sequence[Step]:
    return (open_card_page, waive, enter_good_card, return_browser, deliver_stream)


def waived_by_an_officer_who_does_not_look_again() -> Sequence[Step]:
    return (waive_once, deliver_stream)


def waived_after_the_slot_had_gone() -> Sequence[Step]:
    late = wait_minutes(LATE / timedelta(minutes=1))
    return (late, fill_slot, waive, deliver_stream)


def paid_by_cheque_while_the_card_is_entered() -> Sequence[Step]:
    return (open_card_page, enter_good_card, record_receipt, return_browser, deliver_stream)


def paid_twice_over_and_cancelled() -> Sequence[Step]:
    return (*waived_while_the_card_is_entered(), cancel, deliver_stream)


def never_paid() -> Sequence[Step]:
    return (open_card_page, enter_refused_card, return_browser, wait_minutes(120), run_schedule)


STORIES: Sequence[Story] = (
    paid,
    refused_and_paid,
    paid_and_never_seen_again,
    paid_and_moved,
    paid_and_cancelled,
    cancelled_while_the_card_is_entered,
    withdrawn_while_the_card_is_entered,
    paid_and_seen_after_the_slot_had_gone,
    moved_after_the_slot_had_gone,
    cancelled_after_a_part_went_back,
    waived_while_the_card_is_entered,
    waived_by_an_officer_who_does_not_look_again,
    waived_after_the_slot_had_gone,
    paid_by_cheque_while_the_card_is_entered,
    paid_twice_over_and_cancelled,
    never_paid,
)


def find_problems(of: PaidOrder) -> list[str]:
    """The faults of an order, its slot and its money at the end of a story."""
    order = of.order
    totals = of.provider.totals()
    paid = [each for each in of.provider.payments.values() if each.state == "success"]
    kept, slots = sum(totals.values()), of.slots()
    is_settled = order.state == "settled"
    is_waived = order.paid_by in ("waived", "receipt")
    return [
        problem
        for problem, is_so in {
            "the ledger differs from the provider": of.booked_pence() != totals,
            "paid twice": len(paid) > 1,
            "more went back than was paid": kept < 0,
            "settled and not paid": is_settled and not (paid or is_waived),
            "fulfilled and not paid": bool(of.fulfilled_at) and not (paid or is_waived),
            "fulfilled before it was settled": of.is_fulfilled_too_early,
            "settled and not fulfilled": is_settled and not of.has_service,
            "fulfilled for nothing": of.has_service and not is_settled,
            "fulfilled too late": is_too_late(of),
            "settled, and the money went back": is_settled and not is_waived and not kept,
            "money was taken for nothing": bool(kept) and (not is_settled or is_waived),
            "settled without a slot": is_settled and not slots,
            "a slot for nothing": bool(slots) and not is_settled,
            "two slots": slots > 1,
            "somebody has to decide for ever": order.state == "lost",
            "settled, and nobody deals with it": is_settled and of.report.visibility != "private",
        }.items()
        if is_so
    ]


def is_too_late(of: PaidOrder) -> bool:
    """True if a payment that counts was not followed by its service within two hours."""
    paid_at = of.provider.paid_at
    first = min(of.fulfilled_at, default=None)
    if paid_at is None or first is None or of.order.booking is None:
        return False
    was_moved = of.order.booking.place.day == ELSEWHERE.day
    return not was_moved and first > paid_at + LIMIT
