"""Static reads: published documents from the local stack beside the same bytes from Python's own
http.server, each in a process of its own. In production the CDN serves them, at no cost to us.
Requests a second need elapsed time: both are measured in turn, and each one's best round counts.
Other programs affect the CPU of the servers least.
"""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.process import ROUNDS, cpu_s_of
from bench.table import Row
from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import MAP_ZOOM, tile_of
from chalicelib.publishing.model import key_of_tile, page_key, report_key
from tests.support.patience import wait_until

GROUP = "Static reads from the local stack (in production they are the CDN's)"
REQUESTS = 300
PEER = "http.server"


@dataclass(frozen=True)
class Server:
    """A server at a host and port; `leader` is the leader of its processes."""

    host: str
    port: int
    leader: int

    @classmethod
    def at(cls, url: str, leader: int) -> "Server":
        parts = urlsplit(url)
        assert parts.hostname and parts.port
        return cls(parts.hostname, parts.port, leader)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True)
class Cost:
    """One request: the elapsed time in the best round, and the server's CPU on average."""

    clock_ms: float
    cpu_ms: float

    @property
    def requests_a_second(self) -> float:
        return 1000 / self.clock_ms


def rows(stack: Server, paths: Sequence[str], requests: int = REQUESTS) -> Iterator[Row]:
    """The rows for these published documents."""
    with same_files(stack, paths) as peer:
        ours, theirs = compare_servers([(stack, paths), (peer, paths)], requests)
    for unit, our, their in (
        ("ms a request", ours.clock_ms, theirs.clock_ms),
        ("ms of CPU a request", ours.cpu_ms, theirs.cpu_ms),
    ):
        name = "a tile, a report and its page"
        yield Row(group=GROUP, name=name, unit=unit, ours=our, peer=their, peer_name=PEER)


def documents(url: str) -> list[str]:
    """Paths of a tile, of a report and of its page on a stack with demo reports."""
    with urllib.request.urlopen(f"{url}/api/reports?bbox=-1.2,53.89,-0.96,54.03&limit=1") as found:
        (report,) = json.loads(found.read())["items"]
    tile = key_of_tile(tile_of(Point(lat=report["lat"], long=report["long"]), MAP_ZOOM))
    service_request_id = report["service_request_id"]
    return [
        f"/{key}" for key in (tile, report_key(service_request_id), page_key(service_request_id))
    ]


def compare_servers(
    asked: Sequence[tuple[Server, Sequence[str]]], requests: int = REQUESTS
) -> list[Cost]:
    """The cost of each server's paths, measured in turn, that often in each round."""
    clocks: list[list[float]] = [[] for _ in asked]
    cpus = [0.0 for _ in asked]
    for _ in range(ROUNDS):
        for at, (server, paths) in enumerate(asked):
            before, began = cpu_s_of(server.leader), time.perf_counter()
            for number in range(requests):
                get(server, paths[number % len(paths)])
            clocks[at].append(time.perf_counter() - began)
            cpus[at] += cpu_s_of(server.leader) - before
    return [
        Cost(min(clock) / requests * 1000, cpu / (ROUNDS * requests) * 1000)
        for clock, cpu in zip(clocks, cpus, strict=True)
    ]


def get(server: Server, path: str) -> bytes:
    """The answer's body, over a connection of its own, with a minimal client. Raises RuntimeError
    if it is not a 200.
    """
    question = f"GET {path} HTTP/1.1\r\nHost: {server.host}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((server.host, server.port)) as opened:
        opened.sendall(question.encode())
        parts = []
        while part := opened.recv(65536):
            parts.append(part)
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    if head.split(b" ", 2)[1] != b"200":
        raise RuntimeError(f"{server.url}{path} answered {head[:60]!r}")
    return body


@contextmanager
def same_files(server: Server, paths: Sequence[str]) -> Iterator[Server]:
    """Python's http.server with that server's content at these paths."""
    with TemporaryDirectory() as folder:
        for path in paths:
            file = Path(folder) / path.removeprefix("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(get(server, path))
        with serving_folder(Path(folder)) as peer:
            yield peer


@contextmanager
def serving_folder(folder: Path) -> Iterator[Server]:
    """Python's http.server, as `python -m http.server` starts it, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(port)
        yield Server("127.0.0.1", port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    def answers() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            return False
        return True

    wait_until(answers, lambda: time.sleep(0.02))
