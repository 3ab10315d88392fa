"""How commands that read other people's files tell what they refused."""

import sys
from collections.abc import Sequence

import click

MOST_REFUSED_SHOWN = 20

ALLOW_REJECTS = click.option(
    "--allow-rejects", is_flag=True, help="Take what is good, and exit with 0."
)


def tell_refused(refused: Sequence[str], allow_rejects: bool) -> None:
    """Says what was refused and why, and ends with 1 if that is not allowed."""
    for each in refused[:MOST_REFUSED_SHOWN]:
        click.echo(each)
    if len(refused) > MOST_REFUSED_SHOWN:
        click.echo(f"… and {len(refused) - MOST_REFUSED_SHOWN} more.")
    if refused and not allow_rejects:
        sys.exit(1)
