"""`python -m infra COMMAND`: what an operator does from the command line."""

import json
import os
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click

from chalicelib.errors import AppError, ConfigurationError
from infra.import_reports import MAPPINGS
from infra.local.running import RUNNING

MOST_REFUSED_SHOWN = 20


ALLOW_REJECTS = click.option(
    "--allow-rejects", is_flag=True, help="Exit with 0 even if something was refused."
)


@click.group()
def commands() -> None:
    """Works on the deployment that the environment names, or else on the running local stack."""
    if "REPORTS_TABLE" not in os.environ and "--help" not in sys.argv:
        os.environ.update(_local_environment())


@commands.command("import-reports")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What columns, categories and states mean; else infra/mappings/<council>.json.",
)
@ALLOW_REJECTS
def import_reports(file: Path, mapping: Path | None, allow_rejects: bool) -> None:
    """Takes over the reports of another system from its CSV export."""
    from chalicelib import bootstrap
    from infra import import_reports as importing

    council = bootstrap.settings().council
    known = importing.load_mapping(mapping or MAPPINGS / f"{council}.json")
    if known.council != council:
        raise ConfigurationError(
            f"This mapping is for COUNCIL={known.council}, and COUNCIL={council} is served here."
        )
    rows = file.read_bytes().count(b"\n")
    with (
        file.open(encoding="utf-8-sig", newline="") as opened,
        click.progressbar(length=rows, label="Reports", file=sys.stderr) as bar,
    ):
        summary = importing.import_reports(opened, known, bootstrap.reports_ports(), bar.update)
    refused = [f"line {line}: {reason}" for line, reason in summary.refused]
    click.echo(f"{summary.taken} taken, {summary.unchanged} there already, {len(refused)} refused.")
    _tell_refused(refused, allow_rejects)


@commands.command("build-basemap")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@ALLOW_REJECTS
def build_basemap(files: tuple[Path, ...], allow_rejects: bool) -> None:
    """Builds and publishes the street map from GeoJSON files of roads, water, green and places.

    A file's name says which it is: roads.geojson, town_water.geojson.gz.
    """
    import boto3

    from chalicelib import bootstrap
    from chalicelib.publishing.model import BASEMAP
    from infra import basemap

    with (
        tempfile.TemporaryDirectory() as folder,
        click.progressbar(length=len(files), label="Files", file=sys.stderr) as bar,
    ):
        out = Path(folder) / "basemap.pmtiles"
        attribution = bootstrap.council().basemap_attribution
        summary = basemap.build(files, out, attribution=attribution, progress=bar.update)
        boto3.client("s3").put_object(
            Bucket=bootstrap.settings().published_bucket,
            Key=BASEMAP,
            Body=out.read_bytes(),
            ContentType=basemap.CONTENT_TYPE,
        )
    taken = ", ".join(f"{count} {layer}" for layer, count in summary.taken.items())
    click.echo(f"{taken} taken, {len(summary.refused)} refused; {summary.size} bytes published.")
    refused = [
        f"{each.file.name}, feature {each.number}: {each.reason}" for each in summary.refused
    ]
    _tell_refused(refused, allow_rejects)


@commands.command()
def publish() -> None:
    """Publishes everything anew from the store, and removes what is not there any more."""
    from chalicelib import bootstrap
    from chalicelib.publishing.usecases import publish_all

    with click.progressbar(length=0, label="Reports", file=sys.stderr) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = of
            bar.update(done)

        failed = publish_all(bootstrap.publishing_ports(), progress)
    click.echo(f"{bar.pos - len(failed)} reports published anew, {len(failed)} failed.")
    for service_request_id, error in failed.items():
        click.echo(f"report {service_request_id}: {error}")
    if failed:
        sys.exit(1)


def _tell_refused(refused: Sequence[str], allow_rejects: bool) -> None:
    """Says what was refused and why, and ends with 1 if that is not allowed."""
    for each in refused[:MOST_REFUSED_SHOWN]:
        click.echo(each)
    if len(refused) > MOST_REFUSED_SHOWN:
        click.echo(f"… and {len(refused) - MOST_REFUSED_SHOWN} more.")
    if refused and not allow_rejects:
        sys.exit(1)


def _local_environment() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(RUNNING.read_text(encoding="utf-8"))
        address = urlsplit(found["AWS_ENDPOINT_URL"])
        socket.create_connection((str(address.hostname), address.port or 0), timeout=2).close()
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            "Nothing to work on: start the local stack with `make run`, or set the settings of a "
            "deployment (docs/ARCHITECTURE.md, Configuration)."
        ) from error
    return found


def main() -> None:
    try:
        commands()
    except (ConfigurationError, AppError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
