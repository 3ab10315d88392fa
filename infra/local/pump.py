"""Stands in for AWS between a stream, a queue or the clock and a handler. It reads the real stream
and queues, calls the real handlers with Lambda's events, and respects their partial batch
responses: failed records are delivered again. The running thread keeps the schedules; without it
they run on request.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from math import inf

from chalice.app import Chalice, ScheduledEventConfig

from chalicelib.kernel.observability import logs
from chalicelib.kernel.time import utc_now
from infra.local.event_sources import RETRY_AFTER_S, Peeking, Source, client_of, source_of
from infra.local.schedules import Handler, Schedule, handler_named

PAUSE_S = 0.02
LONGEST_PAUSE_S = 0.3
"""The interval between two checks of idle sources: checking eight sources costs 40 ms."""
IDLE_ROUNDS = 2


class Pump:
    """All sources of an app, stepped by a thread or by hand, and its schedules."""

    def __init__(
        self,
        app: Chalice,
        arns: Mapping[str, str],
        clock: Callable[[], datetime] = utc_now,
        *,
        handler_of: Callable[[str], Handler] = handler_named,
        peeking: Peeking | None = None,
    ) -> None:
        """`handler_of` finds the handler of a module's dotted name; without `peeking` moto is in
        this process."""
        self._clock = clock
        self._scheduled = [
            (config, handler_of(config.handler_string))
            for config in app.event_sources
            if isinstance(config, ScheduledEventConfig)
        ]
        self._sources = _sources(app, arns, handler_of, peeking or _moto_peeking())
        self._schedules_lock = threading.Lock()
        self._begin()

    def begin_anew(self) -> None:
        """Stops, and resets the sources and the schedules: the resources were emptied."""
        self.stop()
        for source in self._sources:
            source.begin_anew()
        self._begin()

    def _begin(self) -> None:
        started = self._clock()
        self._schedules = [Schedule(config, started, run) for config, run in self._scheduled]
        self._rounds = 0
        self._last_busy_round = 0
        self._is_hurried = False
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._hurry.set()
        if self._thread.is_alive():
            self._thread.join()

    def run_schedules(self, now: datetime | None = None) -> int:
        """Calls the handlers due at `now`, or by the clock. Returns the number of calls."""
        moment = now or self._clock()
        return sum([schedule.run(moment) for schedule in self._schedules])

    @contextmanager
    def without_schedules(self) -> Iterator[None]:
        """Keeps the running thread from calling schedules: they would rebuild documents that were
        put into the bucket by hand."""
        with self._schedules_lock:
            yield

    def run_until_idle(self) -> None:
        """Delivers everything, without waiting for batching windows; for use without a running
        thread. Schedules wait for `run_schedules`."""
        while self.step(inf):
            pass

    def wait_until_idle(self, timeout_s: float = 300.0) -> None:
        """Waits until the running thread has nothing left, however much there is: `timeout_s`
        limits one round. Meanwhile nothing waits for the end of a batching window. Raises
        TimeoutError.
        """
        first = rounds = self._rounds
        deadline = time.monotonic() + timeout_s
        self._is_hurried = True
        self._hurry.set()
        try:
            while self._rounds - max(first, self._last_busy_round) < IDLE_ROUNDS:
                if rounds != self._rounds:
                    rounds, deadline = self._rounds, time.monotonic() + timeout_s
                elif time.monotonic() > deadline:
                    raise TimeoutError(f"The pump did nothing for {timeout_s} s and was not idle.")
                time.sleep(PAUSE_S)
        finally:
            self._is_hurried = False

    def step(self, now: float) -> bool:
        """Delivers once what each source has due at `now` (monotonic seconds); False where nothing
        is left to do. If it is hurried, sources with a batching window deliver when the others have
        nothing left, since the window would gather all that follows from these."""
        is_hurried = self._is_hurried or now == inf
        windows = [source for source in self._sources if source.window_s]
        busy = True in [source.step(now) for source in self._sources if not source.window_s]
        if not (busy and is_hurried):
            busy = True in [source.step(now, is_hurried=is_hurried) for source in windows] or busy
        if busy:
            self._last_busy_round = self._rounds + 1
        self._rounds += 1
        return busy

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._run_schedules_unless_held()
                self.step(time.monotonic())
            except Exception as error:
                logs.failure("a source could not be read, it is tried again", error)
                self._stopping.wait(RETRY_AFTER_S)
            idle_rounds = self._rounds - self._last_busy_round
            self._hurry.wait(min(PAUSE_S * (1 + idle_rounds), LONGEST_PAUSE_S))
            self._hurry.clear()

    def _run_schedules_unless_held(self) -> None:
        if self._schedules_lock.acquire(blocking=False):
            try:
                self.run_schedules()
            finally:
                self._schedules_lock.release()


def _sources(
    app: Chalice, arns: Mapping[str, str], handler_of: Callable[[str], Handler], peeking: Peeking
) -> list[Source]:
    client = cache(client_of)
    return [
        source_of(config, arns, client, handler_of(config.handler_string), peeking)
        for config in app.event_sources
        if not isinstance(config, ScheduledEventConfig)
    ]


def _moto_peeking() -> Peeking:
    # Imported on use: a process whose AWS is elsewhere does not need moto.
    from infra.local import peeking

    return peeking
