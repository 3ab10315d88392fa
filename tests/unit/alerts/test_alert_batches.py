"""However many there are to tell: nobody is missed and nobody is told twice, wherever a run breaks
off and is done again."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.alerts.delivery import parse_alert_name
from chalicelib.alerts.model import AlertBatch, AlertRequested, Topic
from chalicelib.alerts.usecases import alert_batches
from chalicelib.alerts.usecases.indexing import reindex
from chalicelib.alerts.usecases.matching import match_report
from chalicelib.alerts.usecases.sending import process_request as send_tell
from chalicelib.aws.sqs import MOST_IN_A_BATCH
from chalicelib.errors import UpstreamFailed
from chalicelib.events import ReportChanged
from tests.support import fakes_delivery
from tests.support.fakes_alerts import AlertsWorld, alert_report, subscription
from tests.support.fakes_delivery import REPORT, DeliveryWorld

MOST_BYTES = 256 * 1024
"""What one call of SQS took in 2025; since then it takes more."""
COUNCIL, OF_IT = Topic(kind="council"), Topic(kind="report", service_request_id=REPORT)
MENDED = ReportChanged(
    event_id="2",
    service_request_id=REPORT,
    version=2,
    old_tile=None,
    tile=None,
    state="fixed",
    old_state="in_progress",
    repair=1,
)


class BreaksOff:
    """A queue that takes two messages a call, and does not answer the nth call of all."""

    taken: list[Any]

    def __init__(self, calls: "count[int]", nth: int) -> None:
        self.taken, self._calls, self._nth = [], calls, nth

    def send(self, messages: Sequence[Any], /, *, delay_s: int = 0) -> None:
        for start in range(0, len(messages), 2):
            if next(self._calls) == self._nth:
                raise UpstreamFailed("The queue did not answer.")
            self.taken += messages[start : start + 2]


def again_until_done(work: Callable[[], object]) -> int:
    """As the queue delivers a message again whose run failed; answers how often it did."""
    for failed in count():
        try:
            work()
        except UpstreamFailed:
            continue
        return failed
    raise AssertionError


@pytest.mark.parametrize("most", [1, 3, 7, 100])
def test_all_recipients_are_notified_once_when_a_run_breaks_off_anywhere_and_is_repeated(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_batches, "BATCH_SIZE", most)
    stored = [subscription(n, topic=OF_IT if n % 3 == 0 else COUNCIL) for n in range(10)]
    twice = subscription(10, topic=COUNCIL, address_key=stored[0].address_key)
    for nth in count(1):
        alerts = AlertsWorld(*stored, twice)
        for each in (*stored, twice):
            reindex(each.subscription_id, [each], alerts.indexing)
        alerts.reports.put(alert_report(service_request_id=REPORT))
        calls = count(1)
        outbox, shares = BreaksOff(calls, nth), BreaksOff(calls, nth)
        ports = replace(alerts.matching, alert_queue=outbox, match_queue=shares)
        failed = again_until_done(partial(match_report, MENDED, ports))
        for share in shares.taken:
            failed += again_until_done(partial(outbox.send, share.requests))
        sent = arrived(outbox.taken, alerts)
        asked = {each.subscription_id for each in stored if each.topic == OF_IT}
        assert sorted(sent["fixed"]) == sorted(each.subscription_id for each in stored), nth
        assert sorted(sent["repair_question"]) == sorted(asked), nth
        if not failed:
            assert nth > 5
            return


def arrived(tells: Sequence[AlertRequested], alerts: AlertsWorld) -> dict[str, list[str]]:
    """Ids of the subscriptions that got each kind of email, as often as they did."""
    world = DeliveryWorld(subscriptions=alerts.subscriptions)
    world.knows(fakes_delivery.report_news(state="fixed", repairs=1))
    ports = world.ports()
    for each in tells:
        # A question waits for days; here it is asked at once.
        send_tell(each, replace(ports, repair_question_delay=world.clock.now - each.occurred_at))
    found: dict[str, list[str]] = {"fixed": [], "repair_question": []}
    for name in world.sender.names:
        meant = parse_alert_name(name)
        assert meant
        found[world.alerts.stored[meant].what].append(meant.subscription_id)
    return found


def test_ten_batches_fit_into_one_call_of_the_queue() -> None:
    ids = tuple(f"{number:032x}" for number in range(alert_batches.BATCH_SIZE))
    share = AlertBatch(tell=fakes_delivery.alert_request(request_id="r" * 36), subscription_ids=ids)
    assert len(msgspec.json.encode(share)) * MOST_IN_A_BATCH < 0.75 * MOST_BYTES


def test_batch_is_read_from_the_queue_as_it_was_sent() -> None:
    share = AlertBatch(tell=fakes_delivery.alert_request(), subscription_ids=("1", "2"))
    read = msgspec.json.decode(msgspec.json.encode(share), type=AlertBatch)
    assert read == share
    assert [each.subscription_id for each in read.requests] == ["1", "2"]
