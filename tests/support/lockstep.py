"""Two writers, one call at a time, in every order of their calls."""

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from tests.support.in_turn import calls_in_turn

WAIT_S = 10.0


class Lockstep:
    """Runs two writers. Before each call to a port a writer waits until `order` names it; when the
    order is used up, each goes on as it likes."""

    def __init__(self, order: Sequence[int]) -> None:
        self._order = list(order)
        self._done: set[int] = set()
        self._turn = threading.Condition()
        self._me = threading.local()

    def run(self, *writers: Callable[[], object]) -> list[object]:
        """The result of each, or the exception that it raised."""
        results: list[object] = [None] * len(writers)

        def body(number: int) -> None:
            self._me.number = number
            try:
                results[number] = writers[number]()
            except Exception as error:
                results[number] = error
            with self._turn:
                self._done.add(number)
                self._turn.notify_all()

        threads = [threading.Thread(target=body, args=(each,)) for each in range(len(writers))]
        with calls_in_turn():
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(WAIT_S)
                assert not thread.is_alive(), "a writer waits for ever"
        return results

    def call(self, action: Callable[[], Any]) -> Any:
        """Does a writer's call when it is its turn."""
        number = getattr(self._me, "number", None)
        if number is None:
            return action()
        with self._turn:
            self._turn.wait_for(lambda: self._next() in (None, number), WAIT_S)
            if self._order and self._next() == number:
                del self._order[: self._order.index(number) + 1]
            try:
                return action()
            finally:
                self._turn.notify_all()

    def _next(self) -> int | None:
        """The writer whose turn it is, leaving out those that have ended."""
        return next((each for each in self._order if each not in self._done), None)


class LockstepPort:
    """A port whose calls go in lockstep."""

    def __init__(self, port: Any, steps: Lockstep) -> None:
        self._port = port
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        return lambda *given: self._steps.call(lambda: method(*given))


def call_orders(calls: int) -> Iterator[Sequence[int]]:
    """Every order of so many calls of each of two writers."""
    for first in combinations(range(2 * calls), calls):
        yield [0 if at in first else 1 for at in range(2 * calls)]
