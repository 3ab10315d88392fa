"""The pump stands for AWS between a stream or a queue and a handler."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import boto3
import pytest
from chalice.app import Chalice, SQSEventConfig

from chalicelib.bootstrap.reports import reactions, reports_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.events import Event
from infra.local.cloud import Cloud
from infra.local.event_sources import ALWAYS, QueueSource
from infra.local.pump import Pump
from infra.local.schedules import interval
from tests.support.builders import NOON, report
from tests.support.composition import replace_built


class Flaky:
    """A reaction that takes nothing the first times."""

    def __init__(self, failures: int, error: Exception) -> None:
        self.failures = failures
        self.error = error
        self.taken: list[Event] = []

    def send(self, events: Sequence[Event]) -> None:
        if self.failures:
            self.failures -= 1
            raise self.error
        self.taken += events


@pytest.mark.parametrize("error", [UpstreamFailed("no answer"), ZeroDivisionError()])
def test_facts_are_repeated_in_order_when_they_were_not_accepted(
    error: Exception, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    reaction = Flaky(2, error)
    replace_built(monkeypatch, reactions, (reaction,))
    repository = reports_ports().repository
    stored = [repository.create(report(number)).service_request_id for number in (3, 1, 2)]
    cloud.pump.run_until_idle()
    assert [fact.service_request_id for fact in reaction.taken] == stored


def test_second_cloud_is_refused_while_one_is_running(cloud: Cloud) -> None:
    with pytest.raises(RuntimeError, match="stop it before the next one"):
        Cloud()


def new_queue(name: str) -> tuple[str, str]:
    """The address and the ARN of a new queue."""
    url = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url, f"arn:aws:sqs:{boto3.Session().region_name}:{url.split('/')[-2]}:{name}"


def send(url: str, *bodies: str) -> None:
    for body in bodies:
        boto3.client("sqs").send_message(QueueUrl=url, MessageBody=body)


def bodies(event: Any) -> list[str]:
    return [record["body"] for record in event["Records"]]


def test_batching_window_ends_when_the_pump_is_hurried(cloud: Cloud) -> None:
    url, arn = new_queue("windows")
    send(url, *map(str, range(25)))
    batches: list[list[str]] = []
    config = SQSEventConfig(
        name="windows",
        handler_string="windows",
        queue="windows",
        queue_arn=None,
        batch_size=100,
        maximum_batching_window_in_seconds=60,
        maximum_concurrency=None,
    )
    source = QueueSource(
        config, arn, boto3.client("sqs"), lambda event, _: batches.append(bodies(event)), ALWAYS
    )
    assert source.step(0.0) and source.step(59.0) and batches == []
    assert source.step(59.0, is_hurried=True)
    assert [sorted(map(int, batch)) for batch in batches] == [[*range(25)]]


def test_hurried_window_gathers_what_follows_from_other_queues(cloud: Cloud) -> None:
    (first_url, first_arn), (last_url, last_arn) = new_queue("first"), new_queue("last")
    send(first_url, "1", "2", "3")
    batches: list[list[str]] = []

    def handle_first(event: Any, _: Any) -> None:
        send(last_url, *bodies(event))

    def handle_last(event: Any, _: Any) -> None:
        batches.append(bodies(event))

    app = Chalice("windows")
    app.on_sqs_message(
        queue_arn=last_arn, name="last", batch_size=10, maximum_batching_window_in_seconds=5
    )(handle_last)
    app.on_sqs_message(queue_arn=first_arn, name="first", batch_size=1)(handle_first)
    handlers = {"first": handle_first, "last": handle_last}
    pump = Pump(
        app,
        {arn: arn for arn in (first_arn, last_arn)},
        handler_of=lambda name: handlers[name.rpartition("_")[2]],
    )
    pump.run_until_idle()
    assert batches == [["1", "2", "3"]]


class Counting:
    """A clock that stands, and a count of how often each schedule ran."""

    def __init__(self) -> None:
        self.now = NOON
        self.runs: list[Any] = []


@pytest.fixture
def counted() -> tuple[Pump, Counting]:
    """A pump of schedules alone."""
    counting = Counting()
    app = Chalice("scheduled")
    for every in ("1 minute", "5 minutes", "1 hour", "2 hours", "1 day"):
        app.schedule(f"rate({every})", name=every.replace(" ", "-"))(lambda _: None)

    def run(event: Any, context: Any) -> None:
        counting.runs.append(event)

    return Pump(app, {}, lambda: counting.now, handler_of=lambda _: run), counting


@pytest.mark.parametrize(
    ("after", "runs"),
    [
        (timedelta(seconds=59), 0),
        (timedelta(minutes=1), 1),
        (timedelta(minutes=5), 2),
        (timedelta(hours=1), 3),
        (timedelta(hours=2), 4),
        (timedelta(days=1), 5),
        (timedelta(days=30), 5),
    ],
)
def test_schedules_run_once_when_their_time_has_come(
    after: timedelta, runs: int, counted: tuple[Pump, Counting]
) -> None:
    here, counting = counted
    counting.now += after
    assert here.run_schedules() == len(counting.runs) == runs
    assert here.run_schedules() == 0


def test_schedules_keep_their_rate_when_the_clock_is_put_back(
    counted: tuple[Pump, Counting],
) -> None:
    here, counting = counted
    assert here.run_schedules(NOON + timedelta(days=30)) == 5
    counting.now = NOON - timedelta(days=30)
    assert here.run_schedules() == 0
    counting.now += timedelta(minutes=5)
    assert here.run_schedules() == 2


def test_schedule_runs_again_after_its_interval_and_gets_the_event_of_aws(
    counted: tuple[Pump, Counting],
) -> None:
    here, counting = counted
    for minute in (1, 2, 3):
        here.run_schedules(NOON + timedelta(minutes=minute))
    assert len(counting.runs) == 3
    event: Any = counting.runs[0]
    assert event["detail-type"] == "Scheduled Event" and event["time"] == "2026-06-01T12:01:00Z"


def test_other_schedules_run_when_one_fails(
    counted: tuple[Pump, Counting],
) -> None:
    def failing(event: Any, context: Any) -> Any:
        raise ZeroDivisionError

    here, counting = counted
    here._schedules[0]._handler = failing
    assert here.run_schedules(NOON + timedelta(minutes=5)) == 2
    assert len(counting.runs) == 1


def test_running_pump_calls_no_schedule_while_it_is_kept_from_it(
    counted: tuple[Pump, Counting],
) -> None:
    here, counting = counted
    counting.now += timedelta(days=1)
    with here.without_schedules():
        here.start()
        here.wait_until_idle()
        assert counting.runs == []
    here.wait_until_idle()
    here.stop()
    assert len(counting.runs) == 5


@pytest.mark.parametrize("expression", ["cron(0 3 * * ? *)", "rate(0 minutes)", "rate(1 week)"])
def test_schedule_is_refused_when_the_pump_cannot_keep_it(expression: str) -> None:
    with pytest.raises(RuntimeError, match="does not know how to keep"):
        interval(expression)
