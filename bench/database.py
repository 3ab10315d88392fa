"""The database cost of each use case, counted in the SDK, for several numbers of reports. The
database is dynalite; requests, items and bytes are those on the wire, and units are computed from
them by AWS's rules.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from random import Random
from statistics import mean
from typing import Any

from bench import gateway
from bench.engine import MIDDLE, SPREAD_LAT, SPREAD_LONG, id_of
from bench.meter import Call, items_read, longest_chain, record, units
from bench.table import Row
from chalicelib.catalogue.load import load
from chalicelib.geo.point import Point
from tests.support.builders import draft_body

GROUP = "Database: {count:,} reports, beside {fewest:,}"
TIMES = 20
SCREEN_LAT, SCREEN_LONG = 0.01125, 0.0115
"""Half the height and half the width of a phone's screen of 1.5 × 2.5 km, in degrees at 54° N."""
MOST_OF: Mapping[str, tuple[dict[str, float], dict[str, float]]] = {
    "submit": ({"most": 1, "most_ratio": 1}, {"most_ratio": 1}),
    "read a report": ({"most": 1}, {}),
}
"""The limits of a use case's requests and of its capacity."""
Request = dict[str, Any]
Make = Callable[[int], list[Request]]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The average cost of a use case."""

    use_case: str
    reports: int
    requests: float
    serial_trips: float
    conditional_writes: float
    items_read: float
    bytes: float
    read_units: float
    write_units: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure_costs(count: int, officer: dict[str, str], times: int = TIMES) -> list[Cost]:
    """The cost of every use case, on this process's table of that many reports; `officer` are the
    headers of a signed-in officer."""
    import app

    answer = partial(gateway.answer, app.app)
    found = []
    for name, make in _use_cases(app.app, officer).items():
        runs = []
        for number in range(times):
            requests = make(number)
            with record(sees_old=True) as calls:
                for request in requests:
                    answer(request)
            # A secret is read once every few minutes, and is not a request to the database.
            runs.append([call for call in calls if call.operation.startswith("dynamodb.")])
        found.append(_cost(name, count, runs))
    return found


def rows(by_count: Mapping[int, Sequence[Cost]]) -> Iterator[Row]:
    """The largest table beside the smallest, for each use case."""
    fewest, most = min(by_count), max(by_count)
    row = partial(Row, group=GROUP.format(count=most, fewest=fewest), peer_name=f"at {fewest:,}")
    for few, many in zip(by_count[fewest], by_count[most], strict=True):
        yield from _rows_of(few, many, row)


def _rows_of(few: Cost, many: Cost, row: Callable[..., Row]) -> Iterator[Row]:
    """The rows of a use case, with its limits."""

    def beside(name: str, unit: str, of: Callable[[Cost], float], **limits: float) -> Row:
        return row(name=name, unit=unit, ours=of(many), peer=of(few), **limits)

    name = many.use_case
    if name == "check 100 m, then submit":
        yield beside(name, "serial trips", lambda each: each.serial_trips, most=2)
        return
    requests, capacity = MOST_OF.get(name, ({}, {}))
    yield beside(name, "requests", lambda each: each.requests, **requests)
    if name == "submit":
        written = "submit: conditional writes"
        yield beside(written, "writes", lambda each: each.conditional_writes, most=1)
    yield beside(
        f"{name}: capacity", "units", lambda each: each.read_units + each.write_units, **capacity
    )


def details_table(by_count: Mapping[int, Sequence[Cost]]) -> str:
    """Every figure, as a Markdown table."""
    names = [name for name in Cost.__dataclass_fields__ if name != "conditional_writes"]
    lines = ["| " + " | ".join(name.replace("_", " ") for name in names) + " |"]
    lines.append("|" + "---|" * len(names))
    for together in zip(*by_count.values(), strict=True):
        for cost in together:
            values = cost.as_json()
            words = [
                each if isinstance(each, str) else f"{each:,.4g}" if each < 100 else f"{each:,.0f}"
                for each in (values[name] for name in names)
            ]
            lines.append("| " + " | ".join(words) + " |")
    return "\n".join(lines)


def random_place(number: int) -> Point:
    """A place of the council where reports are, the same one for the same number."""
    random, box = Random(number), load("demo").box
    while True:
        place = Point(
            lat=round(random.gauss(MIDDLE.lat, SPREAD_LAT), 6),
            long=round(random.gauss(MIDDLE.long, SPREAD_LONG), 6),
        )
        if box.contains(place):
            return place


def submission(app: Any, key: str, place: Point) -> Request:
    """A report of somebody without a token."""
    body = draft_body(lat=place.lat, long=place.long)
    return gateway.event(app, "POST", "/api/reports", body, {"Idempotency-Key": f"{key:0>22}"})


def nearby(app: Any, place: Point, radius_m: int) -> Request:
    """The check for duplicates."""
    query = f"lat={place.lat}&long={place.long}&radius_m={radius_m}&service_code=pothole"
    return gateway.event(app, "GET", f"/api/reports/nearby?{query}")


def _use_cases(app: Any, officer: dict[str, str]) -> dict[str, Make]:
    event = partial(gateway.event, app)
    return {
        "submit": lambda number: [submission(app, f"submit-{number}", random_place(number))],
        "check 25 m": lambda number: [nearby(app, random_place(number), 25)],
        "check 100 m": lambda number: [nearby(app, random_place(number), 100)],
        "check 100 m, then submit": partial(_check_and_submit, app),
        "read a report": lambda number: [event("GET", f"/api/reports/{id_of(number)}")],
        "add an update": partial(_post, app, "updates", {"text": "Still there."}, 0),
        "follow": partial(_post, app, "follow", None, 20),
        "flag": partial(_post, app, "flags", {"reason": "offensive"}, 40),
        "change as an officer": partial(_change, app, officer),
        "list a phone's screen (100 at most)": partial(_screen, app),
        "list waiting reports": lambda _: [
            event("GET", "/api/moderation?reason=waiting", None, officer)
        ],
    }


def _post(app: Any, verb: str, body: Any, first: int, number: int) -> list[Request]:
    path = f"/api/reports/{id_of(first + number)}/{verb}"
    return [gateway.event(app, "POST", path, body, {"Idempotency-Key": f"{number:022}"})]


def _check_and_submit(app: Any, number: int) -> list[Request]:
    place = random_place(number)
    return [nearby(app, place, 100), submission(app, f"checked-{number}", place)]


def _change(app: Any, officer: dict[str, str], number: int) -> list[Request]:
    headers = officer | {"If-Match": '"1"'}
    path = f"/api/reports/{id_of(60 + number)}"
    return [gateway.event(app, "PATCH", path, {"state": "investigating"}, headers)]


def _screen(app: Any, number: int) -> list[Request]:
    at = random_place(number)
    box = (at.long - SCREEN_LONG, at.lat - SCREEN_LAT, at.long + SCREEN_LONG, at.lat + SCREEN_LAT)
    edges = ",".join(f"{edge:.6f}" for edge in box)
    return [gateway.event(app, "GET", f"/api/reports?bbox={edges}")]


def _cost(name: str, count: int, runs: Sequence[Sequence[Call]]) -> Cost:
    spent = [[units(call) for call in calls] for calls in runs]

    def average(of: Callable[[Call], float]) -> float:
        return mean(sum(map(of, calls)) for calls in runs)

    return Cost(
        use_case=name,
        reports=count,
        requests=mean(map(len, runs)),
        serial_trips=mean(map(longest_chain, runs)),
        conditional_writes=average(lambda call: "ConditionExpression" in call.asked),
        items_read=average(lambda call: len(items_read(call))),
        bytes=average(lambda call: call.sent_bytes + call.received_bytes),
        read_units=mean(sum(read for read, _ in run) for run in spent),
        write_units=mean(sum(write for _, write in run) for run in spent),
    )
