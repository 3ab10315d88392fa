"""What another system says of a photo: here it is, later, or never."""

import pytest

from chalicelib.errors import UpstreamFailed
from chalicelib.photos.media_fetcher import fetch_media
from chalicelib.photos.model import MOST_BYTES, NOT_FETCHED, PhotoRefused
from tests.unit.net.network import FakeNetwork

URL = "https://photos.example.org/one.jpg"


def said(status: int, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def test_file_is_returned_unchanged() -> None:
    assert fetch_media(URL, FakeNetwork().says(said(200, b"file"))) == b"file"


def test_file_is_cut_one_byte_above_the_limit() -> None:
    network = FakeNetwork().says(said(200, b"x" * (MOST_BYTES + 9)))
    assert len(fetch_media(URL, network)) == MOST_BYTES + 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_file_is_retried_when_the_other_system_is_busy(status: int) -> None:
    with pytest.raises(UpstreamFailed):
        fetch_media(URL, FakeNetwork().says(said(status)))


@pytest.mark.parametrize("status", [204, 206, 301, 302, 307, 400, 401, 403, 404, 410])
def test_file_is_refused_when_the_other_system_refuses_it(status: int) -> None:
    with pytest.raises(PhotoRefused) as refused:
        fetch_media(URL, FakeNetwork().says(said(status)))
    assert refused.value.reason == NOT_FETCHED


def test_file_is_refused_when_its_address_is_not_allowed() -> None:
    network = FakeNetwork()
    with pytest.raises(PhotoRefused):
        fetch_media("https://127.0.0.1/one.jpg", network.says(said(200, b"file")))
    assert network.connected == []
