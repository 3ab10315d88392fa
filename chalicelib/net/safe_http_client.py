"""The only HTTP client for addresses that other people gave us.

It looks the name up once, requires every address of it to be public, and connects only to these;
TLS is verified for the name. It follows no redirect, and the whole call has one deadline and one
limit on the bytes that it reads, so neither a slow nor an endless reply blocks us. A library such
as urllib3 limits each read and not their sum, and looks names up itself: so this client uses the
standard library's own HTTP. ADR 20.
"""

import io
from collections.abc import Callable, Collection, Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Protocol

from chalicelib.errors import AddressRefused, NoReply, UpstreamFailed
from chalicelib.net.http_client import HttpClient
from chalicelib.net.public_addresses import Target, is_public, target_of
from chalicelib.net.reply import Reply

OVERHEAD_BYTES = 64 * 1024
"""For the head of a reply and the framing of its chunks."""
LOOK_UP_S = 5.0
_RECORD_BYTES = 16 * 1024
"""The size of one TLS record: a longer read would get a new time limit for each record."""


class Connection(Protocol):
    """The used part of a socket's interface."""

    def settimeout(self, timeout_s: float, /) -> None: ...
    def sendall(self, some: bytes, /) -> None: ...
    def recv_into(self, buffer: memoryview, /) -> int: ...
    def close(self) -> None: ...


class Network(Protocol):
    """Name resolution, connections and a monotonic clock."""

    def look_up(self, host: str, timeout_s: float) -> Sequence[str]:
        """The IP addresses of that name. Raises OSError."""

    def connect(self, address: str, port: int, timeout_s: float) -> Connection:
        """A connection to exactly that address. Raises OSError."""

    def secure(self, connection: Connection, host: str) -> Connection:
        """The connection with TLS, verified for that host. Raises OSError."""

    def seconds(self) -> float:
        """The clock."""


class SafeHttpClient(HttpClient):
    """Requests public addresses, and the origins that the settings exempt, such as
    http://127.0.0.1:9000."""

    def __init__(self, network: Network, allowed: Collection[str] = ()) -> None:
        self._network = network
        self._allowed = allowed

    def check(self, url: str, *, timeout_s: float = LOOK_UP_S) -> None:
        """Checks an address before it is saved. Raises AddressRefused if it may not be requested,
        UpstreamFailed if its name cannot be resolved now."""
        self._look_up(target_of(url, self._allowed), timeout_s)

    def request(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        most_bytes: int,
        timeout_s: float,
    ) -> Reply:
        target = target_of(url, self._allowed)
        until = self._network.seconds() + timeout_s
        sock = self._connect(target, until, 2 * most_bytes + OVERHEAD_BYTES)
        connection = HTTPConnection(target.host, target.port)
        # It must never connect by itself: it would resolve the name again.
        connection.auto_open = 0
        connection.sock = sock
        try:
            own = {"Host": target.authority, "User-Agent": "Ginnel", "Connection": "close"}
            connection.request(method, target.path, body, {**headers, **own})
            with connection.getresponse() as response:
                return _read_reply(response, most_bytes)
        except (OSError, HTTPException) as error:
            raise NoReply(
                "The other system did not answer, or its answer was incomplete."
            ) from error
        finally:
            connection.close()
            sock.connection.close()

    def _connect(self, target: Target, until: float, most_bytes: int) -> "_LimitedSocket":
        """A connection to the first of the target's addresses that accepts one."""
        failed: OSError | None = None
        for address in self._look_up(target, self._time_left(until)):
            try:
                connection = self._network.connect(address, target.port, self._time_left(until))
                if target.is_tls:
                    connection.settimeout(self._time_left(until))
                    connection = self._network.secure(connection, target.host)
            except OSError as error:
                failed = error
            else:
                return _LimitedSocket(connection, lambda: self._time_left(until), most_bytes)
        raise UpstreamFailed("The other system cannot be reached.") from failed

    def _look_up(self, target: Target, timeout_s: float) -> Sequence[str]:
        try:
            found = self._network.look_up(target.host, timeout_s)
        except OSError as error:
            raise UpstreamFailed("The name of the other system cannot be looked up.") from error
        # All of them: a private address beside a public one would be a way in.
        if not target.is_allowed and not all(is_public(address) for address in found):
            raise AddressRefused("The address does not lead to a public network.")
        return found

    def _time_left(self, until: float) -> float:
        left = until - self._network.seconds()
        if left <= 0:
            raise TimeoutError("the time for all of it is over")
        return left


class _LimitedSocket:
    """A connection in the form of a socket for the HTTP library, with its remaining time and
    bytes."""

    def __init__(self, connection: Connection, left: Callable[[], float], most_bytes: int) -> None:
        self.connection = connection
        self.left = left
        self._most_bytes = most_bytes

    def sendall(self, some: bytes) -> None:
        for start in range(0, len(some), _RECORD_BYTES):
            self.connection.settimeout(self.left())
            self.connection.sendall(some[start : start + _RECORD_BYTES])

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_LimitedReader(self, self._most_bytes))

    def close(self) -> None:
        """Does nothing: HTTPConnection calls it after the head, and the body may still arrive."""


class _LimitedReader(io.RawIOBase):
    """Reads from a connection, until its time or size limit."""

    def __init__(self, sock: _LimitedSocket, most_bytes: int) -> None:
        self._sock = sock
        self._left_bytes = most_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._sock.connection.settimeout(self._sock.left())
        count = self._sock.connection.recv_into(buffer)
        self._left_bytes -= count
        if self._left_bytes < 0:
            raise OSError("more came than is read")
        return count


def _read_reply(response: HTTPResponse, most_bytes: int) -> Reply:
    """Raises HTTPException if the body ends before its length."""
    body = response.read(most_bytes)
    if response.length and len(body) < most_bytes:
        raise HTTPException("the reply ended early")
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Reply(response.status, headers, body)
