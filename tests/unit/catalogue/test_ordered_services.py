"""Services that book a slot or are paid for: what a council's document can say about them."""

import json
from typing import Any

import pytest

from chalicelib.catalogue.load import COUNCILS, parse
from chalicelib.catalogue.published_services import services_document
from chalicelib.errors import ConfigurationError

LIST = {"begins": "2026-04-01", "items": {"sofa": {"first_pence": 2500}}}
CHEAP = {"begins": "2026-04-01", "items": {"sofa": {"first_pence": 147}}}
BOOKING: dict[str, Any] = {
    "service_code": "collect-furniture",
    "service_name": "Collect furniture",
    "group": "Bins",
    "description": "We collect furniture from your door",
    "kind": "booking",
    "needs": "premises",
    "steps": ["premises", "items", "slot", "contact", "check", "pay"],
    "visibility": "private",
    "photo": "none",
    "team": "waste",
    "service_level": {"working_days": 10},
    "calendar": "bulky",
    "price": {"items": [{"code": "sofa", "name": "Sofa"}], "lists": [LIST]},
    "fund": "BULKY",
}
BILL: dict[str, Any] = {
    name: value for name, value in BOOKING.items() if name not in ("calendar", "price")
} | {
    "kind": "payment",
    "needs": "none",
    "steps": ["questions", "items", "contact", "check", "pay"],
    "price": {"typed": {}},
    "attributes": [
        {
            "code": "account",
            "datatype": "string",
            "description": "Account number",
            "required": True,
            "pattern": "[0-9]{8}",
            "check_digit": {"scheme": "mod-10"},
        }
    ],
}


def document_with(service: dict[str, Any]) -> bytes:
    """The demo council's document with one more service."""
    document = json.loads((COUNCILS / "demo.json").read_bytes())
    document["services"].append(service)
    return json.dumps(document).encode()


def priced(**changes: Any) -> dict[str, Any]:
    return {"price": BOOKING["price"] | changes}


def listed(**changes: Any) -> dict[str, Any]:
    return priced(lists=[LIST | changes])


def question(**changes: Any) -> dict[str, Any]:
    return {"attributes": [BILL["attributes"][0] | changes]}


@pytest.mark.parametrize(
    "changes",
    [
        {"items": {"sofa": {"first_pence": 30}}},
        {"items": {"sofa": {"first_pence": 0}}},
        {"items": {"sofa": {"first_pence": 1}}, "minimum_pence": 30},
        {"admin_fee_pence": 20},
    ],
)
def test_price_of_nothing_or_of_what_a_card_pays_is_accepted(changes: dict[str, Any]) -> None:
    council = parse(document_with(BOOKING | listed(**changes)), "mine.json")
    assert council.by_code["collect-furniture"].price


@pytest.mark.parametrize("percent", [79, 100])
def test_concession_is_accepted_when_a_card_pays_the_rest_or_nothing_is_left(percent: int) -> None:
    changed = priced(lists=[CHEAP], concession_percent=percent)
    council = parse(document_with(BOOKING | changed), "mine.json")
    price = council.by_code["collect-furniture"].price
    assert price and price.concession_percent == percent


@pytest.mark.parametrize("service", [BOOKING, BILL], ids=["booking", "bill"])
def test_bookings_and_bills_are_listed_without_their_prices(service: dict[str, Any]) -> None:
    council = parse(document_with(service), "mine.json")
    shown = services_document(council)["items"][-1]
    assert (shown["kind"], list(shown["steps"])) == (service["kind"], service["steps"])
    assert not {"price", "fund"} & shown.keys()


@pytest.mark.parametrize(
    ("changes", "fix"),
    [
        ({"calendar": "moon"}, ".calendar`: 'moon' is not in `$.calendars`"),
        ({"calendar": None}, "remove `slot`"),
        ({"needs": "point"}, 'give "premises" or "none"'),
        ({"needs": "none"}, "remove `premises`"),
        ({"visibility": "public"}, 'must be "private"'),
        ({"fund": None}, "need each other"),
        ({"price": None, "fund": None}, "the last step must be `check`"),
        ({"steps": ["premises", "items", "slot", "pay", "check"]}, "must be `check`, `pay`"),
        (
            {"steps": ["premises", "slot", "items", "check", "pay"]},
            "`slot` must come after `items`",
        ),
        ({"steps": ["premises", "slot", "check", "pay"]}, "add `items`"),
        ({"kind": "request"}, "with a `calendar` it is a booking"),
        ({"kind": "report"}, "a service of kind `report` has no `steps`"),
        ({"kind": "payment"}, "with a calendar it is a booking"),
        (priced(lists=[]), "give either `lists` or `typed`"),
        (priced(typed={}), "give either `lists` or `typed`"),
        (priced(lists=[LIST, LIST]), "another list begins on that day"),
        (priced(items=[{"code": "sofa", "name": "Sofa"}] * 2), "a code is used twice"),
        (priced(items=[{"code": "sofa", "name": "Sofa", "units": 0}]), ">= 1"),
        (priced(question="size"), "name a required question"),
        (listed(items={"bed": {"first_pence": 1}}), "the price of each item of the service"),
        (listed(items={"sofa": {"first_pence": -1}}), ">= 0"),
        (listed(items={"sofa": {"first_pence": 29}}), "less than 30p"),
        (listed(items={"sofa": {"first_pence": 9}}, admin_fee_pence=20), "less than 30p"),
        (listed(items={"sofa": {"first_pence": 9}}, minimum_pence=29), "less than 30p"),
        (
            priced(lists=[CHEAP], concession_percent=80),
            "a concession of 80 % can cost",
        ),
        (listed(fixed_pence=100), "give one of"),
        (listed(items={}, fixed_pence=100), "price the `items` of the service"),
        (listed(items={}, bands=[{"up_to": 3, "amount_pence": 1}]), "go up to `most_items`, 10"),
        (
            listed(
                items={},
                bands=[{"up_to": 10, "amount_pence": 2}, {"up_to": 3, "amount_pence": 1}],
            ),
            "begin with the smallest",
        ),
    ],
)
def test_a_booking_is_refused_when_its_fields_do_not_fit_each_other(
    changes: dict[str, Any], fix: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        parse(document_with(BOOKING | changes), "mine.json")
    assert fix in str(refusal.value)


@pytest.mark.parametrize(
    ("changes", "fix"),
    [
        ({"price": None, "fund": None}, "say what is to be paid"),
        ({"price": {"typed": {"smallest_pence": 29}}}, ">= 30"),
        ({"price": {"typed": {"largest_pence": 10_000_001}}}, "<= 10000000"),
        (
            {"price": {"typed": {"smallest_pence": 200, "largest_pence": 100}}},
            "`smallest_pence` is more than `largest_pence`",
        ),
        ({"price": {"typed": {}, "free_a_year": 1}}, "free orders are counted for an address"),
        (question(pattern="[0-9"), "is not a regular expression"),
        (question(pattern=None), "add the `pattern`"),
        (question(datatype="text"), "only a string has one"),
        (question(check_digit={"scheme": "mod-97"}), "Invalid enum value 'mod-97'"),
    ],
)
def test_a_bill_is_refused_when_its_fields_do_not_fit_each_other(
    changes: dict[str, Any], fix: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        parse(document_with(BILL | changes), "mine.json")
    assert fix in str(refusal.value)


@pytest.mark.parametrize(
    ("answers", "fix"),
    [
        ({"standard": 1250}, "give the price of each answer"),
        ({"standard": 1250, "express": 3850, "slow": 1}, "and of no other"),
    ],
)
def test_each_answer_that_decides_the_price_has_one(answers: dict[str, int], fix: str) -> None:
    values = [{"key": key, "name": key} for key in ("standard", "express")]
    service = BILL | {
        "steps": ["questions", "contact", "check", "pay"],
        "attributes": [
            {
                "code": "speed",
                "datatype": "singlevaluelist",
                "description": "How fast?",
                "required": True,
                "values": values,
            }
        ],
    }
    price = {"question": "speed", "lists": [{"begins": "2026-04-01", "answers": answers}]}
    with pytest.raises(ConfigurationError, match=fix):
        parse(document_with(service | {"price": price}), "mine.json")
