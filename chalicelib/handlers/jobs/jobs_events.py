"""The event handlers of jobs: they open jobs for reports, update reports with the progress of jobs,
and publish the days of crews."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import msgspec
from chalice.app import Blueprint, CloudWatchEvent, DynamoDBEvent, SQSEvent

from chalicelib.bootstrap import container
from chalicelib.bootstrap.jobs import crew_ports, job_follow_ports
from chalicelib.collections.stream import fact_of as round_fact_of
from chalicelib.errors import AppError, UpstreamFailed
from chalicelib.events import JobChanged, OfReport
from chalicelib.handlers.http.event import (
    BatchAnswer,
    alone_if_broken,
    batch,
    fact_batch,
    follow_requests,
    measure_age,
    one_by_one,
    parse_fact,
    trace_facts,
)
from chalicelib.handlers.http.stream import StreamBatch, follow_stream
from chalicelib.jobs.stream import fact_of
from chalicelib.jobs.usecases.day_publishing import CrewAndDay, publish_days, publish_due
from chalicelib.jobs.usecases.jobs_of_report import update_jobs_of
from chalicelib.jobs.usecases.progress import publish_changed_plans, publish_progress
from chalicelib.kernel.observability import logs
from chalicelib.kernel.parallel import run_in_parallel

# Chalice requires literals; packaging replaces them with the real stream and queues.
STREAM = "arn:aws:dynamodb:eu-west-2:000000000000:table/jobs/stream/placeholder"
OPEN_QUEUE = "arn:aws:sqs:eu-west-2:000000000000:open"
FOLLOW_QUEUE = "arn:aws:sqs:eu-west-2:000000000000:follow"
CREWS_QUEUE = "arn:aws:sqs:eu-west-2:000000000000:crews"
MORNING = 7
"""The hour of the council's clock from which changed plans are published."""
events = Blueprint(__name__)


@events.on_dynamodb_record(stream_arn=STREAM, batch_size=100)
def fan_out_jobs(event: DynamoDBEvent) -> BatchAnswer:
    """Sends the facts of a batch to the queues; after a failure the whole batch is delivered
    again."""
    return follow_stream("fan_out_jobs", event, _send_facts)


@events.on_sqs_message(queue_arn=OPEN_QUEUE, batch_size=1)
def open_jobs(event: SQSEvent) -> BatchAnswer:
    """Opens, updates or cancels the jobs of a report."""
    return one_by_one("open_jobs", event, _update_jobs)


@events.on_sqs_message(queue_arn=FOLLOW_QUEUE, batch_size=1)
def follow_job(event: SQSEvent) -> BatchAnswer:
    """Updates a job's reports with its progress."""
    return one_by_one("follow_job", event, _update_reports)


@events.on_sqs_message(queue_arn=CREWS_QUEUE, batch_size=10, maximum_batching_window_in_seconds=1)
@alone_if_broken
def publish_crews(event: SQSEvent) -> BatchAnswer:
    """Publishes the crews' days that a batch of facts names, each once."""
    with fact_batch("publish_crews", event, JobChanged) as found:
        _log_jobs(found.facts, found.line)
        days = {day for fact in found.facts for day in _days_of(fact)}
        try:
            failed = publish_days(days, crew_ports())
        except AppError as error:
            failed = dict.fromkeys(days, error)
        _log_failures(failed)
        measure_age(found.facts, found.line)
        return found.answer(lambda fact: not failed.keys().isdisjoint(_days_of(fact)))


@events.schedule("rate(5 minutes)")
def publish_crews_due(_: CloudWatchEvent) -> None:
    """Publishes the days that begin, and the days whose picture URLs will soon expire. Fails if a
    day was not published; it is tried again in the next run, and repeated failures raise an
    alarm."""
    with batch("publish_crews_due") as line:
        failed = publish_due(crew_ports())
        _log_failures(failed)
        line["failed"] = len(failed)
        if failed:
            raise UpstreamFailed("Some days of crews were not published.")


@events.schedule("rate(1 hour)")
def tell_plans(_: CloudWatchEvent) -> None:
    """Publishes the plans that were not published when they changed."""
    with batch("tell_plans"):
        ports = job_follow_ports()
        if ports.now().astimezone(ports.council.zone).hour >= MORNING:
            publish_changed_plans(ports)


def _send_facts(found: StreamBatch) -> None:
    facts = found.read(fact_of)
    _log_jobs(facts, found.line)
    wanted: dict[container.QueueName, Sequence[object]] = {
        "rounds": found.read(round_fact_of),
        "follow": [fact for fact in facts if fact.for_reports],
        "crews": [fact for fact in facts if fact.days],
    }
    run_in_parallel([partial(container.queue(name).send, them) for name, them in wanted.items()])


def _update_jobs(record: dict[str, Any], line: logs.Fields) -> bool:
    try:
        fact: OfReport = msgspec.json.decode(record["body"], type=OfReport)
        trace_facts([fact], line)
        job = update_jobs_of(fact.service_request_id, job_follow_ports())
        line["job_ids"] = [job.job_id] if job else []
        measure_age([fact], line)
    except (AppError, msgspec.DecodeError) as error:
        logs.failure("no job was opened for a fact", error, message_id=record["messageId"])
        return False
    return True


def _update_reports(record: dict[str, Any], line: logs.Fields) -> bool:
    fact: JobChanged | None = parse_fact(record, JobChanged)
    if fact is None:
        return False
    _log_jobs([fact], line)
    try:
        publish_progress(fact.job_id, job_follow_ports())
    except AppError as error:
        logs.failure("a job was not followed", error, job_id=fact.job_id)
        return False
    measure_age([fact], line)
    return True


def _log_jobs(facts: Sequence[JobChanged], line: logs.Fields) -> None:
    """Adds the jobs and requests of the facts to the log line, and continues under their request if
    they have one in common."""
    line["job_ids"] = sorted({fact.job_id for fact in facts})
    follow_requests(facts, line)


def _days_of(fact: JobChanged) -> set[CrewAndDay]:
    return {(crew, date.fromisoformat(day)) for crew, day in fact.days}


def _log_failures(failed: Mapping[CrewAndDay, Exception]) -> None:
    for (crew, day), error in failed.items():
        logs.failure("a crew's day was not written", error, crew=crew, day=day.isoformat())
