"""The event handlers that publish: facts from their queues, grouped so that a tile or a day of open
data is written once; every five minutes the wards; and once an hour the changes that come only from
the passing of time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib.bootstrap import container
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.errors import AppError, NotNow, UpstreamFailed
from chalicelib.events import (
    Event,
    day_touched,
    needs_purge,
    photos_touched,
    shows,
    tiles_touched,
)
from chalicelib.handlers.http.event import (
    BatchAnswer,
    alone_if_broken,
    batch,
    fact_batch,
    measure_age,
    trace_facts,
)
from chalicelib.kernel.observability import logs, trace
from chalicelib.publishing import lists, security_txt, usecases
from chalicelib.publishing.usecases import TouchedParts

# Chalice requires literals; packaging replaces them with the real queues.
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:publish"
OPEN_DATA_QUEUE = "arn:aws:sqs:eu-west-2:000000000000:open-data"
CDN_BUSY_S = 60
"""How long copies wait to be dropped if the CDN has too much to do. They end by themselves after
that time."""
events = Blueprint(__name__)


@events.on_sqs_message(queue_arn=QUEUE, batch_size=10, maximum_batching_window_in_seconds=1)
@alone_if_broken
def publish(event: SQSEvent) -> BatchAnswer:
    """Publishes the reports, photos and tiles that a batch of facts names."""
    with fact_batch("publish", event, Event) as found:
        facts: list[Event] = found.facts
        trace_facts(facts, found.line)
        failed = _requeue_for_cdn(
            usecases.publish(_touched_parts(facts), publishing_ports()), facts
        )
        _log_failures(failed, {fact.service_request_id: fact.request_id for fact in facts})
        measure_age([fact for fact in facts if fact.service_request_id not in failed], found.line)
        return found.answer(lambda fact: fact.service_request_id in failed)


@events.schedule("rate(1 hour)")
def tidy(_: CloudWatchEvent) -> None:
    """Takes reports off the map that were closed too long ago, and keeps security.txt from
    expiring."""
    with batch("tidy") as line:
        ports = publishing_ports()
        failed = usecases.tidy(ports)
        line["failed"] = len(failed)
        _log_failures(failed, {})
        security_txt.publish_security_txt(ports)
        if failed:
            raise UpstreamFailed("The map still shows reports that were closed too long ago.")


@events.schedule("rate(1 hour)")
def publish_overdue(_: CloudWatchEvent) -> None:
    """Says on the pages of reports that their promise has passed."""
    with batch("publish_overdue") as line:
        failed = usecases.publish_overdue(publishing_ports())
        line["failed"] = len(failed)
        _log_failures(failed, {})
        if failed:
            raise UpstreamFailed("Some pages do not say that a promise has passed.")


@events.schedule("rate(5 minutes)")
def publish_wards(_: CloudWatchEvent) -> None:
    """Updates the documents of wards to their present reports and road works."""
    with batch("publish_wards") as line:
        failed = usecases.update_wards(publishing_ports())
        line["failed"] = len(failed)
        for error in failed.values():
            logs.failure("a ward was not published", error)
        if failed:
            raise UpstreamFailed("The documents of wards are not up to what was changed.")


@events.on_sqs_message(
    queue_arn=OPEN_DATA_QUEUE, batch_size=100, maximum_batching_window_in_seconds=10
)
@alone_if_broken
def publish_open_data(event: SQSEvent) -> BatchAnswer:
    """Updates open data and feeds to the reports that a batch of facts names."""
    with fact_batch("publish_open_data", event, Event) as found:
        facts: list[Event] = [fact for fact in found.facts if shows(fact)]
        trace_facts(facts, found.line)
        known: dict[str, str | None] = {}
        for fact in facts:
            known[fact.service_request_id] = day_touched(fact) or known.get(fact.service_request_id)
        redacted = {fact.service_request_id for fact in facts if needs_purge(fact)}
        failed = lists.publish_lists(known, publishing_ports(), redacted)
        _log_failures(failed, {fact.service_request_id: fact.request_id for fact in facts})
        return found.answer(lambda fact: fact.service_request_id in failed)


def _requeue_for_cdn(
    failed: Mapping[str, Exception], facts: Iterable[Event]
) -> Mapping[str, Exception]:
    """Sends the facts again whose copies the CDN cannot drop now, to be dealt with later: this is
    no failure, however often it happens. Returns the other failures."""
    waiting = [fact for fact in facts if isinstance(failed.get(fact.service_request_id), NotNow)]
    if not waiting:
        return failed
    try:
        container.queue("publish").send(waiting, delay_s=CDN_BUSY_S)
    except AppError as error:
        logs.failure("facts were not put off", error)
        return failed
    return {each: error for each, error in failed.items() if not isinstance(error, NotNow)}


def _touched_parts(facts: Iterable[Event]) -> dict[str, TouchedParts]:
    touched: dict[str, TouchedParts] = defaultdict(TouchedParts)
    for fact in facts:
        this = touched[fact.service_request_id]
        this.tiles |= tiles_touched(fact)
        this.photos |= photos_touched(fact)
        this.facts.add(fact.event_id)
        this.purge |= needs_purge(fact)
    return touched


def _log_failures(failed: Mapping[str, Exception], asked_by: Mapping[str, str]) -> None:
    """Logs each failure under the request that caused it, if that is known."""
    for service_request_id, error in failed.items():
        with trace.request_context(asked_by.get(service_request_id) or trace.current_id()):
            logs.failure("not published", error, service_request_id=service_request_id)
