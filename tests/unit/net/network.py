"""A fake network in memory: host names, and hosts that answer with bytes; it counts sockets."""

from collections.abc import Iterator, Sequence

from chalicelib.net.safe_http_client import Connection, SafeHttpClient

PUBLIC = "93.184.215.14"
"""A public IP address."""


class FakeSocket:
    """A socket that returns the given pieces of bytes, one a read; each read takes `pause_s`."""

    def __init__(self, network: "FakeNetwork", pieces: Iterator[bytes], pause_s: float) -> None:
        self.sent = b""
        self.timeouts: list[float] = []
        self.is_closed = False
        self.read = 0
        self._network, self._pieces, self._pause_s = network, pieces, pause_s
        self._rest = b""

    def settimeout(self, timeout_s: float, /) -> None:
        self.timeouts.append(timeout_s)

    def sendall(self, some: bytes, /) -> None:
        self.sent += some

    def recv_into(self, buffer: memoryview, /) -> int:
        if self.is_closed:
            raise OSError("bad file descriptor")
        if self._pause_s > self.timeouts[-1]:
            raise TimeoutError
        self._network.now += self._pause_s
        piece = self._rest or next(self._pieces, b"")
        count = min(len(buffer), len(piece))
        buffer[:count], self._rest = piece[:count], piece[count:]
        self.read += count
        return count

    def close(self) -> None:
        self.is_closed = True


class FakeNetwork:
    """The Network port: `names` has the results of each host name, one for each look-up; the last
    one is repeated."""

    def __init__(self, names: dict[str, list[Sequence[str]]] | None = None) -> None:
        self.names = names or {"photos.example.org": [[PUBLIC]]}
        self.asked: list[str] = []
        self.connected: list[tuple[str, int]] = []
        self.secured: list[str] = []
        self.sockets: list[FakeSocket] = []
        self.refusing: set[str] = set()
        self.is_trusted = True
        self.now = 0.0
        self.pause_s = 0.0
        self.reply: Iterator[bytes] = iter(())

    def look_up(self, host: str, timeout_s: float) -> Sequence[str]:
        self.asked.append(host)
        if host not in self.names:
            raise OSError("no such name")
        answers = self.names[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(self, address: str, port: int, timeout_s: float) -> Connection:
        self.connected.append((address, port))
        if address in self.refusing:
            raise ConnectionRefusedError
        self.sockets.append(FakeSocket(self, self.reply, self.pause_s))
        return self.sockets[-1]

    def secure(self, connection: Connection, host: str) -> Connection:
        self.secured.append(host)
        if not self.is_trusted:
            raise OSError("certificate verify failed")
        return connection

    def seconds(self) -> float:
        return self.now

    def says(self, *pieces: bytes) -> SafeHttpClient:
        """An HTTP client for which every server answers with these pieces."""
        self.reply = iter(pieces)
        return SafeHttpClient(self)
