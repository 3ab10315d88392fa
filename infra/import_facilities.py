"""`import-facilities KIND FILE`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.refused_rows import ALLOW_REJECTS, fail_if_refused, print_refused
from infra.sources import source_ports

if TYPE_CHECKING:
    from infra.facilities import Summary


@click.command("import-facilities")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@ALLOW_REJECTS
def import_facilities(kind: str, file: Path, allow_rejects: bool) -> None:
    """Publish the facilities of a KIND from a GeoJSON or CSV FILE. They replace the present ones.

    The council's document has the kinds and the meaning of the file's columns. If a row is
    refused, nothing is published, unless --allow-rejects is given.
    """
    from chalicelib.bootstrap import container
    from infra import facilities

    council = container.council()
    wanted = facilities.kind_named(kind, council)
    table = facilities.read_facilities(file, wanted, council)
    with click.progressbar(length=len(table.rows), label=wanted.plural, file=sys.stderr) as bar:
        summary = facilities.import_facilities(
            wanted,
            table,
            council,
            source_ports(),
            allow_rejects=allow_rejects,
            progress=bar.update,
        )
    _print_summary(summary, allow_rejects)
    print_refused(summary.refused)
    fail_if_refused(summary.refused, allow_rejects)


def _print_summary(summary: "Summary", allow_rejects: bool) -> None:
    rows = f"{summary.left_out} left out, {len(summary.refused)} refused."
    if summary.refused and not allow_rejects:
        click.echo(f"Nothing was published: {summary.taken} rows are good, {rows}")
        return
    click.echo(f"{summary.taken} taken, {rows}")
    click.echo(
        f"{summary.added} added, {summary.updated} updated, {summary.unchanged} unchanged, "
        f"{summary.retired} retired."
    )
