"""The clock of the local stack moves, runs on and is put back, also in a command's process."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from chalicelib.kernel.time import utc_now
from infra.local.clock import Clock, follow_stack, parse_moment

CHRISTMAS_EVE = datetime(2030, 12, 24, 19, tzinfo=UTC)
SOON = timedelta(minutes=1)


@pytest.fixture
def clock() -> Iterator[Clock]:
    here = Clock()
    yield here
    here.put_back()


def test_clock_runs_on_from_where_it_is_moved_and_is_put_back(clock: Clock) -> None:
    before = utc_now()
    for at in (CHRISTMAS_EVE, CHRISTMAS_EVE - timedelta(days=400)):
        clock.move(at)
        assert timedelta(0) <= utc_now() - at < SOON
        assert clock.state() == {"now": f"{at:%Y-%m-%dT%H}:00:00Z", "is_moved": True}
    clock.put_back()
    assert before < utc_now() < before + SOON
    assert clock.state()["is_moved"] is False


@pytest.mark.parametrize(
    ("posted", "moment"),
    [
        (b"{}", None),
        (b'{"at": null}', None),
        (b'{"at": "2030-12-24T19:00:00Z"}', CHRISTMAS_EVE),
        (b'{"at": "2030-12-24T20:00:00+01:00"}', CHRISTMAS_EVE),
    ],
)
def test_post_names_a_moment_or_none(posted: bytes, moment: datetime | None) -> None:
    assert parse_moment(posted) == moment


@pytest.mark.parametrize(
    "posted", [b"", b"x", b"[]", b'{"at": "noon"}', b'{"at": "2030-12-24T19:00:00"}']
)
def test_post_is_refused_when_it_has_no_moment_with_an_offset(posted: bytes) -> None:
    with pytest.raises(ValueError, match="Post"):
        parse_moment(posted)


@pytest.mark.parametrize("is_moved", [True, False])
def test_command_follows_the_clock_of_a_stack_that_was_moved(is_moved: bool, clock: Clock) -> None:
    shown = json.dumps({"now": "2030-12-24T19:00:00Z", "is_moved": is_moved}).encode()

    class Stack(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(shown if self.path == "/_local/clock" else b"")

        def log_message(self, format: str, *args: object) -> None:
            """Does not log each request."""

    with HTTPServer(("127.0.0.1", 0), Stack) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        follow_stack(f"http://127.0.0.1:{server.server_port}", clock)
    assert clock.state()["is_moved"] is is_moved
    assert (utc_now() > CHRISTMAS_EVE) is is_moved
