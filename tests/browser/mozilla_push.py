"""A local server with the parts of Mozilla's push service that one Firefox needs: a WebSocket for
the browser, and the endpoints to which senders post.

Source: mozilla-push-service.readthedocs.io (autopush), "Push Service Bridge HTTP/WebSocket
Interface", read 2026-11.
"""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any
from uuid import uuid4

from websockets.sync.server import ServerConnection, serve

Said = dict[str, Any]
TAKEN = 100
"""The browser's acknowledgement of a message that it decrypted and gave to the page's worker."""


class MozillaPush:
    """The registrations of one Firefox, and its acknowledgements of messages. `line` is its
    connection, `origin` the origin of the endpoints."""

    line: str

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.acknowledged: Queue[Said] = Queue()
        self._channels: set[str | None] = set()
        self._browser = uuid4().hex
        self._present: ServerConnection | None = None

    def speak(self, line: ServerConnection) -> None:
        """Answer the browser until it disconnects."""
        self._present = line
        try:
            for text in line:
                self._hear(json.loads(text), line)
        finally:
            if self._present is line:
                self._present = None

    def push(self, channel: str, body: bytes) -> int:
        """Send a message to the browser. Returns the status for its sender."""
        if self._present is None or channel not in self._channels:
            return 410
        data = urlsafe_b64encode(body).rstrip(b"=").decode()
        told = {"channelID": channel, "version": uuid4().hex, "ttl": 60, "data": data}
        self._say("notification", self._present, **told, headers={"encoding": "aes128gcm"})
        return 201

    def forget_browser(self) -> None:
        """Reject the browser when it reconnects, so that its subscriptions end."""
        self._browser = uuid4().hex
        self._channels.clear()
        if self._present:
            self._present.close()

    def _hear(self, said: Said, line: ServerConnection) -> None:
        kind, channel = said.get("messageType"), said.get("channelID")
        if kind == "hello":
            known = {"uaid": self._browser, "use_webpush": True, "broadcasts": {}}
            self._say("hello", line, status=200, **known)
        elif kind == "register":
            self._channels.add(channel)
            endpoint = f"{self.origin}/wpush/{channel}"
            self._say("register", line, status=200, channelID=channel, pushEndpoint=endpoint)
        elif kind == "unregister":
            self._channels.discard(channel)
            self._say("unregister", line, status=200, channelID=channel)
        elif kind == "ack":
            for update in said["updates"]:
                self.acknowledged.put(update)
        elif kind is None:
            line.send("{}")

    def _say(self, kind: str, line: ServerConnection, **more: Any) -> None:
        line.send(json.dumps({"messageType": kind, **more}))


class _Endpoints(ThreadingHTTPServer):
    daemon_threads = True
    service: MozillaPush


class _Posted(BaseHTTPRequestHandler):
    server: _Endpoints

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_signed = self.headers["Authorization"].startswith("vapid t=")
        channel = self.path.rpartition("/")[2]
        self.send_response(self.server.service.push(channel, body) if is_signed else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def mozilla_push() -> Iterator[MozillaPush]:
    """Run the service."""
    with _Endpoints(("127.0.0.1", 0), _Posted) as endpoints:
        service = MozillaPush(f"http://127.0.0.1:{endpoints.server_address[1]}")
        endpoints.service = service
        with serve(service.speak, "127.0.0.1", 0, close_timeout=0.2) as lines:
            service.line = f"ws://127.0.0.1:{lines.socket.getsockname()[1]}/"
            for server in (endpoints, lines):
                threading.Thread(target=server.serve_forever, daemon=True).start()
            yield service
            endpoints.shutdown()
