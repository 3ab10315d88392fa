"""Notifications to browsers: only the browser can read them, they go to push services on the
internet and nowhere else, and what these answer is understood."""

from collections.abc import Sequence

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from msgspec.structs import replace

from chalicelib.alerts.messages import Message
from chalicelib.alerts.push import payload_of
from chalicelib.errors import AddressRefused, Gone, NoReply, NotNow, UpstreamFailed
from chalicelib.integrations.web_push import WebPush, encrypt, topic_of
from chalicelib.kernel.push_address import PushAddress
from chalicelib.net.vapid_keys import PushKey, decode_base64url, encode_base64url
from infra.local.push import Browser
from tests.support.fakes import Clock
from tests.support.log_lines import capture_lines, decode_lines
from tests.unit.net.network import PUBLIC, FakeNetwork
from tests.unit.net.test_safe_http_client import INSIDE, REFUSED

ENDPOINT = "https://push.example.org/wpush/v2/gAAAA"
MENDED = Message(
    council="Eskerby Council",
    what="fixed",
    name="S1-A1",
    thread="7K3M2QXV9HTD",
    subject="Mended",
    short="Pothole",
    url="https://report.council.example/reports/7K3M2QXV9HTD",
    paragraphs=("Pothole",),
)
KEY = PushKey("s" * 64, subject="https://report.council.example")


def address(browser: Browser, endpoint: str = ENDPOINT) -> PushAddress:
    keys = browser.subscription(endpoint)["keys"]
    return PushAddress(endpoint=endpoint, p256dh=keys["p256dh"], auth=keys["auth"])


def network() -> FakeNetwork:
    names: dict[str, list[Sequence[str]]] = {host: [[inside]] for host, inside in INSIDE.items()}
    return FakeNetwork({**names, "push.example.org": [[PUBLIC]], "photos.example.org": [[PUBLIC]]})


def answering(here: FakeNetwork, *pieces: bytes) -> WebPush:
    outside = here.says(*pieces)
    return WebPush(lambda: outside, lambda: KEY, Clock())


def status(number: int, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {number} Said", *headers, "Content-Length: 0", "", ""]).encode()


# What only the browser can read


def test_message_is_encrypted_as_in_the_standards_example() -> None:
    """RFC 8291, 5 and Appendix A."""
    private = int.from_bytes(decode_base64url("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
    to = PushAddress(
        endpoint=ENDPOINT,
        p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoI"
        "Aiw4",
        auth="BTBZMqHH6r4Tts7J_aSIgg",
    )
    made = encrypt(
        b"When I grow up, I want to be a watermelon",
        to,
        salt=decode_base64url("DGv6ra1nlYgDCS1FRnbzlw"),
        private=derive_private_key(private, SECP256R1()),
    )
    assert encode_base64url(made) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
        "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
        "lcy4a-fN"
    )


def opened(body: bytes, private: EllipticCurvePrivateKey, auth: bytes) -> bytes:
    plain: bytes = http_ece.decrypt(
        body, private_key=private, auth_secret=auth, version="aes128gcm"
    )
    return plain


def test_only_the_browser_can_read_the_message() -> None:
    here, browser = network(), Browser()
    answering(here, status(201)).send(MENDED, address(browser))
    _, _, body = here.sockets[0].sent.partition(b"\r\n\r\n")
    assert opened(body, browser.private, browser.auth) == payload_of(MENDED)
    for private, auth in (
        (generate_private_key(SECP256R1()), browser.auth),
        (browser.private, b"x" * 16),
    ):
        with pytest.raises(http_ece.ECEException):
            opened(body, private, auth)


def test_salt_and_key_are_new_for_each_message() -> None:
    """RFC 8188, 2.1: 16 bytes of salt, 5 of lengths, then the key."""
    to = address(Browser())
    made = [encrypt(b"{}", to) for _ in range(5)]
    assert len({each[:16] for each in made}) == len({each[21:86] for each in made}) == 5


def test_longest_message_is_accepted_by_every_push_service() -> None:
    """RFC 8030, 7.2: at least 4,096 bytes are."""
    long = replace(MENDED, subject='"' * 5000, paragraphs=("\x01🕳" * 5000,))
    assert len(encrypt(payload_of(long), address(Browser()))) <= 4096


# What a push service hears


def test_push_service_gets_sender_lifetime_and_urgency() -> None:
    here, to = network(), address(Browser())
    answering(here, status(201)).send(MENDED, to)
    head = here.sockets[0].sent.partition(b"\r\n\r\n")[0].decode()
    line, *headers = head.split("\r\n")
    said = dict(each.split(": ", 1) for each in headers)
    assert line == "POST /wpush/v2/gAAAA HTTP/1.1"
    assert said.pop("Authorization").startswith("vapid t=")
    assert int(said.pop("Content-Length")) < 500
    assert said == {
        "Host": "push.example.org",
        "User-Agent": "Ginnel",
        "Connection": "close",
        "Accept-Encoding": "identity",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": "604800",
        "Urgency": "normal",
        "Topic": topic_of("7K3M2QXV9HTD", to),
    }


def test_topic_is_the_same_only_for_the_same_browser_and_report() -> None:
    """RFC 8030, 5.4: at most 32 characters of base64url."""
    one, other = address(Browser()), address(Browser())
    assert topic_of("7K3M2QXV9HTD", one) == topic_of("7K3M2QXV9HTD", one)
    topics = {topic_of(tag, to) for tag in ("7K3M2QXV9HTD", "4N8WQ2ZC6RBY") for to in (one, other)}
    assert len(topics) == 4
    for topic in topics:
        assert len(topic) == 32 and len(decode_base64url(topic)) == 24


def test_request_reveals_nothing_of_the_message() -> None:
    here = network()
    answering(here, status(201)).send(MENDED, address(Browser()))
    for word in (b"Mended", b"Pothole", b"7K3M2QXV9HTD"):
        assert word not in here.sockets[0].sent


# What it answers


@pytest.mark.parametrize("number", [200, 201, 202, 204])
def test_notification_is_sent_when_the_push_service_accepts_it(number: int) -> None:
    here = network()
    answering(here, status(number)).send(MENDED, address(Browser()))
    assert [socket.sent.startswith(b"POST ") for socket in here.sockets] == [True]


@pytest.mark.parametrize("number", [404, 410])
def test_browser_is_gone_when_the_push_service_says_so(number: int) -> None:
    with pytest.raises(Gone):
        answering(network(), status(number)).send(MENDED, address(Browser()))


@pytest.mark.parametrize("number", [301, 302, 307, 400, 401, 403, 405, 413, 422])
def test_notification_is_refused_permanently_and_logged_for_other_statuses(number: int) -> None:
    here = network()
    with capture_lines() as lines, pytest.raises(AddressRefused) as refused:
        answering(here, status(number, "Location: https://127.0.0.1/")).send(
            MENDED, address(Browser())
        )
    assert not isinstance(refused.value, Gone)
    assert len(here.connected) == 1
    assert [line["status"] for line in decode_lines(lines, level="warning")] == [number]
    assert "push.example.org" not in "".join(lines)


@pytest.mark.parametrize("number", [408, 425, 429, 500, 502, 503, 504])
@pytest.mark.parametrize(("header", "seconds"), [("120", 120), ("soon", 0), ("-1", 0)])
def test_notification_is_postponed_when_a_retry_may_help(
    number: int, header: str, seconds: int
) -> None:
    with pytest.raises(NotNow) as put_off:
        answering(network(), status(number, f"Retry-After: {header}")).send(
            MENDED, address(Browser())
        )
    assert (put_off.value.code, put_off.value.retry_after_s) == (f"http_{number}", seconds)


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 20"])
def test_notification_may_have_arrived_when_the_answer_cannot_be_read(said: bytes) -> None:
    with pytest.raises(NoReply):
        answering(network(), said).send(MENDED, address(Browser()))


def test_notification_may_have_arrived_when_the_answer_takes_too_long() -> None:
    here = network()
    here.pause_s = 3600
    with pytest.raises(NoReply):
        answering(here, status(201)).send(MENDED, address(Browser()))


def test_nothing_was_sent_when_the_push_service_cannot_be_reached() -> None:
    here = network()
    here.refusing = {PUBLIC}
    with pytest.raises(UpstreamFailed) as failed:
        answering(here, status(201)).send(MENDED, address(Browser()))
    assert type(failed.value) is UpstreamFailed and here.sockets == []


# Where nothing is sent


@pytest.mark.parametrize("url", REFUSED)
def test_no_socket_is_opened_when_an_endpoint_is_refused(url: str) -> None:
    here, to = network(), address(Browser(), url)
    push = answering(here, status(201))
    with pytest.raises(AddressRefused):
        push.check(to)
    with pytest.raises(AddressRefused):
        push.send(MENDED, to)
    assert here.connected == []


def test_saved_endpoint_is_refused_when_its_name_resolves_to_an_internal_address_later() -> None:
    here = FakeNetwork({"push.example.org": [[PUBLIC], ["10.0.0.5"]]})
    push, to = answering(here, status(201)), address(Browser())
    push.check(to)
    with pytest.raises(AddressRefused):
        push.send(MENDED, to)
    assert here.connected == []


@pytest.mark.parametrize(
    "changed",
    [
        {"p256dh": ""},
        {"p256dh": "BCVxsr7N"},
        {"p256dh": encode_base64url(b"\x04" + b"\x01" * 64)},
        {"p256dh": encode_base64url(b"\x02" + b"\x01" * 32)},
        {"p256dh": "ü" * 87},
        {"auth": ""},
        {"auth": "BTBZMqHH"},
        {"auth": encode_base64url(b"x" * 17)},
        {"auth": "🕳" * 22},
    ],
)
def test_no_socket_is_opened_when_the_keys_are_invalid(changed: dict[str, str]) -> None:
    here, to = network(), replace(address(Browser()), **changed)
    push = answering(here, status(201))
    with pytest.raises(AddressRefused):
        push.check(to)
    with pytest.raises(AddressRefused):
        push.send(MENDED, to)
    assert here.connected == []


def test_browsers_address_is_accepted() -> None:
    answering(network()).check(address(Browser()))
