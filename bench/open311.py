"""A list of Open311 at its longest: 1,000 rows of 90 days, out of 100,000 reports of six years.

Requests are counted in the SDK. CPU is our process's through Chalice, then dynalite's too, beside
FixMyStreet's for such a list; on the machine of that measurement it was 8 to 9 s.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from chalice.app import Chalice

from bench import gateway
from bench.engine import Engine
from bench.fixmystreet import PEER, slowness_factor
from bench.machine import Machine
from bench.meter import record, units
from bench.process import cpu_us_a_call
from bench.table import Row
from tests.support.builders import NOON

GROUP = "Open311: a list of {rows:,} rows of {days} days"
ROWS, DAYS = 1000, 90
MOST_REQUESTS = 4 + ROWS // 100
"""A query for each month that 90 days can touch, and the rows themselves, 100 at a time."""
LIST_MS, SHARE = 8000, 1 / 20
CALLS = 3


def rows(machine: Machine, engine: Engine, *, days: int = DAYS, least: int = ROWS) -> Iterator[Row]:
    """On the table that this process works on. Raises RuntimeError if that many days have fewer
    rows than `least`."""
    import app

    row = partial(Row, group=GROUP.format(days=days, rows=least))
    answered = partial(_check_answer, app.app, days, least)
    with record() as calls:
        answered("json")
    asked = [call for call in calls if call.operation.startswith("dynamodb.")]
    yield row(name="requests", unit="requests", ours=len(asked), most=MOST_REQUESTS)
    capacity = sum(sum(units(call)) for call in asked)
    yield row(name="capacity", unit="units", ours=capacity)
    theirs = LIST_MS * slowness_factor(machine)
    beside = partial(row, unit="ms of CPU", peer=theirs, peer_name=PEER, most_ratio=SHARE)
    for form in ("json", "xml"):
        ours, stored = _cpu_ms(partial(answered, form), engine)
        yield beside(name=f"{form}, our process", ours=ours)
        yield beside(name=f"{form}, with dynalite's", ours=ours + stored)


def _check_answer(app: Chalice, days: int, least: int, form: str) -> None:
    """Raises RuntimeError if the list is an error, or too short."""
    start = NOON - timedelta(days=days)
    window = f"start_date={start:%Y-%m-%dT%H:%M:%SZ}&end_date={NOON:%Y-%m-%dT%H:%M:%SZ}"
    reply: Any = app(
        gateway.event(app, "GET", f"/open311/v2/requests.{form}?{window}"), gateway.CONTEXT
    )
    if reply["statusCode"] != 200 or reply["body"].count("requested_datetime") < least:
        raise RuntimeError(f"The list answered {reply['statusCode']}.")


def _cpu_ms(call: Callable[[], None], engine: Engine) -> tuple[float, float]:
    """CPU of a call here, the least of some, and in dynalite on average."""
    ours = cpu_us_a_call(call, calls=1) / 1000
    before = engine.cpu_s()
    for _ in range(CALLS):
        call()
    return ours, (engine.cpu_s() - before) / CALLS * 1000
