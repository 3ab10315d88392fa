"""The cost of publishing 1,000 changed reports, and the delay until a change is visible.

The calls are those of our own handlers, fed by the local stack's pump in this process; moto answers
from another one. The peer is the same, with each report published alone.
"""

import json
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from statistics import median
from typing import Any
from uuid import uuid4

import boto3

from bench import stack
from bench.database import random_place
from bench.meter import Call, record
from bench.table import Row
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.publishing.feeds import FOLDER as FEEDS
from chalicelib.publishing.model import PAGES, REPORTS, TILES
from chalicelib.publishing.open_data_index import FOLDER as OPEN_DATA
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.submission import submit
from infra.local.event_sources import ALWAYS
from infra.local.pump import Pump
from infra.local.schedules import Handler, handler_named
from infra.resources import SOURCES
from tests.support.builders import draft, draft_body
from tests.support.patience import wait_until

GROUP = "Publishing, for 1,000 changed reports"
TOGETHER, ALONE, SHOWN_FOR = 300, 30, 1000
PEER = "one report a batch"
VISIBLE_TIMES, MOST_VISIBLE_S = 5, 3
MOST_DOCUMENTS = 6 * SHOWN_FOR
"""A report's JSON, its page, its tile, and the tile of counts; for ten reports of a day, twenty
documents of open data and feeds."""
OF_THE_PUMP = ("dynamodbstreams.", "sqs.Receive", "sqs.Delete")
"""Calls made by Lambda itself."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The cost of publishing 1,000 reports; written `kilobytes` by kind of document; `cpu_ms` for
    one report."""

    calls: float
    written: float
    kilobytes: dict[str, float]
    tile_writes_a_batch: int
    cpu_ms: float


class UsedCpu:
    """CPU of our handlers, without the pump and the meter."""

    def __init__(self) -> None:
        self.cpu_s = 0.0

    def handler(self, name: str) -> Handler:
        """The handler of that name, whose CPU is counted."""
        known = handler_named(name)

        def run_counted(event: dict[str, Any], context: Any) -> Any:
            began = time.process_time()
            try:
                return known(event, context)
            finally:
                self.cpu_s += time.process_time() - began

        return run_counted


def measure_publishing() -> tuple[Cost, Cost]:
    """The cost of reports that arrive together, and of others that arrive one by one."""
    with stack.running_stack(pump=False) as here:
        return measure_on(here)


def measure_on(
    here: stack.Stack, *, together: int = TOGETHER, alone: int = ALONE
) -> tuple[Cost, Cost]:
    """The same for that many, on a stack whose own pump is stopped."""
    with stack.working_environment(here.environment):
        used = UsedCpu()
        pump = pump_of(used.handler)
        pump.run_until_idle()
        return _publish_batches([together], pump, used), _publish_batches([1] * alone, pump, used)


def rows(together: Cost, alone: Cost) -> Iterator[Row]:
    row = partial(Row, group=GROUP, peer_name=PEER)
    yield row(name="AWS calls", unit="calls", ours=together.calls, peer=alone.calls)
    yield row(
        name="documents written",
        unit="documents",
        ours=together.written,
        peer=alone.written,
        most=MOST_DOCUMENTS,
    )
    for kind, written in together.kilobytes.items():
        peer = alone.kilobytes.get(kind)
        yield row(name=f"written: {kind}", unit="kB", ours=written, peer=peer)
    yield row(
        name="CPU of our functions, a report", unit="ms", ours=together.cpu_ms, peer=alone.cpu_ms
    )
    yield Row(
        group=GROUP,
        name="writes of one tile in one batch, most",
        unit="writes",
        ours=together.tile_writes_a_batch,
        most=1,
    )


def measure_delay() -> Iterator[Row]:
    """The delay until a change is visible."""
    with stack.running_stack() as here:
        yield from measure_delay_at(here.url)


def measure_delay_at(url: str, times: int = VISIBLE_TIMES) -> Iterator[Row]:
    """The same on a stack whose pump is running."""
    yield Row(
        group=GROUP,
        name=f"changed → visible on the local stack, median of {times}",
        unit="s",
        ours=median(_seconds_until_visible(url) for _ in range(times)),
        most=MOST_VISIBLE_S,
    )


def most_writes_of_a_tile(calls: Sequence[Call]) -> int:
    """The maximum number of puts of one tile of pins within a batch."""
    most, puts = 0, Counter[str]()
    for call in calls:
        if call.operation == "sqs.DeleteMessageBatch":
            puts.clear()
        elif call.operation == "s3.PutObject" and f"/{TILES}14/" in call.url:
            puts[call.url] += 1
            most = max(most, puts[call.url])
    return most


def kind_of(url: str) -> str:
    """The kind of document with that key."""
    if f"/{TILES}14/" in url:
        return "tiles"
    if f"/{TILES}" in url:
        return "counts"
    if f"/{OPEN_DATA}" in url or f"/{FEEDS}" in url:
        return "open data and feeds"
    if f"/{REPORTS}" in url:
        return "reports' JSON"
    return "reports' pages" if f"/{PAGES}" in url else "other"


def _publish_batches(batches: Sequence[int], pump: Pump, used: UsedCpu) -> Cost:
    numbers = iter(range(sum(batches)))
    recorded: list[list[Call]] = []
    before = used.cpu_s
    for size in batches:
        for _ in range(size):
            _submit(next(numbers))
        with record() as calls:
            pump.run_until_idle()
        recorded.append(calls)
    return _cost(list(chain(*recorded)), sum(batches), used.cpu_s - before)


def _cost(calls: Sequence[Call], reports: int, used_s: float) -> Cost:
    puts = [call for call in calls if call.operation == "s3.PutObject"]
    sizes = Counter[str]()
    for put in puts:
        sizes[kind_of(put.url)] += put.sent_bytes
    times = SHOWN_FOR / reports
    return Cost(
        calls=sum(not call.operation.startswith(OF_THE_PUMP) for call in calls) * times,
        written=len(puts) * times,
        kilobytes={kind: size * times / 1000 for kind, size in sorted(sizes.items())},
        tile_writes_a_batch=most_writes_of_a_tile(calls),
        cpu_ms=used_s / reports * 1000,
    )


def _submit(number: int) -> None:
    place = random_place(number)
    ports = reports_ports()
    submit(draft(lat=place.lat, long=place.long), uuid4().hex, Author(), ports)


def pump_of(handler_of: Callable[[str], Handler] = handler_named) -> Pump:
    """A pump in this process, for a stack in another one."""
    import app

    described = boto3.client("cloudformation").describe_stacks()["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}
    arns = {source: outputs[name] for source, name in SOURCES.items()}
    return Pump(app.app, arns, handler_of=handler_of, peeking=ALWAYS)


def _seconds_until_visible(url: str) -> float:
    """The time from the response to a report until its published JSON exists."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
    body = json.dumps(draft_body()).encode()
    request = urllib.request.Request(f"{url}/api/reports", data=body, headers=headers)
    with urllib.request.urlopen(request) as answer:
        service_request_id = json.loads(answer.read())["service_request_id"]
    began = time.monotonic()
    address = f"{url}/{REPORTS}{service_request_id}.json"
    wait_until(lambda: _is_there(address), lambda: time.sleep(0.02))
    return time.monotonic() - began


def _is_there(url: str) -> bool:
    try:
        urllib.request.urlopen(url).close()
    except urllib.error.HTTPError:
        return False
    return True
