"""A change is sent to all the queues that react to it at the same time."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from bench.meter import longest_chain, record
from chalicelib.bootstrap.reports import reactions
from chalicelib.errors import UpstreamFailed
from chalicelib.handlers.reports.reports_events import fan_out
from infra.local.cloud import Cloud
from tests.architecture.test_events import event_of
from tests.support.composition import replace_built


class Queue:
    """Keeps what is sent; a queue that is down keeps nothing."""

    def __init__(self, *, is_down: bool = False) -> None:
        self.sent: list[object] = []
        self._is_down = is_down

    def send(self, facts: Sequence[object]) -> None:
        if self._is_down:
            raise UpstreamFailed("The queue did not answer.")
        self.sent += facts


def change() -> dict[str, Any]:
    """A batch of the stream with one change."""
    batch: dict[str, Any] = json.loads(event_of("fan_out").read_text(encoding="utf-8"))
    return batch


def test_change_is_sent_to_all_queues_in_one_trip(cloud: Cloud) -> None:
    with record() as calls:
        fan_out(change(), None)
    assert len(calls) > 3
    assert {call.operation for call in calls} == {"sqs.SendMessageBatch"}
    assert longest_chain(calls) == 1


def test_queues_behind_one_that_is_down_get_the_change_and_the_batch_comes_again(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    down, *others = Queue(is_down=True), Queue(), Queue()
    replace_built(monkeypatch, reactions, (down, *others))
    first = change()["Records"][0]["dynamodb"]["SequenceNumber"]
    assert fan_out(change(), None) == {"batchItemFailures": [{"itemIdentifier": first}]}
    assert [len(queue.sent) for queue in others] == [1, 1]
