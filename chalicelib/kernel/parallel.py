"""Calls of AWS that do not depend on each other, made at the same time (ADR 116)."""

from collections.abc import Callable, Iterable
from contextvars import copy_context
from typing import TypeVar

MOST_AT_ONCE = 8
"""A client of the SDK has ten connections."""
Result = TypeVar("Result")


def run_in_parallel(calls: Iterable[Callable[[], Result]]) -> list[Result]:
    """Make the calls at the same time, at most MOST_AT_ONCE, each in a thread with the context of
    this one. All are made, also beside one that fails. A call must not make others in parallel.

    Returns: their results, in the order of the calls.

    Raises: the error of the first call that failed, in that order, after all have ended.
    """
    waiting = list(calls)
    if len(waiting) < 2:
        return [call() for call in waiting]
    # Loaded only by functions that need it.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(len(waiting), MOST_AT_ONCE)) as threads:
        running = [threads.submit(copy_context().run, call) for call in waiting]
    return [each.result() for each in running]
