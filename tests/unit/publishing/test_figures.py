"""The published figures against the plainest way to count them."""

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.figures import ALL, MEANINGS, Counts
from chalicelib.publishing.performance import (
    INDEX,
    about,
    csv_key,
    json_key,
    publish_performance,
    rebuild_performance,
)
from chalicelib.publishing.ports import Document
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Update
from chalicelib.reports.published import Delay, ReportOutcome
from chalicelib.reports.states import DONE_STATES, State, moves_from
from chalicelib.reports.usecases.figures.outcomes import outcome_of
from tests.conftest import ROOT
from tests.support import recount_figures
from tests.support.builders import NOON, report, update
from tests.support.fakes import MemoryDocuments
from tests.support.fakes_figures import FiguresWorld, reports_ports

DAY = timedelta(days=1)


def read(here: FiguresWorld, key: str) -> Any:
    return json.loads(here.documents.bodies[key])


def done(number: int, days: float, **values: Any) -> ServiceRequest:
    """A report that was done after so many days."""
    at = NOON + days * DAY
    closing = update(state="fixed", datetime=at, by="council")
    return report(
        number,
        **{"state": "fixed", "updates": (closing,), "closed_datetime": at, "ward_code": "E05"}
        | values,
    )


def outcome(told: Sequence[Update], **values: Any) -> ReportOutcome:
    return outcome_of(report(updates=tuple(told), **values), reports_ports())


def said(*entries: tuple[State, int, str]) -> list[Update]:
    """A timeline: state, day and author."""
    return [
        update(number, state=state, datetime=NOON + days * DAY, by=by)
        for number, (state, days, by) in enumerate(entries)
    ]


def test_duration_continues_when_a_repair_fails() -> None:
    told = said(("fixed", 2, "council"), ("reopen", 5, "resident"), ("fixed", 9, "council"))
    found = outcome(told, state="fixed", closed_datetime=NOON + 9 * DAY)
    assert (found.done_s, found.was_reopened, found.failed_repairs) == (9 * 86_400, True, 1)


def test_duration_ends_with_the_first_done() -> None:
    told = said(("fixed", 2, "council"), ("fixed", 3, "resident"), ("closed", 4, "council"))
    found = outcome(told, state="closed", closed_datetime=NOON + 2 * DAY)
    assert found.done_s == 2 * 86_400


def test_duration_ends_with_the_first_done_after_a_failed_repair() -> None:
    told = said(("fixed", 1, "council"), ("reopen", 2, "resident"))
    told += [
        replace(each, update_id=f"V{each.update_id}")
        for each in said(("fixed", 5, "council"), ("closed", 7, "council"))
    ]
    assert outcome(told, state="closed", closed_datetime=NOON + 5 * DAY).done_s == 5 * 86_400


def test_duration_of_an_imported_done_report_ends_with_its_last_change() -> None:
    told = said(("fixed", 300, "resident"))
    found = outcome(told, state="fixed", closed_datetime=NOON + 7 * DAY)
    assert found.done_s == 7 * 86_400


def test_reopening_by_an_officer_is_not_a_failed_repair() -> None:
    told = said(("closed", 2, "council"), ("reopen", 5, "council"))
    found = outcome(told, state="reopen")
    assert (found.done_s, found.was_reopened, found.failed_repairs) == (None, True, 0)


def test_unmerged_report_does_not_count_as_reopened() -> None:
    told = said(("duplicate", 2, "council"), ("reopen", 3, "council"))
    assert not outcome(told, state="reopen").was_reopened


@pytest.mark.parametrize(
    ("state", "days", "expected"),
    [("fixed", 3, (True, True)), ("fixed", 4, (True, False)), ("duplicate", 1, (False, False))],
)
def test_target_is_met_when_the_report_is_done_by_then(
    state: State, days: int, expected: tuple[bool, bool]
) -> None:
    found = outcome(said((state, days, "council")), state=state, expected_datetime=NOON + 3 * DAY)
    assert (found.had_target, found.in_target) == expected


@pytest.mark.parametrize(("days", "counts"), [(0, True), (-1, True), (1, False)])
def test_open_report_counts_with_a_target_once_that_has_passed(days: int, counts: bool) -> None:
    found = outcome((), expected_datetime=NOON + days * DAY)
    assert (found.had_target, found.in_target) == (counts, False)


@pytest.mark.parametrize(("days", "kept"), [(2, True), (4, False)])
def test_first_promise_counts_when_a_later_date_was_given(days: int, kept: bool) -> None:
    delays = (Delay(promised_datetime=NOON + 3 * DAY, reason="Snow.", given_at=NOON),)
    late = {"expected_datetime": NOON + 9 * DAY, "delays": delays}
    found = outcome(said(("fixed", days, "council")), state="fixed", **late)
    assert (found.had_target, found.in_target) == (True, kept)
    waiting = outcome((), **late)
    assert (waiting.had_target, waiting.in_target) == (True, False)


def test_month_is_rebuilt_when_a_target_in_it_passes_without_a_change() -> None:
    reports = [report(number, expected_datetime=NOON + 3 * DAY) for number in range(1, 7)]
    here = FiguresWorld(*reports)
    rebuild_performance(here.ports)
    here.pass_to(NOON + DAY)
    publish_performance(here.ports)
    key = json_key("2026-06")
    (*_, row) = read(here, key)["rows"]
    assert row["with_target"] == 0
    here.pass_to(NOON + 3.1 * DAY)
    publish_performance(here.ports)
    (*_, row) = read(here, key)["rows"]
    assert row["with_target"] == 6
    here.counters.read.clear()
    here.pass_to(NOON + 4 * DAY)
    publish_performance(here.ports)
    assert here.counters.read == []


@st.composite
def timelines(draw: st.DrawFn) -> ServiceRequest:
    """A report that went through any moves the lifecycle allows."""
    number = draw(st.integers(1, 10**9))
    requested = NOON + draw(st.integers(-70, 0)) * DAY
    report_now = report(
        number,
        service_code=draw(st.sampled_from(("pothole", "litter"))),
        ward_code=draw(st.sampled_from(("E05", "E06", None))),
        visibility=draw(st.sampled_from(("public", "public", "public", "hidden", "private"))),
        requested_datetime=requested,
        expected_datetime=draw(st.sampled_from((None, requested + 4 * DAY))),
    )
    if report_now.expected_datetime and draw(st.booleans()):
        delay = Delay(promised_datetime=requested + 4 * DAY, reason="Snow.", given_at=requested)
        later = requested + draw(st.integers(5, 60)) * DAY
        report_now = replace(report_now, expected_datetime=later, delays=(delay,))
    at = requested
    for entry in range(draw(st.integers(0, 6))):
        at += draw(st.integers(0, 5)) * DAY
        by = draw(st.sampled_from(("resident", "council")))
        same: tuple[State, ...] = (report_now.state,)
        state = draw(st.sampled_from((*same, *sorted(moves_from(report_now.state)))))
        if by == "resident":
            state = "reopen" if report_now.state in DONE_STATES else report_now.state
        report_now = report_now.with_update(update(entry, state=state, datetime=at, by=by))
    return report_now


def raw(each: ServiceRequest) -> dict[str, Any]:
    """The report as the table has it, as far as a recount reads it."""
    from chalicelib.kernel.time import text_of

    moments = ("requested_datetime", "updated_datetime", "expected_datetime", "closed_datetime")
    plain = {name: getattr(each, name) for name in recount_figures.READ if name not in moments}
    said = [{"state": u.state, "by": u.by, "datetime": text_of(u.datetime)} for u in each.updates]
    when = {name: text_of(at) for name in moments if (at := getattr(each, name))}
    late = [{"promised_datetime": text_of(delay.promised_datetime)} for delay in each.delays]
    lists = {"updates": json.dumps(said), "delays": json.dumps(late)}
    return plain | when | lists | {"record": "report"}


@given(st.lists(timelines(), max_size=30, unique_by=lambda each: each.service_request_id))
def test_figures_equal_a_recount_of_the_store(reports: list[ServiceRequest]) -> None:
    here = FiguresWorld(*reports)
    assert rebuild_performance(here.ports) == {}
    published = {key: body for key, body in here.documents.bodies.items() if key.endswith(".json")}
    recount_figures.check_published(map(raw, reports), published)


@given(st.lists(timelines(), min_size=1, max_size=12, unique_by=lambda x: x.service_request_id))
def test_failed_repairs_equal_an_independent_count(
    reports: list[ServiceRequest],
) -> None:
    for each in reports:
        found = outcome_of(each, reports_ports())
        assert found.failed_repairs == each.failed_repairs


def shown(*reports: ServiceRequest) -> tuple[FiguresWorld, dict[tuple[str, str], dict[str, Any]]]:
    here = FiguresWorld(*reports)
    assert rebuild_performance(here.ports) == {}
    rows = read(here, json_key("2026-06"))["rows"]
    return here, {(row["service_code"], row["ward_code"]): row for row in rows}


def test_month_has_its_figures_in_days() -> None:
    days = (1, 2, 3, 4, 5, 6, 7, 8, 9, 30)
    _, rows = shown(*(done(number, each) for number, each in enumerate(days)))
    row = rows["pothole", "E05"]
    assert (row["reported"], row["fixed"], row["open_now"]) == (10, 10, 0)
    assert (row["median_days"], row["p90_days"]) == (5.5, 9.0)
    assert rows[ALL, ALL] == row | {"service_code": ALL, "ward_code": ALL}


def test_ninetieth_percentile_is_by_nearest_rank() -> None:
    _, rows = shown(*(done(number, number) for number in range(1, 8)))
    assert (rows[ALL, ALL]["median_days"], rows[ALL, ALL]["p90_days"]) == (4.0, 7.0)


def test_durations_are_hidden_when_too_few_reports_are_done() -> None:
    _, rows = shown(*(done(number, 2) for number in range(4)), *(report(n) for n in range(10, 16)))
    assert rows[ALL, ALL]["reported"] == 10
    assert {rows[ALL, ALL][name] for name in ("fixed", "median_days", "p90_days")} == {None}


def test_table_equals_the_document() -> None:
    here, rows = shown(*(done(number, number) for number in range(7)))
    table = list(csv.DictReader(io.StringIO(here.documents.bodies[csv_key("2026-06")].decode())))
    assert [row["ward_name"] for row in table][:2] == ["All", "'=Market, the"]
    for row in table:
        same = rows[row["service_code"], row["ward_code"]]
        for name in MEANINGS:
            assert row[name] == ("" if same[name] is None else str(same[name]))


def test_documents_say_what_each_figure_means() -> None:
    here, rows = shown(done(1, 1))
    names = {name for row in rows.values() for name in row} - {"service_code", "ward_code"}
    for key in (INDEX, json_key("2026-06")):
        assert names <= set(read(here, key)["about"]) == set(about())
    assert set(Counts._fields) <= names


def test_index_has_each_months_totals_newest_first() -> None:
    old = [done(n, 1, requested_datetime=NOON.replace(year=2007)) for n in range(6)]
    here, rows = shown(*old, *(done(n, 3) for n in range(10, 17)))
    index = read(here, INDEX)
    assert [month["month"] for month in index["months"]] == ["2026-06", "2007-06"]
    assert index["months"][0]["all"] == rows[ALL, ALL]
    assert index["services"] == [{"code": "pothole", "name": "Pothole"}]


def test_only_months_with_changed_reports_are_rebuilt() -> None:
    old = report(1, requested_datetime=NOON - 400 * DAY, updated_datetime=NOON - 400 * DAY)
    here = FiguresWorld(old, *(report(n, updated_datetime=NOON - DAY) for n in range(10, 17)))
    publish_performance(here.ports)
    here.counters.read.clear()
    here.documents.puts.clear()
    publish_performance(here.ports)
    assert (here.counters.read, here.documents.puts) == ([], [])
    here.change("R00000000010", state="duplicate", updated_datetime=here.now())
    assert publish_performance(here.ports) == {}
    assert here.counters.read == ["2026-06"]
    assert set(here.documents.puts) == {INDEX, json_key("2026-06"), csv_key("2026-06")}
    assert read(here, json_key("2026-06"))["rows"][0]["open_now"] == 6


def test_hidden_report_leaves_the_figures_and_the_month_with_its_last() -> None:
    here = FiguresWorld(*(report(number) for number in range(6)))
    publish_performance(here.ports)
    for number in range(6):
        here.change(f"R{number:011}", visibility="hidden", updated_datetime=here.now())
    assert publish_performance(here.ports) == {}
    assert (set(here.documents.bodies), read(here, INDEX)["months"]) == ({INDEX}, [])


class Overtaken(MemoryDocuments):
    """Somebody else publishes a month while it is counted, once."""

    def __init__(self, other: bytes) -> None:
        super().__init__()
        self._others: list[bytes] = [other]

    def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
        if key == json_key("2026-06") and self._others:
            self.bodies[key] = self._others.pop()
        super().write(key, document, held)


def test_month_is_counted_again_after_a_concurrent_publication() -> None:
    here = FiguresWorld(*(report(number) for number in range(6)))
    here.documents = Overtaken(b"{}")
    assert rebuild_performance(here.ports) == {}
    assert read(here, json_key("2026-06"))["rows"][0]["reported"] == 6


class Broken(MemoryDocuments):
    """Takes nothing of one month."""

    def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
        if "2026-05" in key:
            raise UpstreamFailed("The store does not answer.")
        super().write(key, document, held)


def test_other_months_are_published_and_the_index_waits_when_one_fails() -> None:
    may = [report(n, requested_datetime=NOON - 20 * DAY) for n in range(6)]
    here = FiguresWorld(*may, *(report(n) for n in range(10, 16)))
    here.documents = Broken()
    assert set(rebuild_performance(here.ports)) == {"2026-05"}
    assert json_key("2026-06") in here.documents.bodies
    assert INDEX not in here.documents.bodies


def test_page_says_the_published_meanings() -> None:
    page = unescape((ROOT / "web" / "performance" / "index.html").read_text(encoding="utf-8"))
    assert sorted(re.findall(r"<dd>(.*)</dd>", page)) == sorted(about().values())
