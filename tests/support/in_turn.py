"""Calls that the code makes at the same time are made one after the other, in their order, by the
thread that wants them: so a test that runs several workers in a given order decides about each."""

import concurrent.futures
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

import pytest


class InTurn(Executor):
    """A pool without threads."""

    def __init__(self, _: int) -> None:
        pass

    def submit(self, work: Callable[..., Any], /, *given: Any, **more: Any) -> Future[Any]:
        made: Future[Any] = Future()
        try:
            made.set_result(work(*given, **more))
        except Exception as error:
            made.set_exception(error)
        return made


@contextmanager
def calls_in_turn() -> Iterator[None]:
    """Within it, nothing is made in parallel."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(concurrent.futures, "ThreadPoolExecutor", InTurn)
        yield
