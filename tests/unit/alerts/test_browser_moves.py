"""A browser that gets a new address takes its subscriptions along, and nobody else can."""

import pytest
from msgspec.structs import replace

from chalicelib.alerts.model import Subscription, mark_stopped
from chalicelib.alerts.usecases.browser_moves import Move, move_subscriptions
from chalicelib.errors import Invalid, UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.push_address import PushAddress
from tests.support.builders import NOON
from tests.support.fakes import IDS
from tests.support.fakes_alerts import BROWSER, AlertsWorld, MemorySubscriptions, subscription

NEW = PushAddress(endpoint="https://push.example/new", p256dh="BNew", auth="new secret")


def of_browser(number: int, push: PushAddress = BROWSER) -> Subscription:
    key = IDS.address_key("push", push.endpoint)
    return subscription(number, channel="push", to=None, push=push, address_key=key)


def test_all_of_a_browsers_subscriptions_move_to_its_new_address() -> None:
    other = replace(BROWSER, endpoint="https://push.example/other")
    alerts = AlertsWorld(of_browser(1), of_browser(2), of_browser(3, other))
    assert move_subscriptions(Move(old=BROWSER, push=NEW), alerts.ports) == 2
    kept = list(alerts.subscriptions.stored.values())
    assert [each.push for each in kept] == [NEW, NEW, other]
    new_key = IDS.address_key("push", NEW.endpoint)
    assert [each.address_key for each in kept[:2]] == [new_key] * 2
    assert {each.state for each in kept} == {"active"}


def test_repeated_move_changes_nothing() -> None:
    alerts = AlertsWorld(of_browser(1))
    assert [move_subscriptions(Move(old=BROWSER, push=NEW), alerts.ports) for _ in range(2)] == [
        1,
        0,
    ]


@pytest.mark.parametrize(
    "claimed",
    [
        replace(BROWSER, auth="guessed"),
        replace(BROWSER, auth=""),
        replace(BROWSER, auth="sécret"),
        replace(BROWSER, endpoint="https://push.example/none"),
    ],
)
def test_browsers_subscriptions_cannot_be_moved_without_its_secret(claimed: PushAddress) -> None:
    alerts = AlertsWorld(of_browser(1))
    assert move_subscriptions(Move(old=claimed, push=NEW), alerts.ports) == 0
    assert alerts.subscriptions.stored == AlertsWorld(of_browser(1)).subscriptions.stored


def test_stopped_subscription_stays_so() -> None:
    alerts = AlertsWorld(mark_stopped(of_browser(1), "gone", NOON))
    assert move_subscriptions(Move(old=BROWSER, push=NEW), alerts.ports) == 0


def test_subscriptions_do_not_move_to_a_refused_address() -> None:
    alerts = AlertsWorld(of_browser(1))
    inside = replace(NEW, endpoint="https://10.0.0.5/")
    with pytest.raises(Invalid) as refused:
        move_subscriptions(Move(old=BROWSER, push=inside), alerts.ports)
    assert refused.value.errors[0].field == "push.endpoint"
    assert alerts.subscriptions.stored == AlertsWorld(of_browser(1)).subscriptions.stored


class Busy(MemorySubscriptions):
    """Others write to each subscription before we do, that often."""

    def __init__(self, times: int, *stored: Subscription) -> None:
        super().__init__(*stored)
        self.times = times

    def save(self, subscription: Subscription) -> Subscription:
        if self.times:
            self.times -= 1
            raise VersionConflict
        return super().save(subscription)


def test_change_by_somebody_else_in_between_is_retried() -> None:
    busy = Busy(3, of_browser(1), of_browser(2))
    ports = replace(AlertsWorld().ports, subscriptions=busy)
    assert move_subscriptions(Move(old=BROWSER, push=NEW), ports) == 2


def test_browser_gets_retry_after_when_others_write_continually() -> None:
    ports = replace(AlertsWorld().ports, subscriptions=Busy(1000, of_browser(1)))
    with pytest.raises(UpstreamFailed):
        move_subscriptions(Move(old=BROWSER, push=NEW), ports)
