"""Open data, feeds and figures after many reports were written at once."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

import click


def publish_lists_anew() -> None:
    """Makes all of them anew from the store; ends with 1 where some were not published."""
    from chalicelib.publishing import lists

    _publish(lists.publish_lists_anew)


def publish_imported_lists() -> None:
    """Makes those anew that differ from the store; ends with 1 where some were not published."""
    from chalicelib.publishing import lists

    _publish(lists.publish_imported_lists)


def publish_figures_anew() -> None:
    """Makes the figures anew from the store; ends with 1 where some were not published."""
    from chalicelib import bootstrap
    from chalicelib.publishing.performance import publish_performance_anew

    _tell("figures", publish_performance_anew(bootstrap.figures_ports()))


def _publish(how: Callable[[Any], Mapping[str, Exception]]) -> None:
    from chalicelib import bootstrap

    _tell("open data", how(bootstrap.publishing_ports()))


def _tell(what: str, failed: Mapping[str, Exception]) -> None:
    for about, error in failed.items():
        click.echo(f"{what}, {about}: {error}")
    if failed:
        sys.exit(1)
