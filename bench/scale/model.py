"""Predicts the use of each function in a month of a council of any size, from small samples."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from chalice.app import ScheduledEventConfig

import app
from bench.scale.fit import Growth, SamplePoint, fit_growth
from bench.scale.ledger import MEASURED, function_of
from bench.scale.load import DAYS, HOURS, STORM, Load
from bench.scale.samples import SEVERAL
from infra.local.schedules import interval

LINGERS_HOURS = 1.0
VCPU_MB = 1769
"""The memory with which a function has one processor. Source: AWS Lambda Developer Guide,
"Configure Lambda function memory", read 2026."""
TRIP_S = 0.008
"""A call of DynamoDB, S3 or SQS from Lambda, at the median; as assumed in docs/BENCHMARKS.md."""
OUTSIDE_S = 0.5
"""A call of the payment provider. Ours."""
START_MB = 100
"""A function that has loaded what it needs: `python -m bench.runtime` has 70 at most."""
BATCH = 10
BOUNDED = {"desk", "takedown"}
"""Their largest sample holds for every size. A page of the queue looks at 400 cases at most and
reads 100 of them. A report that is taken back is replaced in the lists that had it: 20 reports of
one ward, 50 of a feed, and one part of its day; whether it was listed differs between samples."""


MEMORY_MB: Mapping[str, Callable[[SamplePoint], float]] = {
    "PublishOpenData": lambda _: 40,
    "RecountFigures": lambda where: 1.1e-3 * where.month,
    "PublishWards": lambda where: 2 + 0.05 * where.wards,
    "PublishOverdue": lambda _: 2,
    "Tidy": lambda _: 2,
}
"""What functions keep whose samples are too small to show it, and have more of the simulated AWS in
them than of the function: a day of 65,000 reports is rewritten in parts of 2,000, a recount keeps
1.1 kB for each report of the month (tests/unit/publishing/test_recounting.py), wards are made one
after the other, each with a boundary of 500 points, as are tiles, and pages are made 100 at a time.
"""
SECONDS: Mapping[str, Callable[[Load], float]] = {
    "ReconcilePayments": lambda load: OUTSIDE_S * load.reconciling_calls
}
"""What functions wait for that have nothing to do in the samples."""


class Machine(NamedTuple):
    """A function's memory, and its time limit."""

    megabytes: int
    timeout_s: int

    def seconds(self, used: Mapping[str, float]) -> float:
        """The duration of a call with this use."""
        share = min(1.0, self.megabytes / VCPU_MB)
        waited = used["trips"] * TRIP_S + used.get("outside", 0) * OUTSIDE_S
        return used["cpu_ms"] / 1000 / share + waited


class Model:
    """The samples of a recording as functions of a council's size."""

    def __init__(self, recorded: Mapping[str, Any], machines: Mapping[str, Machine]) -> None:
        sizes = recorded["sizes"]
        self.machines = machines
        self._places = [_place(each["size"]) for each in sizes]
        self._growths: dict[tuple[str, str, str], Growth] = {}
        for kind, function, what in _keys(sizes):
            values = [each["samples"][kind].get(function, {}).get(what, 0.0) for each in sizes]
            if kind in BOUNDED:
                values = [max(values)] * len(values)
            self._growths[kind, function, what] = self._growth(values, what)
        self._peaks = {
            function: self._growth(
                [each["peak_kb"].get(function, 0.0) for each in sizes], "peak_kb"
            )
            for function in sizes[-1]["peak_kb"]
        }

    def used_in_a_month(self, load: Load) -> dict[str, Counter[str]]:
        """The total use of each function, with its `seconds`."""
        where, found = ordinary_month(load), defaultdict[str, Counter[str]](Counter)
        for kind, times in load.events().items():
            for function, used in self.one(kind, where).items():
                self._add(found[function], function, used, times)
        for kind, times in load.extras().items():
            for function, used in self._beside_a_report(kind, where).items():
                self._add(found[function], function, used, times)
        for function, hours in schedules().items():
            for used, share in self._runs(function, hours, where, load):
                self._add(found[function], function, used, share * HOURS / hours)
        return dict(found)

    def one(self, kind: str, where: SamplePoint) -> dict[str, Counter[str]]:
        """The use of one event of that kind."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for (of, function, what), growth_of in self._growths.items():
            if of == kind and value_at(growth_of, where):
                found[function][what] = value_at(growth_of, where)  # type: ignore[assignment]
        return found

    def _beside_a_report(self, kind: str, where: SamplePoint) -> dict[str, Counter[str]]:
        """What a report of that kind uses more than one without it, in the functions that ask more
        of AWS for it."""
        plain, whole = self.one("report", where), self.one(kind, where)
        return {
            function: Counter({what: used[what] - plain[function][what] for what in used})
            for function, used in whole.items()
            if function not in plain or _exact(used) != _exact(plain[function])
        }

    def slowest(self, load: Load) -> dict[str, float]:
        """The seconds of each function's longest run, on a storm day: a schedule with all changes
        since the last one, or an event of its own; anything else with a full batch of the
        costliest kind."""
        where, stormy = storm_day(load), storm_load(load)
        found: dict[str, float] = {}
        for function, hours in schedules().items():
            used = self._busy(function, where, stormy.changes_in(hours))
            waits = SECONDS[function](load) if function in SECONDS else 0
            found[function] = self.machines[function].seconds(used) + waits
        for kind in (*load.events(), *load.extras()):
            for function, used in self.one(kind, where).items():
                runs = used["invocations"] or 1
                batch = 1 if function == "APIHandler" or function in schedules() else BATCH
                seconds = self.machines[function].seconds(used) / runs * batch
                found[function] = max(found.get(function, 0.0), seconds)
        return found

    def megabytes(self, function: str, load: Load) -> float:
        """The memory that a function needs on a storm day."""
        where = storm_day(load)
        if function in MEMORY_MB:
            return START_MB + MEMORY_MB[function](where)
        grown = self._peaks.get(function)
        return START_MB + (grown.at(where) / 1000 if grown else 0.0)

    def _growth(self, values: list[float], what: str) -> Growth:
        return fit_growth(self._places, values, what)

    def _runs(
        self, function: str, hours: float, where: SamplePoint, load: Load
    ) -> Iterator[tuple[Counter[str], float]]:
        """The runs of a schedule: after changes, within an hour of one, and idle, with the share of
        each."""
        busy = load.busy_share(hours)
        lingering = max(busy, load.busy_share(LINGERS_HOURS)) - busy
        yield self._busy(function, where, load.changes_in(hours)), busy
        yield self.one("lingering", where)[function], lingering
        yield self.one("idle", where)[function], 1 - busy - lingering

    def _busy(self, function: str, where: SamplePoint, changes: float) -> Counter[str]:
        soon = self.one("soon", where)[function]
        several = self.one("soon_after_several", where)[function]
        more = (changes - 1) / (SEVERAL - 1)
        found = Counter(soon)
        for what in {*soon, *several} - {"invocations"}:
            found[what] += max(0.0, several[what] - soon[what]) * max(0.0, more)  # type: ignore[assignment]
        return found

    def _add(self, total: Counter[str], function: str, used: Counter[str], times: float) -> None:
        for what, value in used.items():
            total[what] += value * times  # type: ignore[assignment]
        total["seconds"] += self.machines[function].seconds(used) * times  # type: ignore[assignment]


def ordinary_month(load: Load) -> SamplePoint:
    """The council in an ordinary month."""
    return SamplePoint(load.reports, load.reports / DAYS, load.wards)


def storm_day(load: Load) -> SamplePoint:
    """The council at the end of a storm day."""
    day = load.reports / DAYS * STORM
    return SamplePoint(load.reports + day, day, load.wards)


def storm_load(load: Load) -> Load:
    """A council in which every day is as that day."""
    return Load(load.residents * STORM)


def schedules() -> dict[str, float]:
    """The hours between two runs of each function that has a schedule."""
    return {
        function_of(source.handler_string): interval(
            str(source.schedule_expression)
        ).total_seconds()
        / 3600
        for source in app.app.event_sources
        if isinstance(source, ScheduledEventConfig)
    }


def machines(template: Mapping[str, Any]) -> dict[str, Machine]:
    """The functions of a template."""
    functions = {
        name: each["Properties"]
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::Serverless::Function"
    }
    return {name: Machine(each["MemorySize"], each["Timeout"]) for name, each in functions.items()}


def _exact(used: Mapping[str, float]) -> dict[str, float]:
    return {what: value for what, value in used.items() if what not in MEASURED}


def value_at(growth_of: Growth, where: SamplePoint) -> float:
    return round(growth_of.at(where), 6)


def _keys(sizes: Any) -> set[tuple[str, str, str]]:
    return {
        (kind, function, what)
        for each in sizes
        for kind, used in each["samples"].items()
        for function, counts in used.items()
        for what in counts
        if what != "peak_kb"
    }


def _place(size: Mapping[str, int]) -> SamplePoint:
    return SamplePoint(size["reports"], size["reports"] / size["days"], size["wards"])
