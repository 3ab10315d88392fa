"""This machine's access to the internet."""

import socket
import ssl
from collections.abc import Callable, Sequence
from functools import cached_property
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from chalicelib.net.safe_http_client import Connection

Answer = Sequence[str] | OSError


def resolve_host(host: str) -> Answer:
    """The result of the system's resolver for a name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    return [str(entry[4][0]) for entry in found]


class Internet:
    """The Network port. TLS is verified with this machine's certificate authorities."""

    seconds = staticmethod(monotonic)

    def __init__(self, resolver: Callable[[str], Answer] = resolve_host) -> None:
        self._resolver = resolver

    def look_up(self, host: str, timeout_s: float) -> Sequence[str]:
        # A resolver has no time limit, so it runs in a thread that may be abandoned.
        answers: SimpleQueue[Answer] = SimpleQueue()
        Thread(target=lambda: answers.put(self._resolver(host)), daemon=True).start()
        try:
            answer = answers.get(timeout=timeout_s)
        except Empty as error:
            raise TimeoutError("the name was not looked up in time") from error
        if isinstance(answer, OSError):
            raise answer
        return answer

    def connect(self, address: str, port: int, timeout_s: float) -> Connection:
        return socket.create_connection((address, port), timeout_s)

    def secure(self, connection: Connection, host: str) -> Connection:
        if not isinstance(connection, socket.socket):
            raise TypeError("only a socket can be secured")
        try:
            return self._tls.wrap_socket(connection, server_hostname=host)
        except OSError:
            connection.close()
            raise

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()
