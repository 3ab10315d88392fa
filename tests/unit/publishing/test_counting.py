"""Each change of a report counts once for the figures, however its facts arrive."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.events import moves_figures
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.publishing.counters import CountedLine, CountedReport, LineKey, Marks, ReportKey
from chalicelib.publishing.counting import count_in_batches, count_reports
from chalicelib.publishing.figures import Counts, sums_by_line
from chalicelib.publishing.performance import json_key, publish_performance
from chalicelib.publishing.recounting import IN_QUEUE, Drift, recount, recount_nightly
from chalicelib.reports.dynamo.items import item_of
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.stream import fact_of
from tests.support import recount_figures
from tests.support.builders import NOON, report, update
from tests.support.fakes_figures import FiguresWorld, MemoryCounters
from tests.unit.publishing.test_figures import raw, timelines

MONTH = "2026-06"
POTHOLES = LineKey(MONTH, ("pothole", "unknown"))
LONG_AGO = NOON - timedelta(days=1)


class StallingCounters(MemoryCounters):
    """Before counted reports are read or saved, the next of `meanwhile` happens."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = []

    def get_reports(self, keys: Collection[ReportKey]) -> Mapping[ReportKey, CountedReport]:
        self._stall()
        return super().get_reports(keys)

    def save(self, reports: Sequence[CountedReport], lines: Sequence[CountedLine]) -> None:
        self._stall()
        super().save(reports, lines)

    def _stall(self) -> None:
        if self.meanwhile:
            self.meanwhile.pop()()


def sums_in(here: FiguresWorld) -> dict[LineKey, Any]:
    return {key: line.sums for key, line in here.counters.stored.items() if any(line.sums.counts)}


def right_sums(here: FiguresWorld) -> dict[LineKey, Any]:
    """The sums of all lines, from the stored reports."""
    return {
        LineKey(month, line): sums
        for month in here.stored.months()
        for line, sums in sums_by_line(
            each for _, each in here.stored.outcomes_of_month(month)
        ).items()
    }


def image(stored: ServiceRequest) -> dict[str, Any]:
    found: dict[str, Any] = item_of(stored).to_dynamodb_dict()
    return found


def moves(old: ServiceRequest | None, new: ServiceRequest) -> bool:
    """Whether the stream's fact of a change goes to the counting."""
    change: dict[str, Any] = {"NewImage": image(new) | {"version": {"N": "2"}}}
    if old:
        change["OldImage"] = image(old) | {"version": {"N": "1"}}
    fact = fact_of({"eventID": "1", "dynamodb": change})
    return fact is not None and moves_figures(fact)


HISTORIES = st.lists(timelines(), min_size=1, max_size=4)
"""The states that reports went through, one after the other."""


@given(
    st.lists(HISTORIES, min_size=1, max_size=6),
    st.data(),
)
def test_figures_equal_a_recount_when_facts_are_repeated_late_and_in_any_order(
    histories: list[list[ServiceRequest]], data: st.DataObject
) -> None:
    here = FiguresWorld()
    counters = StallingCounters()
    here.counters = counters
    facts: list[ReportKey] = []

    def deliver(at_most: int = 3) -> None:
        """Some of the facts, which stay in the queue: the replies may be lost."""
        if facts:
            some = data.draw(st.lists(st.sampled_from(facts), max_size=at_most, unique=True))
            count_reports(some, here.counting)

    for number, history in enumerate(histories):
        before = None
        for step in history:
            now = replace(
                step,
                service_request_id=f"R{number:011}",
                requested_datetime=history[0].requested_datetime,
                version=before.version if before else 0,
            )
            if moves(before, now):
                (key,) = here.stored.put(now) if not before else [saved(here, now)]
                facts.append(key)
            elif before:
                saved(here, now)
            else:
                here.stored.put(now)
            before = here.stored.repository.get(now.service_request_id)
            if data.draw(st.booleans()):
                counters.meanwhile = [deliver] * data.draw(st.integers(0, 2))
                deliver()
    counters.meanwhile = [deliver]
    count_in_batches(data.draw(st.permutations(facts)), here.counting)
    assert sums_in(here) == right_sums(here)
    assert publish_performance(here.ports) == {}
    stored = [here.stored.repository.get(each) for each in here.stored.repository.list_ids()]
    shown = {key: body for key, body in here.documents.bodies.items() if key.endswith(".json")}
    recount_figures.check_published([raw(each) for each in stored if each], shown)


def saved(here: FiguresWorld, now: ServiceRequest) -> ReportKey:
    here.stored.repository.save(now)
    return ReportKey(f"{now.requested_datetime:%Y-%m}", now.service_request_id)


@pytest.mark.parametrize("reads", [0, 1])
def test_overtaken_writer_does_not_count_an_older_state(reads: int) -> None:
    """The report is hidden, and counted as hidden, while its first fact is dealt with."""
    here = FiguresWorld()
    counters = StallingCounters()
    here.counters = counters
    (key,) = here.stored.put(report(1))

    def hide() -> None:
        counters.meanwhile.clear()
        here.change(key.service_request_id, visibility="hidden")

    counters.meanwhile = [hide, *reads * [lambda: None]]
    count_reports([key], here.counting)
    assert sums_in(here) == {}


def test_nothing_is_stored_when_a_fact_is_repeated() -> None:
    here = FiguresWorld(report(1))
    before = dict(here.counters.stored), dict(here.counters.reports)
    assert count_reports(here.stored.keys(), here.counting) == frozenset()
    assert (here.counters.stored, here.counters.reports) == before


def test_month_is_marked_again_when_the_last_attempt_ended_before_the_mark() -> None:
    here = FiguresWorld(report(1))
    here.counters.marks.clear()
    count_reports(here.stored.keys(), here.counting)
    assert here.counters.marks == {MONTH: Marks(changed=1, published=0)}


def test_report_moves_from_line_to_line_when_its_service_and_ward_change() -> None:
    here = FiguresWorld(report(1))
    here.change("R00000000001", service_code="litter", ward_code="E05")
    assert {key.line for key in sums_in(here)} == {("litter", "E05")}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"followers": 3}, False),
        ({"description": "Another text"}, False),
        ({"state": "in_progress"}, False),
        ({"state": "duplicate"}, True),
        ({"service_code": "litter"}, True),
        ({"ward_code": "E06"}, True),
        ({"visibility": "hidden"}, True),
        ({"expected_datetime": NOON + timedelta(days=9)}, True),
        ({"archived": 4}, True),
    ],
)
def test_change_is_counted_only_when_figures_may_follow_it(
    values: dict[str, Any], expected: bool
) -> None:
    assert moves(report(1), replace(report(1), **values)) is expected


@given(timelines(), timelines())
def test_each_change_of_an_outcome_is_counted(old: ServiceRequest, new: ServiceRequest) -> None:
    new = replace(
        new,
        service_request_id=old.service_request_id,
        requested_datetime=old.requested_datetime,
    )
    here = FiguresWorld(old)
    before = sums_in(here)
    here.change(old.service_request_id, **{name: getattr(new, name) for name in CHANGEABLE})
    if sums_in(here) != before:
        assert moves(old, new)


CHANGEABLE = (
    *("service_code", "ward_code", "visibility", "state", "updates", "delays"),
    *("expected_datetime", "closed_datetime", "updated_datetime"),
)


def test_private_report_is_not_counted_when_it_is_sent() -> None:
    assert not moves(None, report(1, visibility="private"))
    assert moves(None, report(1))


def drifted(*reports: ServiceRequest) -> FiguresWorld:
    """Stored reports whose facts never came."""
    here = FiguresWorld()
    here.stored.put(*reports)
    return here


def test_recount_finds_and_counts_reports_whose_facts_were_lost() -> None:
    here = drifted(*(report(number, updated_datetime=LONG_AGO) for number in range(3)))
    assert recount(MONTH, here.counting) == Drift(reports=3, lines=0)
    assert sums_in(here) == right_sums(here)
    assert recount(MONTH, here.counting) == Drift(0, 0)


def test_recount_leaves_to_its_fact_what_has_just_changed() -> None:
    here = drifted(report(1, updated_datetime=NOON - IN_QUEUE + timedelta(seconds=1)))
    assert recount(MONTH, here.counting) == Drift(0, 0)
    assert sums_in(here) == {}


def test_recount_takes_out_a_report_that_is_no_longer_stored() -> None:
    here = FiguresWorld(report(1), report(2))
    here.stored.repository.lose("R00000000001")
    assert recount(MONTH, here.counting) == Drift(reports=1, lines=0)
    assert sums_in(here) == right_sums(here)


def test_recount_corrects_a_line_and_has_its_month_published_again() -> None:
    here = FiguresWorld(*(report(number, updated_datetime=LONG_AGO) for number in range(6)))
    publish_performance(here.ports)
    line = here.counters.stored[POTHOLES]
    wrong = line._replace(sums=line.sums._replace(counts=Counts(reported=9)))
    here.counters.stored[POTHOLES] = wrong
    assert recount(MONTH, here.counting) == Drift(reports=0, lines=1)
    assert sums_in(here) == right_sums(here)
    publish_performance(here.ports)
    assert json.loads(here.documents.bodies[json_key(MONTH)])["rows"][0]["reported"] == 6


def test_recount_neither_loses_nor_reports_a_change_that_is_counted_meanwhile() -> None:
    class Busy(MemoryCounters):
        def reports_of_month(self, month: str) -> Any:
            here.put(report(2, updated_datetime=LONG_AGO))
            return super().reports_of_month(month)

    here = FiguresWorld()
    here.counters = Busy()
    here.put(report(1, updated_datetime=LONG_AGO))
    assert recount(MONTH, here.counting) == Drift(0, 0)
    assert sums_in(here) == right_sums(here)


def test_nightly_recount_takes_each_older_month_in_turn() -> None:
    old = [
        report(n, requested_datetime=NOON - timedelta(days=40 * n), updated_datetime=LONG_AGO)
        for n in range(6)
    ]
    here = FiguresWorld(*old)
    here.counters.stored.clear()
    found = []
    for night in range(5):
        here.pass_to(NOON + timedelta(days=night))
        found.append(recount_nightly(here.counting))
    assert found == [2, 1, 1, 1, 1]
    assert sums_in(here) == right_sums(here)


def test_reports_that_come_due_count_once_without_a_change() -> None:
    here = FiguresWorld(*(report(n, expected_datetime=NOON + timedelta(days=1)) for n in range(6)))
    publish_performance(here.ports)
    for hours in (23, 25, 25.05, 49):
        here.pass_to(NOON + timedelta(hours=hours))
        publish_performance(here.ports)
    assert here.counters.stored[POTHOLES].sums.counts.with_target == 6
    assert sums_in(here) == right_sums(here)


def test_writer_that_is_always_overtaken_gives_up_and_stores_nothing() -> None:
    class Stuck(MemoryCounters):
        def save(self, *_: Any) -> None:
            raise VersionConflict

    here = FiguresWorld()
    here.counters = Stuck()
    (key,) = here.stored.put(report(1, updates=(update(1),)))
    with pytest.raises(Exception, match="Many people"):
        count_reports([key], here.counting)
    assert sums_in(here) == {}
