"""`python -m infra COMMAND`: what an operator does from the command line."""

import json
import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from chalicelib.errors import AppError, ConfigurationError
from infra.import_reports import MAPPINGS, Summary

RUNNING = Path(__file__).resolve().parents[1] / ".local" / "stack.json"
MOST_REFUSED_SHOWN = 20


@click.group()
def commands() -> None:
    """Works on the deployment that the environment names, or else on the running local stack."""
    if "REPORTS_TABLE" not in os.environ:
        os.environ.update(_local_environment())


@commands.command("import-reports")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What columns, categories and states mean; else infra/mappings/<council>.json.",
)
@click.option("--allow-rejects", is_flag=True, help="Exit with 0 even if rows were refused.")
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
    rows = sum(1 for _ in file.open(encoding="utf-8-sig")) - 1
    with (
        file.open(encoding="utf-8-sig", newline="") as opened,
        click.progressbar(length=rows, label="Reports", file=sys.stderr) as bar,
    ):
        summary = importing.import_reports(opened, known, bootstrap.reports_ports(), bar.update)
    _tell(summary)
    if summary.refused and not allow_rejects:
        sys.exit(1)


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


def _tell(summary: Summary) -> None:
    refused = summary.refused
    click.echo(f"{summary.taken} taken, {summary.unchanged} there already, {len(refused)} refused.")
    for line, reason in refused[:MOST_REFUSED_SHOWN]:
        click.echo(f"line {line}: {reason}")
    if len(refused) > MOST_REFUSED_SHOWN:
        click.echo(f"… and {len(refused) - MOST_REFUSED_SHOWN} more.")


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
