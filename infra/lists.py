"""Open data and feeds after many reports were written at once."""

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


def _publish(how: Callable[[Any], Mapping[str, Exception]]) -> None:
    from chalicelib import bootstrap

    failed = how(bootstrap.publishing_ports())
    for about, error in failed.items():
        click.echo(f"open data, {about}: {error}")
    if failed:
        sys.exit(1)
