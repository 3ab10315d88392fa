"""Exactly as many get through as may, and what happens while nothing counts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import get_args

import boto3
import pytest
from msgspec.structs import replace

from bench.meter import longest_chain, record
from chalicelib.accounts.dynamo.attempts import DynamoLimits
from chalicelib.accounts.dynamo.networks import DynamoNetworks
from chalicelib.accounts.limit_ports import LimitPorts
from chalicelib.accounts.model import Destination
from chalicelib.accounts.usecases.rate_limits import (
    DAILY,
    FAILS_OPEN,
    HOURLY,
    IN_A_DAY,
    Flow,
    Sender,
    check,
    may_send_messages,
)
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import limit_ports
from chalicelib.bootstrap.container import digest
from chalicelib.errors import AppError, TooMany, UpstreamFailed
from infra.local.cloud import Cloud
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.support.seam import ALL_TRIES, refuse_call

MORE = 50
numbers = count(1)


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    here = Cloud()
    container.secret("id").current()
    yield here
    here.stop()


@pytest.fixture
def ports(cloud: Cloud, clock: Clock) -> LimitPorts:
    """With a tenth of what is allowed, so that tests stay cheap."""
    table = cloud.environment["ACCOUNTS_TABLE"]
    few = {scope: max(most // 10, 2) for scope, most in HOURLY.items()}
    limits = DynamoLimits(table, hourly=few, daily=DAILY, digest=digest, now=clock)
    return replace(limit_ports(), spend=limits.spend, networks=DynamoNetworks(table, clock))


def sender_of(scope: str) -> tuple[Flow, Sender, tuple[Destination, ...]]:
    """A new person who is counted only by that limit, and their input."""
    flow, _, by = scope.replace(" to ", " by ").partition(" by ")
    number = next(numbers)
    network = f"198.51.{number // 250}.{number % 250}" if by == "network" else None
    device = f"device-{number}" if by == "device" else None
    addresses = (Destination("email", f"r{number}@example.org"),) if by == "address" else ()
    if " to " in scope:
        return flow, Sender(), addresses  # type: ignore[return-value]
    return flow, Sender(network, device, addresses), ()  # type: ignore[return-value]


@pytest.mark.parametrize("scope", sorted(each for each in HOURLY if not each.endswith("known")))
def test_exactly_the_permitted_number_passes(scope: str, ports: LimitPorts) -> None:
    flow, sender, typed = sender_of(scope)
    most = max(HOURLY[scope] // 10, 2)

    def once(_: int) -> bool:
        try:
            if scope == "report to address":
                return may_send_messages(sender, typed, ports)
            check(flow, sender, typed, ports)
        except TooMany as error:
            assert error.retry_after_s > 0
            return False
        return True

    ports.networks.key("192.0.2.1")
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(once, range(most + MORE)))
    assert taken.count(True) == most


@pytest.mark.parametrize("flow", ["report", "update", "flag", "follow", "subscribe"])
def test_crowded_network_admits_ten_times_as_many_with_a_proof_of_work(
    flow: Flow, ports: LimitPorts
) -> None:
    network = f"198.51.100.{next(numbers)}"
    for _ in range(HOURLY[f"{flow} by network"] // 10):
        check(flow, Sender(network), (), ports)
    with pytest.raises(TooMany) as refused:
        check(flow, Sender(network), (), ports)
    assert refused.value.proof_bits
    for _ in range(HOURLY[f"{flow} by network, known"] // 10):
        check(flow, Sender(network, is_proven=True), (), ports)
    with pytest.raises(TooMany) as refused:
        check(flow, Sender(network, is_proven=True), (), ports)
    assert not refused.value.proof_bits


def test_networks_may_do_200_an_hour() -> None:
    assert all(most >= 200 for scope, most in HOURLY.items() if "network" in scope)


def test_address_is_not_counted_when_the_network_or_device_is_refused(
    ports: LimitPorts,
) -> None:
    address = (Destination("email", f"r{next(numbers)}@example.org"),)
    with suppress(TooMany):
        while True:
            check("report", Sender(network="203.0.113.9", is_proven=True), (), ports)
    for _ in range(HOURLY["report by address"]):
        with pytest.raises(TooMany):
            check("report", Sender("203.0.113.9", None, address), (), ports)
    check("report", Sender(addresses=address), (), ports)


def test_strangers_have_an_address_written_to_twenty_times_a_day_at_most(
    ports: LimitPorts, clock: Clock
) -> None:
    """By subscriptions and by reports, which are taken all the same."""
    typed, name = [], f"r{next(numbers)}"
    for number in range(9):
        clock.now = NOON + timedelta(hours=number)
        typed = [Destination("email", f"{name}+{number}@example.org")]
        check("subscribe", Sender(), typed, ports)
        assert may_send_messages(Sender(), typed, ports)
    clock.now = NOON + timedelta(hours=9)
    assert [may_send_messages(Sender(), typed, ports) for _ in range(2)] == [True, True]
    clock.now = NOON + timedelta(hours=12) - timedelta(seconds=1)
    assert not may_send_messages(Sender(), typed, ports)
    with pytest.raises(TooMany, match="20 times in one day"):
        check("subscribe", Sender(), typed, ports)
    clock.now += timedelta(seconds=1)
    assert may_send_messages(Sender(), typed, ports)


def test_address_stays_usable_when_others_typed_it(ports: LimitPorts) -> None:
    own = [Destination("email", f"r{next(numbers)}@example.org")]
    while may_send_messages(Sender(), own, ports):
        pass
    for _ in range(3):
        check("subscribe", Sender(addresses=own), own, ports)
        assert may_send_messages(Sender(addresses=own), own, ports)


def test_reporter_gets_messages_while_counting_fails(ports: LimitPorts) -> None:
    typed = [Destination("email", f"r{next(numbers)}@example.org")]
    with refuse_call(1, kind="503", times=ALL_TRIES) as struck:
        assert may_send_messages(Sender(), typed, ports)
    assert struck


def test_typed_addresses_are_never_counted(ports: LimitPorts) -> None:
    typed = [Destination("email", f"r{next(numbers)}@example.org")]
    for _ in range(HOURLY["report by address"]):
        check("report", Sender(), typed, ports)


def test_network_and_device_are_counted_in_one_trip(ports: LimitPorts) -> None:
    ports.networks.key("192.0.2.1")
    number = next(numbers)
    with record() as calls:
        check("report", Sender(f"198.51.99.{number}", f"device-{number}"), (), ports)
    assert (len(calls), longest_chain(calls)) == (2, 1)


def test_both_limits_within_a_day_of_an_address_are_counted_in_one_trip(ports: LimitPorts) -> None:
    typed = [Destination("email", f"r{next(numbers)}+tag@example.org")]
    with record() as calls:
        assert may_send_messages(Sender(), typed, ports)
    assert (len(calls), longest_chain(calls)) == (3, 2)


@pytest.mark.parametrize("flow", get_args(Flow))
@pytest.mark.parametrize("nth", [1, 2])
def test_flow_fails_open_or_closed_as_declared(flow: Flow, nth: int, ports: LimitPorts) -> None:
    ports.networks.key("192.0.2.1")
    addresses = [Destination("email", f"r{next(numbers)}@example.org")]
    with refuse_call(nth, kind="503", times=ALL_TRIES) as struck:
        result = outcome(flow, addresses, ports)
    assert struck
    assert (result is None) is (flow in FAILS_OPEN)
    assert result is None or isinstance(result, UpstreamFailed)


def outcome(flow: Flow, addresses: list[Destination], ports: LimitPorts) -> AppError | None:
    try:
        check(flow, Sender("192.0.2.1", "device", addresses), (), ports)
    except AppError as error:
        return error
    return None


def test_only_sign_ins_subscriptions_and_lists_of_addresses_fail_closed() -> None:
    assert set(get_args(Flow)) - FAILS_OPEN == {"code", "handover", "subscribe", "premises"}


def test_network_has_another_digest_after_half_a_day_and_its_key_is_gone(
    ports: LimitPorts, clock: Clock, cloud: Cloud
) -> None:
    first = ports.networks.key("203.0.113.7")
    clock.now = NOON + timedelta(hours=11, minutes=59, seconds=59)
    assert ports.networks.key("203.0.113.7") == first
    clock.now += timedelta(seconds=1)
    assert ports.networks.key("203.0.113.7") != first
    ports.networks.drop_old_keys()
    client, table = boto3.client("dynamodb"), cloud.environment["ACCOUNTS_TABLE"]
    items = client.scan(TableName=table)["Items"]
    keys = [item["record"]["S"] for item in items if item["owner"]["S"] == "network-keys"]
    assert keys == ["2026-06-02T00:00:00Z"]
    assert "203.0.113.7" not in str(items) and first not in str(items)


def test_machines_of_one_customer_count_as_one_in_all_processes(
    ports: LimitPorts, clock: Clock, cloud: Cloud
) -> None:
    key = ports.networks.key
    assert key("2001:db8::1") == key("2001:db8::ffff") != key("2001:db8:0:1::1")
    another = DynamoNetworks(cloud.environment["ACCOUNTS_TABLE"], clock)
    assert another.key("192.0.2.1") == key("192.0.2.1") != key("192.0.2.2")


def test_amount_that_is_not_left_counts_nothing(ports: LimitPorts) -> None:
    scope, key = "hold by device", f"device-{next(numbers)}"
    with pytest.raises(TooMany):
        ports.spend(scope, key, 4)
    ports.spend(scope, key, 2)
    with pytest.raises(TooMany):
        ports.spend(scope, key, 2)
    ports.spend(scope, key)


def test_messages_that_the_hour_refuses_do_not_use_up_the_day_of_an_address(
    ports: LimitPorts,
) -> None:
    owner = Destination("email", f"owner{next(numbers)}@example.org")
    for _ in range(DAILY[IN_A_DAY] + MORE):
        may_send_messages(Sender(), [owner], ports)
    sent = max(HOURLY["report to address"] // 10, 2)
    ports.spend(IN_A_DAY, ":".join(owner), DAILY[IN_A_DAY] - sent)
