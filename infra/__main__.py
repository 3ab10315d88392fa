"""`python -m infra COMMAND`: what an operator does from the command line."""

import json
import os
import socket
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from chalicelib.errors import AppError, ConfigurationError
from chalicelib.settings import check as check_settings
from infra.adopt_table import adopt_table
from infra.backfill import backfill
from infra.check import check
from infra.deployment import environment
from infra.erase_again import erase_people_again
from infra.import_collections import import_premises, import_round_days, import_rounds
from infra.import_facilities import import_facilities
from infra.import_places import import_postcodes, import_roadworks, import_wards
from infra.index_subscriptions import index_subscriptions
from infra.languages import update_languages
from infra.ledger import ledger, name_provider, reconcile
from infra.local.running import RUNNING
from infra.partners import api_key
from infra.people import disable, first_admin, invite, set_roles
from infra.permissions import permissions
from infra.redrive import redrive
from infra.redrive_changes import redrive_changes
from infra.refused_rows import ALLOW_REJECTS, fail_if_refused, print_notes, print_refused
from infra.release import release
from infra.republish import publish
from infra.restore import restore_reports
from infra.restore_table import restore_table
from infra.routes import write_routes
from infra.screenshots import screenshots
from infra.secrets import rotate_secret, token
from infra.sources import copy_sources, source_documents
from infra.theme import theme

WITHOUT_SETTINGS = (
    "adopt-table",
    "bake-bank-holidays",
    "environment",
    "languages",
    "permissions",
    "release",
    "routes",
    "screenshots",
    "theme",
)
"""Commands that work on the project's own files, or find a deployment themselves."""
LOCAL_PATIENCE_S = 120


@click.group()
@click.pass_context
def commands(context: click.Context) -> None:
    """Manage a deployment: the one that the environment names or, without one, the running local
    stack."""
    if context.invoked_subcommand in WITHOUT_SETTINGS or "--help" in sys.argv:
        return
    if "REPORTS_TABLE" not in os.environ:
        os.environ.update(_local_environment())
    if "AWS_ENDPOINT_URL" in os.environ:
        _extend_timeouts()
    check_settings()


for command in (
    adopt_table,
    api_key,
    backfill,
    check,
    copy_sources,
    disable,
    environment,
    erase_people_again,
    first_admin,
    import_facilities,
    import_postcodes,
    import_premises,
    import_roadworks,
    import_round_days,
    import_rounds,
    import_wards,
    index_subscriptions,
    invite,
    ledger,
    name_provider,
    permissions,
    publish,
    reconcile,
    redrive,
    redrive_changes,
    release,
    restore_reports,
    restore_table,
    rotate_secret,
    screenshots,
    set_roles,
    theme,
    update_languages,
    token,
    write_routes,
):
    commands.add_command(command)


@commands.command("bake-bank-holidays")
@click.option("--first", "first_year", type=int, default=2024, show_default=True)
@click.option("--last", "last_year", type=int, default=2045, show_default=True)
def bake_bank_holidays(first_year: int, last_year: int) -> None:
    """Write the bank holidays of whole years into the catalogue. Target dates depend on them.

    Run it again when a holiday is added, such as for a coronation, and commit the result.
    """
    from chalicelib.catalogue.bank_holidays import BANK_HOLIDAYS_FILE
    from infra.bake_bank_holidays import bake

    count = bake(first_year, last_year, BANK_HOLIDAYS_FILE)
    click.echo(
        f"{count} bank holidays of {first_year} to {last_year} written to "
        f"{BANK_HOLIDAYS_FILE.name}."
    )


@commands.command("import-reports")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The meaning of columns, categories and states; infra/mappings/<council>.json by default.",
)
@ALLOW_REJECTS
def import_reports(file: Path, mapping: Path | None, allow_rejects: bool) -> None:
    """Import the reports of another system from its CSV export.

    A report of a private service is never public, whatever the mapping says. A time without an
    offset is in the mapping's time_zone or, without one, in the council's. If a local time
    happened twice (clocks put back), the first one is used (summer time), unless the last change
    would then be before the report was received. If it did not happen (clocks put forward), it is
    an hour later. An empty date of the last change means that the report was not changed. A report
    that was closed before it was received is closed when it was received. The summary lists the
    lines of all such rows.
    """
    from chalicelib.bootstrap import container
    from chalicelib.bootstrap.reports import reports_ports
    from infra import import_reports as importing

    known = importing.mapping_of(mapping, container.settings().council)
    rows = file.read_bytes().count(b"\n")
    with (
        file.open(encoding="utf-8-sig", newline="") as opened,
        click.progressbar(length=rows, label="Reports", file=sys.stderr) as bar,
    ):
        summary = importing.import_reports(opened, known, reports_ports(), bar.update)
    refused = [f"line {line}: {reason}" for line, reason in summary.refused]
    click.echo(
        f"{summary.taken} imported, {summary.unchanged} already there, {len(refused)} refused."
    )
    print_notes(summary.notes)
    print_refused(refused)
    fail_if_refused(refused, allow_rejects)


@commands.command("build-basemap")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@ALLOW_REJECTS
def build_basemap(files: tuple[Path, ...], allow_rejects: bool) -> None:
    """Build and publish the street map from GeoJSON files of roads, water, green areas, places,
    buildings and house numbers, and the list of streets and places that people search.

    The name of a file says what is in it: roads.geojson, town_water.geojson.gz.
    """
    from chalicelib.bootstrap import container
    from chalicelib.publishing.model import BASEMAP
    from infra import basemap, gazetteer

    with (
        tempfile.TemporaryDirectory() as folder,
        click.progressbar(length=len(files), label="Files", file=sys.stderr) as bar,
    ):
        out = Path(folder) / "basemap.pmtiles"
        attribution = container.council().basemap_attribution
        summary = basemap.build(files, out, attribution=attribution, progress=bar.update)
        built = out.read_bytes()
    places = gazetteer.places_of(files)
    documents = gazetteer.documents_of(places, gazetteer.streets_of(files))
    _publish_documents({BASEMAP: (built, basemap.CONTENT_TYPE), **documents})
    taken = ", ".join(f"{count} {layer}" for layer, count in summary.taken.items())
    click.echo(f"{taken} imported, {len(summary.refused)} refused; {summary.size} bytes published.")
    click.echo(f"{len(places)} streets and places can be searched.")
    refused = [
        f"{each.file.name}, feature {each.number}: {each.reason}" for each in summary.refused
    ]
    print_refused(refused)
    fail_if_refused(refused, allow_rejects)


def _publish_documents(documents: Mapping[str, tuple[bytes, str]]) -> None:
    """Stores each document, a body and its content type, under its key, and publishes it."""
    from chalicelib.publishing.ports import Document

    sources = source_documents()
    for key, (body, kind) in documents.items():
        sources.write(key, Document(body, kind), sources.read(key))


@commands.command("publish-web")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def publish_web(folder: Path) -> None:
    """Publish the built web client, and clear the CDN's copies of its pages.

    No file is removed, so that pages that are open still find their files.
    """
    import boto3

    from chalicelib.bootstrap import container
    from chalicelib.bootstrap.publishing import publishing_ports
    from infra import publish_web as publishing

    bucket = container.settings().published_bucket
    count = len(publishing.web_files(folder))
    with click.progressbar(length=count, label="Files", file=sys.stderr) as bar:
        addresses = publishing.publish_web(boto3.client("s3"), bucket, folder, bar.update)
    # The CDN would ignore a repeated reference as the same request.
    publishing_ports().purge(addresses, f"web-{datetime.now(UTC).isoformat()}")
    click.echo(f"{count} files published.")


def _local_environment() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(RUNNING.read_text(encoding="utf-8"))
        address = urlsplit(found["AWS_ENDPOINT_URL"])
        socket.create_connection((str(address.hostname), address.port or 0), timeout=2).close()
        _follow_clock(found["SITE_URL"])
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            "There is nothing to work on: start the local stack with `make run`, or set the "
            "settings of a deployment (docs/ARCHITECTURE.md, Configuration)."
        ) from error
    return found


def _follow_clock(site_url: str) -> None:
    # Imported on use: the local stack's packages are not installed with a deployment.
    from infra.local import clock

    clock.follow_stack(site_url, clock.Clock())


def _extend_timeouts() -> None:
    """One process on this machine stands in for AWS, and others keep it busy."""
    from botocore.config import Config

    from chalicelib.aws import clients

    clients.DYNAMODB = Config(connect_timeout=LOCAL_PATIENCE_S, read_timeout=LOCAL_PATIENCE_S)


def main() -> None:
    try:
        commands()
    except (ConfigurationError, AppError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
