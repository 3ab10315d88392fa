"""The pages of a booking and of a bill: what is ordered, when, and what it costs."""

from datetime import date, timedelta

import pytest

from chalicelib.errors import FieldError, FreeSlot
from chalicelib.forms.answers import Answers
from chalicelib.forms.drafts import draft_of
from chalicelib.forms.flow import (
    BACK,
    CompleteAnswers,
    Screen,
    advance,
    first_screen_of_service,
    show_changed_price,
    show_faults,
)
from chalicelib.forms.ordering import day_choices
from chalicelib.forms.ports import FreeDay
from chalicelib.forms.views import screen_context
from chalicelib.kernel.parsing import parse
from chalicelib.kernel.posted_form import PostedForm
from chalicelib.reports.drafts import Draft
from tests.unit.forms.fakes import COUNCIL, MemoryOrders, ports

KEY = "key-1-000000000000000000"
BULKY, COUNTER, HALL, BILL = "bulky-waste", "counter-appointment", "hall-hire", "pay-council-tax"
HOME = {"postcode": "YO1 7HH", "premises": "100,2 Dial Row", "done": "postcode+premises"}
MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
ON_MONDAY, ON_TUESDAY = f"{MONDAY},day", f"{TUESDAY},day"
ITEMS = {"items.sofa": "1", "items.chair": "1"}
ORDER = {**HOME, **ITEMS, "done": "postcode+premises+items"}


def sent_from(
    step: str, orders: MemoryOrders, code: str = BULKY, **fields: str
) -> Screen | CompleteAnswers:
    """What follows when a page is posted with these fields."""
    posted = {"key": KEY, "service_code": code, "step": step, **fields}
    return advance(
        PostedForm({name: tuple(value.split("+")) for name, value in posted.items() if value}),
        ports(orders=orders),
    )


def screen_after(step: str, orders: MemoryOrders, code: str = BULKY, **fields: str) -> Screen:
    screen = sent_from(step, orders, code, **fields)
    assert isinstance(screen, Screen)
    return screen


def whole_way(code: str, given: dict[str, dict[str, str]]) -> tuple[list[str], Draft]:
    """The pages of a service where each is filled in as `given`, and what is sent at the end."""
    here = ports()
    screen: Screen | CompleteAnswers = first_screen_of_service(COUNCIL.by_code[code], KEY, here)
    seen = []
    while isinstance(screen, Screen):
        assert not screen.faults
        seen.append(screen.name)
        page = screen_context(screen, COUNCIL.by_code)
        assert page["action"] == f"/forms/services/{code}"
        fields: dict[str, tuple[str, ...]] = {"step": (screen.name,)}
        for name, value in page["hidden"]:
            fields[name] = (*fields.get(name, ()), value)
        fields |= {name: (value,) for name, value in given.get(screen.name, {}).items()}
        if screen.name == "check":
            fields["shown_pence"] = (screen.context["shown_pence"],)
        screen = advance(PostedForm(fields), here)
    return seen, parse(draft_of(screen.answers, COUNCIL.by_code[code]), Draft)


def test_a_collection_is_ordered_by_items_day_and_price() -> None:
    given = {
        "postcode": {"postcode": HOME["postcode"]},
        "premises": {"premises": HOME["premises"]},
        "items": ITEMS,
        "day": {"day": ON_TUESDAY},
    }
    seen, draft = whole_way(BULKY, given)
    assert seen == ["postcode", "premises", "items", "day", "photos", "contact", "check"]
    assert [(each.code, each.count) for each in draft.items or ()] == [("sofa", 1), ("chair", 1)]
    assert draft.hold_id == f"bulky.{TUESDAY}.day.3.{KEY}"
    assert (draft.amount_pence, draft.amount_pence_shown) == (None, 3400)
    assert (draft.premises_id, draft.description) == ("100", "Bulky waste collection")


def test_an_appointment_has_a_time_and_no_place_or_price() -> None:
    given = {
        "questions": {"attributes.about": "housing"},
        "day": {"day": f"{TUESDAY}"},
        "slot": {"slot": "0920"},
    }
    seen, draft = whole_way(COUNTER, given)
    assert seen == ["questions", "day", "slot", "contact", "check"]
    assert draft.hold_id == f"counter.{TUESDAY}.0920.1.{KEY}"
    assert (draft.point, draft.address, draft.amount_pence_shown) == (None, None, None)


def test_a_bill_has_a_reference_and_a_typed_amount() -> None:
    given = {"questions": {"attributes.account": "7010 2201"}, "items": {"amount": "£1,234.50"}}
    seen, draft = whole_way(BILL, given)
    assert seen == ["questions", "items", "contact", "check"]
    assert (draft.amount_pence, draft.amount_pence_shown) == (123_450, 123_450)
    assert (draft.items, draft.hold_id) == (None, None)


@pytest.mark.parametrize(
    ("code", "fields", "field", "words"),
    [
        (BULKY, {}, "items.sofa", "choose at least one item"),
        (BULKY, {"items.table": "two"}, "items.table", "Enter a number, such as 2: Table"),
        (BULKY, {"items.table": "-1"}, "items.table", "Enter a number, such as 2: Table"),
        (BULKY, {"items.table": "1.5"}, "items.table", "Enter a number, such as 2: Table"),
        (BULKY, {"items.table": "11"}, "items.sofa", "choose at most 10 items in all"),
        (BILL, {}, "amount", "Enter an amount from £1 to £10,000"),
        (BILL, {"amount": "ten"}, "amount", "Enter an amount from £1 to £10,000"),
        (BILL, {"amount": "0"}, "amount", "Enter an amount from £1 to £10,000"),
        (BILL, {"amount": "10000.01"}, "amount", "Enter an amount from £1 to £10,000"),
    ],
)
def test_items_are_asked_again_with_what_was_typed(
    code: str, fields: dict[str, str], field: str, words: str
) -> None:
    screen = screen_after("items", MemoryOrders(), code, **HOME, **fields)
    assert screen.name == "items"
    assert [(fault.field, f"{fault.message}") for fault in screen.faults] == [(field, words)]
    assert {name: screen.answers.one(name) for name in fields} == fields


def test_items_are_shown_with_their_prices() -> None:
    screen = screen_after("contact", MemoryOrders(), go="items", **HOME)
    shown = {name: f"{price}" for _, name, price in screen.context["prices"]}
    assert shown["Sofa"] == "£25 each"
    assert shown["Chair"] == "£9 for the first, £4 for each other one"


def test_only_days_with_enough_room_are_offered_by_month() -> None:
    orders = MemoryOrders()
    orders.free[FreeSlot(MONDAY, "day")] = 2
    screen = screen_after("items", orders, **HOME, **ITEMS)
    assert (screen.name, list(screen.context["days"].soon)) == ("day", ["2026-12"])
    orders.free[FreeSlot(TUESDAY, "day")] = 0
    assert screen_after("items", orders, **HOME, **ITEMS).context["days"].soon == {}


def test_days_after_the_first_ten_are_shown_when_one_of_them_is_chosen() -> None:
    days = [
        FreeDay(MONDAY + timedelta(n), f"day {n}", "2026-12", (("day", "From 7am"),), True)
        for n in range(12)
    ]
    soon, later = ([f"{each.day},day" for each in part] for part in (days[:10], days[10:]))
    for chosen, is_open in ((soon[9], False), (later[0], True), (later[1], True), ("", False)):
        shown = day_choices(days, [chosen])
        assert [value for value, *_ in shown.soon["2026-12"]] == soon
        assert [value for value, *_ in shown.later["2026-12"]] == later
        assert shown.is_later_chosen is is_open


def test_nobody_else_gets_a_slot_that_was_chosen() -> None:
    orders = MemoryOrders()
    screen = screen_after("day", orders, **ORDER, day=ON_MONDAY)
    assert screen.name == "photos"
    assert orders.free[FreeSlot(MONDAY, "day")] == 0
    assert screen.answers.one("held_until") == "14:30"


def test_the_nearest_free_slots_are_named_when_the_chosen_one_is_gone() -> None:
    orders = MemoryOrders()
    orders.free[FreeSlot(MONDAY, "day")] = 2
    screen = screen_after("day", orders, **ORDER, day=ON_MONDAY, description="Two sofas")
    (fault,) = screen.faults
    assert (screen.name, fault.field) == ("day", "day")
    assert f"{TUESDAY} at day" in fault.message
    assert screen.answers.one("description") == "Two sofas"
    assert screen.answers.one("items.sofa") == "1"


def test_a_changed_day_gives_the_first_one_back() -> None:
    orders = MemoryOrders()
    held = screen_after("day", orders, **ORDER, day=ON_MONDAY).answers.one("hold_id")
    screen_after("day", orders, **ORDER, day=ON_TUESDAY, hold_id=held)
    assert orders.free[FreeSlot(MONDAY, "day")] == 3
    assert orders.free[FreeSlot(TUESDAY, "day")] == 0


def test_changed_items_need_the_day_again_because_they_take_other_room() -> None:
    sent = {**HOME, **ITEMS, "done": "postcode+premises+day", "day": ON_MONDAY}
    screen = screen_after("items", MemoryOrders(), **sent)
    assert (screen.name, screen.answers.one("day")) == ("day", ON_MONDAY)


def test_a_slot_that_lapsed_while_somebody_typed_is_held_again() -> None:
    orders = MemoryOrders()
    order = {**ORDER, "day": ON_MONDAY, "hold_id": f"bulky.{MONDAY}.day.3.{KEY}"}
    assert isinstance(sent_from("check", orders, **order), CompleteAnswers)
    assert orders.free[FreeSlot(MONDAY, "day")] == 0


def test_another_day_is_asked_for_when_a_lapsed_slot_was_taken() -> None:
    orders = MemoryOrders()
    orders.free[FreeSlot(MONDAY, "day")] = 0
    screen = screen_after("check", orders, **ORDER, day=ON_MONDAY)
    assert (screen.name, [fault.field for fault in screen.faults]) == ("day", ["day"])
    assert screen.answers.one("items.sofa") == "1"


@pytest.mark.parametrize("day", ["", "soon", "2026-13-01"])
def test_a_day_is_asked_again_when_none_was_chosen(day: str) -> None:
    screen = screen_after("day", MemoryOrders(), **HOME, **ITEMS, day=day)
    assert (screen.name, [fault.field for fault in screen.faults]) == ("day", ["day"])


def test_the_way_back_leads_over_the_time_only_where_there_are_several() -> None:
    screen = screen_after("contact", MemoryOrders(), COUNTER, go=BACK, day=f"{TUESDAY}")
    assert screen.name == "slot"
    screen = screen_after("photos", MemoryOrders(), **ORDER, day=ON_MONDAY, go=BACK)
    assert screen.name == "day"


def test_everything_is_checked_with_the_lines_of_the_price() -> None:
    order = {**ORDER, "day": ON_MONDAY}
    screen = screen_after("photos", MemoryOrders(), **order, go="check")
    assert screen.context["ordered"] == [("Sofa", 1), ("Chair", 1)]
    assert screen.context["booked"] == f"{MONDAY} at day"
    assert screen.context["lines"] == [("Sofa", "£25"), ("Chair", "£9")]
    assert (screen.context["total"], screen.context["shown_pence"]) == ("£34", "3400")


def test_a_new_price_list_is_shown_before_anything_is_paid() -> None:
    orders = MemoryOrders(on=date(2027, 3, 31))
    order = {**ORDER, "day": ON_MONDAY}
    shown = screen_after("photos", orders, **order, go="check").context["shown_pence"]
    orders.on = date(2027, 4, 1)
    sent = sent_from("check", orders, **order, shown_pence=shown)
    assert isinstance(sent, CompleteAnswers)
    draft = parse(draft_of(sent.answers, COUNCIL.by_code[BULKY]), Draft)
    assert draft.amount_pence_shown == 3400
    screen = show_changed_price(sent.answers, ports(orders=orders))
    assert (screen.name, [fault.field for fault in screen.faults]) == ("check", ["price"])
    assert screen.context["total"] == "£36.50"


@pytest.mark.parametrize("shown", ["9" * 5_000, "NaN", "-3400"])
def test_a_shown_price_that_is_no_amount_is_not_sent(shown: str) -> None:
    order = {**ORDER, "day": ON_MONDAY}
    sent = sent_from("check", MemoryOrders(), **order, shown_pence=shown)
    assert isinstance(sent, CompleteAnswers)
    assert "amount_pence_shown" not in draft_of(sent.answers, COUNCIL.by_code[BULKY])


@pytest.mark.parametrize(
    ("field", "step"),
    [("items[0].code", "items"), ("amount_pence", "items"), ("hold_id", "day")],
)
def test_step_is_asked_again_when_the_rules_refuse_its_answer(field: str, step: str) -> None:
    values = {"service_code": (BULKY,), "key": (KEY,), "day": (ON_MONDAY,)}
    values |= {name: (value,) for name, value in (HOME | ITEMS).items()}
    assert show_faults(Answers(values), [FieldError(field, "is wrong")], ports()).name == step


def test_bills_are_found_by_search_but_are_not_listed_as_problems() -> None:
    listed = screen_after("where", MemoryOrders(), go="service").context["groups"]
    assert BILL not in {each.service_code for group in listed.values() for each in group}
    found = screen_after("service", MemoryOrders(), go="service", find="council tax")
    assert BILL in {each.service_code for each in found.context["found"]}
