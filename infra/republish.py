"""Publishes everything again: each report through the queue of `publish`, open data day by day, and
in the end what is derived from several reports, or belongs to none."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from chalicelib.aws.sqs import MOST_IN_A_BATCH
from chalicelib.bootstrap import container
from chalicelib.errors import UpstreamFailed
from chalicelib.events import ReportSubmitted
from chalicelib.kernel.queue import Queue
from chalicelib.publishing.lists import days_of, published_days
from chalicelib.publishing.ports import Ports
from chalicelib.publishing.republishing import publish_rest
from chalicelib.publishing.usecases import Failed, publish_fixed
from infra.figures import publish_all_figures, recount_figures
from infra.local.running import FOLDER
from infra.positions import Position, Raw, read_pages
from infra.redrive import dead_letters_of
from infra.sources import source_documents

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

PAGE = 500
MOST_WAITING = 1000
"""A change that a resident or an officer makes meanwhile waits behind no more facts than these and
a page: takedowns come through the same queue."""
SENDERS = 10
"""The number of batches that are sent at the same time."""
DAYS_AT_ONCE = 4
PAUSE_S = 1.0
SETTLED = 3
"""The number of answers in a row that say that a queue is empty: its counts are approximate."""
WAITING: "Sequence[QueueAttributeNameType]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)

Progress = Callable[[int], None]


@click.command()
@click.option(
    "--from-start", is_flag=True, help="Start from the beginning, also after an interruption."
)
def publish(*, from_start: bool) -> None:
    """Publish everything again from the stored data, and remove documents that should not be there.

    Reports become private first if their service has become private. The function `publish` creates
    the documents of each report; the parameter PublishWorkers is the number of its instances that
    run at the same time. After an interruption it continues from its last position.
    """
    from chalicelib.bootstrap.publishing import publishing_ports
    from chalicelib.bootstrap.reports import reports_ports
    from chalicelib.reports.usecases.withholding import withhold_private_reports

    position = Position(FOLDER / "publish" / f"{container.settings().reports_table}.json")
    if from_start:
        position.forget()
    if withheld := withhold_private_reports(reports_ports()):
        click.echo(f"{withheld} made private, because their service is private.")
    count, failed = _publish_all(publishing_ports(), position)
    click.echo(f"{count} reports published again, {len(failed)} failed.")
    for about, error in failed.items():
        click.echo(f"{about}: {error}")
    recount_figures()
    publish_all_figures()
    position.forget()
    if failed:
        sys.exit(1)


def _publish_all(ports: Ports, position: Position) -> tuple[int, Failed]:
    """Returns the number of stored reports, and the failures."""
    import boto3

    client, sqs = boto3.client("dynamodb"), boto3.client("sqs")
    table, address = container.settings().reports_table, container.settings().publish_queue_url
    source_documents().publish_all()
    container.forget_read_documents()
    publish_fixed(ports)
    publish_current_state()
    items = client.describe_table(TableName=table)["Table"]["ItemCount"]
    with _bar(items, "Items") as told:
        for page in read_pages(client, table, position, told, PAGE):
            send_facts(submissions_of(page), container.queue("publish"))
            wait_for_room(sqs, address)
    stored = list(ports.reports.outlines())
    days = sorted(published_days(ports) | days_of(stored))
    with _bar(len(days), "Days of open data") as told:
        failed = publish_days(days, ports, position, told)
    wait_until_empty(sqs, address)
    failed |= publish_rest(stored, ports)
    return len(stored), failed | _dead_letter_failures(sqs, address)


def publish_current_state() -> None:
    """Publishes what schedules publish each minute or day by themselves, and the calendars that
    residents subscribed to. Raises UpstreamFailed."""
    from chalicelib.bookings.availability import publish_availability
    from chalicelib.bootstrap.bookings import availability_ports
    from chalicelib.bootstrap.collections import calendar_ports, today_ports
    from chalicelib.bootstrap.disruptions import disruptions_publish_ports
    from chalicelib.bootstrap.jobs import crew_ports
    from chalicelib.bootstrap.outbound import outbound_ports
    from chalicelib.collections.calendars import publish_all_again
    from chalicelib.collections.today import publish_today
    from chalicelib.disruptions.publishing import publish_current
    from chalicelib.jobs.usecases.day_publishing import publish_due
    from chalicelib.outbound.usecases.destination_health import publish_getting_through

    publish_current(disruptions_publish_ports())
    publish_today(today_ports())
    calendars = availability_ports()
    for code in calendars.codes:
        publish_availability(code, calendars)
    publish_all_again(calendar_ports())
    publish_due(crew_ports())
    publish_getting_through(outbound_ports())


@contextmanager
def _bar(length: int, label: str) -> Iterator[Progress]:
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


def submissions_of(page: Sequence[Raw]) -> list[ReportSubmitted]:
    """A fact for each report of these items, by which `publish` makes its own documents and photos.
    The map follows in the end: all reports would write the one document of counts."""
    from chalicelib.reports.stream import fact_of

    facts = (fact_of({"eventID": "publish", "dynamodb": {"NewImage": raw}}) for raw in page)
    return [
        replace(fact, tile=None, is_new=False)
        for fact in facts
        if isinstance(fact, ReportSubmitted)
    ]


def send_facts(facts: Sequence[ReportSubmitted], queue: Queue[ReportSubmitted]) -> None:
    """Sends the facts, several batches at the same time. Raises UpstreamFailed."""
    starts = range(0, len(facts), MOST_IN_A_BATCH)
    with ThreadPoolExecutor(SENDERS) as senders:
        for _ in senders.map(lambda at: queue.send(facts[at : at + MOST_IN_A_BATCH]), starts):
            pass


def publish_days(
    days: Sequence[str], ports: Ports, position: Position, progress: Progress
) -> Failed:
    """Makes the open data of these days, which are sorted, from the one after the kept one on.
    Returns the failures. Raises UpstreamFailed."""
    from chalicelib.publishing.day_lists import rebuild_day

    last = position.load().get("day", "")
    left = [day for day in days if day > last]
    progress(len(days) - len(left))
    failed: Failed = {}
    rebuild = partial(rebuild_day, ports=ports)
    with ThreadPoolExecutor(DAYS_AT_ONCE) as workers:
        for day, wrong in zip(left, workers.map(rebuild, left), strict=True):
            failed |= wrong
            progress(1)
            if not failed:
                position.store(day=day)
    return failed


def wait_for_room(sqs: "SQSClient", address: str) -> None:
    """Waits while more than MOST_WAITING messages wait for a worker."""
    while messages_in(sqs, address, WAITING[:1]) > MOST_WAITING:
        time.sleep(PAUSE_S)


def wait_until_empty(sqs: "SQSClient", address: str) -> None:
    """Waits until the queue says SETTLED times in a row that it is empty, and says what it waits
    for."""
    empty = 0
    while True:
        waiting = messages_in(sqs, address)
        empty = 0 if waiting else empty + 1
        if empty == SETTLED:
            return
        if waiting:
            said = f"Waiting for {waiting} messages in the queue of publish."
            click.echo(f"\r{said}", nl=False, err=True)
        time.sleep(PAUSE_S)


def messages_in(
    sqs: "SQSClient", address: str, states: "Sequence[QueueAttributeNameType]" = WAITING
) -> int:
    """The number of messages in the queue now, received and delayed ones included, unless only
    some states are asked for."""
    found = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=states)["Attributes"]
    return sum(int(found[name]) for name in states)


def _dead_letter_failures(sqs: "SQSClient", address: str) -> Failed:
    """Says if messages are in the dead-letter queue."""
    if count := messages_in(sqs, dead_letters_of(sqs, address)):
        said = f"{count} messages were given up. Mend the cause, then `redrive publish`."
        return {"publish": UpstreamFailed(said)}
    return {}
