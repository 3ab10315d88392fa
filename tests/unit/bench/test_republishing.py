"""Publishing everything again costs the same for each report, however many there are."""

from collections.abc import Mapping
from typing import Any

import pytest

from bench import republishing
from bench.republishing import Cost, measure_publishing, measure_sending
from chalicelib.publishing import usecases
from chalicelib.publishing.usecases import TouchedParts

FEW, MANY = 20, 400
CALLS = {"BatchGetItem": 2, "GET published": 30, "PUT published": 30}
"""What docs/DEPLOY.md counts for ten reports in two languages."""
MOST_NEW_OBJECTS = 1
"""New objects a report. pytest keeps four of each batch, which are its log line; a report that the
function kept would be several."""


def faults(few: Cost, many: Cost) -> list[str]:
    """What a report costs more of, the more there are."""
    found = []
    if few.most != many.most or many.most != many.least:
        found.append("calls")
    if few.sent_kb / few.reports != pytest.approx(many.sent_kb / many.reports, rel=1e-3):
        found.append("bytes")
    if many.new_objects - few.new_objects > MOST_NEW_OBJECTS * (many.reports - few.reports):
        found.append("objects")
    return found


def test_report_costs_the_same_however_many_there_are() -> None:
    # The first measurement of a process frees what other tests have left.
    _, few, many = (measure_publishing(count) for count in (FEW, FEW, MANY))
    assert faults(few, many) == []
    assert many.most == CALLS


def test_cost_that_grows_with_the_reports_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    real, before = usecases.publish, dict[str, TouchedParts]()

    def publish(touched: Mapping[str, TouchedParts], ports: Any) -> Any:
        before.update(touched)
        return real(dict(list(before.items())[-40:]), ports)

    monkeypatch.setattr(republishing, "WARM", 2)
    few = measure_publishing(FEW)
    monkeypatch.setattr(usecases, "publish", publish)
    assert faults(few, measure_publishing(60)) == ["calls", "bytes", "objects"]


def test_command_sends_each_page_with_the_same_calls() -> None:
    one, four = measure_sending(500), measure_sending(2000)
    assert one.calls == {"Scan": 1, "SendMessageBatch": 50, "GetQueueAttributes": 1}
    assert four.calls == {name: 4 * count for name, count in one.calls.items()}


def test_batch_with_reports_that_fail_is_no_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(republishing, "MISSING", b"<Error><Code>AccessDenied</Code></Error>")
    with pytest.raises(ValueError, match="was not published"):
        measure_publishing(FEW)
