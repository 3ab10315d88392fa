"""Publishes and recounts the figures from the command line."""

import sys
from collections.abc import Mapping

import click


def publish_all_figures() -> None:
    """Publishes the figures of all months; exits with 1 if some were not published."""
    from chalicelib.bootstrap.publishing import figures_ports
    from chalicelib.publishing.performance import rebuild_performance

    exit_on("figures", rebuild_performance(figures_ports()))


def recount_figures() -> None:
    """Counts again what was counted wrongly of any month, and says how much that was."""
    from chalicelib.bootstrap.publishing import counting_ports
    from chalicelib.publishing.recounting import recount_everything

    for month, drift in recount_everything(counting_ports()):
        if any(drift):
            click.echo(
                f"figures of {month}: {drift.reports} reports and {drift.lines} lines mended"
            )


def exit_on(what: str, failed: Mapping[str, Exception]) -> None:
    """Lists what was not published, and exits with 1 if there is any."""
    for about, error in failed.items():
        click.echo(f"{what}, {about}: {error}")
    if failed:
        sys.exit(1)
