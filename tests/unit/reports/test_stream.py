"""What the stream of the reports' table tells of a change."""

import json
from typing import Any

import pytest

from chalicelib.events import ReportChanged, ReportSubmitted
from chalicelib.reports.stream import fact_of

IMAGE: dict[str, dict[str, Any]] = {
    "service_request_id": {"S": "7K3M2QXV9HTD"},
    "record": {"S": "report"},
    "version": {"N": "1"},
    "visibility": {"S": "public"},
    "requested_datetime": {"S": "2026-06-01T12:00:00Z"},
    "state": {"S": "open"},
    "priority": {"S": "normal"},
    "photos": {"S": "[]"},
    "updates": {"S": "[]"},
    "redactions": {"N": "0"},
}


@pytest.mark.parametrize(
    ("values", "shows"),
    [
        ({}, False),
        ({"priority": {"S": "high"}, "team": {"S": "trees"}}, False),
        ({"flags": {"S": '[{"flag_id": "1"}]'}, "attention": {"S": "flagged"}}, False),
        ({"email_key": {"S": "1"}, "phone_key": {"S": "2"}, "channel": {"S": "phone"}}, False),
        ({"forget": {"S": "closed"}, "forget_since": {"S": "2026-06"}}, False),
        ({"state": {"S": "fixed"}}, True),
        ({"updates": {"S": '[{"update_id": "1"}]'}}, True),
        ({"title": {"S": "Hole"}}, True),
        ({"photos": {"S": '[{"photo_id": "1"}]'}}, True),
    ],
)
def test_change_says_whether_the_report_is_public(
    values: dict[str, dict[str, Any]], shows: bool
) -> None:
    new = {**IMAGE, "version": {"N": "2"}, "request_id": {"S": "another"}, **values}
    fact = fact_of({"eventID": "1", "dynamodb": {"NewImage": new, "OldImage": IMAGE}})
    assert isinstance(fact, ReportChanged) and fact.shows_change is shows


def changed(old: dict[str, Any], new: dict[str, Any]) -> ReportChanged:
    images = {"NewImage": {**IMAGE, **new}, "OldImage": {**IMAGE, **old}}
    fact = fact_of({"eventID": "1", "dynamodb": images})
    assert isinstance(fact, ReportChanged)
    return fact


@pytest.mark.parametrize(
    ("before", "after", "shows"),
    [
        ("private", "private", False),
        ("private", "hidden", False),
        ("unconfirmed", "public", True),
        ("public", "hidden", True),
    ],
)
def test_change_shows_nothing_of_a_report_that_nobody_can_or_could_see(
    before: str, after: str, shows: bool
) -> None:
    old, new = ({"visibility": {"S": each}} for each in (before, after))
    assert changed(old, {**new, "state": {"S": "fixed"}}).shows_change is shows


@pytest.mark.parametrize(("visibility", "shows"), [("public", True), ("private", False)])
def test_new_report_shows_only_if_it_is_public(visibility: str, shows: bool) -> None:
    image = {**IMAGE, "visibility": {"S": visibility}}
    fact = fact_of({"eventID": "1", "dynamodb": {"NewImage": image}})
    assert isinstance(fact, ReportSubmitted) and fact.shows_change is shows


def test_change_names_a_new_question_once() -> None:
    def questions(*numbers: int) -> dict[str, Any]:
        return {"questions": {"S": json.dumps([{"number": number} for number in numbers])}}

    assert changed({}, questions(1)).question == 1
    assert changed(questions(1), questions(1, 2)).question == 2
    assert changed(questions(1), questions(1)).question == 0
    assert changed(questions(1), questions()).question == 0
    assert not changed({}, questions(1)).shows_change


def test_change_has_the_states_before_and_after() -> None:
    fact = changed({}, {"state": {"S": "fixed"}})
    assert (fact.old_state, fact.state) == ("open", "fixed")


@pytest.mark.parametrize(
    ("values", "is_new"),
    [
        ({}, True),
        ({"external_reference": {"NULL": True}}, True),
        ({"visibility": {"S": "held"}}, False),
        ({"external_reference": {"S": "2019-4711"}}, False),
    ],
)
def test_report_is_new_when_it_is_public_and_not_imported(
    values: dict[str, dict[str, Any]], is_new: bool
) -> None:
    fact = fact_of({"eventID": "1", "dynamodb": {"NewImage": {**IMAGE, **values}}})
    assert isinstance(fact, ReportSubmitted)
    assert (fact.is_new, fact.state) == (is_new, "open")


HIDDEN, HELD = {"visibility": {"S": "hidden"}}, {"visibility": {"S": "held"}}
ONCE_PUBLIC = {"once_public": {"BOOL": True}}


@pytest.mark.parametrize(
    ("old", "new", "appeared", "is_new"),
    [
        (HELD, ONCE_PUBLIC, True, True),
        ({**HELD, "once_public": {"BOOL": False}}, ONCE_PUBLIC, True, True),
        (ONCE_PUBLIC, {**HIDDEN, **ONCE_PUBLIC}, False, False),
        ({**HIDDEN, **ONCE_PUBLIC}, ONCE_PUBLIC, True, False),
        (ONCE_PUBLIC, ONCE_PUBLIC, False, False),
    ],
)
def test_report_appears_whenever_it_is_shown_again_and_is_new_once(
    old: dict[str, Any], new: dict[str, Any], appeared: bool, is_new: bool
) -> None:
    fact = changed(old, new)
    assert (fact.appeared, fact.is_new) == (appeared, is_new)


SAID = '[{"update_id": "1", "text": "Look"}]'
MORE = '[{"update_id": "1", "text": "Look"}, {"update_id": "2", "text": "Done"}]'
MUTE = '[{"update_id": "1", "text": "Look"}, {"update_id": "2", "text": ""}]'
MOVED_OUT = '[{"update_id": "2", "text": "Done"}]'
REDACTED = '[{"update_id": "1", "text": "Removed"}]'


@pytest.mark.parametrize(
    ("old", "new", "says_more"),
    [
        ("[]", SAID, True),
        (SAID, MORE, True),
        (SAID, MUTE, False),
        (MORE, MOVED_OUT, False),
        (SAID, REDACTED, False),
        (SAID, SAID, False),
    ],
)
def test_change_says_whether_there_is_a_new_text(old: str, new: str, says_more: bool) -> None:
    assert changed({"updates": {"S": old}}, {"updates": {"S": new}}).says_more is says_more


CONTACT = {"contact": {"S": "{}"}}
REPORTER = {"reporter": {"S": "a1"}}


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        (CONTACT, {}, True),
        (REPORTER, {"reporter": {"NULL": True}}, True),
        ({**CONTACT, **REPORTER}, REPORTER, False),
        ({}, CONTACT, False),
        ({}, {}, False),
    ],
)
def test_change_says_that_the_senders_data_was_erased(
    old: dict[str, Any], new: dict[str, Any], lost: bool
) -> None:
    assert changed(old, new).lost_sender is lost


ORDER = {"order": {"S": '{"state": "unpaid"}'}}
SETTLED = {"order": {"S": '{"state": "settled"}'}}


@pytest.mark.parametrize("order", [{}, ORDER])
def test_new_report_says_whether_it_has_an_order(order: dict[str, Any]) -> None:
    fact = fact_of({"eventID": "1", "dynamodb": {"NewImage": {**IMAGE, **order}}})
    assert isinstance(fact, ReportSubmitted) and fact.moves_order is bool(order)


def test_change_says_whether_its_order_changed_and_shows_nobody_that() -> None:
    assert changed(ORDER, SETTLED).moves_order and not changed(ORDER, SETTLED).shows_change
    assert not changed(ORDER, {**ORDER, "version": {"N": "2"}}).moves_order


@pytest.mark.parametrize(
    ("before", "after", "is_confirmed"),
    [
        ("unconfirmed", "private", True),
        ("unconfirmed", "withdrawn", False),
        ("unconfirmed", "unconfirmed", False),
        ("private", "private", False),
        ("hidden", "private", False),
    ],
)
def test_change_says_whether_it_confirmed_the_report(
    before: str, after: str, is_confirmed: bool
) -> None:
    old, new = ({"visibility": {"S": each}} for each in (before, after))
    assert changed(old, new).is_confirmed is is_confirmed


def order(state: str, day: str = "2026-06-15", **values: Any) -> dict[str, Any]:
    booked = {"hold_id": "h", "units": 1, "place": {"calendar": "c", "day": day, "slot": "am"}}
    return {"order": {"S": json.dumps({"state": state, "booking": booked, **values})}}


FORGOTTEN = {"forgotten": {"BOOL": True}}
PRIVATE, WITHDRAWN = {"visibility": {"S": "private"}}, {"visibility": {"S": "withdrawn"}}
UNPAID = {"visibility": {"S": "unconfirmed"}, **order("unpaid")}
BOOKED, LOST = {**PRIVATE, **order("settled")}, {**PRIVATE, **order("lost")}
CANCELLED = {**PRIVATE, **order("cancelled"), "state": {"S": "cancelled"}}


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (UNPAID, BOOKED, "opened"),
        (UNPAID, LOST, None),
        (LOST, BOOKED, "opened"),
        (LOST, CANCELLED, None),
        (BOOKED, CANCELLED, "changed"),
        (BOOKED, {**PRIVATE, **order("settled", "2026-06-16")}, "changed"),
        (BOOKED, {**PRIVATE, **order("settled", items=[{"code": "sofa", "count": 1}])}, "changed"),
        (BOOKED, {**PRIVATE, **order("settled", refund_pence=200)}, None),
        (BOOKED, {**BOOKED, "state": {"S": "in_progress"}}, None),
        (BOOKED, {**BOOKED, **FORGOTTEN}, "gone"),
        ({**BOOKED, **FORGOTTEN}, {**BOOKED, **FORGOTTEN}, None),
        ({**BOOKED, **FORGOTTEN}, {**CANCELLED, **FORGOTTEN}, "changed"),
        ({"visibility": {"S": "held"}}, {**PRIVATE, **FORGOTTEN}, None),
        (PRIVATE, {**PRIVATE, "premises_id": {"S": "990000000001"}}, "changed"),
        (PRIVATE, {**PRIVATE, "collection": {"S": "{}"}}, "changed"),
        (PRIVATE, {**PRIVATE, "attributes": {"S": '{"size": ["big"]}'}}, "changed"),
        (PRIVATE, {**PRIVATE, "address": {"S": "2 Dial Row"}}, "changed"),
        (PRIVATE, {**PRIVATE, "state": {"S": "cancelled"}}, "changed"),
        (PRIVATE, {**PRIVATE, "contact": {"S": "{}"}}, None),
        (PRIVATE, WITHDRAWN, "gone"),
        ({}, {"visibility": {"S": "hidden"}}, "gone"),
        ({}, {"lat": {"N": "53.96"}}, "changed"),
        ({"visibility": {"S": "held"}}, {}, "opened"),
        (WITHDRAWN, WITHDRAWN, None),
    ],
)
def test_change_says_what_became_of_the_work(
    old: dict[str, Any], new: dict[str, Any], change: str | None
) -> None:
    assert changed(old, new).case_change == change


def test_change_names_the_service_before_it() -> None:
    of = [{"service_code": {"S": code}} for code in ("graffiti", "pothole")]
    fact = changed(*of)
    assert (fact.old_service_code, fact.case_change) == ("graffiti", "changed")


@pytest.mark.parametrize(
    ("values", "change"), [(PRIVATE, "opened"), ({}, "opened"), (UNPAID, None)]
)
def test_new_report_says_whether_its_work_may_be_done(
    values: dict[str, Any], change: str | None
) -> None:
    fact = fact_of({"eventID": "1", "dynamodb": {"NewImage": {**IMAGE, **values}}})
    assert isinstance(fact, ReportSubmitted) and fact.case_change == change
