"""Logging: one JSON line for each event on standard output, without personal data. A line has only
the fields of `Fields`. A failure is logged by its types and its place in our code, never by an
exception's message, which may contain text that a person typed. Lines with measurements use
CloudWatch's embedded metric format (EMF), which makes metrics of them without a call. Source:
Amazon CloudWatch User Guide, "Specification: Embedded metric format".
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, ClassVar, Literal, NamedTuple, TextIO, TypedDict, Unpack

import msgspec

from chalicelib.kernel.observability import trace

# Chalice's own log has the name of the app, so its messages have the same form.
NAME = "ginnel"
UNITS = {
    "errors": "Count",
    "failed": "Count",
    "texts_percent": "Percent",
    "sign_in_failures": "Count",
    "drift": "Count",
    "differences": "Count",
    "account_refusals": "Count",
}
_ROOT = Path(__file__).resolve().parents[3]
_CODE = str(Path(__file__).resolve().parents[2])
_MOST_CAUSES = 10
_function: ContextVar[str] = ContextVar("function", default="")
_log = logging.getLogger(NAME)

Level = Literal["info", "warning", "error"]


class Fields(TypedDict, total=False):
    """All fields of a line besides the time, the event and the request id."""

    function: str
    route: str
    method: str
    status: int
    role: str
    duration_ms: float
    errors: int
    records: int
    failed: int
    unread: int
    submitted: int
    told: int
    age_ms: int
    request_ids: list[str]
    service_request_id: str
    service_request_ids: list[str]
    photo_id: str
    delivery_id: str
    notice_id: str
    job_id: str
    job_ids: list[str]
    crew: str
    day: str
    key_id: str
    document: str
    destination: str
    message_id: str
    error: str
    causes: list[str]
    operation: str
    code: str
    stack: list[str]
    purse: str
    texts_percent: int
    sign_ins: int
    sign_in_failures: int
    drift: int
    differences: int
    account_refusals: int


class Metrics(NamedTuple):
    """The fields of a line that are metrics, and the fields that are their dimensions.

    A metric is paid for in each hour in which it is written, as much as for a hundred writes: a
    zero is left out, and so is what AWS measures itself (calls, durations, the age of messages).
    A query of the lines gives everything else."""

    dimensions: tuple[str, ...]
    names: tuple[str, ...]


CALLS = Metrics(("function",), ("errors",))
BATCHES = Metrics(("function",), ("failed",))
SIGN_INS = Metrics(("function",), ("sign_in_failures",))
TEXTS = Metrics(("purse",), ("texts_percent",))
"""The spent share of the day's budget for text messages of that kind."""
DRIFT = Metrics(("function",), ("drift",))
"""How many reports and lines were counted wrongly for the figures."""
DIFFERENCES = Metrics(("function",), ("differences",))
"""About how much money the ledger and the payment provider differ, in payments and refunds."""


ACCOUNT_REFUSALS = Metrics(("function",), ("account_refusals",))
"""How often the payment provider refused our key or account."""


def name_metrics(namespace: str) -> None:
    """Writes all metrics of this process into that namespace of CloudWatch, which no other
    deployment in the account has."""
    JsonLine.namespace = namespace


def event(name: str, /, level: Level = "info", **fields: Unpack[Fields]) -> None:
    """Logs an event. `name` is a fixed text."""
    _write(name, level, fields)


def measurement(name: str, metrics: Metrics, /, **fields: Unpack[Fields]) -> None:
    """Logs an event with metrics. `name` is a fixed text."""
    _write(name, "info", fields, metrics)


def failure(name: str, error: BaseException, /, **fields: Unpack[Fields]) -> None:
    """Logs a failure: everything about `error` except its message."""
    fields.update(error_fields(error))
    _write(name, "error", fields)


@contextmanager
def line(name: str, metrics: Metrics, /, **fields: Unpack[Fields]) -> Iterator[Fields]:
    """Writes one line at the end of the block, with its duration. Fields can be added until then;
    `function` applies to every line inside."""
    before = _function.set(fields["function"])
    began = perf_counter()
    try:
        yield fields
    finally:
        fields["duration_ms"] = round((perf_counter() - began) * 1000, 1)
        _write(name, "info", fields, metrics)
        _function.reset(before)


def error_fields(error: BaseException) -> Fields:
    """The loggable facts of an error and its causes: types, the AWS operation and its code, and
    places in our own code, the first cause first."""
    chain = list(_chain(error))
    fields = Fields(error=type(error).__name__, causes=[type(each).__name__ for each in chain[1:]])
    fields["stack"] = [place for each in reversed(chain) for place in _places(each)]
    for each in chain:
        # botocore's ClientError, recognised by its attributes: most lines need not load botocore.
        response = getattr(each, "response", None)
        if isinstance(response, dict) and hasattr(each, "operation_name"):
            fields["operation"] = str(each.operation_name)
            fields["code"] = str(response.get("Error", {}).get("Code"))
    return fields


class JsonLine(logging.Formatter):
    """A record as one line of JSON. For records that libraries log under our name: only the place
    and the type of error."""

    namespace: ClassVar[str] = "Ginnel"

    def format(self, record: logging.LogRecord) -> str:
        said: Fields | None = getattr(record, "fields", None)
        fields = _fields_of_library_record(record) if said is None else said
        known = {name: fields[name] for name in Fields.__annotations__ if name in fields}  # type: ignore[literal-required]
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        whole = {
            "timestamp": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": "log" if said is None else record.msg,
            "request_id": trace.current_id(),
            "function": _function.get(),
            **known,
        }
        metrics: Metrics | None = getattr(record, "metrics", None)
        if metrics and any(known.get(name) for name in metrics.names):
            whole["_aws"] = _metric_format(
                self.namespace, metrics, known, int(record.created * 1000)
            )
        return msgspec.json.encode(whole).decode()


class _Stdout(logging.StreamHandler[TextIO]):
    """Standard output at the time when a line is written."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stdout


def _write(name: str, level: Level, fields: Fields, metrics: Metrics | None = None) -> None:
    number = logging.getLevelNamesMapping()[level.upper()]
    _log.log(number, name, extra={"fields": fields, "metrics": metrics})


def _metric_format(
    namespace: str, metrics: Metrics, known: dict[str, Any], at_ms: int
) -> dict[str, Any]:
    measured = [{"Name": n, "Unit": UNITS[n]} for n in metrics.names if known.get(n)]
    directive = {
        "Namespace": namespace,
        "Dimensions": [metrics.dimensions],
        "Metrics": measured,
    }
    return {"Timestamp": at_ms, "CloudWatchMetrics": [directive]}


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and the chain of its causes."""
    following: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if following is None:
            return
        yield following
        implied = None if following.__suppress_context__ else following.__context__
        following = following.__cause__ or implied


def _places(error: BaseException) -> Iterator[str]:
    """`file:line function` of each frame in our own code."""
    frame = error.__traceback__
    while frame:
        code = frame.tb_frame.f_code
        if code.co_filename.startswith(_CODE):
            path = Path(code.co_filename).relative_to(_ROOT).as_posix()
            yield f"{path}:{frame.tb_lineno} {code.co_name}"
        frame = frame.tb_next


def _fields_of_library_record(record: logging.LogRecord) -> Fields:
    error = record.exc_info[1] if record.exc_info else None
    where = f"{record.filename}:{record.lineno} {record.funcName}"
    fields = error_fields(error) if error else Fields(stack=[])
    fields["stack"] = [*fields["stack"], where]
    return fields


def _set_up(log: logging.Logger) -> None:
    if not log.handlers:
        handler = _Stdout()
        handler.setFormatter(JsonLine())
        log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


_set_up(_log)
