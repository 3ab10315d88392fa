"""The measurements' own arithmetic, and one of them run to its end."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import alerts, process, views
from bench.meter import Call, Meter, longest_chain, units
from bench.publishing import kind_of, most_writes_of_a_tile
from bench.web import STATIC_IMPORT
from chalicelib.geo.point import Point, distance_m
from chalicelib.kernel.parallel import run_in_parallel

TILE = "http://s3/bucket/data/tiles/14/8142/5257.json"


def call(operation: str, **values: Any) -> Call:
    ordinary = {
        "url": TILE,
        "asked": {},
        "sent_bytes": 0,
        "received_bytes": 0,
        "answer": {},
    }
    return Call(**{"operation": operation, **ordinary, **values})


def trips_of(work: Callable[[Callable[[], int]], object]) -> int:
    """The longest chain of the calls that `work` makes, with the one that it is given."""
    meter = Meter()
    reply = SimpleNamespace(headers={})

    def make() -> int:
        request = {"body": b"", "url": TILE}
        meter.measure_call("s3.GetObject", request, lambda: (reply, {"Body": b""}))
        return len(meter.calls)

    with meter.trips.follow_threads():
        work(make)
    return longest_chain(meter.calls)


def test_calls_that_wait_for_each_other_are_trips_of_their_own() -> None:
    assert trips_of(lambda make: [make(), make(), make()]) == 3
    assert trips_of(lambda _: None) == 0


def test_calls_in_parallel_are_one_trip() -> None:
    def two_then_one(make: Callable[[], int]) -> None:
        run_in_parallel([make, make])
        make()

    def one_beside_two(make: Callable[[], int]) -> None:
        run_in_parallel([make, lambda: [make(), make()]])

    assert trips_of(lambda make: run_in_parallel([make] * 20)) == 1
    assert trips_of(two_then_one) == trips_of(one_beside_two) == 2


def test_query_is_charged_by_the_sum_of_its_items() -> None:
    found = [{"text": {"S": "a" * 3000}}, {"text": {"S": "a" * 3000}}]
    assert units(call("dynamodb.Query", answer={"Items": found})) == (1, 0)
    consistent = call("dynamodb.Query", asked={"ConsistentRead": True}, answer={"Items": found})
    assert units(consistent) == (2, 0)


def test_units_are_refused_when_the_operation_is_not_known() -> None:
    with pytest.raises(ValueError, match=r"dynamodb\.ExecuteStatement"):
        units(call("dynamodb.ExecuteStatement"))


def test_second_write_of_a_tile_in_one_batch_is_detected() -> None:
    put, end = call("s3.PutObject"), call("sqs.DeleteMessageBatch")
    assert most_writes_of_a_tile([put, end, put, end]) == 1
    assert most_writes_of_a_tile([put, put, end]) == 2


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (TILE, "tiles"),
        ("http://s3/bucket/data/tiles/10/508/328.json", "counts"),
        ("http://s3/bucket/data/reports/R00000000001.json", "reports' JSON"),
        ("http://s3/bucket/reports/R00000000001", "reports' pages"),
    ],
)
def test_kind_of_a_document_follows_from_its_address(url: str, kind: str) -> None:
    assert kind_of(url) == kind


def test_first_load_follows_static_imports_only() -> None:
    script = (
        """import{A as e}from"./chunks/a.js";import"./chunks/b.js";let c=import("./chunks/c.js")"""
    )
    assert STATIC_IMPORT.findall(script) == ["./chunks/a.js", "./chunks/b.js"]


def test_screen_of_a_phone_has_its_declared_size() -> None:
    box = views.screen(Point(lat=53.959, long=-1.0815))
    west, east = (Point(lat=53.959, long=long) for long in (box.west, box.east))
    south, north = (Point(lat=lat, long=-1.0815) for lat in (box.south, box.north))
    assert distance_m(west, east) == pytest.approx(1500, rel=0.001)
    assert distance_m(south, north) == pytest.approx(2500, rel=0.001)


def test_measurement_of_the_map_gives_rows_with_their_goals() -> None:
    rows = list(views.rows())
    assert [row.unit for row in rows] == ["GETs"] * 3
    assert all(row.goal for row in rows)


def test_fresh_processes_alternate_in_each_round(tmp_path: Path) -> None:
    turns = tmp_path / "turns"
    write = f"import sys; open({str(turns)!r}, 'a').write(sys.stdin.read())"
    every = [process.Fresh(["-c", write], {}, name.encode) for name in "ab"]
    assert len(process.cpu_ms_of_each(every)) == 2
    assert turns.read_text() == "ab" * process.FRESH_ROUNDS


def test_read_entries_are_counted_with_the_matching_ones() -> None:
    tally = alerts.tally("10 km", 60, seed=1)
    assert tally.entries.total() == 60 and max(tally.entries) <= 9
    assert tally.read >= tally.matched > 0
