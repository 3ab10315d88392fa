"""How deliveries leave: each once, as far as anybody can tell, and none is lost."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.errors import NoReply, NotNow, UpstreamFailed
from chalicelib.events import PhotoTaken
from chalicelib.kernel.delivery_retry import LEASE, LONGEST_WAITS_S, MOST_TRIES, PARTS
from chalicelib.outbound.model import Delivery, State, id_of_forwarded
from chalicelib.outbound.ports import Ports
from chalicelib.outbound.senders import DeliveryRefused, DeliveryUnclear
from chalicelib.outbound.usecases.create_deliveries import open_deliveries
from chalicelib.outbound.usecases.send_deliveries import WOKEN_AT_ONCE, send, wake_due
from tests.support.builders import NOON
from tests.support.fakes_outbound import OutboundWorld, delivery, outbound_report, receiver

ID = delivery().delivery_id


class ArrivedAndLost(NoReply):
    """The destination took it, and its answer was lost."""

    arrived = True


def after(outside: OutboundWorld) -> Delivery:
    return outside.deliveries.stored[ID]


@pytest.fixture
def waiting(outside: OutboundWorld) -> Delivery:
    return outside.deliveries.create(delivery())


def test_delivery_is_sent_when_it_is_due(
    waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    send(ID, ports)
    sent = after(outside)
    assert outside.sender.there == [ID]
    assert (sent.state, sent.sent_at, sent.external_id, sent.tries) == ("sent", NOON, "X-dddd", 1)


def test_report_records_that_it_was_passed_on(
    waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    send(ID, ports)
    told = (waiting.service_request_id, "Eskershire County Council", "X-dddd")
    assert outside.reports.notes == {ID: told}


@pytest.mark.parametrize(
    ("service_code", "state", "error"),
    [("pothole", "sent", None), ("graffiti", "failed", "not_to_be_passed_on")],
)
def test_report_is_not_sent_when_its_service_is_no_longer_passed_on(
    service_code: str,
    state: str,
    error: str | None,
    waiting: Delivery,
    outside: OutboundWorld,
    ports: Ports,
) -> None:
    outside.reports.known[waiting.service_request_id] = outbound_report(service_code=service_code)
    send(ID, ports)
    put_away = after(outside)
    assert (put_away.state, put_away.last_error) == (state, error)
    assert outside.sender.there == ([ID] if state == "sent" else [])


def test_report_records_nothing_about_a_receiver(outside: OutboundWorld, ports: Ports) -> None:
    outside.receivers.create(receiver())
    outside.deliveries.create(delivery(kind="webhook", destination="a" * 32, event="changed"))
    send(ID, ports)
    assert after(outside).state == "sent" and outside.reports.notes == {}


def test_delivery_is_sent_once_when_its_message_is_repeated(
    waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    for _ in range(5):
        send(ID, ports)
    assert outside.sender.there == [ID]


def test_report_is_updated_when_the_message_is_repeated_after_a_failure(
    waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    outside.reports.fails = UpstreamFailed("nothing is there")
    with pytest.raises(UpstreamFailed):
        send(ID, ports)
    outside.reports.fails = None
    send(ID, ports)
    assert outside.sender.there == [ID] and list(outside.reports.notes) == [ID]


def test_nothing_is_sent_when_the_delivery_does_not_exist(
    outside: OutboundWorld, ports: Ports
) -> None:
    assert send("0" * 32, ports) is None
    assert outside.sender.there == []


@pytest.mark.parametrize("early", [timedelta(seconds=1), timedelta(hours=1)])
def test_delivery_waits_when_its_time_has_not_come(
    early: timedelta, outside: OutboundWorld, ports: Ports
) -> None:
    outside.deliveries.create(delivery(next_try_at=NOON + early))
    send(ID, ports)
    assert outside.sender.there == [] and after(outside).tries == 0
    outside.clock.now = NOON + early
    send(ID, ports)
    assert outside.sender.there == [ID]


@pytest.mark.parametrize(
    ("state", "values"),
    [("failed", {}), ("kept", {}), ("sending", {"lease_until": NOON + timedelta(seconds=1)})],
)
def test_delivery_is_ignored_when_it_is_unknown_or_claimed_by_another(
    state: str, values: dict[str, Any], outside: OutboundWorld, ports: Ports
) -> None:
    outside.deliveries.create(delivery(state=state, **values))
    assert send(ID, ports) is None
    assert outside.sender.there == []


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_delivery_is_tried_eight_times_within_a_day_when_nobody_answers(
    chance: float, waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    outside.chance = chance
    outside.sender.raises = [NotNow("http_503")] * 100
    while after(outside).state == "waiting":
        outside.clock.now = after(outside).next_try_at
        send(ID, ports)
    failed = after(outside)
    assert (failed.state, failed.tries, failed.last_error) == ("failed", 8, "http_503")
    assert outside.clock.now - NOON == timedelta(seconds=int(chance * sum(LONGEST_WAITS_S)))
    assert outside.clock.now - NOON < timedelta(hours=24)


def test_waits_grow_and_fit_the_tries() -> None:
    assert list(LONGEST_WAITS_S) == sorted(LONGEST_WAITS_S)
    assert len(LONGEST_WAITS_S) == MOST_TRIES - 1 == 7


@pytest.mark.parametrize(
    ("asked_s", "waits_s"), [(0, 0), (120, 120), (3600, 3600), (999_999, 3600)]
)
def test_delivery_respects_retry_after_up_to_an_hour(
    asked_s: int, waits_s: int, waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    outside.chance = 0
    outside.sender.raises = [NotNow("http_429", asked_s)]
    send(ID, ports)
    assert after(outside).next_try_at == NOON + timedelta(seconds=waits_s)


def test_delivery_fails_at_once_when_it_is_refused_for_good(
    waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    outside.sender.raises = [DeliveryRefused("http_400")]
    send(ID, ports)
    assert (after(outside).state, after(outside).last_error) == ("failed", "http_400")
    outside.clock.now += timedelta(days=1)
    wake_due(ports)
    assert outside.queue.sent == []


@pytest.mark.parametrize("kind", ["open311", "webhook"])
def test_delivery_fails_when_its_destination_was_removed(
    kind: str, outside: OutboundWorld, ports: Ports
) -> None:
    outside.deliveries.create(delivery(kind=kind, destination="nowhere"))
    send(ID, ports)
    assert (after(outside).state, after(outside).last_error) == ("failed", "no_destination")


def test_delivery_fails_when_its_receiver_is_disabled(outside: OutboundWorld, ports: Ports) -> None:
    outside.receivers.create(receiver(enabled=False))
    outside.deliveries.create(delivery(kind="webhook", destination="a" * 32))
    send(ID, ports)
    assert after(outside).last_error == "no_destination"


@pytest.mark.parametrize("lost", [DeliveryUnclear("half_an_answer"), NoReply("it hung up")])
def test_delivery_is_looked_up_before_a_retry_when_the_outcome_is_unknown(
    lost: Exception, waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    outside.sender.raises = [lost]
    send(ID, ports)
    assert after(outside).is_unclear and outside.sender.looked_for == []
    outside.clock.now = after(outside).next_try_at
    send(ID, ports)
    assert outside.sender.looked_for == [ID] and outside.sender.there == [ID]
    assert (after(outside).state, after(outside).is_unclear) == ("sent", False)


def test_delivery_is_not_resent_when_it_is_found_there(
    waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    outside.sender.raises = [ArrivedAndLost("it hung up")]
    send(ID, ports)
    outside.clock.now = after(outside).next_try_at
    send(ID, ports)
    assert outside.sender.there == [ID]
    assert (after(outside).state, after(outside).external_id) == ("sent", "X-dddd")


def test_delivery_is_resent_without_a_look_up_when_it_certainly_did_not_arrive(
    waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    outside.sender.raises = [UpstreamFailed("no such host")]
    send(ID, ports)
    assert (after(outside).is_unclear, after(outside).last_error) == (False, "not_reached")
    outside.clock.now = after(outside).next_try_at
    send(ID, ports)
    assert outside.sender.looked_for == [] and outside.sender.there == [ID]


def test_delivery_is_looked_up_when_its_sender_crashed(
    waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    outside.sender.raises = [RuntimeError("a mistake of ours")]
    with pytest.raises(RuntimeError):
        send(ID, ports)
    outside.clock.now = NOON + LEASE - timedelta(seconds=1)
    assert send(ID, ports) is None and wake_due(ports) == 0
    outside.clock.now = NOON + LEASE
    assert wake_due(ports) == 1 and outside.queue.sent == [ID]
    send(ID, ports)
    assert outside.sender.looked_for == [ID] and outside.sender.there == [ID]


def test_delivery_fails_when_its_senders_always_crash(
    waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    outside.sender.raises = [RuntimeError("a mistake of ours")] * 100
    for _ in range(MOST_TRIES):
        with pytest.raises(RuntimeError):
            send(ID, ports)
        outside.clock.now += LEASE
    send(ID, ports)
    assert (after(outside).state, after(outside).last_error) == ("failed", "gave_up")
    assert outside.sender.there == []


def test_sent_delivery_stays_sent_after_a_concurrent_write(
    waiting: Delivery, outside: OutboundWorld, ports: Ports
) -> None:
    class Slow(type(outside.sender)):  # type: ignore[misc]
        def send(self, delivery: Delivery, destination: Any) -> Any:
            taken = super().send(delivery, destination)
            outside.deliveries.save(outside.deliveries.stored[ID])
            return taken

    outside.sender = Slow()
    send(ID, outside.ports())
    assert (after(outside).state, after(outside).external_id) == ("sent", "X-dddd")


@pytest.mark.parametrize("seed", range(20))
def test_each_receiver_gets_each_fact_once_when_messages_are_repeated_in_any_order(
    seed: int, outside: OutboundWorld, ports: Ports
) -> None:
    for number in range(5):
        outside.receivers.create(receiver(receiver_id=str(number) * 32))
    outside.reports.known["R"] = outbound_report(service_request_id="R", may_be_passed_on=False)
    facts = [PhotoTaken(event_id=str(n), service_request_id="R", photo_id="p") for n in range(50)]
    random = Random(seed)
    for fact in random.sample(facts * 5, k=250):
        open_deliveries([fact], ports)
    for delivery_id in random.sample(outside.queue.sent * 5, k=1250):
        send(delivery_id, ports)
    assert len(outside.sender.there) == len(set(outside.sender.there)) == 50 * 5


def test_only_due_deliveries_are_woken(outside: OutboundWorld, ports: Ports) -> None:
    soon = NOON + timedelta(minutes=1)
    states: dict[str, dict[str, Any]] = {
        "1": {},
        "2": {"next_try_at": soon},
        "3": {"state": "sending", "lease_until": NOON - timedelta(seconds=1)},
        "4": {"state": "sending", "lease_until": soon},
        "5": {"state": "failed"},
        "6": {"state": "kept"},
        "7": {"state": "sent"},
    }
    for number, values in states.items():
        outside.deliveries.create(delivery(delivery_id=number * 32, **values))
    assert wake_due(ports) == 2
    assert outside.queue.sent == ["3" * 32, "1" * 32]


def test_deliveries_behind_those_that_stay_due_are_woken_within_ten_minutes(
    outside: OutboundWorld, ports: Ports
) -> None:
    broken = [f"{number:032}" for number in range(WOKEN_AT_ONCE + 1)]
    for each in broken:
        outside.deliveries.create(delivery(delivery_id=each, next_try_at=NOON - timedelta(days=1)))
    outside.deliveries.create(delivery(delivery_id=ID))
    for _ in range(PARTS):
        assert wake_due(ports) <= WOKEN_AT_ONCE
        outside.clock.now += timedelta(minutes=1)
    assert {*outside.queue.sent} == {*broken, ID}


CHANGE = "e" * 32


@pytest.mark.parametrize(
    ("report_state", "state", "error"),
    [
        ("sent", "sent", None),
        ("waiting", "waiting", "report_not_sent_yet"),
        ("sending", "waiting", "report_not_sent_yet"),
        ("failed", "failed", "report_not_sent"),
        ("kept", "failed", "report_not_sent"),
        (None, "failed", "report_not_sent"),
    ],
)
def test_change_of_the_work_is_sent_after_the_report(
    report_state: State | None,
    state: State,
    error: str | None,
    outside: OutboundWorld,
    ports: Ports,
) -> None:
    known = delivery()
    if report_state:
        forwarded = id_of_forwarded("county", known.service_request_id)
        outside.deliveries.create(delivery(delivery_id=forwarded, state=report_state))
    outside.deliveries.create(delivery(delivery_id=CHANGE, kind="update", event="case.changed"))
    send(CHANGE, ports)
    after_try = outside.deliveries.stored[CHANGE]
    assert (after_try.state, after_try.last_error) == (state, error)
    assert outside.sender.there == ([CHANGE] if state == "sent" else [])
    assert outside.reports.notes == {}
