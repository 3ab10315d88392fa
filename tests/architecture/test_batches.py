"""A message that breaks a queue's handler does not stop the others of its batch."""

import inspect
from typing import Any

import pytest
from chalice.app import SQSEvent, SQSEventConfig

import app
from chalicelib.handlers.http.event import (
    BatchAnswer,
    alone_if_broken,
    batch,
    batch_failures,
    one_by_one,
)
from infra.local.schedules import handler_named

BATCHED = sorted(
    source.handler_string
    for source in app.app.event_sources
    if isinstance(source, SQSEventConfig) and source.batch_size > 1
)
EVENT = SQSEvent(
    {"Records": [{"messageId": each, "body": each} for each in ("a", "poison", "b")]}, None
)
FAILED = {"batchItemFailures": [{"itemIdentifier": "poison"}]}


def isolates(handler: Any) -> bool:
    return "one_by_one(" in inspect.getsource(handler) or hasattr(handler, "__wrapped__")


@pytest.mark.parametrize("handler", BATCHED)
def test_handler_of_batches_isolates_a_message_that_breaks_it(handler: str) -> None:
    assert isolates(handler_named(handler).func)  # type: ignore[attr-defined]


def test_handler_that_does_not_isolate_is_found() -> None:
    def handler(_: SQSEvent, __: object) -> BatchAnswer:
        return batch_failures([])

    assert not isolates(handler)


def test_message_that_breaks_the_batch_alone_comes_again() -> None:
    handled = []

    @alone_if_broken
    def handler(event: SQSEvent) -> BatchAnswer:
        bodies = [each["body"] for each in event.to_dict()["Records"]]
        with batch("handler", bodies):
            if "poison" in bodies:
                raise KeyError("unexpected")
            handled.extend(bodies)
        return batch_failures([])

    assert handler(EVENT) == FAILED
    assert handled == ["a", "b"]


def test_message_that_breaks_its_turn_alone_comes_again() -> None:
    handled = []

    def is_done(record: dict[str, str], _: object) -> bool:
        if record["body"] == "poison":
            raise KeyError("unexpected")
        handled.append(record["body"])
        return True

    assert one_by_one("handler", EVENT, is_done) == FAILED
    assert handled == ["a", "b"]
