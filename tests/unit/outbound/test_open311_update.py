"""Another body hears that what it mended is not mended."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import NotNow
from chalicelib.outbound.model import TOKEN, Case, Delivery, Reopening, id_of_forwarded
from chalicelib.outbound.open311_client import Open311Client
from chalicelib.outbound.open311_update import UpdateSender
from chalicelib.outbound.senders import DeliveryRefused, DeliveryUnclear, SendResult
from tests.support.builders import NOON
from tests.support.fakes_forwarding import (
    REFERENCE,
    FakeServer,
    forwarded_case,
    open311_answer,
    status_reply,
)
from tests.support.fakes_outbound import MemoryDeliveries, delivery
from tests.unit.outbound.test_open311 import county

UPDATE = delivery(kind="update", event="reopened")
SAID = Reopening(
    text="The hole is back.",
    at=NOON + timedelta(days=1),
    photo_urls=("https://council.example/3.jpg",),
)


def posts(*replies: Any) -> FakeServer:
    return FakeServer({"POST servicerequestupdates.xml": list(replies)})


TAKEN = open311_answer([{"update_id": "77"}], "service_request_updates")


def sender(
    outside: FakeServer,
    said: Reopening | None = SAID,
    external_id: str | None = "C-1",
    case: Case | None = None,
) -> UpdateSender:
    deliveries = MemoryDeliveries()
    passed_on: Delivery = delivery(
        delivery_id=id_of_forwarded("county", REFERENCE), state="sent", external_id=external_id
    )
    deliveries.create(passed_on)
    client = Open311Client(lambda: outside, lambda _: "k3y")
    return UpdateSender(lambda _: said, lambda *_: case, deliveries.get, client)


def test_update_says_open_under_their_reference_and_an_id_of_its_own() -> None:
    outside = posts(TAKEN)
    assert sender(outside).send(UPDATE, county()) == SendResult("update:77")
    assert outside.forms == [
        [
            ("api_key", "k3y"),
            ("service_request_id", "C-1"),
            ("update_id", UPDATE.delivery_id),
            ("updated_datetime", "2026-06-02T12:00:00Z"),
            ("status", "OPEN"),
            ("description", "The hole is back."),
            ("media_url", "https://council.example/3.jpg"),
        ]
    ]


def test_update_is_resent_under_the_same_id_when_the_outcome_is_unknown() -> None:
    outside = posts(status_reply(500), TAKEN)
    this = sender(outside)
    with pytest.raises(DeliveryUnclear):
        this.send(UPDATE, county())
    this.find(UPDATE, county())
    this.send(UPDATE, county())
    first, second = outside.forms
    assert first == second


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"said": None}, DeliveryRefused),
        ({"external_id": None}, DeliveryRefused),
        ({"external_id": TOKEN + "t1"}, NotNow),
    ],
)
def test_update_is_not_sent_without_content_or_reference(
    values: dict[str, Any], error: type[Exception]
) -> None:
    outside = posts(TAKEN)
    with pytest.raises(error):
        sender(outside, **values).send(UPDATE, county())
    assert outside.forms == []


def test_update_counts_as_sent_when_the_reply_cannot_be_read() -> None:
    assert sender(posts(status_reply(200))).send(UPDATE, county()) == SendResult(None)


CHANGED = delivery(kind="update", event="case.changed")


def form_of_change(case: Case | None) -> list[tuple[str, str]]:
    """What the other body gets of the case, but for the key, the ids and the time."""
    outside = posts(TAKEN)
    sender(outside, said=None, case=case).send(CHANGED, county())
    assert outside.forms[0][1:4] == [
        ("service_request_id", "C-1"),
        ("update_id", CHANGED.delivery_id),
        ("updated_datetime", "2026-06-01T12:00:00Z"),
    ]
    return outside.forms[0][4:]


def test_change_of_the_work_is_told_in_words_and_attributes() -> None:
    assert form_of_change(forwarded_case()) == [
        ("status", "OPEN"),
        (
            "description",
            "The work has changed since we passed it on.\n"
            "Address: Low Petergate\nPlace: 53.959000, -1.081500 (latitude, longitude)",
        ),
        ("attribute[DEPTH]", "10 cm"),
        ("attribute[KIND][]", "round"),
        ("attribute[KIND][]", "wet"),
        ("attribute[fixmystreet_id]", REFERENCE),
    ]


def test_change_keeps_the_state_of_the_case() -> None:
    for state, status in (("in_progress", "IN_PROGRESS"), ("reopen", "OPEN"), ("open", "OPEN")):
        assert form_of_change(forwarded_case(state=state))[0] == ("status", status)


def test_other_body_gets_the_cancellation_of_the_work() -> None:
    told = dict(form_of_change(forwarded_case(state="cancelled")))
    assert told["status"] == "CANCELLED"
    assert told["description"].startswith("This was cancelled. Do not do this work.\nAddress: Low")
    assert form_of_change(None) == [
        ("status", "CANCELLED"),
        ("description", "We have taken this back. Do not do this work."),
    ]
