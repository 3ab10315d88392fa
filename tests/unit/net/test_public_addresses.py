"""Which addresses are gone to, and which never."""

import pytest

from chalicelib.errors import AddressRefused
from chalicelib.net.public_addresses import LONGEST_URL, is_public, target_of


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://photos.example.org", "photos.example.org", "/"),
        ("https://photos.example.org/a/b.jpg?size=2#part", "photos.example.org", "/a/b.jpg?size=2"),
        ("https://photos.example.org:443/a", "photos.example.org", "/a"),
        ("HTTPS://Photos.Example.ORG/A", "photos.example.org", "/A"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", "/"),
        ("https://photos.example.org?a=@b:c", "photos.example.org", "/?a=@b:c"),
    ],
)
def test_permitted_address_has_its_host_as_target(url: str, host: str, path: str) -> None:
    target = target_of(url)
    assert (target.host, target.port, target.path) == (host, 443, path)
    assert target.is_tls and not target.is_allowed


def test_address_is_refused_when_it_is_too_long() -> None:
    start = "https://photos.example.org/"
    assert target_of(start + "a" * (LONGEST_URL - len(start)))
    with pytest.raises(AddressRefused):
        target_of(start + "a" * (LONGEST_URL - len(start) + 1))


ALLOWED = frozenset({"http://127.0.0.1:9000"})


def test_address_is_permitted_when_its_origin_is_exempt() -> None:
    target = target_of("http://127.0.0.1:9000/photo.jpg", ALLOWED)
    assert target.is_allowed and not target.is_tls
    assert (target.host, target.port, target.authority) == ("127.0.0.1", 9000, "127.0.0.1:9000")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9001/",
        "http://127.0.0.1/",
        "http://127.0.0.1:9000@evil.example.org/",
        "http://a@127.0.0.1:9000/",
        "http://127.0.0.1:9000.example.org/",
    ],
)
def test_address_is_refused_when_its_origin_only_resembles_an_exempt_one(url: str) -> None:
    with pytest.raises(AddressRefused):
        target_of(url, ALLOWED)


@pytest.mark.parametrize(
    "address",
    [
        *("93.184.215.14", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255"),
        *("100.128.0.0", "198.17.255.255", "223.255.255.255"),
        *("2606:4700::1111", "2001:4860:4860::8888", "2a00::1"),
    ],
)
def test_public_ip_address_is_accepted(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.0", "100.127.255.255"),
        *("127.0.0.1", "127.255.255.254", "169.254.169.254", "169.254.170.2", "172.16.0.1"),
        *("172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1"),
        *("198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255"),
        *("240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:93.184.215.14"),
        *("64:ff9b::7f00:1", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:0:4136:e378::1"),
        *("2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1"),
        *("2002:5db8:d70e::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1"),
        *("fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "4000::1", "2620:4f:8000::1"),
    ],
)
def test_internal_or_special_ip_address_is_refused(address: str) -> None:
    assert not is_public(address)
