"""`python -m infra import-rounds`, `import-premises` and `import-round-days`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from chalicelib.errors import ConfigurationError
from chalicelib.kernel.time import utc_now
from infra.import_places import FILE, exit_if_refused, replace_document
from infra.refused_rows import ALLOW_REJECTS, print_notes, print_refused
from infra.sources import source_ports


@click.command("import-rounds")
@click.argument("file", type=FILE)
@ALLOW_REJECTS
def import_rounds(file: Path, allow_rejects: bool) -> None:
    """Publish the collection rounds of a CSV FILE. They replace the present ones.

    A row has the dates of a round, or its weekday and the number of weeks between two collections,
    or moves one collection to another day. docs/COLLECTIONS.md describes the columns.
    """
    from chalicelib.bootstrap import container
    from chalicelib.collections.model import ROUNDS
    from infra.rounds import rounds_of

    council = container.council()
    today = datetime.now(UTC).astimezone(council.zone).date()
    with click.progressbar(length=0, label="Rows", file=sys.stderr) as bar:
        document, summary = rounds_of(file, council, today, bar.update)
    click.echo(
        f"{summary.rounds} rounds with {summary.dates} dates, {summary.moved} moved, "
        f"{summary.past} past, {summary.repeated} repeated, {len(summary.refused)} refused. "
        f"The dates are known until {document.known_until}."
    )
    print_notes(summary.holidays)
    print_refused(summary.refused)
    exit_if_refused(summary.refused, allow_rejects)
    replace_document(ROUNDS, msgspec.json.encode(document), source_ports())
    _update_subscribers()


@click.command("import-premises")
@click.argument("file", type=FILE)
@ALLOW_REJECTS
def import_premises(file: Path, allow_rejects: bool) -> None:
    """Store the premises of a CSV or GeoJSON FILE. They replace the present ones.

    A row has a uprn, an address, a postcode, a place and the codes of published rounds.
    docs/COLLECTIONS.md describes the columns.
    """
    from chalicelib.bootstrap import container
    from chalicelib.bootstrap.collections import collections_ports, premises_bucket
    from infra.premises import premises_of
    from infra.premises_store import store_premises

    rounds = collections_ports().rounds()
    if rounds is None:
        raise ConfigurationError("No rounds are published: import rounds first.")
    with click.progressbar(length=0, label="Rows", file=sys.stderr) as bar:
        premises, summary = premises_of(file, container.council(), rounds, bar.update)
    click.echo(
        f"{summary.taken} premises, {summary.without_rounds} of them without a round, "
        f"{len(summary.refused)} refused."
    )
    print_refused(summary.refused)
    exit_if_refused(summary.refused, allow_rejects)
    with click.progressbar(length=0, label="Documents", file=sys.stderr) as bar:
        store_premises(premises, premises_bucket(), utc_now(), bar.update)
    _update_subscribers()


def _update_subscribers() -> None:
    """Compares the reminders that were sent with the new dates, and rewrites the calendars that
    residents subscribed to."""
    from chalicelib.alerts.usecases.collection_reminders import CHANGE_WAIT_S, corrections_from
    from chalicelib.bootstrap import container
    from chalicelib.bootstrap.collections import calendar_ports
    from chalicelib.collections.calendars import publish_all_again

    changes = corrections_from(utc_now(), container.council().zone)
    container.queue("match").send(changes, delay_s=CHANGE_WAIT_S)
    with click.progressbar(length=0, label="Calendars", file=sys.stderr) as bar:
        count = publish_all_again(calendar_ports(), bar.update)
    click.echo(f"{count} calendars are up to date.")


@click.command("import-round-days")
@click.argument("file", type=FILE)
@ALLOW_REJECTS
def import_round_days(file: Path, allow_rejects: bool) -> None:
    """Record the back office's events of rounds on a day from a CSV FILE.

    A row has a round, a day and one event with its reason: a state of the round, a street that
    was not reached, or the uprn of premises whose container was not emptied.
    docs/COLLECTIONS.md describes the columns. The same file can be imported again.
    """
    from chalicelib.bootstrap.collections import collections_ports
    from infra.round_days import apply_round_days, read_round_days

    ports = collections_ports()
    if ports.rounds() is None:
        raise ConfigurationError("No rounds are published: import rounds first.")
    with click.progressbar(length=0, label="Rows", file=sys.stderr) as bar:
        operations, summary = read_round_days(file, ports, bar.update)
    click.echo(f"{summary.taken} rows taken, {len(summary.refused)} refused.")
    print_notes(summary.others)
    print_refused(summary.refused)
    exit_if_refused(summary.refused, allow_rejects)
    with click.progressbar(length=len(operations), label="Stored", file=sys.stderr) as bar:
        full = list(apply_round_days(operations, ports, bar.update))
    print_refused(full)
    exit_if_refused(full, allow_rejects)
