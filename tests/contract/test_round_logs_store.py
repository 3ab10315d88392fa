"""What every store of rounds' days must do."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.collections.dynamo import DynamoRoundLogs
from chalicelib.collections.ports import RoundLogs
from chalicelib.collections.round_days import LogKey, RoundEvent, RoundLog
from chalicelib.kernel.optimistic import VersionConflict
from tests.support.fakes_collections import HOME, MORNING, STREET, TODAY, MemoryRoundLogs

TOMORROW = TODAY + timedelta(days=1)
EVENT = RoundEvent(
    op_id="operation-1",
    kind="street_missed",
    at=MORNING,
    received_at=MORNING,
    by="crew",
    actor="ann",
    device="phone-1",
    base_version=0,
    version=1,
    verdict="stands",
    street=STREET,
    reason="weather",
    text="Ice",
)


@pytest.fixture(params=["memory", "moto"])
def store(request: pytest.FixtureRequest) -> RoundLogs:
    if request.param == "memory":
        return MemoryRoundLogs()
    request.getfixturevalue("cloud")
    return DynamoRoundLogs(container.table("jobs"))


def log(code: str = "R/1", **values: Any) -> RoundLog:
    made = RoundLog(round=code, day=TODAY, updated_at=MORNING, events=(EVENT,), request_id="r")
    return replace(made, **values)


def test_log_is_read_as_it_was_stored(store: RoundLogs) -> None:
    of_round, of_home = log(), log(premises_id=HOME)
    for each in (of_round, of_home):
        assert store.save(each) == replace(each, version=1)
    found = store.get([of_round.key, of_home.key, LogKey("R9", TODAY)])
    assert found == {each.key: replace(each, version=1) for each in (of_round, of_home)}
    assert store.get([]) == {}


def test_log_is_replaced_only_on_its_version(store: RoundLogs) -> None:
    first = store.save(log())
    assert store.save(first).version == 2
    for stale in (first, log()):
        with pytest.raises(VersionConflict):
            store.save(stale)


def test_rounds_of_a_day_are_read_without_their_premises(store: RoundLogs) -> None:
    for each in (log("R2"), log("R1"), log("R1", day=TOMORROW), log("R1", premises_id=HOME)):
        store.save(each)
    assert [each.round for each in store.of_day(TODAY)] == ["R1", "R2"]


def test_premises_of_a_round_are_read_without_those_of_others(store: RoundLogs) -> None:
    for each in (log("R1"), log("R1", premises_id=HOME), log("R11", premises_id="2")):
        store.save(each)
    store.save(log("R1", day=TOMORROW, premises_id="3"))
    assert [each.premises_id for each in store.of_premises("R1", TODAY)] == [HOME]
