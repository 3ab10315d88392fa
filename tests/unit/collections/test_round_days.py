"""What crews and the office say of a round on a day, and what everybody sees of it."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import pytest

from chalicelib.collections.model import Rounds
from chalicelib.collections.ports import TodayPorts
from chalicelib.collections.round_days import (
    LogKey,
    MissedStreet,
    RoundLog,
    RoundOperation,
    reason_not_emptied,
)
from chalicelib.collections.round_events import Sender
from chalicelib.collections.round_operations import (
    RoundOperationResult,
    SentOperation,
    apply_operations,
)
from chalicelib.collections.staff_rounds import (
    Correction,
    correct_round,
    premises_of_day,
    rounds_of_day,
)
from chalicelib.collections.today import days_off, publish_today, today_document
from chalicelib.collections.usecases import NotEmptied, collections_of
from chalicelib.errors import Conflict, Invalid
from chalicelib.kernel.operations import UnreadableOperation
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.stored_document import StoredDocument
from tests.support.fakes_collections import HOME, MORNING, STREET, TODAY, CollectionsWorld, round_of

NUMBERS = count(1)
LORRY, OTHER = Sender("ann", "phone-1"), Sender("bob", "phone-2")
OFFICE = Sender("officer", "", "office")
A_WEEK = timedelta(days=7)
CLOSES = MORNING.replace(hour=20)
"""The hour of the demo council; in winter its clock is UTC."""


def depot() -> CollectionsWorld:
    return CollectionsWorld((round_of("R1", TODAY, TODAY + A_WEEK),))


def operation(kind: str = "out", **values: Any) -> RoundOperation:
    sent = {
        "op_id": f"operation-{next(NUMBERS)}",
        "round": "R1",
        "day": TODAY,
        "kind": kind,
        "base_version": 0,
        "at": MORNING,
        **values,
    }
    return msgspec.convert(sent, RoundOperation)


def tell(depot: CollectionsWorld, *sent: RoundOperation, by: Sender = LORRY) -> list[str]:
    return [each.result for each in apply_operations(sent, by, depot.ports)]


def one(depot: CollectionsWorld, sent: RoundOperation, by: Sender = LORRY) -> RoundOperationResult:
    (outcome,) = apply_operations([sent], by, depot.ports)
    return outcome


def state(depot: CollectionsWorld) -> str:
    (found,) = today_document(depot.ports).items
    return found.state


def log(depot: CollectionsWorld) -> RoundLog:
    return depot.logs.stored[LogKey("R1", TODAY)]


MISSED = {"street": STREET, "reason": "parked_cars"}
LEFT = {"premises_id": HOME, "reason": "contaminated"}


def test_round_is_to_come_until_its_crew_goes_out() -> None:
    here = depot()
    assert state(here) == "to_come"
    assert tell(here, operation("out")) == ["applied"]
    assert state(here) == "out"


def test_finished_round_says_when() -> None:
    here = depot()
    here.now = MORNING + timedelta(hours=8)
    tell(here, operation("out"), operation("finished", at=MORNING + timedelta(hours=7)))
    (found,) = today_document(here.ports).items
    assert (found.state, found.finished_at) == ("finished", MORNING + timedelta(hours=7))


@pytest.mark.parametrize("at", [MORNING - timedelta(days=3), MORNING + timedelta(days=3)])
def test_clock_that_is_wrong_does_not_say_when_a_round_finished(at: datetime) -> None:
    here = depot()
    tell(here, operation("finished", at=at))
    assert today_document(here.ports).items[0].finished_at == MORNING


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (CLOSES - timedelta(seconds=1), "out"),
        (CLOSES, "finished"),
        (CLOSES + timedelta(seconds=1), "finished"),
    ],
)
def test_round_that_nobody_closed_closes_at_the_councils_hour(now: datetime, expected: str) -> None:
    here = depot()
    tell(here, operation("out"))
    here.now = now
    (found,) = today_document(here.ports).items
    assert (found.state, found.is_over(now)) == (expected, expected == "finished")
    assert found.finished_at == (CLOSES if expected == "finished" else None)


def test_older_copy_of_a_round_is_over_from_the_councils_hour_on() -> None:
    (found,) = today_document(depot().ports).items
    assert not found.is_over(CLOSES - timedelta(seconds=1))
    assert found.is_over(CLOSES)


def test_closing_does_not_hide_what_a_crew_sends_later() -> None:
    here = depot()
    here.now = CLOSES + timedelta(hours=1)
    tell(here, operation("finished", at=MORNING), operation("street_missed", **MISSED))
    (found,) = today_document(here.ports).items
    assert (found.finished_at, found.streets) == (MORNING, (MissedStreet(STREET, "parked_cars"),))


def test_street_that_was_reached_later_is_not_shown_as_missed() -> None:
    here = depot()
    tell(here, operation("street_missed", **MISSED))
    assert today_document(here.ports).items[0].streets
    tell(here, operation("street_reached", street=STREET, base_version=1))
    assert today_document(here.ports).items[0].streets == ()


def test_premises_are_in_no_public_document() -> None:
    here = depot()
    assert tell(here, operation("not_emptied", **LEFT)) == ["applied"]
    assert HOME not in msgspec.json.encode(today_document(here.ports)).decode()
    assert log_of_home(here) == "contaminated"


def log_of_home(depot: CollectionsWorld) -> str | None:
    return reason_not_emptied(depot.logs.stored.get(LogKey("R1", TODAY, HOME)))


def test_premises_that_ask_are_told_why_their_container_was_left() -> None:
    here = depot()
    tell(here, operation("not_emptied", **LEFT))
    expected = NotEmptied(round="R1", container="rubbish", date=TODAY, reason="contaminated")
    assert collections_of(HOME, here.ports).not_emptied == (expected,)
    tell(here, operation("emptied", premises_id=HOME, base_version=1))
    assert collections_of(HOME, here.ports).not_emptied == ()


def next_date(depot: CollectionsWorld) -> Any:
    (found,) = collections_of(HOME, depot.ports).next
    return found.date, found.state


def test_today_stays_the_next_day_until_the_round_is_over() -> None:
    here = depot()
    assert next_date(here) == (TODAY, "to_come")
    tell(here, operation("out"))
    assert next_date(here) == (TODAY, "out")
    tell(here, operation("finished", base_version=1))
    assert next_date(here) == (TODAY + A_WEEK, "to_come")


def test_next_day_follows_at_the_closing_hour_when_nobody_said_anything() -> None:
    here = depot()
    here.now = CLOSES - timedelta(seconds=1)
    assert next_date(here) == (TODAY, "to_come")
    here.now = CLOSES
    assert next_date(here) == (TODAY + A_WEEK, "to_come")


def test_round_that_is_off_tomorrow_is_known_today() -> None:
    tomorrow = TODAY + timedelta(days=1)
    here = CollectionsWorld((round_of("R1", tomorrow, TODAY + A_WEEK),))
    tell(here, operation("off", day=tomorrow, reason="weather"))
    assert next_date(here) == (TODAY + A_WEEK, "to_come")
    (found,) = today_document(here.ports).items
    assert (found.day, found.state, found.reason) == (tomorrow, "off", "weather")


def test_rounds_of_yesterday_are_listed_and_older_ones_are_not() -> None:
    here = CollectionsWorld((round_of("R1", TODAY - timedelta(days=1)), round_of("R2", TODAY)))
    days = [(each.round, each.day) for each in today_document(here.ports).items]
    assert days == [("R1", TODAY - timedelta(days=1)), ("R2", TODAY)]
    here.now = MORNING + timedelta(days=1)
    assert [each.round for each in today_document(here.ports).items] == ["R2"]


def test_operation_is_applied_once_however_often_it_is_sent() -> None:
    here, sent = depot(), operation("out")
    assert tell(here, sent, sent) == ["applied", "duplicate"]
    assert tell(here, msgspec.structs.replace(sent, base_version=1)) == ["duplicate"]
    assert tell(here, msgspec.structs.replace(sent, kind="finished")) == ["rejected"]
    assert len(log(here).events) == 1


def test_version_that_is_not_yet_is_rejected() -> None:
    here = depot()
    assert tell(here, operation("out", base_version=1)) == ["rejected"]


def test_premises_take_the_version_of_their_round() -> None:
    here = depot()
    tell(here, operation("out"))
    assert tell(here, operation("not_emptied", base_version=1, **LEFT)) == ["applied"]


def test_unseen_contradiction_waits_for_the_office() -> None:
    here = depot()
    tell(here, operation("off", reason="weather"), by=OFFICE)
    assert tell(here, operation("out"), operation("finished")) == ["conflict", "conflict"]
    assert state(here) == "off"
    (view,) = rounds_of_day(TODAY, here.ports)
    assert [each.kind for each in view.disputes] == ["out", "finished"]


def test_phone_that_had_seen_the_other_outcome_counts() -> None:
    here = depot()
    tell(here, operation("off", reason="weather"), by=OFFICE)
    assert tell(here, operation("out", base_version=1)) == ["applied"]
    assert state(here) == "out"


def test_second_lorry_that_starts_does_not_reopen_a_finished_round() -> None:
    here = depot()
    tell(here, operation("finished"))
    assert tell(here, operation("out"), by=OTHER) == ["applied"]
    assert state(here) == "finished"


def test_two_phones_that_contradict_each_other_about_a_street_wait_for_the_office() -> None:
    here = depot()
    tell(here, operation("street_missed", **MISSED))
    reached = operation("street_reached", street=STREET)
    assert tell(here, reached, by=OTHER) == ["conflict"]
    assert tell(here, operation("street_reached", street=STREET), by=OTHER) == ["conflict"]
    assert today_document(here.ports).items[0].streets


def correction(kind: str, **values: Any) -> Correction:
    return msgspec.convert({"round": "R1", "day": TODAY, "kind": kind, **values}, Correction)


def test_correction_decides_the_dispute_and_is_audited() -> None:
    here = depot()
    tell(here, operation("street_missed", **MISSED))
    tell(here, operation("street_reached", street=STREET), by=OTHER)
    version = log(here).version
    reached = correction("street_reached", street=STREET)
    correct_round(reached, "key-1", version, "officer", here.ports)
    (view,) = rounds_of_day(TODAY, here.ports)
    assert (view.streets, view.disputes) == ((), ())
    assert here.noted == [("officer", "rounds.correct", f"R1 {TODAY}", "street_reached")]


def test_correction_is_applied_once_for_each_key() -> None:
    here = depot()
    for _ in range(2):
        here.now += timedelta(minutes=1)
        correct_round(correction("finished"), "key-1", 0, "officer", here.ports)
    assert len(log(here).events) == 1


def test_correction_of_an_older_version_is_refused_with_the_present_one() -> None:
    here = depot()
    tell(here, operation("out"))
    with pytest.raises(Conflict) as caught:
        correct_round(correction("off", reason="weather"), "key-1", 0, "officer", here.ports)
    assert caught.value.version == 1


def test_correction_without_its_reason_is_refused() -> None:
    here = depot()
    with pytest.raises(Invalid, match="reason"):
        correct_round(correction("off"), "key-1", 0, "officer", here.ports)
    assert here.noted == []


def test_outcome_that_the_office_took_back_is_disputed_when_a_phone_had_not_seen_it() -> None:
    here = depot()
    tell(here, operation("finished"))
    correct_round(correction("out"), "key-1", 1, "officer", here.ports)
    assert tell(here, operation("finished"), by=OTHER) == ["conflict"]
    assert state(here) == "out"


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (operation("off"), "reason"),
        (operation("street_missed", street=STREET, reason="contaminated"), "reason"),
        (operation("not_emptied", premises_id=HOME, reason="weather"), "reason"),
        (operation("street_missed", street="Elsewhere", reason="weather"), "street"),
        (operation("not_emptied", premises_id="9", reason="not_out"), "premises_id"),
        (operation("not_emptied", reason="not_out"), "premises_id"),
        (operation("to_come"), "kind"),
        (operation("out", round="R9"), "round"),
        (operation("out", day=TODAY + timedelta(days=1)), "day"),
        (operation("off", day=TODAY + timedelta(days=2), reason="weather"), "day"),
        (operation("out", day=TODAY - timedelta(days=15)), "day"),
    ],
)
def test_operation_that_cannot_be_is_rejected_with_the_field(
    sent: RoundOperation, named: str
) -> None:
    here = depot()
    outcome = one(here, sent)
    assert outcome.result == "rejected" and (outcome.reason or "").startswith(f"{named}: ")
    assert here.logs.stored == {}


def test_rejected_operation_does_not_stop_the_others() -> None:
    here = depot()
    sent: list[SentOperation] = [
        operation("off"),
        UnreadableOperation(op_id="x", reason="kind"),
        operation("out"),
    ]
    outcomes = apply_operations(sent, LORRY, here.ports)
    assert [each.result for each in outcomes] == ["rejected", "rejected", "applied"]


def test_operation_is_applied_when_another_phone_writes_in_between() -> None:
    here = depot()
    here.logs.stale_next = 2
    assert tell(here, operation("out")) == ["applied"]


def test_staff_see_the_premises_that_were_left_by_their_address() -> None:
    here = depot()
    tell(here, operation("not_emptied", text="Paint tins", **LEFT))
    (found,) = premises_of_day("R1", TODAY, here.ports)
    assert (found.address, found.street, found.reason) == (f"2 {STREET}", STREET, "contaminated")
    assert found.text == "Paint tins"


class OneDocument:
    """A published document."""

    def __init__(self) -> None:
        self.held: StoredDocument | None = None
        self.writes = 0

    def write(self, body: bytes, held: StoredDocument | None) -> None:
        if held != self.held:
            raise VersionConflict
        self.writes += 1
        self.held = StoredDocument(body, f"{self.writes}")

    def ports(self, depot: CollectionsWorld) -> TodayPorts:
        return TodayPorts(depot.ports, lambda: self.held, self.write)


def test_document_is_written_only_when_it_changes() -> None:
    here, document = depot(), OneDocument()
    for _ in range(3):
        publish_today(document.ports(here))
    tell(here, operation("not_emptied", **LEFT))
    publish_today(document.ports(here))
    assert document.writes == 1


def test_slow_writer_does_not_put_an_older_state_over_a_newer_one() -> None:
    here, document = depot(), OneDocument()
    publish_today(document.ports(here))
    calls = count(1)

    def rounds() -> Rounds | None:
        if next(calls) == 2:
            # The logs of today were read by then.
            tell(here, operation("out"))
            publish_today(document.ports(here))
        return here.ports.rounds()

    slow = document.ports(here)
    publish_today(slow._replace(ports=here.ports._replace(rounds=rounds)))
    assert document.held is not None
    (item,) = msgspec.json.decode(document.held.body)["items"]
    assert item["state"] == "out"


def test_days_off_are_those_of_the_last_word_of_crew_and_office() -> None:
    tomorrow = TODAY + timedelta(days=1)
    here = CollectionsWorld((round_of("R1", tomorrow),))
    tell(here, operation("off", day=tomorrow, reason="weather"))
    off = days_off(here.ports)
    assert off.since == TODAY - timedelta(days=1)
    assert off.reasons == {("R1", tomorrow): "weather"}
    (withdrawn,) = tell(here, operation("to_come", day=tomorrow), by=OFFICE)
    after = days_off(here.ports)
    assert (withdrawn, after.reasons, after.rounds) == ("applied", {}, frozenset({"R1"}))
