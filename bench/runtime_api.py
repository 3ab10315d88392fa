"""Lambda's Runtime API, which gives events to the process of a function and takes its answers.

Source: AWS Lambda Developer Guide, "Using the Lambda runtime API", read 2026.
"""

import json
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any, NamedTuple

REQUEST_ID = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
ARN = "arn:aws:lambda:eu-west-2:123456789012:function:"


class Outcome(NamedTuple):
    """What a function answered to its last event, or the error that it raised; its time until it
    asked for the first event, the longest one for an event, and its peak of memory."""

    answer: Any
    error: str
    init_ms: float
    event_ms: float
    peak_mb: float


class RuntimeApi:
    """The Runtime API for one process: gives the events in turn and takes the answers."""

    def __init__(self, events: Sequence[Any], timeout_s: int) -> None:
        self.answers: list[Any] = []
        self.errors: list[str] = []
        self.asked: list[float] = []
        self.done, self._stopped = threading.Event(), threading.Event()
        self._events, self._timeout_s = list(events), timeout_s
        self._server = _Server(self)
        self.address = "{}:{}".format(*self._server.server_address)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def next_event(self) -> Any | None:
        """The next event. After the last, it waits as AWS does until the process is ended."""
        self.asked.append(time.perf_counter())
        if self._events and not self.errors:
            return self._events.pop(0)
        self.done.set()
        self._stopped.wait()
        return None

    def take(self, path: str, body: bytes) -> None:
        """An answer, or an error of an event or of the start."""
        if path.endswith("/response"):
            self.answers.append(json.loads(body))
        else:
            self.errors.append(body.decode())
            self.done.set()

    def outcome(self, began: float, peak_mb: float) -> Outcome:
        """The outcome of a process that was started at `began` (seconds of `perf_counter`)."""
        times = [later - before for before, later in pairwise(self.asked)]
        return Outcome(
            answer=self.answers[-1] if self.answers else None,
            error="\n".join(self.errors),
            init_ms=(self.asked[0] - began) * 1000 if self.asked else 0.0,
            event_ms=max(times, default=0.0) * 1000,
            peak_mb=peak_mb,
        )

    def deadline_ms(self) -> int:
        return int((time.time() + self._timeout_s) * 1000)


class _Server(ThreadingHTTPServer):
    """Answers the requests of the function's process from its API."""

    def __init__(self, api: RuntimeApi) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api

    def handle_error(self, *_: Any) -> None:
        """Says nothing when the process is ended while it waits."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        event = self.server.api.next_event()
        if event is None:
            self.close_connection = True
            return
        self._send(200, json.dumps(event).encode(), self.server.api.deadline_ms())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.api.take(self.path, body)
        self._send(202, b"{}", 0)

    def _send(self, status: int, body: bytes, deadline_ms: int) -> None:
        self.send_response(status)
        self.send_header("Lambda-Runtime-Aws-Request-Id", REQUEST_ID)
        self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline_ms))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", f"{ARN}bench")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""
