"""Is it getting through? What the published document says."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.outbound.model import State
from chalicelib.outbound.ports import MOST_COUNTED, Mark, Ports
from chalicelib.outbound.usecases.destination_health import publish_getting_through
from tests.support.builders import NOON
from tests.support.fakes_outbound import OutboundWorld, delivery, receiver


def put(outside: OutboundWorld, number: int, state: State, **values: Any) -> None:
    outside.deliveries.create(delivery(delivery_id=f"{number:032x}", state=state, **values))


def said(outside: OutboundWorld) -> dict[str, Any]:
    """What the document says of each, by name."""
    publish_getting_through(outside.ports())
    document = json.loads(outside.published[-1])
    return {each.pop("name"): each for each in document["destinations"]}


NOTHING = {
    "last_success": None,
    "waiting": 0,
    "failed": 0,
    "median_delay_s": None,
    "missed_until": None,
    "as_of": "2026-06-01T12:00:00Z",
}


def test_every_destination_of_the_council_is_named_when_nothing_was_sent(
    outside: OutboundWorld,
) -> None:
    assert said(outside) == {
        "Eskershire County Council": NOTHING | {"kind": "open311"},
        "Parks team": NOTHING | {"kind": "mailbox"},
    }


def test_document_counts_waiting_and_failed_deliveries(outside: OutboundWorld) -> None:
    states: list[State] = ["waiting", "waiting", "sending", "failed", "kept"]
    for number, state in enumerate(states):
        put(outside, number, state)
    county = said(outside)["Eskershire County Council"]
    assert (county["waiting"], county["failed"]) == (3, 1)


def test_document_counts_up_to_its_limit(outside: OutboundWorld) -> None:
    for number in range(MOST_COUNTED + 50):
        put(outside, number, "failed")
    assert said(outside)["Eskershire County Council"]["failed"] == MOST_COUNTED + 1


@pytest.mark.parametrize(("days", "is_said"), [(6, True), (8, False)])
def test_document_says_for_a_week_that_updates_could_not_be_read(
    days: int, is_said: bool, outside: OutboundWorld
) -> None:
    outside.marks.put("county", Mark(NOON, missed_until=NOON - timedelta(days=days)))
    assert (said(outside)["Eskershire County Council"]["missed_until"] is not None) is is_said


@pytest.mark.parametrize(
    ("delays_s", "median_s"), [([5], 5), ([1, 9, 500], 9), ([10, 20], 15), ([0, 0, 0], 0)]
)
def test_document_has_the_delay(delays_s: list[int], median_s: int, outside: OutboundWorld) -> None:
    for number, delay_s in enumerate(delays_s):
        sent = NOON + timedelta(seconds=delay_s)
        put(outside, number, "sent", sent_at=sent, updated_at=sent)
    county = said(outside)["Eskershire County Council"]
    latest = NOON + timedelta(seconds=max(delays_s))
    assert county["median_delay_s"] == median_s
    assert county["last_success"] == f"{latest:%Y-%m-%dT%H:%M:%SZ}"


def test_delay_is_that_of_the_first_delivery_when_it_was_resent(outside: OutboundWorld) -> None:
    first = NOON + timedelta(seconds=5)
    put(outside, 1, "sent", sent_at=first, updated_at=NOON + timedelta(days=3))
    county = said(outside)["Eskershire County Council"]
    assert county["median_delay_s"] == 5
    assert county["last_success"] == "2026-06-04T12:00:00Z"


def test_receivers_are_counted_together_without_names(outside: OutboundWorld) -> None:
    for number in range(2):
        outside.receivers.create(receiver(receiver_id=str(number) * 32, name="Warehouse"))
        own: dict[str, Any] = {"kind": "webhook", "destination": str(number) * 32}
        sent = NOON + timedelta(seconds=10 * number)
        put(outside, number, "sent", sent_at=sent, updated_at=sent, **own)
        put(outside, 10 + number, "failed", **own)
    others = said(outside)["Other systems"]
    assert (others["kind"], others["failed"], others["median_delay_s"]) == ("webhook", 2, 5)
    assert b"Warehouse" not in outside.published[-1]
    assert b"warehouse.example" not in outside.published[-1]


def test_document_can_be_published_again(outside: OutboundWorld, ports: Ports) -> None:
    publish_getting_through(ports)
    publish_getting_through(ports)
    assert len(outside.published) == 2
