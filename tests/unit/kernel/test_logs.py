"""A line of the log: JSON, named fields, no words of an exception, and metrics that CloudWatch
takes."""

import copy
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.errors import UpstreamFailed
from chalicelib.gazetteer.published import PublishedPlaces
from chalicelib.kernel.observability import logs, trace
from tests.support.log_lines import Line, capture_lines, decode_lines, metric_faults

CANARY = "Canary Nightjar"
PHONE = "6f1c2f0e-90f1-4a3e-9c39-0d6a7e1b2c3d"


def test_event_is_one_line_of_json_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    with trace.request_context(PHONE):
        logs.event("something\nhappened")
    after = datetime.now(UTC)
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    at = told.pop("timestamp")
    assert told == {
        "level": "info",
        "event": "something\nhappened",
        "request_id": PHONE,
        "function": "",
    }
    assert at.endswith("Z") and len(at) == len("2026-06-01T12:00:00.000Z")
    assert before <= datetime.fromisoformat(at) <= after


def test_unnamed_field_is_left_out() -> None:
    with capture_lines() as written:
        logs.event("something", description=CANARY)  # type: ignore[call-arg]
    assert CANARY not in written[0]


def test_lines_inside_have_the_function_of_the_line_that_measures() -> None:
    with (
        capture_lines() as written,
        logs.line("handled", logs.BATCHES, function="publish", records=1),
    ):
        logs.event("inside")
    assert [line["function"] for line in decode_lines(written)] == ["publish", "publish"]


def test_measured_line_is_written_when_the_block_fails() -> None:
    with (
        capture_lines() as written,
        pytest.raises(ZeroDivisionError),
        logs.line("handled", logs.BATCHES, function="publish"),
    ):
        raise ZeroDivisionError
    (line,) = decode_lines(written)
    assert line["duration_ms"] >= 0


# Failures


def refused() -> ClientError:
    answer = {"Error": {"Code": "ThrottlingException", "Message": CANARY}}
    return ClientError(answer, "PutItem")  # type: ignore[arg-type]


def raised_from(cause: Exception) -> Exception:
    try:
        try:
            raise cause
        except Exception as error:
            raise UpstreamFailed(CANARY) from error
    except UpstreamFailed as error:
        return error


def raised_while(cause: Exception) -> Exception:
    try:
        try:
            raise cause
        except Exception:
            raise KeyError(CANARY)  # noqa: B904
    except KeyError as error:
        error.add_note(CANARY)
        return error


@pytest.mark.parametrize("raised", [raised_from, raised_while])
def test_failure_has_types_operation_and_code_but_no_message(
    raised: Callable[[Exception], Exception],
) -> None:
    with capture_lines() as written:
        logs.failure("broke", raised(refused()), service_request_id="7K3M2QXV9HTD")
    (line,) = decode_lines(written, level="error", event="broke", service_request_id="7K3M2QXV9HTD")
    assert line["error"] in ("UpstreamFailed", "KeyError")
    assert line["causes"] == ["ClientError"]
    assert (line["operation"], line["code"]) == ("PutItem", "ThrottlingException")
    assert CANARY not in written[0]


def test_failure_has_its_place_in_our_own_code() -> None:
    places = PublishedPlaces(lambda _: b'{"items": "' + CANARY.encode(), lambda: 0.0)
    with capture_lines() as written, pytest.raises(UpstreamFailed) as caught:
        places.gazetteer()
    with capture_lines() as again:
        logs.failure("broke", caught.value)
    (first,), (second,) = decode_lines(written), decode_lines(again)
    assert first["error"] == "DecodeError"
    assert first["stack"][0].startswith("chalicelib/kernel/cached_document.py:")
    where = [place.split(" ")[1] for place in second["stack"]]
    assert where == ["decode_document", "gazetteer", "value", "_read_gazetteer", "decode_document"]
    assert CANARY not in written[0] + again[0]


def test_failure_ends_when_its_causes_are_circular() -> None:
    one, two = KeyError(), ValueError()
    one.__cause__, two.__cause__ = two, one
    with capture_lines() as written:
        logs.failure("broke", one)
    assert len(decode_lines(written)[0]["causes"]) < 20


def test_message_in_a_log_is_detected() -> None:
    careless = logging.Formatter("%(message)s %(why)s")
    with capture_lines(careless) as written:
        try:
            raise ValueError(CANARY)
        except ValueError as error:
            logging.getLogger(logs.NAME).exception("broke", extra={"why": error})
    assert CANARY in written[0]


def test_chalices_errors_have_the_same_form_without_messages() -> None:
    """Chalice logs under the app's name what leaves a view."""
    with capture_lines() as written:
        try:
            raise ValueError(CANARY)
        except ValueError:
            logging.getLogger(logs.NAME).error("Caught for %s", CANARY, exc_info=True)
    (line,) = decode_lines(written, event="log", level="error", error="ValueError")
    assert "test_logs.py" in line["stack"][-1]
    assert CANARY not in written[0]


# Metrics


def measured() -> Line:
    with capture_lines() as written, logs.line("called", logs.CALLS, function="api") as line:
        line["route"], line["method"] = "/api/reports", "POST"
        line["errors"] = 1
    return decode_lines(written)[0]


def test_metrics_have_cloudwatchs_format() -> None:
    line = measured()
    assert list(metric_faults(line)) == []
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Ginnel"
    assert directive["Dimensions"] == [["function"]]
    assert [metric["Name"] for metric in directive["Metrics"]] == ["errors"]


def test_metrics_are_written_into_the_namespace_of_the_deployment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logs.JsonLine, "namespace", "Ginnel")
    logs.name_metrics("Ginnel/other-council")
    line = measured()
    assert list(metric_faults(line)) == []
    assert line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Ginnel/other-council"


def test_metric_is_left_out_when_it_is_zero_or_was_not_measured() -> None:
    with capture_lines() as written:
        with logs.line("handled", logs.BATCHES, function="sweep", failed=0, records=3):
            pass
        with logs.line("handled", logs.BATCHES, function="sweep"):
            pass
    assert all("_aws" not in line for line in decode_lines(written))


def directive_of(line: Line) -> Any:
    return line["_aws"]["CloudWatchMetrics"][0]


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (lambda line: line.pop("function"), "the dimension function is a text at the root"),
        (lambda line: line.update(function=1), "the dimension function is a text at the root"),
        (lambda line: line.update(errors="0"), "the metric errors is a number at the root"),
        (lambda line: line["_aws"].update(Timestamp=1e9), "Timestamp is milliseconds since 1970"),
        (lambda line: line["_aws"].update(CloudWatchMetrics=[]), "CloudWatchMetrics is a list"),
        (lambda line: directive_of(line).update(Namespace=""), "Namespace has 1 to 256"),
        (lambda line: directive_of(line).update(Namespace="a" * 257), "Namespace has 1 to 256"),
        (lambda line: directive_of(line).update(Namespace="AWS/SES"), "Namespace has 1 to 256"),
        (lambda line: directive_of(line).update(Namespace="a b"), "Namespace has 1 to 256"),
        (lambda line: directive_of(line).update(Metrics=[]), "a directive has 1 to 100 metrics"),
        (lambda line: directive_of(line)["Metrics"][0].update(Unit="ms"), "ms is no unit"),
        (
            lambda line: directive_of(line).update(Dimensions=[["route"] * 31]),
            "a set has at most 30 dimensions",
        ),
    ],
)
def test_invalid_metrics_are_detected(plant: Callable[[Line], object], fault: str) -> None:
    line = copy.deepcopy(measured())
    plant(line)
    assert any(said.startswith(fault) for said in metric_faults(line))
