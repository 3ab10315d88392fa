"""A message that cannot be dealt with harms no other one: after five receives it waits apart, and
sent back, once its cause is mended, it is dealt with once."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate

import boto3
import pytest
import time_machine
from click.testing import CliRunner

from chalicelib.alerts import message_senders
from chalicelib.alerts.model import AlertRequested
from chalicelib.alerts.usecases import sending
from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import delivery_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.delivery_retry import LONGEST_WAITS_S
from chalicelib.kernel.time import utc_now
from infra.local import mail
from infra.local.cloud import Cloud
from infra.redrive import dead_letters_of, redrive
from tests.support.builders import report
from tests.support.fakes_delivery import subscription

HIDDEN = timedelta(seconds=361)
"""A little longer than a message is hidden after it was received."""
RECEIVES = 5


@pytest.fixture
def bad(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The id of a subscription of which our store does not answer."""
    tell = sending.process_request

    def broken(message: AlertRequested, ports: object) -> object:
        if message.subscription_id == BAD:
            raise UpstreamFailed("The store of alerts did not answer.")
        return tell(message, ports)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "process_request", broken)
    yield BAD
    monkeypatch.undo()


BAD = f"{3:032x}"


def waiting_apart() -> int:
    client = boto3.client("sqs")
    apart = dead_letters_of(client, container.settings().alerts_queue_url)
    told = client.get_queue_attributes(
        QueueUrl=apart, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(told["Attributes"]["ApproximateNumberOfMessages"])


def store_and_tell() -> None:
    ports = delivery_ports()
    told = reports_ports().repository.create(report(version=0))
    for number in range(10):
        each = subscription(subscription_id=f"{number:032x}", to=f"sam{number}@example.org")
        ports.subscriptions.add(each)
    messages = [
        AlertRequested(
            subscription_id=f"{number:032x}",
            what="state_changed",
            version=1,
            occurred_at=utc_now(),
            service_request_id=told.service_request_id,
        )
        for number in range(10)
    ]
    container.queue("alerts").send(messages)


def emails_to() -> list[str]:
    return sorted(str(email["To"]) for email in mail.emails())


def test_bad_message_of_ten_is_set_aside_after_five_receives_and_handled_once_sent_back(
    cloud: Cloud, bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_and_tell()
    now = utc_now()
    for receive in range(RECEIVES):
        with time_machine.travel(now + receive * HIDDEN, tick=False):
            cloud.pump.run_until_idle()
            assert waiting_apart() == 0
    with time_machine.travel(now + RECEIVES * HIDDEN, tick=False):
        cloud.pump.run_until_idle()
        assert waiting_apart() == 1
        others = sorted(f"sam{number}@example.org" for number in range(10) if number != 3)
        assert emails_to() == others
        monkeypatch.undo()
        done = CliRunner().invoke(redrive, ["alerts"])
        assert (done.exit_code, done.output) == (
            0,
            "1 sent back, 0 not.\n0 failed alerts sent again.\n",
        )
        cloud.pump.run_until_idle()
        assert emails_to() == sorted([*others, "sam3@example.org"])
    with time_machine.travel(now + (RECEIVES + 1) * HIDDEN, tick=False):
        assert waiting_apart() == 0
        again = CliRunner().invoke(redrive, ["alerts"])
        assert again.output == "0 sent back, 0 not.\n0 failed alerts sent again.\n"


def test_email_held_up_by_an_internal_error_for_a_day_is_sent_once_by_the_redrive(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("a mistake of ours")

    now = utc_now()
    with monkeypatch.context() as patch:
        patch.setattr(message_senders.MailSender, "send", broken)
        store_and_tell()
        for passed_s in accumulate(LONGEST_WAITS_S, initial=1):
            with time_machine.travel(now + timedelta(seconds=passed_s), tick=False):
                sending.wake_due_alerts(delivery_ports())
                cloud.pump.run_until_idle()
    with time_machine.travel(now + timedelta(days=1), tick=False):
        assert (waiting_apart(), emails_to()) == (0, [])
        done = CliRunner().invoke(redrive, ["alerts"])
        assert done.output == "0 sent back, 0 not.\n10 failed alerts sent again.\n"
        cloud.pump.run_until_idle()
        assert emails_to() == sorted(f"sam{number}@example.org" for number in range(10))
