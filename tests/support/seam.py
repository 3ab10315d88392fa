"""Simulate network faults between the code and AWS, at the seam between botocore and moto.

Everything hooks into moto's BotocoreStubber.__call__, which answers each try of the SDK. A reply
that is faked earlier (botocore's `before-send`) would not stop moto from applying the write.

A *call* is a call of the SDK by the code; a *try* is one HTTP request of it. The SDK's own retries
keep their number and reasons. Only the pause before each of them is removed, as botocore.endpoint
gets a `time` whose `sleep` returns at once, and a client's total number of retries is unlimited.
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from random import Random
from types import SimpleNamespace
from typing import Any, Literal, NamedTuple

import pytest
from botocore import endpoint
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError
from botocore.retries.quota import RetryQuota
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

from chalicelib.errors import AppError
from chalicelib.kernel.optimistic import VersionConflict
from tests.support.effort import EXHAUSTIVE
from tests.support.in_turn import calls_in_turn
from tests.support.patience import PATIENCE_S

USUAL = 8
"""The number of interleavings that `make test` tries."""
ALL_TRIES = 1000
"""A number of tries that is larger than the SDK makes for one call."""

Refusal = Literal["throttle", "500", "503", "connect timeout"]
REFUSALS: tuple[Refusal, ...] = ("throttle", "500", "503", "connect timeout")
Loss = Literal["read timeout", "connection closed"]
LOSSES: dict[Loss, Callable[[str], Exception]] = {
    "read timeout": lambda url: ReadTimeoutError(endpoint_url=url),
    "connection closed": lambda url: ConnectionClosedError(endpoint_url=url),
}


class Try(NamedTuple):
    """One try of a call, both counted from 1; `operation` is, for example, dynamodb.PutItem."""

    operation: str
    url: str
    call: int
    attempt: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


Answer = Callable[[], Any]


@contextmanager
def hook_tries(hook: Callable[[Try, Answer], Any]) -> Iterator[None]:
    """Pass every try of the SDK in this process through `hook`, which may let moto answer it."""
    answer = BotocoreStubber.__call__
    attempts: dict[Any, list[int]] = {}
    counting = threading.Lock()

    def hooked(self: BotocoreStubber, event_name: str, request: Any, **more: Any) -> Any:
        if not self.enabled:
            return answer(self, event_name, request, **more)
        with counting:
            counted = attempts.setdefault(
                request.headers["amz-sdk-invocation-id"], [len(attempts) + 1, 0]
            )
            counted[1] += 1
            operation = event_name.removeprefix("before-send.")
            call, attempt = counted
            sent = _bytes(request.body)
            this = Try(operation, request.url, call, attempt, sent, request.headers)
        return hook(this, lambda: answer(self, event_name, request, **more))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(endpoint, "time", SimpleNamespace(sleep=lambda _: None))
        patch.setattr(RetryQuota, "acquire", lambda *_: True)
        patch.setattr(BotocoreStubber, "__call__", hooked)
        yield


@contextmanager
def record_tries() -> Iterator[list[Try]]:
    """Record the tries inside the context, in order."""
    made: list[Try] = []

    def hook(this: Try, answer: Answer) -> Any:
        made.append(this)
        return answer()

    with hook_tries(hook):
        yield made


@contextmanager
def lose_reply(nth: int, *, times: int = 1, loss: Loss = "read timeout") -> Iterator[list[Try]]:
    """Apply the nth call but lose its reply, for its first `times` tries. Gives the list of the
    affected tries."""
    struck: list[Try] = []

    def hook(this: Try, answer: Answer) -> Any:
        reply = answer()
        if this.call != nth or this.attempt > times:
            return reply
        struck.append(this)
        raise LOSSES[loss](this.url)

    with hook_tries(hook):
        yield struck


@contextmanager
def garble_reply(nth: int) -> Iterator[list[Try]]:
    """Apply the nth call but make its reply unreadable. Gives the list of the affected tries."""
    struck: list[Try] = []

    def hook(this: Try, answer: Answer) -> Any:
        reply = answer()
        if this.call != nth:
            return reply
        struck.append(this)
        return AWSResponse(this.url, 200, {}, MockRawResponse("no {answer"))  # type: ignore[arg-type]

    with hook_tries(hook):
        yield struck


@contextmanager
def refuse_call(nth: int, *, kind: Refusal, times: int = 1) -> Iterator[list[Try]]:
    """Refuse the nth call before it is applied, for its first `times` tries. Gives the list of the
    affected tries."""
    struck: list[Try] = []

    def hook(this: Try, answer: Answer) -> Any:
        if this.call != nth or this.attempt > times:
            return answer()
        struck.append(this)
        if kind == "connect timeout":
            raise ConnectTimeoutError(endpoint_url=this.url)
        return _refusal(this, kind)

    with hook_tries(hook):
        yield struck


@contextmanager
def end_process(nth: int, end: type[BaseException], *, is_applied: bool) -> Iterator[list[Try]]:
    """End the process with `end` at the nth call, before or after that call is applied. Gives the
    list of the affected tries."""
    struck: list[Try] = []

    def hook(this: Try, answer: Answer) -> Any:
        if this.call != nth:
            return answer()
        struck.append(this)
        if is_applied:
            answer()
        raise end

    with hook_tries(hook):
        yield struck


class Interleaving:
    """Runs functions in threads, one AWS call at a time, in a given order.

    A thread is parked before each of its AWS calls for which `parked_at` is true. A turn lets it
    make that call and continue to the next one, or to its end. `order` has the indexes of the
    functions; the turns of a finished function are skipped; after the end of the order, the first
    unfinished function continues. `turns` are the turns that were taken.
    """

    def __init__(
        self,
        order: Iterable[int] = (),
        *,
        parked_at: Callable[[Try], bool] = lambda _: True,
        timeout_s: float = PATIENCE_S,
    ) -> None:
        self.turns: list[int] = []
        self._choices: list[list[int]] = []
        self._order = iter(order)
        self._parked_at = parked_at
        self._timeout_s = timeout_s
        self._changed = threading.Condition()
        self._states: list[Literal["running", "parked", "finished"]] = []
        self._given_up = False
        self._index = threading.local()

    def run(self, *functions: Callable[[], Any]) -> list[Any]:
        """The result of each function, or the AppError or conflict of versions that it raised.
        Raises what else one raised, and TimeoutError when one does not go on."""
        answers: list[Any] = [None] * len(functions)
        self._states = ["running"] * len(functions)

        def work(index: int) -> None:
            self._index.value = index
            try:
                answers[index] = functions[index]()
            except Exception as error:
                answers[index] = error
            finally:
                self._change(index, "finished")

        threads = [
            threading.Thread(target=work, args=(index,), daemon=True)
            for index in range(len(functions))
        ]
        with hook_tries(self._park), calls_in_turn():
            for thread in threads:
                thread.start()
            self._conduct()
        for thread in threads:
            thread.join(self._timeout_s)
        for answer in answers:
            if isinstance(answer, Exception) and not isinstance(answer, AppError | VersionConflict):
                raise answer
        return answers

    def next_order(self) -> list[int] | None:
        """The next order in a depth-first search of all orders; None after the last."""
        for at in reversed(range(len(self.turns))):
            others = [index for index in self._choices[at] if index > self.turns[at]]
            if others:
                return [*self.turns[:at], others[0]]
        return None

    def _conduct(self) -> None:
        with self._changed:
            while True:
                if not self._changed.wait_for(self._all_stand, self._timeout_s):
                    self._given_up = True
                    self._changed.notify_all()
                    raise TimeoutError(f"A thread does not go on after the turns {self.turns}.")
                waiting = [i for i, state in enumerate(self._states) if state == "parked"]
                if not waiting:
                    return
                chosen = next((i for i in self._order if i in waiting), waiting[0])
                self.turns.append(chosen)
                self._choices.append(waiting)
                self._states[chosen] = "running"
                self._changed.notify_all()

    def _park(self, this: Try, answer: Answer) -> Any:
        index = getattr(self._index, "value", None)
        if index is None or not self._parked_at(this):
            return answer()
        self._change(index, "parked")
        with self._changed:
            self._changed.wait_for(lambda: self._states[index] == "running" or self._given_up)
        if self._given_up:
            # Ends this thread; no Exception, so that the SDK does not take it for a fault.
            raise SystemExit
        return answer()

    def _all_stand(self) -> bool:
        return "running" not in self._states

    def _change(self, index: int, state: Literal["parked", "finished"]) -> None:
        with self._changed:
            self._states[index] = state
            self._changed.notify_all()


def every_interleaving(
    *,
    parked_at: Callable[[Try], bool] = lambda _: True,
    at_least: int = 2,
    at_most: int | None = None,
) -> Iterator[Interleaving]:
    """All interleavings of deterministic functions; without `make test-all`, only the two in which
    one function follows the other, and some random ones.

    Run each one before you take the next. Raises AssertionError if there are fewer than `at_least`
    (the functions do not conflict as expected) or more than `at_most` (trying all of them would
    take too long).
    """
    if not EXHAUSTIVE:
        yield Interleaving([], parked_at=parked_at)
        yield Interleaving([1] * 1000, parked_at=parked_at)
        yield from some_interleavings(USUAL - 2, of=2, seed=1, parked_at=parked_at)
        return
    order: list[int] | None = []
    count = 0
    while order is not None:
        count += 1
        assert at_most is None or count <= at_most, f"There are more than {at_most} interleavings."
        here = Interleaving(order, parked_at=parked_at)
        yield here
        assert here.turns, "An interleaving was not run, or made no AWS call."
        order = here.next_order()
    assert count >= at_least, f"There are only {count} interleavings."


def some_interleavings(
    count: int, *, of: int, seed: int, parked_at: Callable[[Try], bool] = lambda _: True
) -> Iterator[Interleaving]:
    """Random interleavings of so many functions, the same for the same seed."""
    random = Random(seed)
    for _ in range(count):
        yield Interleaving(random.choices(range(of), k=100), parked_at=parked_at)


_CODES: dict[str, dict[Refusal, tuple[int, str]]] = {
    "dynamodb": {
        "throttle": (400, "ProvisionedThroughputExceededException"),
        "500": (500, "InternalServerError"),
        "503": (503, "ServiceUnavailable"),
    },
    "s3": {
        "throttle": (503, "SlowDown"),
        "500": (500, "InternalError"),
        "503": (503, "ServiceUnavailable"),
    },
    "sesv2": {
        "throttle": (429, "TooManyRequestsException"),
        "500": (500, "InternalError"),
        "503": (503, "ServiceUnavailable"),
    },
    "sqs": {
        "throttle": (400, "RequestThrottled"),
        "500": (500, "InternalError"),
        "503": (503, "ServiceUnavailable"),
    },
}


def _bytes(body: Any) -> bytes:
    """The body of a request, as bytes that can be read again."""
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray) else b""


def _refusal(this: Try, kind: Refusal) -> AWSResponse:
    service = this.operation.partition(".")[0]
    status, code = _CODES[service][kind]
    if service == "s3":
        body = f"<Error><Code>{code}</Code><Message>refused</Message></Error>"
        headers = {"content-type": "application/xml"}
    else:
        body = json.dumps({"__type": f"com.amazonaws.{service}#{code}", "message": "refused"})
        headers = {"content-type": "application/x-amz-json-1.0"}
    return AWSResponse(this.url, status, headers, MockRawResponse(body))  # type: ignore[arg-type]
