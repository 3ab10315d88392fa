"""A local server with responses that a test sets."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

Serve = Callable[[socket.socket], None]
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def send_answer(line: socket.socket) -> None:
    """Send a short response."""
    line.recv(4096)
    line.sendall(REPLY)


def file_server(status: str, body: bytes) -> Serve:
    """Answer every request with this status and body."""

    def serve(line: socket.socket) -> None:
        line.recv(4096)
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
        line.sendall(head.encode() + body)

    return serve


@contextmanager
def run_server(serve: Serve = send_answer) -> Iterator[tuple[int, list[int]]]:
    """Run a local server. Gives its port, and a list with an entry for each connection."""
    taken: list[int] = []

    def run() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            taken.append(1)
            with line:
                try:
                    serve(line)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=run)
        thread.start()
        try:
            yield listening.getsockname()[1], taken
        finally:
            # Closing the socket does not wake a thread that waits for a connection.
            listening.shutdown(socket.SHUT_RDWR)
    thread.join()
