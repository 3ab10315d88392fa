"""The event handlers of the figures: changes are counted from their queue, published every five
minutes, and counted again once a day."""

from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib.bootstrap.publishing import counting_ports, figures_ports
from chalicelib.errors import AppError, UpstreamFailed
from chalicelib.events import OfReport
from chalicelib.handlers.http.event import (
    BatchAnswer,
    alone_if_broken,
    batch,
    fact_batch,
    measure_age,
    trace_facts,
)
from chalicelib.kernel.observability import logs
from chalicelib.publishing import performance, recounting
from chalicelib.publishing.counters import ReportKey
from chalicelib.publishing.counting import count_reports
from chalicelib.publishing.open_data_index import month_of_day

# Chalice requires a literal; packaging replaces it with the real queue.
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:figures"
events = Blueprint(__name__)


@events.on_sqs_message(queue_arn=QUEUE, batch_size=10, maximum_batching_window_in_seconds=5)
@alone_if_broken
def count_figures(event: SQSEvent) -> BatchAnswer:
    """Counts the reports that a batch of facts names."""
    with fact_batch("count_figures", event, OfReport) as found:
        trace_facts(found.facts, found.line)
        failed = _count_keys({_key(fact) for fact in found.facts})
        measure_age([fact for fact in found.facts if _key(fact) not in failed], found.line)
        return found.answer(lambda fact: _key(fact) in failed)


@events.schedule("rate(5 minutes)")
def publish_performance(_: CloudWatchEvent) -> None:
    """Updates the figures with all changes. Fails if something was not published: it runs again
    soon, and an alarm is raised if that does not help."""
    with batch("publish_performance") as line:
        failed = performance.publish_performance(figures_ports())
        line["failed"] = len(failed)
        for error in failed.values():
            logs.failure("figures were not published", error)
        if failed:
            raise UpstreamFailed("The figures are not up to what was changed.")


@events.schedule("rate(1 day)")
def recount_figures(_: CloudWatchEvent) -> None:
    """Compares what was counted with the stored reports, and corrects it. An alarm is raised if
    anything was wrong."""
    with batch("recount_figures") as line:
        drift = recounting.recount_nightly(counting_ports())
        logs.measurement("recounted", logs.DRIFT, function="recount_figures", drift=drift)
        line["records"] = drift


def _count_keys(keys: set[ReportKey]) -> set[ReportKey]:
    """Counts them together; if that fails, one by one. Returns those that failed."""
    failed: set[ReportKey] = set()
    try:
        count_reports(keys, counting_ports())
    except AppError:
        for key in keys:
            try:
                count_reports([key], counting_ports())
            except AppError as error:
                logs.failure("not counted", error, service_request_id=key.service_request_id)
                failed.add(key)
    return failed


def _key(fact: OfReport) -> ReportKey:
    return ReportKey(month_of_day(fact.day), fact.service_request_id)
