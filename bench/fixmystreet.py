"""Compares with FixMyStreet, the alternative for a council: its CPU beside ours, scaled to this
machine.

Source: measured by the project in 2026-08 on FixMyStreet's master in its default set-up (5 workers,
PostgreSQL, 100,000 reports around York), on 2 cores where Python's http.server gave 6,000 to 8,000
requests a second. If http.server is faster here in the same run, its times are scaled by that. Our
map and pages are files, served by http.server in place of the CDN. They contain what 100,000
reports of six years leave on the map: those of the last half-year.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bench import gateway
from bench.database import submission
from bench.engine import MIDDLE, Engine, items
from bench.machine import Machine
from bench.static import REQUESTS, compare_servers, serving_folder
from bench.table import Row
from bench.views import screen
from bench.web import page_of_a_report
from chalicelib.catalogue.load import load
from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import MAP_ZOOM, Tile, count_tiles, tile_bounds, tile_of
from chalicelib.publishing.model import (
    Pin,
    count_of,
    key_of_tile,
    page_key,
    tile_of_all,
    tile_with_counts,
    tile_with_pins,
)
from tests.support.builders import NOON

GROUP = "Compared with FixMyStreet, its CPU scaled to this machine"
PEER = "FixMyStreet"
THEIR_HTTP_SERVER = 7000
"""Requests a second: the middle of 6,000 and 8,000."""
PHONE_SCREEN_MS, CITY_VIEW_MS, REPORT_PAGE_MS, SUBMISSION_MS = 2100, 1600, 142, 144
"""The city view's is its p50; the submission's is of its mobile endpoint, the lesser of two."""
SCREEN, PAGE, SUBMISSION = 1 / 500, 1 / 100, 1 / 5
REPORTS = 100_000
SHOWN = timedelta(days=182)
SUBMISSIONS = 100


def rows(
    machine: Machine,
    engine: Engine,
    publishing_ms: float | None,
    *,
    reports: int = REPORTS,
    requests: int = REQUESTS,
    submissions: int = SUBMISSIONS,
) -> Iterator[Row]:
    """Submissions go to this process's table; `publishing_ms` is the CPU of publishing one. Raises
    RuntimeError, after the other rows, if that is not known."""
    share = slowness_factor(machine)
    row = partial(Row, group=GROUP, unit="ms of CPU", peer_name=PEER)
    near, far, page = _views_ms(reports, requests)
    their_screen, their_city = PHONE_SCREEN_MS * share, CITY_VIEW_MS * share
    yield row(name="phone screen of the map", ours=near, peer=their_screen, most_ratio=SCREEN)
    yield row(name="city view of the map", ours=far, peer=their_city, most_ratio=SCREEN)
    their_page = REPORT_PAGE_MS * share
    yield row(name="a report's page", ours=page, peer=their_page, most_ratio=PAGE)
    submitting, storing = _submission_ms(engine, submissions)
    their_submission = SUBMISSION_MS * share
    submission = partial(row, peer=their_submission, most_ratio=SUBMISSION)
    yield submission(name="submission, our process", ours=submitting)
    yield submission(name="submission, with dynalite's", ours=submitting + storing)
    if publishing_ms is None:
        raise RuntimeError("What publishing costs is not known: its own measurement failed.")
    whole = submitting + storing + publishing_ms
    yield submission(name="submission, with dynalite's and publishing", ours=whole)


def slowness_factor(machine: Machine) -> float:
    """The factor for its earlier times on this machine."""
    # Never to its disadvantage: the client of their http.server is unknown.
    return min(1.0, THEIR_HTTP_SERVER * machine.http_server_cpu_ms_a_request / 1000)


def _views_ms(reports: int, requests: int) -> tuple[float, float, float]:
    """CPU of a phone's screen in the middle of the city, of the city, and of a report's page."""
    tiles = _pins_by_tile(reports)
    whole = tile_of_all(load("demo").box)
    counts = tile_with_counts(None, {tile: count_of(tile, pins) for tile, pins in tiles.items()})
    box = screen(MIDDLE)
    touched = [tile for tile in tiles if box.overlap(tile_bounds(tile))]
    assert len(touched) == count_tiles(box, MAP_ZOOM)
    with TemporaryDirectory() as folder:
        for tile in touched:
            by_id = {pin.service_request_id: pin for pin in tiles[tile]}
            _write(folder, key_of_tile(tile), msgspec.json.encode(tile_with_pins(None, by_id)))
        _write(folder, key_of_tile(whole), msgspec.json.encode(counts))
        _write(folder, page_key("R00000000001"), page_of_a_report())
        views = [
            [key_of_tile(tile) for tile in touched],
            [key_of_tile(whole)],
            ["reports/R00000000001"],
        ]
        with serving_folder(Path(folder)) as server:
            paths = [[f"/{key}" for key in view] for view in views]
            near, far, page = compare_servers([(server, view) for view in paths], requests)
    return near.cpu_ms * len(touched), far.cpu_ms, page.cpu_ms


def _pins_by_tile(reports: int) -> Mapping[Tile, list[Pin]]:
    found: dict[Tile, list[Pin]] = defaultdict(list)
    for item in items(reports):
        requested = datetime.fromisoformat(item["requested_datetime"]["S"])
        if NOON - requested < SHOWN:
            pin = Pin(
                service_request_id=item["service_request_id"]["S"],
                lat=float(item["lat"]["N"]),
                long=float(item["long"]["N"]),
                service_code="pothole",
                state="open",
                status="open",
                requested_datetime=requested,
                updated_datetime=requested,
            )
            found[tile_of(Point(lat=pin.lat, long=pin.long), MAP_ZOOM)].append(pin)
    return found


def _write(folder: str, key: str, content: bytes) -> None:
    file = Path(folder) / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _submission_ms(engine: Engine, count: int) -> tuple[float, float]:
    """CPU of a submission here, and in dynalite."""
    import app

    requests = [submission(app.app, f"theirs-{number}", MIDDLE) for number in range(count)]
    began, stored = time.process_time(), engine.cpu_s()
    for request in requests:
        gateway.answer(app.app, request)
    used = time.process_time() - began, engine.cpu_s() - stored
    return used[0] / count * 1000, used[1] / count * 1000
