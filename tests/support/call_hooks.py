"""Ports with a hook around each call: a crash before or after it, or a switch to another worker."""

import threading
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tests.support.in_turn import calls_in_turn

Call = Callable[[], Any]
Hook = Callable[[str, Call], Any]
P = TypeVar("P", bound=Struct)


class ProcessKilled(BaseException):
    """The end of the process; not an Exception, so that nothing catches it."""


class HookedPort:
    """A port whose calls all pass through `hook`, which gets the call's name and may make it."""

    def __init__(self, name: str, inner: Any, hook: Hook) -> None:
        self._name, self._inner, self._hook = name, inner, hook

    def __call__(self, *args: Any, **more: Any) -> Any:
        return self._hook(self._name, lambda: self._inner(*args, **more))

    def __getattr__(self, attribute: str) -> Any:
        made = getattr(self._inner, attribute)
        return lambda *args, **more: self._hook(
            f"{self._name}.{attribute}", lambda: made(*args, **more)
        )


def hook_ports(ports: P, names: Sequence[str], hook: Hook) -> P:
    """The ports with the hook around the calls of the named ones; if a port is a mapping, around
    the calls of its values."""
    assert set(names) <= {*ports.__struct_fields__}
    inner = {name: getattr(ports, name) for name in names}
    around = {
        name: {key: HookedPort(name, each, hook) for key, each in port.items()}
        if isinstance(port, Mapping)
        else HookedPort(name, port, hook)
        for name, port in inner.items()
    }
    return replace(ports, **around)


def kill_at(nth: int, *, after: bool) -> Hook:
    """A hook that kills the process once, before or after its nth call, counted from 1."""
    made = 0

    def hook(name: str, call: Call) -> Any:
        nonlocal made
        made += 1
        if made == nth and not after:
            raise ProcessKilled(f"before {name}")
        answer = call()
        if made == nth and after:
            raise ProcessKilled(f"after {name}")
        return answer

    return hook


def record_names(made: list[str]) -> Hook:
    """A hook that adds the names of the calls to `made`."""

    def hook(name: str, call: Call) -> Any:
        made.append(name)
        return call()

    return hook


class Turns:
    """Several workers, one of which runs at a time; before each call, the next one is chosen at
    random, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._gates: dict[int, threading.Semaphore] = {}
        self._alive: list[int] = []
        self._own = threading.local()

    def hook(self, name: str, call: Call) -> Any:
        me = self._own.index
        self._give(self._random.choice(self._alive), me)
        return call()

    def run(self, *workers: Callable[[], None]) -> None:
        self._alive = list(range(len(workers)))
        self._gates = {index: threading.Semaphore(0) for index in self._alive}
        failed: list[BaseException] = []
        threads = [
            threading.Thread(target=self._work, args=(index, worker, failed))
            for index, worker in enumerate(workers)
        ]
        with calls_in_turn():
            for thread in threads:
                thread.start()
            self._gates[0].release()
            for thread in threads:
                thread.join()
        for error in failed:
            raise error

    def _give(self, to: int, me: int) -> None:
        if to != me:
            self._gates[to].release()
            self._gates[me].acquire()

    def _work(self, index: int, worker: Callable[[], None], failed: list[BaseException]) -> None:
        self._own.index = index
        self._gates[index].acquire()
        try:
            worker()
        except BaseException as error:
            failed.append(error)
        self._alive.remove(index)
        if self._alive:
            self._gates[self._alive[0]].release()
