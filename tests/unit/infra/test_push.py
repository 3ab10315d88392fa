"""The local stack's push service takes what a real one takes, and refuses the rest."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.alerts.messages import Message
from chalicelib.errors import AddressRefused, Gone, NotNow
from chalicelib.integrations.web_push import WebPush
from chalicelib.kernel.push_address import PushAddress
from chalicelib.net.internet import Internet
from chalicelib.net.safe_http_client import SafeHttpClient
from chalicelib.net.vapid_keys import PushKey
from infra.local.push import PushService

KEY = PushKey("s" * 64, subject="https://report.council.example")
OTHER = PushKey("t" * 64, subject="https://report.council.example")
MENDED = Message(
    council="Eskerby Council",
    what="fixed",
    name="S1-A1",
    thread="7K3M2QXV9HTD",
    subject="Your report is mended",
    short="Pothole in Low Petergate",
    url="http://127.0.0.1:8000/reports/7K3M2QXV9HTD",
    paragraphs=(),
)


@pytest.fixture(scope="module")
def running() -> Iterator[PushService]:
    made = PushService()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def service(running: PushService) -> PushService:
    running.taken.clear()
    running.status = 0
    return running


def sender(service: PushService, *, now: datetime | None = None) -> WebPush:
    outside = SafeHttpClient(Internet(), {service.origin})
    return WebPush(lambda: outside, lambda: KEY, lambda: now or datetime.now(UTC))


def subscribed(service: PushService) -> PushAddress:
    made = service.subscribe()
    return PushAddress(endpoint=made["endpoint"], **made["keys"])


def test_outbox_shows_what_the_browser_reads(service: PushService) -> None:
    to = subscribed(service)
    sender(service).send(MENDED, to)
    (taken,) = service.taken
    shown = taken.outbox_entry()
    assert shown.pop("sent_at").endswith("Z")
    assert shown == {
        "channel": "push",
        "to": f"{to.endpoint[:40]}…",
        "subject": "Your report is mended",
        "body": "Pothole in Low Petergate\nhttp://127.0.0.1:8000/reports/7K3M2QXV9HTD",
    }
    assert taken.headers["urgency"] == "normal" and len(taken.headers["topic"]) == 32


def test_stack_reaches_only_its_push_service_on_this_machine(
    service: PushService,
) -> None:
    push = sender(service)
    push.check(subscribed(service))
    other = PushService()
    with pytest.raises(AddressRefused):
        push.check(subscribed(other))
    other.server_close()


def test_browser_is_gone_when_it_never_subscribed_or_has_left(service: PushService) -> None:
    to = subscribed(service)
    service.leave(to.endpoint)
    with pytest.raises(Gone):
        sender(service).send(MENDED, to)
    assert service.taken == []


@pytest.mark.parametrize("status", [429, 503])
def test_service_is_down_when_a_test_sets_it(status: int, service: PushService) -> None:
    service.status = status
    with pytest.raises(NotNow):
        sender(service).send(MENDED, subscribed(service))
    assert service.taken == []


# What it refuses


def post(service: PushService, authorization: str, body: bytes = b"") -> int:
    endpoint = service.subscribe()["endpoint"]
    return service.take(endpoint, {"authorization": authorization}, body)


def signed(service: PushService, *, hours: int = 0) -> str:
    """The word that says who sends, as it is made that much from now."""
    return KEY.authorization(f"{service.origin}/x", datetime.now(UTC) + timedelta(hours=hours))


WRONG: dict[str, Callable[[PushService], str]] = {
    "none": lambda _: "",
    "of another kind": lambda service: signed(service).replace("vapid ", "Bearer "),
    "without a key": lambda service: signed(service).partition(",")[0],
    "of another key": lambda service: signed(service).partition("k=")[0] + f"k={OTHER.public_key}",
    "of no key": lambda service: signed(service).partition("k=")[0] + "k=AAAA",
    "for another service": lambda _: KEY.authorization("https://x.example/", datetime.now(UTC)),
    "over": lambda service: signed(service, hours=-48),
    "for too long": lambda service: signed(service, hours=13),
}


@pytest.mark.parametrize("word", WRONG)
def test_sender_is_refused_when_the_token_is_not_valid(word: str, service: PushService) -> None:
    assert post(service, WRONG[word](service)) == 403
    assert service.taken == []


def test_body_is_refused_when_it_is_too_long_or_not_for_this_browser(service: PushService) -> None:
    assert post(service, signed(service), b"x" * 4097) == 413
    assert post(service, signed(service), b"x" * 100) == 400
    assert service.taken == []
