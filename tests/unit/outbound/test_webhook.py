"""What receivers get, and what their answers mean."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.errors import AddressRefused, NoReply, NotNow
from chalicelib.net.reply import Reply
from chalicelib.outbound.model import Case, DeliveryEvent
from chalicelib.outbound.senders import DeliveryRefused, SendResult
from chalicelib.outbound.webhook import WebhookSender, signed_headers
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.support.fakes_forwarding import COLLECTION, forwarded_case
from tests.support.fakes_outbound import delivery, receiver
from tests.support.http_client import InProcessClient
from tests.support.webhooks import is_signature_valid


def reply(status: int, headers: Mapping[str, str] = {}) -> Reply:
    return Reply(status, headers, b"")


TAKEN = reply(204)
CONTRACTOR = receiver(case_services=("bulky",))


class Wire(InProcessClient):
    """Notes what is posted, and answers as it is told to."""

    def __init__(self, answer: Reply | Exception = TAKEN) -> None:
        self.answer = answer
        self.posted: list[tuple[str, bytes, Mapping[str, str]]] = []

    def answered(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        assert method == "POST"
        self.posted.append((url, body, headers))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def post(
    wire: Wire, event: DeliveryEvent = "changed", report: Any = None, case: Case | None = None
) -> SendResult:
    sender = WebhookSender(lambda _: report, lambda _: case, lambda: wire, Clock())
    return sender.send(delivery(kind="webhook", event=event), CONTRACTOR)


def body_of(event: DeliveryEvent, report: Any, case: Case | None = None) -> dict[str, Any]:
    wire = Wire()
    post(wire, event, report, case)
    body: dict[str, Any] = json.loads(wire.posted[0][1])
    return body


REPORT = {"service_request_id": "7K3M2QXV9HTD", "state": "open"}
GONE = {"service_request_id": "7K3M2QXV9HTD"}


@pytest.mark.parametrize(
    ("event", "report", "kind", "told"),
    [
        ("submitted", REPORT, "report.submitted", REPORT),
        ("changed", REPORT, "report.changed", REPORT),
        ("gone", None, "report.gone", GONE),
        ("changed", None, "report.gone", GONE),
        ("submitted", None, "report.gone", GONE),
        ("gone", REPORT, "report.changed", REPORT),
    ],
)
def test_receiver_gets_the_present_public_report(
    event: DeliveryEvent, report: Any, kind: str, told: Any
) -> None:
    assert body_of(event, report) == {
        "id": delivery().delivery_id,
        "kind": kind,
        "occurred_at": "2026-06-01T12:00:00Z",
        "report": told,
    }


def test_receiver_gets_an_entry_of_the_ledger_as_it_is_under_its_own_id() -> None:
    wire, entry = Wire(), '{"entry_id":"payment:p1","amount_pence":4000}'
    booked = delivery(kind="webhook", event="ledger.entry", message_id="payment:p1", body=entry)
    WebhookSender(lambda _: REPORT, lambda _: None, lambda: wire, Clock()).send(booked, receiver())
    ((_, body, headers),) = wire.posted
    assert (body.decode(), headers["webhook-id"]) == (entry, "payment:p1")
    assert is_signature_valid(headers, body, receiver().secret)


BULKY = forwarded_case(service_code="bulky", service_name="Bulky waste", work=COLLECTION)


@pytest.mark.parametrize("event", ["case.opened", "case.changed", "case.gone"])
def test_receiver_gets_the_present_work_of_a_case_of_its_services(event: DeliveryEvent) -> None:
    body = body_of(event, None, BULKY)
    assert body["kind"] == ("case.changed" if event == "case.gone" else event)
    assert body["id"] == delivery().delivery_id
    assert body["case"] == {
        "service_request_id": "7K3M2QXV9HTD",
        "version": 3,
        "state": "open",
        "status": "open",
        "service_code": "bulky",
        "service_name": "Bulky waste",
        "title": "Big hole",
        "description": "A deep hole.",
        "requested_datetime": "2026-06-01T12:00:00Z",
        "work": {
            "lat": 53.959,
            "long": -1.0815,
            "address": "2 Dial Row, YO1 7HH",
            "uprn": "990000000001",
            "items": [
                {"code": "sofa", "name": "Sofa", "count": 2},
                {"code": "fridge", "name": "Fridge or freezer", "count": 1},
            ],
            "booked": {
                "day": "2026-06-15",
                "slot": "am",
                "slot_name": "Morning",
                "begins": "07:00",
                "minutes": 300,
            },
            "missed_collection": None,
            "answers": [],
        },
    }


@pytest.mark.parametrize("event", ["case.opened", "case.changed", "case.gone"])
@pytest.mark.parametrize("case", [None, forwarded_case(service_code="graffiti")])
def test_receiver_gets_only_the_reference_of_a_case_that_it_may_not_have(
    case: Case | None, event: DeliveryEvent
) -> None:
    body = body_of(event, REPORT, case)
    assert (body["kind"], body["case"]) == ("case.gone", GONE)
    assert "report" not in body


def test_receiver_can_verify_sender_and_time() -> None:
    wire = Wire()
    post(wire)
    url, body, headers = wire.posted[0]
    assert url == receiver().url
    assert headers["webhook-id"] == delivery().delivery_id
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    assert is_signature_valid(headers, body, receiver().secret)
    assert not is_signature_valid(headers, body, "whsec_" + "QkJC" * 11)
    assert not is_signature_valid({**headers, "webhook-timestamp": "1"}, body, receiver().secret)


def test_signature_equals_the_standards_example() -> None:
    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        Clock(NOON.fromtimestamp(1614265330, NOON.tzinfo))(),
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_delivery_is_accepted_by_a_2xx_response(status: int) -> None:
    assert post(Wire(reply(status))) == SendResult()


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 599])
def test_delivery_is_retried_when_that_may_help(status: int) -> None:
    with pytest.raises(NotNow) as put_off:
        post(Wire(reply(status)))
    assert (put_off.value.code, put_off.value.retry_after_s) == (f"http_{status}", 0)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("", 0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("-5", 0), ("9" * 5000, 0)],
)
def test_delivery_respects_retry_after(header: str, seconds: int) -> None:
    with pytest.raises(NotNow) as put_off:
        post(Wire(reply(429, {"retry-after": header})))
    assert put_off.value.retry_after_s == seconds


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 405, 410, 413, 422, 451])
def test_delivery_is_refused_permanently_for_other_statuses(status: int) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        post(Wire(reply(status)))
    assert refused.value.code == f"http_{status}"


def test_delivery_is_refused_permanently_when_its_address_is_not_allowed() -> None:
    with pytest.raises(DeliveryRefused, match="address_refused"):
        post(Wire(AddressRefused("no")))


def test_delivery_is_retried_without_an_answer() -> None:
    with pytest.raises(NoReply):
        post(Wire(NoReply("it hung up")))
