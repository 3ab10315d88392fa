"""Calls that do not depend on each other are made at the same time."""

import threading
from contextvars import ContextVar

import pytest

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.parallel import MOST_AT_ONCE, run_in_parallel
from tests.support.patience import PATIENCE_S

request_id: ContextVar[str] = ContextVar("request_id")


def test_calls_are_made_at_the_same_time_and_answer_in_their_order() -> None:
    together = threading.Barrier(MOST_AT_ONCE, timeout=PATIENCE_S)

    def call(number: int) -> int:
        together.wait()
        return number

    calls = [lambda number=number: call(number) for number in range(MOST_AT_ONCE)]
    assert run_in_parallel(calls) == list(range(MOST_AT_ONCE))


def test_lone_call_needs_no_thread() -> None:
    assert run_in_parallel([threading.current_thread]) == [threading.current_thread()]
    assert run_in_parallel([]) == []


def test_all_calls_are_made_when_one_fails_and_the_first_failure_is_raised() -> None:
    made: list[str] = []

    def fail(name: str) -> None:
        made.append(name)
        raise UpstreamFailed(name)

    with pytest.raises(UpstreamFailed, match="first"):
        run_in_parallel(
            [lambda: fail("first"), lambda: fail("second"), lambda: made.append("last")]
        )
    assert sorted(made) == ["first", "last", "second"]


def test_call_is_made_in_the_context_of_its_caller() -> None:
    request_id.set("request-1")
    assert run_in_parallel([request_id.get, request_id.get]) == ["request-1", "request-1"]
