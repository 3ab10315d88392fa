"""Subscriptions when several write at once and the network plays up: nothing that was answered is
lost, and the index ends as what is stored says."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from itertools import combinations, count
from secrets import token_hex
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from chalicelib.alerts.index import AreaQuery, entries_of
from chalicelib.alerts.model import Subscription, SubscriptionChanges
from chalicelib.alerts.ports import IndexPorts, Ports
from chalicelib.alerts.usecases import own_subscriptions, subscribing
from chalicelib.alerts.usecases.indexing import reindex
from chalicelib.alerts.usecases.own_subscriptions import AccessProof
from chalicelib.alerts.usecases.subscribing import Subscriber
from chalicelib.bootstrap.alerts import index_ports
from chalicelib.errors import Conflict, Invalid, UpstreamFailed
from infra.index_subscriptions import index_subscriptions
from infra.local.cloud import Cloud
from tests.support.fakes_alerts import AlertsWorld, area, subscription, subscription_request
from tests.support.seam import (
    ALL_TRIES,
    REFUSALS,
    Try,
    every_interleaving,
    lose_reply,
    record_tries,
    refuse_call,
)

numbers = count(1)
NOBODY = Subscriber(scope="anonymous")
Strike = Callable[[int], AbstractContextManager[list[Try]]]
STRIKES: dict[str, Strike] = {
    "reply lost once": lose_reply,
    "reply lost for good": lambda nth: lose_reply(nth, times=ALL_TRIES),
    **{kind: partial(refuse_call, kind=kind, times=ALL_TRIES) for kind in REFUSALS},
}


@pytest.fixture(scope="module")
def real() -> Iterator[IndexPorts]:
    """The stores on moto, one table for all: each test takes subscriptions of its own."""
    cloud = Cloud()
    yield index_ports()
    cloud.stop()


@pytest.fixture
def ports(real: IndexPorts) -> Ports:
    """The slice with its store on moto, and all else in memory."""
    return replace(
        AlertsWorld().ports, subscriptions=real.subscriptions, random_id=lambda: token_hex(16)
    )


def stored(ports: Ports, **values: Any) -> Subscription:
    return ports.subscriptions.add(subscription(next(numbers), account_id="a1", **values))


def now_stored(one: Subscription, ports: Ports) -> Subscription:
    found = ports.subscriptions.get(one.subscription_id)
    assert found
    return found


def confirm(one: Subscription, ports: Ports) -> Subscription:
    return own_subscriptions.confirm_by_link(
        one.subscription_id, ports.tokens.confirm_token(one), ports
    )


def stop(one: Subscription, ports: Ports) -> Subscription:
    return own_subscriptions.stop_subscription(
        one.subscription_id, AccessProof(account_id="a1"), ports
    )


def change(one: Subscription, ports: Ports) -> Subscription:
    changes = SubscriptionChanges(frequency="daily")
    shown = AccessProof(account_id="a1")
    return own_subscriptions.change_subscription(
        one.subscription_id, changes, one.version, shown, ports
    )


WRITERS = {"confirm": confirm, "stop": stop, "change": change}
EFFECTS: dict[str, Callable[[Subscription], bool]] = {
    "confirm": lambda each: each.confirmed_at is not None,
    "stop": lambda each: each.state == "stopped" and each.to is None,
    "change": lambda each: each.frequency == "daily",
}


@pytest.mark.parametrize("pair", list(combinations(WRITERS, 2)), ids="+".join)
def test_nothing_is_lost_when_two_write_to_a_subscription_at_any_moments(
    pair: tuple[str, str], ports: Ports
) -> None:
    for here in every_interleaving(at_most=80):
        one = stored(ports, state="unconfirmed", confirmed_at=None)
        answers = here.run(*(partial(WRITERS[name], one, ports) for name in pair))
        after = now_stored(one, ports)
        for name, answer in zip(pair, answers, strict=True):
            assert isinstance(answer, Subscription | Conflict), here.turns
            assert isinstance(answer, Conflict) or EFFECTS[name](after), here.turns
        if "stop" in pair:
            assert after.state == "stopped", here.turns


def test_every_try_of_a_code_counts_when_two_are_tried_at_any_moments(ports: Ports) -> None:
    def wrong(one: Subscription) -> None:
        with pytest.raises(Invalid):
            own_subscriptions.confirm_by_code(one.subscription_id, "0", ports)

    for here in every_interleaving(at_most=80):
        one = stored(ports, channel="sms", state="unconfirmed")
        here.run(partial(wrong, one), partial(wrong, one))
        assert now_stored(one, ports).confirm_tries == 2, here.turns


@pytest.mark.parametrize("kind", STRIKES)
@pytest.mark.parametrize("name", WRITERS)
def test_response_is_true_whatever_happens_to_a_call(name: str, kind: str, ports: Ports) -> None:
    for nth in count(1):
        one = stored(ports, state="unconfirmed", confirmed_at=None)
        with STRIKES[kind](nth) as struck:
            try:
                after: Subscription | None = WRITERS[name](one, ports)
            except UpstreamFailed:
                after = None
        if not struck:
            assert nth > 1
            return
        if after:
            assert EFFECTS[name](now_stored(one, ports)) and after == now_stored(one, ports)


@pytest.mark.parametrize("kind", STRIKES)
def test_one_subscription_is_made_when_a_call_fails_and_it_is_sent_again(
    kind: str, ports: Ports
) -> None:
    asked = subscribing.check_request(subscription_request(), ports)
    for nth in count(1):
        key = f"{kind} {nth}"
        with STRIKES[kind](nth) as struck:
            try:
                first: Subscription | None = subscribing.subscribe(asked, key, NOBODY, ports)
            except UpstreamFailed:
                first = None
        again = subscribing.subscribe(asked, key, NOBODY, ports)
        assert (first is None or first == again) and again.version == 1
        if not struck:
            return


def test_subscribing_is_one_write_and_the_same_calls_for_a_known_address(ports: Ports) -> None:
    asked = subscribing.check_request(subscription_request(), ports)
    made = []
    for _ in range(2):
        with record_tries() as tries:
            subscribing.subscribe(asked, None, NOBODY, ports)
        made.append([each.operation for each in tries])
    assert made == [["dynamodb.PutItem"]] * 2


# The index.


def in_index(one: Subscription, index: IndexPorts, *others: Subscription) -> set[tuple[str, str]]:
    areas = {entry.area for each in (one, *others) for entry in entries_of(each)}
    return {
        entry.key
        for name in areas
        for entry in index.index.entries(AreaQuery(name, "a", "d"))
        if entry.subscription_id == one.subscription_id
    }


@pytest.mark.parametrize("writer", [stop, change])
def test_index_equals_the_store_when_another_writer_is_active(
    writer: Callable[[Subscription, Ports], Subscription], ports: Ports, real: IndexPorts
) -> None:
    """The stream tells of the change after that, and is done in order."""
    for here in every_interleaving(at_most=80):
        one = stored(ports, topic=area(500))
        here.run(partial(reindex, one.subscription_id, [one], real), partial(writer, one, ports))
        after = now_stored(one, ports)
        reindex(one.subscription_id, [one, after], real)
        assert in_index(one, real, one, after) == {e.key for e in entries_of(after)}, here.turns


def test_old_area_is_left_when_the_topic_changes_and_the_stream_repeats_it(
    ports: Ports, real: IndexPorts
) -> None:
    one = stored(ports, topic=area(500))
    reindex(one.subscription_id, [one], real)
    shown, changes = AccessProof(account_id="a1"), SubscriptionChanges(topic=area(3000, lat=54.0))
    after = own_subscriptions.change_subscription(
        one.subscription_id, changes, one.version, shown, ports
    )
    for told in ([one, after], [one], [one, after]):
        reindex(one.subscription_id, told, real)
        assert in_index(one, real, one, after) == {entry.key for entry in entries_of(after)}


def test_index_is_complete_after_an_interruption_anywhere(ports: Ports, real: IndexPorts) -> None:
    for nth in count(1):
        one = stored(ports, topic=area(500))
        with refuse_call(nth, kind="500", times=ALL_TRIES) as struck:
            try:
                reindex(one.subscription_id, [one], real)
            except UpstreamFailed:
                assert struck
        reindex(one.subscription_id, [one], real)
        assert in_index(one, real) == {entry.key for entry in entries_of(one)}
        if not struck:
            return


def test_index_is_repaired_from_the_store_by_a_command(ports: Ports, real: IndexPorts) -> None:
    lost, right, left = (stored(ports, topic=area(500)) for _ in range(3))
    for each in (right, left):
        reindex(each.subscription_id, [each], real)
    stop(left, ports)
    done = CliRunner().invoke(index_subscriptions)
    assert done.exit_code == 0 and "corrected in the index" in done.output
    assert in_index(lost, real) == {entry.key for entry in entries_of(lost)}
    assert in_index(right, real) == {entry.key for entry in entries_of(right)}
    assert in_index(left, real) == set()
    assert ", 0 corrected" in CliRunner().invoke(index_subscriptions).output
