"""Warm handlers: CPU of a call through Chalice, beside a bare Chalice route and the unavoidable AWS
calls."""

from collections.abc import Iterator
from functools import partial

from chalice.app import Chalice

from bench import gateway
from bench.database import nearby, submission
from bench.engine import MIDDLE, WORDS, id_of
from bench.process import ROUNDS, cpu_us_a_call
from bench.table import Row, figure
from chalicelib.geo.point import Box
from chalicelib.geo.quadkey import FINEST, count_tiles, cover_box
from chalicelib.reports import keys
from chalicelib.reports.dynamo.items import ReportItem, item_of
from chalicelib.reports.usecases.reading import most_requests
from tests.support.builders import report

GROUP = "Warm handlers: CPU of a call (goal: 1.5 × bare Chalice and the same AWS calls)"
OVER_BARE = 1.5
CALLS, CALLS_WITHOUT_AWS = 40, 2000
NEAR_M = 100


def rows(calls: int = CALLS, without_aws: int = CALLS_WITHOUT_AWS) -> Iterator[Row]:
    """The rows for this process's table, with that many calls in each round."""
    import app

    bare = _bare(without_aws)
    cpu = partial(cpu_us_a_call, calls=calls)
    ask = partial(gateway.answer, app.app)
    event = partial(gateway.event, app.app)
    health = event("GET", "/health")
    yield _row("GET /health", cpu_us_a_call(lambda: ask(health), calls=without_aws), bare, 0)
    reading = event("GET", f"/api/reports/{id_of(7)}")
    yield _row("GET /api/reports/{id}", cpu(lambda: ask(reading)), bare, cpu(_get))
    checking = nearby(app.app, MIDDLE, NEAR_M)
    yield _row("GET /api/reports/nearby, 100 m", cpu(lambda: ask(checking)), bare, cpu(_queries))
    keys = [f"warm-{number}" for number in range(calls * (ROUNDS + 1))]
    requests = iter([submission(app.app, key, MIDDLE) for key in keys])
    items = iter([_item(number) for number, _ in enumerate(keys)])
    submitting = cpu(lambda: ask(next(requests)))
    is_new = ReportItem.service_request_id.does_not_exist()
    yield _row("POST /api/reports", submitting, bare, cpu(lambda: next(items).save(is_new)))


def _row(name: str, ours: float, bare: float, aws: float) -> Row:
    return Row(
        group=GROUP,
        name=name,
        unit="µs",
        ours=ours,
        peer=bare + aws,
        peer_name=f"({figure(bare)} bare, {figure(aws)} AWS)",
        most=OVER_BARE * bare + aws,
    )


def _bare(calls: int) -> float:
    app = Chalice(app_name="bare")
    app.route("/health")(lambda: {"status": "ok"})
    request = gateway.event(app, "GET", "/health")
    return cpu_us_a_call(lambda: gateway.answer(app, request), calls=calls)


def _get() -> None:
    ReportItem.get(id_of(7), keys.REPORT, consistent_read=True)


def _item(number: int) -> ReportItem:
    return item_of(report(description=WORDS, service_request_id=f"W{number:011}"))


def _queries() -> None:
    box = Box.around(MIDDLE, NEAR_M)
    budget = most_requests(NEAR_M) // count_tiles(box, keys.CELL_LENGTH)
    for part in cover_box(box, length=FINEST, at_least=keys.CELL_LENGTH, budget=budget):
        within = ReportItem.place.between(part.low, part.high + "~")
        list(ReportItem.by_tile.query(part.low[: keys.CELL_LENGTH], within))
