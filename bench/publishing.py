"""What publishing costs for 1,000 changed reports, and how soon a change can be seen.

The calls are those of our own handlers, fed by the local stack's pump in this process; moto answers
from another one. The peer is the same, with each report published alone.
"""

import json
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from statistics import median
from uuid import uuid4

import boto3

from bench import stack
from bench.database import somewhere
from bench.meter import Call, record
from bench.table import Row
from chalicelib import bootstrap
from chalicelib.publishing.model import PAGES, REPORTS, TILES
from chalicelib.reports.usecases import Author, submit
from infra.local.pump import Pump
from infra.resources import SOURCES
from tests.builders import draft, draft_body

GROUP = "Publishing, for 1,000 changed reports (counted over 300)"
TOGETHER, ALONE, SHOWN_FOR = 300, 30, 1000
PEER = "one report a batch"
VISIBLE_TIMES, MOST_VISIBLE_S, PATIENCE_S = 5, 3, 60
MOST_DOCUMENTS = 4 * SHOWN_FOR
"""A report's JSON, its page, its tile, and the tile of counts."""
OF_THE_PUMP = ("dynamodbstreams.", "sqs.Receive", "sqs.Delete")
"""Calls that Lambda makes by itself."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of publishing 1,000 reports; `kilobytes` written go by kind of document. `cpu_ms` is of
    one."""

    calls: float
    written: float
    kilobytes: dict[str, float]
    tile_writes_a_batch: int
    cpu_ms: float


def measured() -> tuple[Cost, Cost]:
    """Of reports that come together, and of others that come one by one."""
    with stack.running(pump=False) as here, stack.working_in(here.environment):
        pump = _pump()
        return _published([TOGETHER], pump), _published([1] * ALONE, pump)


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
    with stack.running() as here:
        yield Row(
            group=GROUP,
            name=f"changed → visible on the local stack, median of {VISIBLE_TIMES}",
            unit="s",
            ours=median(_seconds_until_visible(here.url) for _ in range(VISIBLE_TIMES)),
            most=MOST_VISIBLE_S,
        )


def most_writes_of_a_tile(calls: Sequence[Call]) -> int:
    """The most puts of one tile of pins between two batches' ends."""
    most, puts = 0, Counter[str]()
    for call in calls:
        if call.operation == "sqs.DeleteMessageBatch":
            puts.clear()
        elif call.operation == "s3.PutObject" and f"/{TILES}14/" in call.url:
            puts[call.url] += 1
            most = max(most, puts[call.url])
    return most


def kind_of(url: str) -> str:
    """What is written there."""
    if f"/{TILES}14/" in url:
        return "tiles"
    if f"/{TILES}" in url:
        return "counts"
    if f"/{REPORTS}" in url:
        return "reports' JSON"
    return "reports' pages" if f"/{PAGES}" in url else "other"


def _published(batches: Sequence[int], pump: Pump) -> Cost:
    numbers = iter(range(sum(batches)))
    recorded: list[list[Call]] = []
    used = 0.0
    for count in batches:
        for _ in range(count):
            _submit(next(numbers))
        began = time.process_time()
        with record() as calls:
            pump.run_until_idle()
        used += time.process_time() - began
        recorded.append(calls)
    return _cost(list(chain(*recorded)), sum(batches), used)


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
    place = somewhere(number)
    ports = bootstrap.reports_ports()
    submit(draft(lat=place.lat, long=place.long), uuid4().hex, Author(), ports)


def _pump() -> Pump:
    import app

    described = boto3.client("cloudformation").describe_stacks()["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}
    return Pump(app.app, {source: outputs[name] for source, name in SOURCES.items()})


def _seconds_until_visible(url: str) -> float:
    """From the answer to a report until its published JSON is there."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
    body = json.dumps(draft_body()).encode()
    request = urllib.request.Request(f"{url}/api/reports", data=body, headers=headers)
    with urllib.request.urlopen(request) as answer:
        service_request_id = json.loads(answer.read())["service_request_id"]
    began = time.monotonic()
    while not _is_there(f"{url}/{REPORTS}{service_request_id}.json"):
        if time.monotonic() - began > PATIENCE_S:
            raise RuntimeError("A report was not published on the local stack.")
        time.sleep(0.02)
    return time.monotonic() - began


def _is_there(url: str) -> bool:
    try:
        urllib.request.urlopen(url).close()
    except urllib.error.HTTPError:
        return False
    return True
