"""How alerts leave: when it is time, where somebody wants them, and what becomes of those that do
not get through."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from chalicelib.alerts.delivery import Alert, Wake
from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.model import Confirm, QuietHours, Topic
from chalicelib.alerts.sms_budget import SmsBudgetLine, segments_a_day, segments_for_unknown_devices
from chalicelib.alerts.usecases.failed import list_alerts, resend, resend_internal_failures
from chalicelib.alerts.usecases.sending import process_confirmation, process_wake, wake_due_alerts
from chalicelib.alerts.usecases.sending import process_request as send_tell
from chalicelib.errors import (
    AddressRefused,
    Conflict,
    Gone,
    NoReply,
    NotFound,
    NotNow,
    UpstreamFailed,
)
from chalicelib.kernel.delivery_retry import LEASE, LONGEST_WAITS_S
from tests.support.builders import NOON
from tests.support.call_hooks import ProcessKilled
from tests.support.fakes_delivery import (
    ADDRESSES,
    REPORT,
    DeliveryWorld,
    alert_request,
    notice,
    report_news,
    subscription,
)
from tests.support.log_lines import capture_lines, decode_lines, metric_faults

SECOND = timedelta(seconds=1)


class ArrivedAndLost(NoReply):
    """It was taken, and the answer was lost."""

    arrived = True


def woken(world: DeliveryWorld, ports: Ports) -> int:
    """Wakes and sends due alerts. Returns how many."""
    count = wake_due_alerts(ports)
    messages, world.wake_queue.sent = world.wake_queue.sent, []
    for message in messages:
        process_wake(message, ports)
    return count


@pytest.mark.parametrize("channel", ["email", "sms", "push"])
def test_alert_is_sent_at_once_to_the_subscribers_address(
    channel: str, world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(channel=channel)
    world.knows(report_news())
    send_tell(alert_request(), ports)
    ((_, to),) = world.sender.there
    assert to == ADDRESSES[channel] and world.the_alert().state == "sent"
    assert world.the_alert().external_id == "carried-1"


@pytest.mark.parametrize("values", [{"state": "unconfirmed"}, {"state": "stopped"}])
def test_nothing_is_sent_when_the_subscription_is_not_active(
    values: dict[str, Any], world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(**values)
    world.knows(report_news())
    assert send_tell(alert_request(), ports) is None
    assert send_tell(alert_request(subscription_id="6" * 32), ports) is None
    assert world.sender.there == [] and world.alerts.stored == {}


def test_waiting_alert_is_dropped_when_its_subscription_was_stopped(
    world: DeliveryWorld, ports: Ports
) -> None:
    own = world.subscribe(quiet=QuietHours(begin="12:00", end="14:00"))
    world.knows(report_news())
    send_tell(alert_request(), ports)
    world.subscriptions.save(replace(own, state="stopped"))
    world.clock.now += timedelta(hours=2)
    assert woken(world, ports) == 1
    assert world.sender.there == [] and world.the_alert().state == "dropped"


def test_alert_waits_for_the_end_of_quiet_hours_to_the_second(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(quiet=QuietHours(begin="12:00", end="14:00"))
    world.knows(report_news())
    send_tell(alert_request(), ports)
    # NOON is 13:00 by the council's clock.
    world.clock.now = NOON + timedelta(hours=1) - SECOND
    assert woken(world, ports) == 0
    world.clock.now += SECOND
    assert woken(world, ports) == 1
    assert len(world.sender.there) == 1


def test_alert_that_is_tried_again_waits_for_the_end_of_quiet_hours(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(quiet=QuietHours(begin="13:05", end="15:00"))
    world.knows(report_news())
    world.sender.raises = [NotNow("http_503", 600)]
    send_tell(alert_request(), ports)
    world.clock.now = NOON + timedelta(minutes=10)
    woken(world, ports)
    waiting = world.the_alert()
    assert (waiting.state, waiting.tries, waiting.next_try_at) == (
        "waiting",
        1,
        NOON + timedelta(hours=2),
    )


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({}, True),
        ({"visibility": "hidden"}, False),
        ({"visibility": "private"}, False),
    ],
)
def test_alert_about_a_report_is_sent_to_all_only_while_it_is_public(
    state: dict[str, Any], told: bool, world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(topic=Topic(kind="report", service_request_id=REPORT))
    world.knows(report_news(**state))
    send_tell(alert_request(), ports)
    assert len(world.sender.there) == told
    assert world.the_alert().state == ("sent" if told else "dropped")


@pytest.mark.parametrize(("about", "told"), [(REPORT, True), ("ANOTHER", False)])
def test_private_report_is_announced_to_its_reporter(
    about: str, told: bool, world: DeliveryWorld, ports: Ports
) -> None:
    topic = Topic(kind="report", service_request_id=about)
    world.subscribe(topic=topic, is_own=True)
    world.knows(report_news(visibility="private"))
    send_tell(alert_request(), ports)
    assert len(world.sender.there) == told


def test_alert_is_dropped_when_the_report_is_gone(world: DeliveryWorld, ports: Ports) -> None:
    world.subscribe()
    send_tell(alert_request(), ports)
    assert world.sender.there == [] and world.the_alert().state == "dropped"


def test_fixed_is_not_announced_when_the_report_was_reopened(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe()
    world.knows(report_news(state="reopen", version=4))
    send_tell(alert_request(what="fixed", version=3), ports)
    assert world.sender.there == []
    send_tell(alert_request(version=4), ports)
    assert len(world.sender.there) == 1


def test_notice_is_sent_once_in_each_version(world: DeliveryWorld, ports: Ports) -> None:
    world.subscribe(topic=Topic(kind="disruptions"))
    world.knows(notice())
    message = alert_request(what="disruption", service_request_id=None, notice_id="n1", version=1)
    for _ in range(3):
        send_tell(message, ports)
    world.knows(notice(version=2, text="It goes on until tomorrow."))
    send_tell(
        alert_request(what="disruption", service_request_id=None, notice_id="n1", version=2), ports
    )
    assert len(world.sender.there) == 2
    world.notices.known.clear()
    send_tell(
        alert_request(what="disruption", service_request_id=None, notice_id="n1", version=3), ports
    )
    assert len(world.sender.there) == 2


def test_older_version_of_a_notice_is_not_sent_after_a_newer_one(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(topic=Topic(kind="disruptions"))
    world.knows(notice(version=2))
    for version in (2, 1):
        about = {"service_request_id": None, "notice_id": "n1", "version": version}
        send_tell(alert_request(what="disruption", **about), ports)
    assert len(world.sender.there) == 1


@pytest.mark.parametrize("is_done", [True, False])
def test_question_is_sent_days_later_when_the_report_is_still_fixed(
    is_done: bool, world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(frequency="daily", topic=Topic(kind="report", service_request_id=REPORT))
    world.knows(report_news(state="fixed", repairs=1))
    send_tell(alert_request(what="repair_question", version=1), ports)
    world.clock.now = NOON + timedelta(days=3) - SECOND
    assert woken(world, ports) == 0 and world.sender.there == []
    world.knows(report_news(state="fixed" if is_done else "reopen", repairs=1))
    world.clock.now += SECOND
    assert woken(world, ports) == 1
    assert len(world.sender.there) == is_done


def test_question_about_an_earlier_repair_is_dropped_when_it_was_repaired_again(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe()
    for repair in (1, 2):
        send_tell(alert_request(what="repair_question", version=repair), ports)
    world.knows(report_news(state="fixed", repairs=2))
    world.clock.now += timedelta(days=3)
    assert woken(world, ports) == 2
    ((message, _),) = world.sender.there
    assert f".{REPORT}.2." in message.url


def test_question_is_sent_although_the_same_version_was_announced(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe()
    world.knows(report_news(state="fixed", repairs=1))
    send_tell(alert_request(what="fixed"), ports)
    send_tell(alert_request(what="repair_question", version=1), ports)
    world.clock.now += timedelta(days=3)
    woken(world, ports)
    assert [message.what for message, _ in world.sender.there] == ["fixed", "repair_question"]


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_alert_is_tried_eight_times_within_a_day_when_nobody_answers(
    chance: float, world: DeliveryWorld
) -> None:
    world.chance = chance
    ports = world.ports()
    world.subscribe()
    world.knows(report_news())
    world.sender.raises = [NotNow("http_503")] * 100
    send_tell(alert_request(), ports)
    while world.the_alert().state == "waiting":
        world.clock.now = world.the_alert().next_try_at
        woken(world, ports)
    failed = world.the_alert()
    assert (failed.state, failed.tries, failed.last_error) == ("failed", 8, "http_503")
    assert len(world.sender.raises) == 100 - 8
    assert world.clock.now - NOON == timedelta(seconds=int(chance * sum(LONGEST_WAITS_S)))
    assert world.clock.now - NOON < timedelta(hours=24)


@pytest.mark.parametrize("channel", ["email", "sms", "push"])
def test_alert_fails_at_once_when_it_is_refused_for_good(
    channel: str, world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(channel=channel)
    world.knows(report_news())
    world.sender.raises = [AddressRefused("never")]
    send_tell(alert_request(), ports)
    assert (world.the_alert().state, world.the_alert().last_error) == ("failed", "refused")
    world.clock.now += timedelta(days=2)
    assert woken(world, ports) == 0


def test_subscription_ends_and_its_endpoint_is_forgotten_when_the_browser_is_gone(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(channel="push")
    world.knows(report_news())
    world.sender.raises = [Gone("410")]
    send_tell(alert_request(), ports)
    (ended,) = world.subscriptions.stored.values()
    assert (ended.state, ended.stopped_because, ended.push) == ("stopped", "gone", None)
    assert world.the_alert().state == "dropped"
    send_tell(alert_request(version=3), ports)
    assert world.sender.there == []


@pytest.mark.parametrize("channel", ["email", "push"])
def test_email_or_notification_is_resent_when_the_outcome_is_unknown(
    channel: str, world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(channel=channel)
    world.knows(report_news())
    world.sender.raises = [ArrivedAndLost("timed out")]
    send_tell(alert_request(), ports)
    assert world.the_alert().last_error == "no_reply"
    world.clock.now = world.the_alert().next_try_at
    woken(world, ports)
    assert len(world.sender.there) == 2 and world.the_alert().state == "sent"


@pytest.mark.parametrize("lost", [ArrivedAndLost("timed out"), NoReply("hung up")])
def test_text_is_not_resent_when_the_outcome_is_unknown(
    lost: NoReply, world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(channel="sms")
    world.knows(report_news())
    world.sender.raises = [lost]
    send_tell(alert_request(), ports)
    world.clock.now += timedelta(days=2)
    assert woken(world, ports) == 0
    assert len(world.sender.there) <= 1 and world.the_alert().state == "unclear"
    assert [each.what for each in list_alerts("unclear", limit=10, after=None, ports=ports).alerts]


@pytest.mark.parametrize(
    "answers",
    [
        lambda: UpstreamFailed("cannot be reached"),
        lambda: NotNow("http_503"),
        lambda: NotNow("http_429", 60),
    ],
)
@pytest.mark.parametrize("channel", ["email", "sms", "push"])
def test_all_subscribers_are_notified_once_when_the_provider_was_down_for_an_hour(
    channel: str, answers: Callable[[], Exception], world: DeliveryWorld, ports: Ports
) -> None:
    for number in range(20):
        world.subscribe(subscription_id=f"s{number}", channel=channel)
    world.knows(report_news())
    down_until = NOON + timedelta(hours=1)
    world.sender.raises = [answers() for _ in range(20)]
    for number in range(20):
        send_tell(alert_request(subscription_id=f"s{number}"), ports)
    while world.clock.now < NOON + timedelta(hours=22):
        world.clock.now += timedelta(minutes=1)
        is_down = world.clock.now < down_until
        world.sender.raises = [answers() for _ in range(20)] if is_down else []
        woken(world, ports)
    assert sorted(each.partition("-")[0] for each in world.sender.names) == sorted(
        f"s{number}" for number in range(20)
    )
    assert {each.state for each in world.alerts.stored.values()} == {"sent"}


def test_text_costs_nothing_when_it_was_not_sent(world: DeliveryWorld, ports: Ports) -> None:
    world.subscribe(channel="sms")
    world.knows(report_news())
    world.sender.raises = [UpstreamFailed("cannot be reached")]
    send_tell(alert_request(), ports)
    assert sum(world.budget.stored.values()) == 0
    world.clock.now = world.the_alert().next_try_at
    woken(world, ports)
    assert sum(world.budget.stored.values()) == 1


def test_text_waits_for_the_next_morning_and_officers_see_it_when_the_day_is_spent(
    world: DeliveryWorld,
) -> None:
    world.texts_a_day = 4
    ports = world.ports()
    for number in range(3):
        world.subscribe(subscription_id=f"s{number}", channel="sms")
    world.knows(report_news())
    for number in range(3):
        send_tell(alert_request(subscription_id=f"s{number}"), ports)
    assert len(world.sender.there) == 2
    (late,) = list_alerts("over_cap", limit=10, after=None, ports=ports).alerts
    assert (late.state, late.tries) == ("waiting", 0)
    world.clock.now = NOON + timedelta(hours=19) - SECOND
    assert woken(world, ports) == 0
    world.clock.now += SECOND
    assert woken(world, ports) == 1 and len(world.sender.there) == 3


def test_codes_use_at_most_their_share_of_the_daily_texts(world: DeliveryWorld) -> None:
    world.texts_a_day = 20
    ports = world.ports()
    world.knows(report_news())
    for number in range(20):
        world.subscribe(subscription_id=f"c{number}", channel="sms", state="unconfirmed")
        process_confirmation(Confirm(subscription_id=f"c{number}"), ports)
    assert len(world.sender.there) == 2
    for number in range(20):
        world.subscribe(subscription_id=f"s{number}", channel="sms")
        send_tell(alert_request(subscription_id=f"s{number}"), ports)
    assert [message.what for message, _ in world.sender.there][2:] == ["state_changed"] * 14
    assert sum(world.budget.stored.values()) == 16
    assert world.budget.stored[NOON.date(), "sign_in"] == 0


@pytest.mark.parametrize("texts_a_day", [0, 1, 2, 5, 9, 10, 11, 500, 501])
def test_daily_texts_are_divided_into_shares_that_cannot_be_exceeded(
    texts_a_day: int,
) -> None:
    purses: tuple[SmsBudgetLine, ...] = get_args(SmsBudgetLine)
    sign_in, codes, alerts = (
        segments_a_day(each, texts_a_day) for each in ("sign_in", "codes", "alerts")
    )
    assert sum(segments_a_day(each, texts_a_day) for each in purses) == texts_a_day
    assert min(sign_in, codes, alerts) >= 0
    assert (sign_in > 0) == (texts_a_day > 0)
    assert sign_in <= texts_a_day / 5 + 1 and codes <= texts_a_day / 10 + 1
    assert sign_in * 0.75 <= segments_for_unknown_devices(texts_a_day) <= sign_in * 0.75 + 1


def test_spent_share_of_the_texts_is_measured(world: DeliveryWorld) -> None:
    world.texts_a_day = 10
    world.knows(report_news())
    with capture_lines() as written:
        for number in range(8):
            world.subscribe(subscription_id=f"s{number}", channel="sms")
            send_tell(alert_request(subscription_id=f"s{number}"), world.ports())
    lines = [line for line in decode_lines(written) if line["event"] == "texts were asked for"]
    assert [line["texts_percent"] for line in lines] == [14, 28, 42, 57, 71, 85, 100, 100]
    assert {line["purse"] for line in lines} == {"alerts"}
    assert not [fault for line in lines for fault in metric_faults(line)]


def test_number_is_not_tried_again_when_it_was_refused_permanently(
    world: DeliveryWorld, ports: Ports
) -> None:
    """It opted out, say: nor is it by any other subscription to it."""
    world.subscribe(channel="sms")
    world.subscribe(channel="sms", subscription_id="6" * 32)
    world.knows(report_news())
    world.sender.raises = [AddressRefused("opted out")]
    send_tell(alert_request(), ports)
    ended, other = world.subscriptions.stored.values()
    assert (ended.state, ended.stopped_because, other.state) == ("stopped", "bounced", "active")
    send_tell(alert_request(version=3), ports)
    send_tell(alert_request(subscription_id="6" * 32), ports)
    assert world.sender.there == [] and world.sender.raises == []
    assert {each.state for each in world.alerts.stored.values()} == {"failed"}


def test_nothing_is_sent_to_an_address_that_bounces(world: DeliveryWorld, ports: Ports) -> None:
    world.subscribe()
    world.knows(report_news())
    world.suppressed_addresses.add("a" * 32, "bounced", NOON)
    send_tell(alert_request(), ports)
    assert world.sender.there == []
    assert (world.the_alert().state, world.the_alert().last_error) == ("failed", "suppressed")


def test_alert_is_sent_again_by_an_officer_when_it_failed(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe()
    world.knows(report_news())
    world.sender.raises = [AddressRefused("never")]
    send_tell(alert_request(), ports)
    again = resend(world.the_alert().name, ports)
    assert (again.state, again.tries) == ("waiting", 0)
    (wake,) = world.wake_queue.sent
    process_wake(wake, ports)
    assert len(world.sender.there) == 1
    with pytest.raises(Conflict):
        resend(world.the_alert().name, ports)
    for nothing in ("", "none", "no-such"):
        with pytest.raises(NotFound):
            resend(nothing, ports)


def test_address_gets_one_confirmation_message(world: DeliveryWorld, ports: Ports) -> None:
    world.subscribe(state="unconfirmed", quiet=QuietHours(begin="12:00", end="14:00"))
    for _ in range(3):
        process_confirmation(Confirm(subscription_id=subscription().subscription_id), ports)
    ((message, _),) = world.sender.there
    assert message.what == "confirm" and message.unsubscribe_url is None


@pytest.mark.parametrize(("early", "asked"), [(SECOND, True), (timedelta(), False)])
def test_confirmation_is_not_sent_after_a_day(
    early: timedelta, asked: bool, world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(state="unconfirmed")
    world.clock.now = NOON + timedelta(hours=24) - early
    process_confirmation(Confirm(subscription_id=subscription().subscription_id), ports)
    assert len(world.sender.there) == asked


def test_lease_of_a_crashed_sender_expires(world: DeliveryWorld, ports: Ports) -> None:
    world.subscribe()
    world.knows(report_news())
    world.sender.raises = [ProcessKilled()] * 100
    with pytest.raises(ProcessKilled):
        send_tell(alert_request(), ports)
    for _ in range(7):
        world.clock.now += LEASE - SECOND
        assert wake_due_alerts(ports) == 0
        world.clock.now += SECOND
        with pytest.raises(ProcessKilled):
            woken(world, ports)
    world.clock.now += LEASE
    woken(world, ports)
    assert (world.the_alert().state, world.the_alert().last_error) == ("failed", "gave_up")


@pytest.mark.parametrize("channel", ["email", "push"])
def test_alert_is_retried_with_growing_waits_after_an_internal_error(
    channel: str, world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(channel=channel)
    world.knows(report_news())
    world.sender.raises = [ValueError("a mistake of ours")] * 8
    send_tell(alert_request(), ports)
    waits = [world.the_alert().next_try_at - NOON]
    while world.the_alert().state == "waiting":
        before = world.clock.now = world.the_alert().next_try_at
        woken(world, ports)
        waits.append(world.the_alert().next_try_at - before)
    assert [wait.total_seconds() for wait in waits[:-1]] == list(LONGEST_WAITS_S)
    assert (world.the_alert().state, world.the_alert().last_error) == ("failed", "broke")


def test_text_is_not_resent_after_an_internal_error_during_sending(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe(channel="sms")
    world.knows(report_news())
    world.sender.raises = [ValueError("a mistake of ours")]
    send_tell(alert_request(), ports)
    assert world.the_alert().state == "unclear" and sum(world.budget.stored.values()) == 1


def test_text_is_sent_once_after_an_internal_error_before_sending(world: DeliveryWorld) -> None:
    world.subscribe(channel="sms")
    world.knows(report_news())
    ports = world.ports()
    send_tell(alert_request(), replace(ports, count_segments=lambda _: 1 // 0))
    assert (world.the_alert().backlog, world.the_alert().last_error) == ("put_off", "broke")
    world.clock.now = world.the_alert().next_try_at
    woken(world, ports)
    assert len(world.sender.there) == 1


@pytest.mark.parametrize("dies", [ValueError("a mistake of ours"), ProcessKilled()])
def test_alerts_that_failed_by_internal_errors_are_sent_once_by_a_redrive(
    dies: BaseException, world: DeliveryWorld, ports: Ports
) -> None:
    world.knows(report_news())
    world.sender.raises = [AddressRefused("never"), *[dies] * 16]
    for number in range(3):
        world.subscribe(subscription_id=f"s{number}")
        with suppress(ProcessKilled):
            send_tell(alert_request(subscription_id=f"s{number}"), ports)
    while due := world.alerts.due_alerts(world.clock.now + timedelta(hours=12), limit=9):
        world.clock.now += timedelta(hours=12)
        for each in due:
            with suppress(ProcessKilled):
                process_wake(Wake(subscription_id=each[0], alert_id=each[1]), ports)
    assert resend_internal_failures(ports) == 2
    assert resend_internal_failures(ports) == 0
    woken(world, ports)
    assert sorted(each.partition("-")[0] for each in world.sender.names) == ["s1", "s2"]


def test_officers_see_postponed_alerts_and_send_one_at_once(
    world: DeliveryWorld, ports: Ports
) -> None:
    world.subscribe()
    world.knows(report_news())
    world.sender.raises = [NotNow("http_503")]
    send_tell(alert_request(), ports)
    (waiting,) = list_alerts("put_off", limit=10, after=None, ports=ports).alerts
    assert (waiting.tries, waiting.last_error) == (1, "http_503")
    resend(waiting.name, ports)
    assert list_alerts("put_off", limit=10, after=None, ports=ports).alerts == []
    woken(world, ports)
    assert len(world.sender.there) == 1


def test_claim_is_kept_when_only_its_reply_was_lost(world: DeliveryWorld) -> None:
    world.subscribe(channel="sms")
    world.knows(report_news())

    class Losing(type(world.alerts)):  # type: ignore[misc]
        def save(self, alert: Alert) -> Alert:
            saved: Alert = super().save(alert)
            return saved if alert.revision else super().save(alert)

    world.alerts = Losing()
    send_tell(alert_request(), world.ports())
    assert len(world.sender.there) == 1 and world.the_alert().state == "sent"


def test_nothing_is_sent_when_the_alert_does_not_exist(world: DeliveryWorld, ports: Ports) -> None:
    assert process_wake(Wake(subscription_id="s", alert_id="a"), ports) is None


def test_officers_question_goes_to_the_reporter_while_it_waits(
    world: DeliveryWorld, ports: Ports
) -> None:
    asked = alert_request(what="officer_question", version=1)
    topic = Topic(kind="report", service_request_id=REPORT)
    world.subscribe(topic=topic, is_own=True, event_types=("fixed",), frequency="weekly")
    world.knows(report_news(visibility="private", questions={1: "Which side is it on?"}))
    send_tell(asked, ports)
    ((message, _),) = world.sender.there
    assert message.quoted == "Which side is it on?"
    assert f"/forms/questions/{'5' * 32}.{REPORT}.1." in message.url
    assert "Which side" not in message.short + message.subject
    world.knows(report_news(visibility="private", questions={1: "Which side is it on?"}))
    send_tell(alert_request(what="officer_question", version=2), ports)
    assert len(world.sender.there) == 1, "That one was answered."


def test_officers_question_goes_to_no_follower(world: DeliveryWorld, ports: Ports) -> None:
    world.subscribe(topic=Topic(kind="report", service_request_id=REPORT))
    world.knows(report_news(questions={1: "Which side is it on?"}))
    send_tell(alert_request(what="officer_question", version=1), ports)
    assert world.sender.there == [] and world.the_alert().last_error == "nothing_to_tell"
