"""Counts the calls of AWS for each function."""

import re
import resource
import time
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from bench.meter import Call, longest_chain, record, units
from infra.local.schedules import Handler, handler_named

UsageByFunction = dict[str, Counter[str]]
"""A function's name in the template → what it used."""
API = "APIHandler"
MEASURED = ("cpu_ms", "peak_kb")
"""The metrics that depend on the machine; all others are the same in each run."""
SDK_MS = 1.0
"""CPU of one call below the SDK: TLS and parsing. What moto uses there is not counted."""
Result = TypeVar("Result")


class Ledger:
    """What each function has used since the last `take_usage()`."""

    def __init__(self) -> None:
        self.outside = 0
        """The calls of other organisations so far."""
        self._used: UsageByFunction = defaultdict(Counter)

    def take_usage(self) -> UsageByFunction:
        """Everything so far; it begins again with nothing."""
        used, self._used = dict(self._used), defaultdict(Counter)
        return used

    def handler(self, handler_string: str) -> Handler:
        """The handler of that dotted name, counted under its function."""
        name = function_of(handler_string)
        run = handler_named(handler_string)

        def run_counted(event: dict[str, Any], context: Any) -> Any:
            return self.run(name, lambda: run(event, context))

        return run_counted

    def run(self, function: str, work: Callable[[], Result]) -> Result:
        """Does the work in that function's name."""
        tracemalloc.reset_peak()
        began, held, outside = _cpu_s(), tracemalloc.get_traced_memory()[0], self.outside
        with record(sees_old=True) as calls:
            result = work()
        used = self._used[function]
        used.update(count_usage(calls), outside=self.outside - outside)
        peak_kb = (tracemalloc.get_traced_memory()[1] - held) // 1000
        used["peak_kb"] = max(used["peak_kb"], peak_kb)
        below = sum(call.cpu_s for call in calls)
        used["cpu_ms"] += max(0, (_cpu_s() - began - below) * 1000) + SDK_MS * len(calls)  # type: ignore[assignment]
        return result


def function_of(handler_string: str) -> str:
    """The name in the template of the function with that handler."""
    return handler_string.rpartition(".")[2].title().replace("_", "")


def count_usage(calls: Iterable[Call]) -> Counter[str]:
    """One invocation's use of AWS, without secrets, which a process keeps for minutes."""
    used = Counter[str](invocations=1)
    kept = [call for call in calls if not call.operation.startswith("secretsmanager.")]
    for call in kept:
        used["calls"] += 1
        used.update(_priced_units(call))
    used["trips"] = longest_chain(kept)
    return used


def _priced_units(call: Call) -> dict[str, Any]:
    service, operation = call.operation.split(".")
    match service:
        case "dynamodb":
            reads, writes = units(call)
            return {"reads": reads, "writes": writes}
        case "s3":
            return {_of_s3(operation): 1}
        case "sqs":
            return {"sqs": 1}
        case "sesv2":
            return {"emails": 1}
        case "sns":
            return {"texts": 1}
        case "cloudfront":
            return {"paths": len(re.findall(rb"<Path>", call.body))}
    raise ValueError(f"{call.operation} has no price here: add it.")


def _of_s3(operation: str) -> str:
    """Deletions are free, and lists cost what writes do."""
    if operation.startswith("Delete"):
        return "s3_deletes"
    return "s3_reads" if operation in ("GetObject", "HeadObject") else "s3_writes"


def _cpu_s() -> float:
    """CPU of this process and of those that it has started and awaited."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def as_json(used: UsageByFunction) -> dict[str, dict[str, float]]:
    """The same with rounded figures, without zeros."""
    return {
        name: {what: round(n, 2) for what, n in sorted(counts.items()) if n}
        for name, counts in sorted(used.items())
    }


def exact_figures(used: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """The metrics that are the same in each run."""
    return {
        name: {what: n for what, n in counts.items() if what not in MEASURED}
        for name, counts in used.items()
    }
