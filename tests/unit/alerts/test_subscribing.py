"""Somebody subscribes, confirms, changes and stops it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.alerts.model import (
    CONFIRMED_WITHIN,
    MOST_CODE_TRIES,
    STOPPED_KEPT_FOR,
    QuietHours,
    Subscription,
    SubscriptionChanges,
    Topic,
    mark_stopped,
)
from chalicelib.alerts.usecases import own_subscriptions, subscribing
from chalicelib.alerts.usecases.at_address import list_at_same_address, stop_all
from chalicelib.alerts.usecases.own_subscriptions import AccessProof
from chalicelib.alerts.usecases.questions import read_repair_question, repair_question_token
from chalicelib.alerts.usecases.subscribing import Subscriber
from chalicelib.errors import Conflict, Invalid, NotFound
from tests.support.builders import NOON
from tests.support.fakes import IDS
from tests.support.fakes_alerts import (
    BROWSER,
    SOMEBODY,
    TOKENS,
    AlertsWorld,
    alert_report,
    area,
    subscription,
    subscription_request,
)

NOBODY = Subscriber(scope="anonymous")
OWNER = Subscriber(scope="account:a1", account_id="a1", addresses=[("email", SOMEBODY)])
SECOND = timedelta(seconds=1)


def subscribe(
    alerts: AlertsWorld, by: Subscriber = NOBODY, key: str | None = None, **values: Any
) -> Subscription:
    asked = subscribing.check_request(subscription_request(**values), alerts.ports)
    return subscribing.subscribe(asked, key, by, alerts.ports)


def by_link(one: Subscription) -> AccessProof:
    return AccessProof(token=TOKENS.manage_token(one))


def confirm(one: Subscription, alerts: AlertsWorld) -> Subscription:
    return own_subscriptions.confirm_by_link(
        one.subscription_id, TOKENS.confirm_token(one), alerts.ports
    )


def field_of(work: Callable[[], object]) -> str:
    with pytest.raises(Invalid) as refused:
        work()
    return refused.value.errors[0].field


# Subscribing.


def test_subscription_waits_for_its_address_when_the_caller_is_anonymous() -> None:
    alerts = AlertsWorld()
    made = subscribe(alerts, to="  Resident@Example.org ")
    assert (made.state, made.to, made.account_id) == ("unconfirmed", SOMEBODY, None)
    assert made.address_key == IDS.address_key("email", SOMEBODY)
    assert made.expires_at == NOON + CONFIRMED_WITHIN
    assert not alerts.outbox.sent, "Nothing is sent from here."


def test_subscription_is_active_at_once_when_it_goes_to_the_accounts_confirmed_address() -> None:
    made = subscribe(AlertsWorld(), OWNER)
    assert (made.state, made.account_id, made.confirmed_at) == ("active", "a1", NOON)
    assert made.expires_at is None


def test_subscription_waits_without_an_account_when_it_goes_to_another_address() -> None:
    made = subscribe(AlertsWorld(), OWNER, to="neighbour@example.org")
    assert (made.state, made.account_id) == ("unconfirmed", None)


def test_subscription_of_a_browser_is_active_at_once() -> None:
    made = subscribe(AlertsWorld(), channel="push", to=None, push=BROWSER)
    assert (made.state, made.to, made.push) == ("active", None, BROWSER)
    assert made.address_key == IDS.address_key("push", BROWSER.endpoint)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"to": None}, "to"),
        ({"push": BROWSER}, "push"),
        ({"channel": "push", "to": None}, "push"),
        ({"channel": "push", "push": BROWSER}, "to"),
        ({"channel": "sms"}, "to"),
        ({"to": "01904 551550"}, "to"),
        ({"topic": area(0)}, "topic.radius_m"),
        (
            {"topic": Topic(kind="report", service_request_id="unknown")},
            "topic.service_request_id",
        ),
        (
            {"channel": "push", "to": None, "push": replace(BROWSER, endpoint="http://10.0.0.1/")},
            "push.endpoint",
        ),
    ],
)
def test_refusal_names_the_field_when_something_cannot_be_subscribed_to(
    values: dict[str, Any], field: str
) -> None:
    alerts = AlertsWorld()
    assert field_of(lambda: subscribe(alerts, **values)) == field
    assert not alerts.subscriptions.stored


def test_refusal_names_the_channel_when_nothing_is_sent_by_it_here() -> None:
    alerts = AlertsWorld()
    alerts.ports = replace(alerts.ports, channels=("email", "push"))
    assert field_of(lambda: subscribe(alerts, channel="sms", to="07700 900123")) == "channel"


def test_same_request_under_the_same_key_is_stored_once() -> None:
    alerts = AlertsWorld()
    made = [subscribe(alerts, key="k") for _ in range(2)]
    assert made[0] == made[1] and len(alerts.subscriptions.stored) == 1
    assert subscribe(alerts).subscription_id != subscribe(alerts).subscription_id


@pytest.mark.parametrize(("by", "opens"), [(OWNER, True), (NOBODY, False)])
def test_other_request_under_the_same_key_is_refused_with_a_link_that_only_its_owner_can_open(
    by: Subscriber, opens: bool
) -> None:
    alerts = AlertsWorld()
    made = subscribe(alerts, by, key="k")
    with pytest.raises(Conflict) as refused:
        subscribe(alerts, by, key="k", topic=area(600))
    token = f"?token={TOKENS.manage_token(made)}" if opens else ""
    assert refused.value.link == (
        f"https://council.example/forms/alerts/{made.subscription_id}{token}"
    )


def test_key_can_be_used_again_when_its_subscription_is_over() -> None:
    alerts = AlertsWorld()
    first = subscribe(alerts, key="k")
    alerts.clock.now += CONFIRMED_WITHIN
    again = subscribe(alerts, key="k", topic=area(600))
    assert again.subscription_id == first.subscription_id
    assert (again.created_at, again.version) == (alerts.clock.now, 2)


# What an earlier one was sent opens nothing of what comes under its key.


STRANGER = "stranger@example.org"


@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize("is_gone", [False, True])
def test_address_is_not_confirmed_by_another_addresss_link_under_the_same_key(
    is_gone: bool, channel: str
) -> None:
    alerts = AlertsWorld()
    first, second = {
        "email": (STRANGER, SOMEBODY),
        "sms": ("07700 900001", "07700 900002"),
    }[channel]
    old = subscribe(alerts, key="k", channel=channel, to=first)
    alerts.clock.now += CONFIRMED_WITHIN
    if is_gone:
        alerts.subscriptions.remove(old.subscription_id)
    made = subscribe(alerts, key="k", channel=channel, to=second)
    assert made.subscription_id == old.subscription_id and made.to != old.to
    which = made.subscription_id
    with pytest.raises(NotFound):
        own_subscriptions.confirm_by_link(which, TOKENS.confirm_token(old), alerts.ports)
    with pytest.raises((Invalid, NotFound)):
        own_subscriptions.confirm_by_code(which, TOKENS.confirmation_code(old), alerts.ports)
    for token in (TOKENS.manage_token(old), TOKENS.unsubscribe_token(old)):
        with pytest.raises(NotFound):
            own_subscriptions.stop_subscription(which, AccessProof(token=token), alerts.ports)
    proof = repair_question_token(old, "R00000000001", 1, TOKENS)
    with pytest.raises(NotFound):
        read_repair_question(proof, alerts.ports)
    assert alerts.subscriptions.stored[which].state == "unconfirmed"
    if channel == "sms":
        assert (
            own_subscriptions.confirm_by_code(
                which, TOKENS.confirmation_code(made), alerts.ports
            ).state
            == "active"
        )
    assert (
        own_subscriptions.confirm_by_link(which, TOKENS.confirm_token(made), alerts.ports).state
        == "active"
    )


def test_alerts_of_an_address_are_not_shown_by_another_addresss_link_under_the_same_key() -> None:
    own = subscription(7, to=SOMEBODY, address_key=IDS.address_key("email", SOMEBODY))
    alerts = AlertsWorld(own)
    old = subscribe(alerts, key="k", to=STRANGER)
    own_subscriptions.confirm_by_link(old.subscription_id, TOKENS.confirm_token(old), alerts.ports)
    token = TOKENS.unsubscribe_token(old)
    own_subscriptions.stop_subscription(old.subscription_id, AccessProof(token=token), alerts.ports)
    alerts.clock.now += STOPPED_KEPT_FOR
    made = subscribe(alerts, key="k", to=SOMEBODY)
    for each in (token, TOKENS.unsubscribe_token(made)):
        with pytest.raises(NotFound):
            list_at_same_address(made.subscription_id, each, alerts.ports)
        with pytest.raises(NotFound):
            stop_all(made.subscription_id, each, alerts.ports)
    own_subscriptions.confirm_by_link(
        made.subscription_id, TOKENS.confirm_token(made), alerts.ports
    )
    found = list_at_same_address(made.subscription_id, TOKENS.unsubscribe_token(made), alerts.ports)
    assert [each.to for each in found] == [SOMEBODY, SOMEBODY]


# Reports.


def test_report_that_was_merged_is_subscribed_to_as_the_one_that_it_was_merged_into() -> None:
    alerts = AlertsWorld()
    alerts.reports.put(alert_report(duplicate_of="R00000000002"))
    topic = Topic(kind="report", service_request_id="R00000000001")
    assert subscribe(alerts, topic=topic).topic.service_request_id == "R00000000002"


@pytest.mark.parametrize(("by", "is_refused"), [(NOBODY, True), (OWNER, False)])
def test_non_public_report_can_be_subscribed_to_only_by_its_reporter(
    by: Subscriber, is_refused: bool
) -> None:
    alerts = AlertsWorld()
    alerts.reports.put(alert_report(visibility="private"))
    alerts.reports.owners["R00000000001"] = "a1"
    topic = Topic(kind="report", service_request_id="R00000000001")
    if is_refused:
        assert field_of(lambda: subscribe(alerts, by, topic=topic)) == "topic.service_request_id"
    else:
        assert subscribe(alerts, by, topic=topic).is_own


# Confirming.


def test_subscription_is_active_when_its_link_was_confirmed_and_stays_so_when_it_is_again() -> None:
    alerts = AlertsWorld()
    made = subscribe(alerts)
    alerts.clock.now += CONFIRMED_WITHIN - SECOND
    confirmed = confirm(made, alerts)
    assert (confirmed.state, confirmed.confirmed_at) == ("active", alerts.clock.now)
    alerts.clock.now += timedelta(days=2)
    assert confirm(made, alerts) == confirmed


@pytest.mark.parametrize("late", [timedelta(0), SECOND])
def test_link_is_not_valid_after_a_day(late: timedelta) -> None:
    alerts = AlertsWorld()
    made = subscribe(alerts)
    alerts.clock.now += CONFIRMED_WITHIN + late
    with pytest.raises(NotFound):
        confirm(made, alerts)


def test_altered_token_confirms_nothing() -> None:
    alerts = AlertsWorld()
    made = subscribe(alerts)
    of_another = TOKENS.confirm_token(subscription(7))
    for token in (TOKENS.manage_token(made), TOKENS.unsubscribe_token(made), of_another, ""):
        with pytest.raises(NotFound):
            own_subscriptions.confirm_by_link(made.subscription_id, token, alerts.ports)


def test_link_says_so_when_the_subscription_was_stopped_meanwhile() -> None:
    alerts = AlertsWorld()
    made = subscribe(alerts)
    own_subscriptions.stop_subscription(made.subscription_id, by_link(made), alerts.ports)
    with pytest.raises(Conflict):
        confirm(made, alerts)


def test_code_confirms_a_number_and_may_have_white_space_in_it() -> None:
    alerts = AlertsWorld()
    made = subscribe(alerts, channel="sms", to="07700 900123")
    for _ in range(2):
        code = f" {TOKENS.confirmation_code(made)[:3]} {TOKENS.confirmation_code(made)[3:]}"
        confirmed = own_subscriptions.confirm_by_code(made.subscription_id, code, alerts.ports)
        assert confirmed.state == "active"


def test_code_is_not_valid_after_five_tries() -> None:
    alerts = AlertsWorld()
    made = subscribe(alerts, channel="sms", to="07700 900123")
    which = made.subscription_id
    for _ in range(MOST_CODE_TRIES):
        assert (
            field_of(lambda: own_subscriptions.confirm_by_code(which, "0", alerts.ports)) == "code"
        )
    with pytest.raises(NotFound):
        own_subscriptions.confirm_by_code(which, TOKENS.confirmation_code(made), alerts.ports)


@pytest.mark.parametrize("channel", ["email", "push"])
def test_code_is_valid_only_for_subscriptions_by_text(channel: str) -> None:
    address: dict[str, Any] = {"to": None, "push": BROWSER} if channel == "push" else {}
    alerts = AlertsWorld()
    made = subscribe(alerts, channel=channel, **address)
    with pytest.raises(NotFound):
        own_subscriptions.confirm_by_code(
            made.subscription_id, TOKENS.confirmation_code(made), alerts.ports
        )


def test_code_is_not_valid_after_its_day_although_the_subscription_is_active() -> None:
    alerts = AlertsWorld()
    made = subscribe(alerts, channel="sms", to="07700 900123")
    own_subscriptions.confirm_by_code(
        made.subscription_id, TOKENS.confirmation_code(made), alerts.ports
    )
    alerts.clock.now += CONFIRMED_WITHIN
    with pytest.raises(NotFound):
        own_subscriptions.confirm_by_code(
            made.subscription_id, TOKENS.confirmation_code(made), alerts.ports
        )


# Managing.

OPENERS = [AccessProof(account_id="a1"), AccessProof(token=TOKENS.manage_token(subscription(1)))]
STRANGERS = [
    AccessProof(),
    AccessProof(account_id="a2"),
    AccessProof(token="x"),
    AccessProof(token="x", account_id="a1"),
    AccessProof(token=TOKENS.manage_token(subscription(2))),
    AccessProof(token=TOKENS.confirm_token(subscription(1))),
]


def stored(**values: Any) -> AlertsWorld:
    return AlertsWorld(subscription(1, account_id="a1", **values), subscription(2))


@pytest.mark.parametrize("shown", OPENERS)
def test_subscription_is_opened_by_its_link_and_by_its_account(shown: AccessProof) -> None:
    alerts = stored()
    which = f"{1:032x}"
    read = own_subscriptions.read_subscription(which, shown, alerts.ports)
    after = own_subscriptions.change_subscription(
        which, SubscriptionChanges(frequency="daily"), read.version, shown, alerts.ports
    )
    assert after.frequency == "daily"
    assert own_subscriptions.stop_subscription(which, shown, alerts.ports).state == "stopped"


@pytest.mark.parametrize(
    "shown", [*STRANGERS, AccessProof(token=TOKENS.unsubscribe_token(subscription(1)))]
)
def test_subscription_is_not_opened_by_anything_else(shown: AccessProof) -> None:
    alerts = stored()
    which = f"{1:032x}"
    with pytest.raises(NotFound):
        own_subscriptions.read_subscription(which, shown, alerts.ports)
    with pytest.raises(NotFound):
        own_subscriptions.change_subscription(which, SubscriptionChanges(), 1, shown, alerts.ports)


@pytest.mark.parametrize("shown", STRANGERS)
def test_subscription_is_not_stopped_by_a_stranger(shown: AccessProof) -> None:
    alerts = stored()
    with pytest.raises(NotFound):
        own_subscriptions.stop_subscription(f"{1:032x}", shown, alerts.ports)


def test_one_click_stops_it_and_a_second_one_changes_nothing() -> None:
    alerts = stored()
    which, shown = f"{1:032x}", AccessProof(token=TOKENS.unsubscribe_token(subscription(1)))
    alerts.clock.now += timedelta(hours=1)
    ended = own_subscriptions.stop_subscription(which, shown, alerts.ports)
    assert (ended.state, ended.stopped_because, ended.to) == ("stopped", "requested", None)
    assert ended.expires_at == alerts.clock.now + STOPPED_KEPT_FOR
    alerts.clock.now += STOPPED_KEPT_FOR - SECOND
    assert own_subscriptions.stop_subscription(which, shown, alerts.ports) == ended
    alerts.clock.now += SECOND
    with pytest.raises(NotFound):
        own_subscriptions.stop_subscription(which, shown, alerts.ports)


def test_change_is_refused_when_it_is_about_another_version() -> None:
    alerts = stored()
    with pytest.raises(Conflict) as refused:
        own_subscriptions.change_subscription(
            f"{1:032x}", SubscriptionChanges(), 7, OPENERS[0], alerts.ports
        )
    assert refused.value.version == 1


def test_change_is_refused_when_the_subscription_was_stopped() -> None:
    alerts = AlertsWorld(mark_stopped(subscription(1, account_id="a1"), "requested", NOON))
    with pytest.raises(Conflict):
        own_subscriptions.change_subscription(
            f"{1:032x}", SubscriptionChanges(), 1, OPENERS[0], alerts.ports
        )


def test_change_is_validated_like_a_new_subscription() -> None:
    alerts = stored()

    def change(changes: SubscriptionChanges) -> Subscription:
        return own_subscriptions.change_subscription(
            f"{1:032x}", changes, 1, OPENERS[0], alerts.ports
        )

    assert field_of(lambda: change(SubscriptionChanges(topic=area(0)))) == "topic.radius_m"
    assert (
        field_of(lambda: change(SubscriptionChanges(event_types=("roadworks",)))) == "event_types"
    )
    assert (
        field_of(
            lambda: change(
                SubscriptionChanges(topic=Topic(kind="report", service_request_id="unknown"))
            )
        )
        == "topic.service_request_id"
    )


@pytest.mark.parametrize("is_public", [True, False])
def test_own_report_stays_own_when_it_is_sent_again_with_a_change(is_public: bool) -> None:
    """By the link of the email, with which nobody is signed in."""
    topic = Topic(kind="report", service_request_id="R00000000001")
    alerts = stored(topic=topic, is_own=True)
    alerts.reports.put(alert_report(visibility="public" if is_public else "private"))
    changes = SubscriptionChanges(topic=topic, frequency="daily")
    after = own_subscriptions.change_subscription(f"{1:032x}", changes, 1, OPENERS[1], alerts.ports)
    assert (after.is_own, after.topic, after.frequency) == (True, topic, "daily")


def test_own_report_is_not_own_when_it_is_about_another_one() -> None:
    topic = Topic(kind="report", service_request_id="R00000000001")
    alerts = stored(topic=topic, is_own=True)
    alerts.reports.put(alert_report(service_request_id="R00000000002"))
    other = SubscriptionChanges(topic=replace(topic, service_request_id="R00000000002"))
    assert not own_subscriptions.change_subscription(
        f"{1:032x}", other, 1, OPENERS[1], alerts.ports
    ).is_own
    round_ = SubscriptionChanges(topic=area())
    assert not own_subscriptions.change_subscription(
        f"{1:032x}", round_, 2, OPENERS[1], alerts.ports
    ).is_own


def test_quiet_hours_go_when_they_are_cleared() -> None:
    alerts = stored(quiet=QuietHours(begin="22:00", end="07:00"))
    after = own_subscriptions.change_subscription(
        f"{1:032x}", SubscriptionChanges(clear=["quiet"]), 1, OPENERS[0], alerts.ports
    )
    assert after.quiet is None


def test_own_subscriptions_are_listed_by_page_the_latest_first_without_those_that_are_over() -> (
    None
):
    own = [
        subscription(n, account_id="a1", created_at=NOON + timedelta(minutes=n)) for n in range(5)
    ]
    own[2] = mark_stopped(own[2], "requested", NOON - STOPPED_KEPT_FOR)
    alerts = AlertsWorld(*own, subscription(9, account_id="a2"))
    first = own_subscriptions.list_own(
        AccessProof(account_id="a1"), limit=3, after=None, ports=alerts.ports
    )
    then = own_subscriptions.list_own(
        AccessProof(account_id="a1"), limit=3, after=first.next, ports=alerts.ports
    )
    ids = [int(each.subscription_id, 16) for each in (*first.subscriptions, *then.subscriptions)]
    assert (ids, then.next) == ([4, 3, 1, 0], None)


# Following.


def follow(alerts: AlertsWorld, to: str = SOMEBODY) -> Subscription:
    return subscribing.follow_report("R00000000001", "email", to, "a1", alerts.ports)


def test_follower_is_subscribed_once_and_again_after_stopping() -> None:
    alerts = AlertsWorld()
    first = follow(alerts)
    assert (first.state, first.is_own, first.account_id) == ("active", False, "a1")
    assert follow(alerts) == first
    own_subscriptions.stop_subscription(
        first.subscription_id, AccessProof(account_id="a1"), alerts.ports
    )
    again = follow(alerts)
    assert (again.state, again.to, len(alerts.subscriptions.stored)) == ("active", SOMEBODY, 1)


def test_follower_gets_alerts_at_the_present_address_when_following_again() -> None:
    alerts = AlertsWorld()
    first = follow(alerts)
    shown = AccessProof(account_id="a1")
    quiet = QuietHours(begin="22:00", end="07:00")
    changes = SubscriptionChanges(frequency="daily", quiet=quiet)
    own_subscriptions.change_subscription(first.subscription_id, changes, 1, shown, alerts.ports)
    alerts.clock.now += timedelta(hours=1)
    moved = follow(alerts, "new@example.org")
    assert (moved.to, moved.address_key) == (
        "new@example.org",
        IDS.address_key("email", "new@example.org"),
    )
    assert (moved.frequency, moved.quiet, moved.created_at) == ("daily", quiet, alerts.clock.now)
    assert follow(alerts, "new@example.org") == moved
