"""`python -m infra import-postcodes`, `import-wards` and `import-roadworks`."""

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from chalicelib.errors import ConfigurationError, UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.document_targets import put_document
from chalicelib.publishing.model import JSON
from chalicelib.publishing.ports import Document, Ports
from infra.figures import exit_on, publish_all_figures
from infra.refused_rows import ALLOW_REJECTS, fail_if_refused, print_refused
from infra.sources import source_ports

if TYPE_CHECKING:
    from chalicelib.areas.model import RoadWorks
    from chalicelib.events import RoadWorkPlanned
    from chalicelib.gazetteer.wards import Wards

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NOTHING = "Nothing was published: correct the file, or allow rejects."


@click.command("import-postcodes")
@click.argument("files", nargs=-1, required=True, type=FILE)
@ALLOW_REJECTS
def import_postcodes(files: tuple[Path, ...], allow_rejects: bool) -> None:
    """Publish the postcodes of Code-Point Open FILES. They replace the present ones.

    Give all files of the council at once, as csv or csv.gz, as Ordnance Survey publishes them.
    """
    from chalicelib.bootstrap import container
    from chalicelib.gazetteer.postcodes import POSTCODES
    from infra.postcodes import postcodes_of

    with click.progressbar(length=len(files), label="Files", file=sys.stderr) as bar:
        document, summary = postcodes_of(files, container.council(), bar.update)
    click.echo(
        f"{summary.taken} imported, {summary.outside} outside, {summary.without_place} without a "
        f"place, {len(summary.refused)} refused."
    )
    print_refused(summary.refused)
    exit_if_refused(summary.refused, allow_rejects)
    replace_document(POSTCODES, msgspec.json.encode(document), source_ports())


@click.command("import-wards")
@click.argument("file", type=FILE)
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which these boundaries take effect; today by default.",
)
@ALLOW_REJECTS
def import_wards(file: Path, valid_from: datetime | None, allow_rejects: bool) -> None:
    """Publish the wards of a GeoJSON FILE beside earlier and later sets, and update the ward of
    reports.

    A report belongs to the ward of its place on the day on which it was made.
    """
    from chalicelib.bootstrap import container
    from chalicelib.gazetteer.wards import WARDS
    from infra.wards import wards_of, with_wards

    today = datetime.now(UTC).astimezone(container.council().zone).date()
    day = _not_in_future(valid_from.date() if valid_from else today, today)
    with click.progressbar(length=0, label="Wards", file=sys.stderr) as bar:
        wards, table = wards_of(file, container.council(), bar.update)
    refused = table.refusals()
    click.echo(f"{len(wards)} wards imported, {len(refused)} refused.")
    print_refused(refused)
    if not wards:
        fail_if_refused(refused, False)
    exit_if_refused(refused, allow_rejects)
    ports = source_ports()
    held = ports.documents.read(WARDS)
    document = with_wards(held.body if held else None, wards, day)
    _put_in_place(WARDS, msgspec.json.encode(document), held, ports)
    container.forget_built()
    _apply_wards(document)


def _apply_wards(wards: "Wards") -> None:
    """Moves reports to their new wards, and publishes what is listed by ward."""
    _move_reports(wards)
    _publish_wards()
    _publish_feeds()
    publish_all_figures()


@click.command("import-roadworks")
@click.argument("file", type=FILE)
@ALLOW_REJECTS
def import_roadworks(file: Path, allow_rejects: bool) -> None:
    """Publish the road works of a CSV FILE that are not over. They replace the present ones.

    Subscribers are notified of road works that are new or have other days or another place. The
    first import notifies nobody.
    """
    from chalicelib.areas.model import ROADWORKS
    from chalicelib.bootstrap import container
    from infra.roadworks import planned_works_since, roadworks_of

    council = container.council()
    today = datetime.now(UTC).astimezone(council.zone).date()
    with click.progressbar(length=0, label="Road works", file=sys.stderr) as bar:
        document, summary = roadworks_of(file, council, today, bar.update)
    click.echo(
        f"{summary.taken} taken, {summary.past} past, {summary.outside} outside, "
        f"{summary.repeated} repeated, {len(summary.refused)} refused."
    )
    print_refused(summary.refused)
    exit_if_refused(summary.refused, allow_rejects)
    ports = source_ports()
    held = ports.documents.read(ROADWORKS)
    told = planned_works_since(held.body, document) if held else []
    _publish_and_announce(document, told, held, ports)
    click.echo(f"{len(told)} new or changed since the last import.")
    container.forget_built()
    _publish_wards()


def _publish_and_announce(
    document: "RoadWorks",
    told: "Sequence[RoadWorkPlanned]",
    held: StoredDocument | None,
    ports: Ports,
) -> None:
    """Publishes first: the function that sends alerts reads the works there. If the queue fails,
    the next import sends them. Raises UpstreamFailed."""
    from chalicelib.areas.model import ROADWORKS
    from chalicelib.bootstrap import container

    waits = msgspec.structs.replace(document, untold=tuple(each.notice_id for each in told))
    _put_in_place(ROADWORKS, msgspec.json.encode(waits), held, ports)
    container.queue("match").send(told)
    _mark_announced(waits, ports)


def _mark_announced(waits: "RoadWorks", ports: Ports) -> None:
    """Does nothing if another import has published since. Raises UpstreamFailed."""
    from chalicelib.areas.model import ROADWORKS

    held = ports.documents.read(ROADWORKS)
    if waits.untold and held and held.body == msgspec.json.encode(waits):
        told = msgspec.structs.replace(waits, untold=())
        _put_in_place(ROADWORKS, msgspec.json.encode(told), held, ports)


def replace_document(key: str, body: bytes, ports: Ports) -> None:
    """Replaces a document completely. Raises UpstreamFailed."""
    _put_in_place(key, body, ports.documents.read(key), ports)


def _put_in_place(key: str, body: bytes, held: StoredDocument | None, ports: Ports) -> None:
    """Replaces the version of a document that was read. Raises UpstreamFailed."""
    try:
        put_document(key, Document(body, JSON), held, ports.documents)
    except VersionConflict as error:
        raise UpstreamFailed(
            f"Somebody else published {key} at the same time. Try again."
        ) from error


def exit_if_refused(refused: Sequence[str], allow_rejects: bool) -> None:
    """Exits with 1 before anything is published, unless rejects are allowed."""
    if refused and not allow_rejects:
        click.echo(NOTHING)
    fail_if_refused(refused, allow_rejects)


def _not_in_future(day: date, today: date) -> date:
    if day > today:
        raise ConfigurationError(
            f"--valid-from {day} is in the future: import these wards on that day."
        )
    return day


def _move_reports(wards: "Wards") -> None:
    from chalicelib.bootstrap.reports import reports_ports
    from chalicelib.reports.usecases.lifecycle.moving_wards import move_to_wards

    with click.progressbar(length=0, label="Reports", file=sys.stderr) as bar:
        moved = move_to_wards(wards.code_at, reports_ports(), bar.update)
    click.echo(f"{moved} reports moved to another ward.")


def _publish_feeds() -> None:
    from chalicelib.bootstrap.publishing import publishing_ports
    from chalicelib.publishing.lists import publish_feeds_of_wards

    exit_on("feeds", publish_feeds_of_wards(publishing_ports()))


def _publish_wards() -> None:
    from chalicelib.bootstrap.publishing import publishing_ports
    from chalicelib.publishing.usecases import publish_wards

    failed = publish_wards(publishing_ports())
    for code, error in failed.items():
        click.echo(f"ward {code}: {error}")
    if failed:
        sys.exit(1)
