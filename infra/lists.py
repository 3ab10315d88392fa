"""Publishes open data and feeds after many reports were written at once. An import takes a mark
before it begins, and passes it to each of these: if the import is interrupted or something fails,
the schedules publish the rest. Figures need no mark: each stored report is counted by its facts.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from chalicelib.publishing.unfinished import LISTS, Mark


def new_mark() -> Mark:
    """A mark that notes nothing yet."""
    from chalicelib.bootstrap.publishing import publishing_ports

    ports = publishing_ports()
    return Mark(ports.documents, ports.now)


def published_months() -> list[str]:
    """The months that have a list of open data."""
    from chalicelib.bootstrap.publishing import publishing_ports
    from chalicelib.publishing.lists import listed_months

    return listed_months(publishing_ports())


def publish_lists_anew(mark: Mark) -> None:
    """Makes all of them from the store; exits with 1 if some were not published."""
    from chalicelib.publishing import lists

    _publish(lists.publish_lists_anew)
    mark.published(LISTS)


def publish_imported_lists(mark: Mark) -> None:
    """Rebuilds those that differ from the store; exits with 1 if some were not published."""
    from chalicelib.publishing import lists

    _publish(lists.publish_imported_lists)
    mark.published(LISTS)


def publish_figures_anew() -> None:
    """Publishes the figures of all months; exits with 1 if some were not published."""
    from chalicelib.bootstrap.publishing import figures_ports
    from chalicelib.publishing.performance import publish_performance_anew

    _tell("figures", publish_performance_anew(figures_ports()))


def recount_figures() -> None:
    """Counts again what was counted wrongly of any month, and says how much that was."""
    from chalicelib.bootstrap.publishing import counting_ports
    from chalicelib.publishing.recounting import recount_everything

    for month, drift in recount_everything(counting_ports()):
        if any(drift):
            click.echo(
                f"figures of {month}: {drift.reports} reports and {drift.lines} lines mended"
            )


def _publish(how: Callable[[Any], Mapping[str, Exception]]) -> None:
    from chalicelib.bootstrap.publishing import publishing_ports

    _tell("open data", how(publishing_ports()))


def _tell(what: str, failed: Mapping[str, Exception]) -> None:
    for about, error in failed.items():
        click.echo(f"{what}, {about}: {error}")
    if failed:
        sys.exit(1)
