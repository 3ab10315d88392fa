"""Compares everything that is published with what is stored, and changes nothing: what an operator
runs after a restore, or when residents see something wrong."""

import json
import sys
from collections.abc import Callable, Collection, Iterator, Sequence

import click
from msgspec.structs import replace

from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.kernel.time import utc_now
from chalicelib.publishing.counters import CountedLine, CountedReport
from chalicelib.publishing.model import JSON
from chalicelib.publishing.ports import Counters, Document, Documents, PublicPhotos
from infra.document_notes import document_notes, round_notes

MISSING, OUTDATED, SUPERFLUOUS = "is missing", "is out of date", "should not exist"
TIME = "updated_datetime"


class DryDocuments:
    """Published documents that are not changed: `found` has what is wrong with each, by its key."""

    def __init__(self, documents: Documents) -> None:
        self.found: dict[str, str] = {}
        self._documents = documents
        self._changed: dict[str, StoredDocument | None] = {}

    def read(self, key: str) -> StoredDocument | None:
        return self._changed[key] if key in self._changed else self._documents.read(key)

    def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
        if held is None or not _differ_in_time_only(held.body, document):
            self.found.setdefault(key, OUTDATED if held else MISSING)
        self._changed[key] = StoredDocument(document.body, "not stored")

    def delete(self, key: str, held: StoredDocument) -> None:
        self.found.setdefault(key, SUPERFLUOUS)
        self._changed[key] = None

    def keys(self, prefix: str) -> Iterator[str]:
        yield from self._documents.keys(prefix)


def _differ_in_time_only(body: bytes, document: Document) -> bool:
    """True if the documents are equal but for the moment up to which they are complete."""
    if document.content_type != JSON:
        return False
    try:
        was, made = json.loads(body), json.loads(document.body)
    except ValueError:
        return False
    if not isinstance(was, dict) or not isinstance(made, dict):
        return False
    return bool(was | {TIME: None} == made | {TIME: None})


class DryPhotos:
    """Published photos that are not changed; `found` as for documents."""

    def __init__(self, photos: PublicPhotos) -> None:
        self.found: dict[str, str] = {}
        self._photos = photos

    def keys(self, service_request_id: str) -> frozenset[str]:
        return self._photos.keys(service_request_id)

    def service_request_ids(self) -> frozenset[str]:
        return self._photos.service_request_ids()

    def show(self, key: str) -> None:
        self.found[key] = MISSING

    def hide(self, key: str) -> None:
        self.found[key] = SUPERFLUOUS


class DryCounters:
    """Counters of the figures that are not changed; `found` has what is counted wrongly."""

    def __init__(self, counters: Counters) -> None:
        self.found: list[str] = []
        self.get_reports = counters.get_reports
        self.get_lines = counters.get_lines
        self.lines_of_month = counters.lines_of_month
        self.reports_of_month = counters.reports_of_month
        self.months = counters.months

    def save(self, reports: Sequence[CountedReport], lines: Sequence[CountedLine]) -> None:
        wrong = [f"{each.key.month}: report {each.key.service_request_id}" for each in reports]
        # The lines of a report follow from it.
        wrong = wrong or [f"{each.key.month}: {' in '.join(each.key.line)}" for each in lines]
        self.found += [f"figures of {each} is counted wrongly" for each in wrong]

    def mark_changed(self, months: Collection[str]) -> None:
        """Does nothing: no month changes."""

    def set_published(self, month: str, changed: int) -> None:
        """Does nothing: nothing is published."""


def find_wrong_counts() -> list[str]:
    """The wrong counts among the figures."""
    from chalicelib.bootstrap.publishing import counting_ports
    from chalicelib.publishing.recounting import recount_everything

    counters = DryCounters(counting_ports().counters)
    for _ in recount_everything(replace(counting_ports(), counters=counters)):
        continue
    return sorted(set(counters.found))


def find_wrong_documents(progress: Callable[[int, int], None]) -> dict[str, str]:
    """The faults of each published document and photo, by its key. Everything is published
    again, but for the writing."""
    from chalicelib.bootstrap.publishing import counting_ports, figures_ports, publishing_ports
    from chalicelib.publishing.performance import rebuild_performance
    from chalicelib.publishing.republishing import publish_all

    ports = publishing_ports()
    counting = replace(counting_ports(), counters=DryCounters(counting_ports().counters))
    documents, photos = DryDocuments(ports.documents), DryPhotos(ports.photos)
    failed = {
        **publish_all(replace(ports, documents=documents, photos=photos), progress),
        **rebuild_performance(replace(figures_ports(), documents=documents, counting=counting)),
    }
    unread = {f"report {each}": f"cannot be checked: {error}" for each, error in failed.items()}
    return documents.found | photos.found | unread


def find_jobs_without_report() -> Iterator[str]:
    """The jobs with a report that does not exist."""
    from chalicelib.bootstrap.reports import reports_ports, stored_jobs
    from chalicelib.jobs.dynamo.items import JobItem
    from chalicelib.jobs.keys import JOB, job_id_in

    stored_jobs()
    known = set(reports_ports().repository.list_ids())
    for job in JobItem.scan(JobItem.record == JOB, consistent_read=True):
        for missing in sorted(set(job.service_request_ids) - known):
            yield f"job {job_id_in(job.owner)}: there is no report {missing}"


def _print_notes() -> None:
    """Says on standard error what ends or grows old in the council's document and the dates of
    collections: it is no fault."""
    from chalicelib.bootstrap import container
    from chalicelib.bootstrap.collections import collections_ports

    council, rounds = container.council(), collections_ports().rounds()
    today = utc_now().astimezone(council.zone).date()
    notes = [*document_notes(council, today), *(round_notes(rounds, today) if rounds else ())]
    for note in notes:
        click.echo(f"Note: {note}.", err=True)


@click.command()
def check() -> None:
    """Compare documents, photos, figures and jobs with the stored reports. Changes nothing.

    A change that is published at the same time is listed, too, so run it twice: a difference that
    the second run lists again is an error. `publish` corrects documents, photos and figures. Notes
    on standard error list the parts of the council's document and the dates of collections that
    end soon or are out of date.
    """
    with click.progressbar(length=0, label="Reports", file=sys.stderr) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = of
            bar.update(done)

        found = find_wrong_documents(progress)
    documents = (f"{key} {fault}" for key, fault in sorted(found.items()))
    lines = [*documents, *find_wrong_counts(), *find_jobs_without_report()]
    for line in lines:
        click.echo(line)
    _print_notes()
    click.echo(f"{bar.pos} reports checked, {len(lines)} faults found.")
    if lines:
        sys.exit(1)
