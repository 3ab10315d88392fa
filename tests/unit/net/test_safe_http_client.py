"""Going to an address that somebody gave us: what is never reached, and what never holds us."""

import itertools
from collections.abc import Sequence

import pytest

from chalicelib.errors import AddressRefused, NoReply, UpstreamFailed
from chalicelib.net.safe_http_client import OVERHEAD_BYTES, SafeHttpClient
from tests.unit.net.network import PUBLIC, FakeNetwork

URL = "https://photos.example.org/one.jpg"
OK = b"HTTP/1.1 200 OK\r\n"
INSIDE = {
    "inside.example.org": "10.0.0.5",
    "metadata.example.org": "169.254.169.254",
    "loop.example.org": "127.0.0.1",
    "carrier.example.org": "100.64.0.1",
    "zero.example.org": "0.0.0.0",
    "many.example.org": "224.0.0.251",
    "six.example.org": "::1",
    "mapped.example.org": "::ffff:10.0.0.5",
    "nat64.example.org": "64:ff9b::a00:5",
    "nat64-local.example.org": "64:ff9b:1::a00:5",
    "tunnel.example.org": "2002:a00:5::1",
    "teredo.example.org": "2001:0:a00:5::1",
    "unique.example.org": "fd00:ec2::254",
    "link.example.org": "fe80::1%eth0",
    "127.0.0.1.nip.example": "127.0.0.1",
}
REFUSED = [
    *(f"https://{host}/photo.jpg" for host in INSIDE),
    "http://photos.example.org/one.jpg",
    "ftp://photos.example.org/one.jpg",
    "file:///etc/passwd",
    "gopher://photos.example.org:70/_x",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "//photos.example.org/one.jpg",
    "photos.example.org/one.jpg",
    "https:photos.example.org",
    "https://",
    "https:///one.jpg",
    "",
    "https://photos.example.org:80/one.jpg",
    "https://photos.example.org:8443/one.jpg",
    "https://photos.example.org:22/",
    "https://photos.example.org:/one.jpg",
    "https://photos.example.org:99999/",
    "https://photos.example.org:443x/",
    "https://user@photos.example.org/one.jpg",
    "https://user:word@photos.example.org/one.jpg",
    "https://@photos.example.org/",
    "https://photos.example.org@127.0.0.1/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://10.0.0.5/",
    "https://169.254.169.254/latest/meta-data/",
    "https://93.184.215.14/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00:ec2::254]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[::1/",
    "https://localhost/",
    "https://metadata/",
    "https://photos.example.org./one.jpg",
    "https://photos..example.org/",
    "https://-photos.example.org/",
    "https://photos_1.example.org/",
    "https://photos.example.org\\@127.0.0.1/",
    "https://photos.example.org\\.inside.example.org/",
    "https://photos.example.org/one two.jpg",
    "https://photos.example.org/\r\nHost: inside",
    "https://photos.example.org/\x00",
    "https://photos.example.org\t.inside.example.org/",
    "https://ph%6ftos.example.org/",
    "https://ⓛocalhost.example.org/",
    "https://photos。example。org/",
    "https://photos.example.org/" + "a" * 2000,
]


def network() -> FakeNetwork:
    names: dict[str, list[Sequence[str]]] = {host: [[address]] for host, address in INSIDE.items()}
    return FakeNetwork(names | {"photos.example.org": [[PUBLIC]]})


def test_tested_urls_are_numerous() -> None:
    assert len(set(REFUSED)) >= 40


@pytest.mark.parametrize("url", REFUSED)
def test_no_socket_is_opened_when_an_address_is_refused(url: str) -> None:
    here = network()
    outside = SafeHttpClient(here)
    with pytest.raises(AddressRefused):
        outside.check(url)
    with pytest.raises(AddressRefused):
        outside.get(url, most_bytes=10, timeout_s=5)
    with pytest.raises(AddressRefused):
        outside.post(url, b"{}", {}, most_bytes=10, timeout_s=5)
    assert here.connected == []


def test_socket_is_detected_when_an_internal_name_is_permitted() -> None:
    here = network()
    allowed = SafeHttpClient(here, frozenset({"https://inside.example.org"}))
    with pytest.raises(NoReply):
        allowed.get("https://inside.example.org/", most_bytes=10, timeout_s=5)
    assert here.connected == [("10.0.0.5", 443)]


def test_no_socket_is_opened_when_one_of_several_addresses_is_not_public() -> None:
    here = FakeNetwork({"photos.example.org": [[PUBLIC, "10.0.0.5"]]})
    with pytest.raises(AddressRefused):
        here.says(OK).get(URL, most_bytes=10, timeout_s=5)
    assert here.connected == []


def test_connection_is_made_to_the_checked_address_when_the_name_resolves_differently() -> None:
    here = FakeNetwork({"photos.example.org": [[PUBLIC], ["127.0.0.1"]]})
    outside = here.says(OK + b"Content-Length: 2\r\n\r\nhi")
    assert outside.get(URL, most_bytes=10, timeout_s=5).body == b"hi"
    assert here.asked == ["photos.example.org"]
    assert here.connected == [(PUBLIC, 443)]
    assert here.secured == ["photos.example.org"]


def test_redirect_is_returned_and_not_followed() -> None:
    here = FakeNetwork()
    outside = here.says(b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\n\r\n")
    reply = outside.get(URL, most_bytes=10, timeout_s=5)
    assert (reply.status, reply.headers["location"]) == (302, "https://127.0.0.1/")
    assert len(here.connected) == 1


def test_request_has_only_necessary_headers() -> None:
    here = FakeNetwork()
    here.says(OK + b"\r\n").get(URL + "?a=1#b", {"Accept": "image/*"}, most_bytes=9, timeout_s=5)
    line, *headers = here.sockets[0].sent.decode().strip().split("\r\n")
    assert line == "GET /one.jpg?a=1 HTTP/1.1"
    assert sorted(headers) == [
        "Accept-Encoding: identity",
        "Accept: image/*",
        "Connection: close",
        "Host: photos.example.org",
        "User-Agent: Ginnel",
    ]
    assert here.sockets[0].is_closed


def test_posted_body_is_sent_completely() -> None:
    here, body = FakeNetwork(), b"x" * 100_000
    reply = here.says(b"HTTP/1.1 204 No Content\r\n\r\n").post(
        URL, body, {"Content-Type": "text/plain"}, most_bytes=10, timeout_s=5
    )
    head, _, sent = here.sockets[0].sent.partition(b"\r\n\r\n")
    assert (reply.status, reply.body, sent) == (204, b"", body)
    assert b"Content-Length: 100000" in head


@pytest.mark.parametrize(
    "pieces",
    [
        (OK + b"Content-Length: 6\r\n\r\nabcdef",),
        (OK, b"X: 1\r\n\r\nabc", b"def"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", b"3\r\ndef\r\n0\r\n\r\n"),
    ],
)
def test_body_is_read_up_to_the_limit(pieces: tuple[bytes, ...]) -> None:
    for most, body in ((4, b"abcd"), (6, b"abcdef"), (7, b"abcdef")):
        reply = FakeNetwork().says(*pieces).get(URL, most_bytes=most, timeout_s=5)
        assert reply.body == body


def test_next_address_is_tried_when_one_refuses_the_connection() -> None:
    here = FakeNetwork({"photos.example.org": [["2a00::1", PUBLIC]]})
    here.refusing = {"2a00::1"}
    assert here.says(OK + b"\r\n").get(URL, most_bytes=9, timeout_s=5).status == 200
    assert here.connected == [("2a00::1", 443), (PUBLIC, 443)]


# What never holds us


def test_endless_reply_is_cut_off() -> None:
    here = FakeNetwork()
    outside = here.says()
    here.reply = itertools.chain([OK + b"\r\n"], itertools.repeat(b"x" * 1000))
    assert outside.get(URL, most_bytes=5000, timeout_s=5).body == b"x" * 5000
    assert here.sockets[0].read <= 2 * 5000 + OVERHEAD_BYTES


@pytest.mark.parametrize(
    "endless",
    [
        [b"HTTP/1.1 100 Continue\r\n\r\n"],
        [OK, b"X: y\r\n"],
        [OK + b"X: ", b"x"],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 4000 + b"\r\na\r\n"],
    ],
)
def test_endless_head_is_aborted(endless: list[bytes]) -> None:
    here = FakeNetwork()
    outside = here.says()
    here.reply = itertools.chain(endless, itertools.repeat(endless[-1]))
    with pytest.raises(NoReply):
        outside.get(URL, most_bytes=5000, timeout_s=5)
    assert here.sockets[0].read <= 2 * 5000 + OVERHEAD_BYTES + 8192
    assert here.sockets[0].is_closed


@pytest.mark.parametrize("start", [b"", OK + b"\r\n", OK + b"X: "])
def test_slow_reply_is_aborted_at_the_deadline(start: bytes) -> None:
    here = FakeNetwork()
    here.pause_s = 0.9
    outside = here.says()
    here.reply = itertools.chain([start] if start else [], itertools.repeat(b"a"))
    with pytest.raises(NoReply):
        outside.get(URL, most_bytes=5000, timeout_s=5)
    assert here.now <= 5
    assert here.sockets[0].timeouts == sorted(here.sockets[0].timeouts, reverse=True)


def test_truncated_reply_is_refused() -> None:
    for cut in (
        OK + b"Content-Length: 6\r\n\r\nabc",
        OK + b"Transfer-Encoding: chunked\r\n\r\n6\r\nabc",
        b"",
        b"nonsense\r\n\r\n",
    ):
        with pytest.raises(NoReply):
            FakeNetwork().says(cut).get(URL, most_bytes=100, timeout_s=5)


# What nobody has heard


def test_nothing_was_sent_when_a_name_is_unknown_or_the_connection_fails() -> None:
    here = FakeNetwork()
    for url, refusing in (("https://gone.example.org/", ""), (URL, PUBLIC)):
        here.refusing = {refusing}
        with pytest.raises(UpstreamFailed) as failed:
            here.says(OK).post(url, b"{}", {}, most_bytes=10, timeout_s=5)
        assert type(failed.value) is UpstreamFailed
    assert here.sockets == []


def test_nothing_was_sent_when_the_certificate_is_not_valid() -> None:
    here = FakeNetwork()
    here.is_trusted = False
    with pytest.raises(UpstreamFailed) as failed:
        here.says(OK).post(URL, b"{}", {}, most_bytes=10, timeout_s=5)
    assert type(failed.value) is UpstreamFailed
    assert here.sockets[0].sent == b""
