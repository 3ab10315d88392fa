"""Reports refused rows, for commands that read other people's files."""

import sys
from collections.abc import Iterator, Mapping, Sequence

import click

MOST_REFUSED_SHOWN = 20

ALLOW_REJECTS = click.option(
    "--allow-rejects", is_flag=True, help="Import the valid rows, and exit with 0."
)


def print_notes(notes: Mapping[str, Sequence[int]]) -> None:
    """Prints how accepted rows were interpreted differently from their text, with all lines."""
    for reason, lines in notes.items():
        rows = f"{len(lines)} row{'s' if len(lines) > 1 else ''}"
        click.echo(f"{rows}: {reason}. Lines: {', '.join(_ranges(lines))}.")


def _ranges(lines: Sequence[int]) -> Iterator[str]:
    """Rising numbers with ranges: 2, 5-9."""
    first = last = lines[0]
    for line in [*lines[1:], 0]:
        if line != last + 1:
            yield str(first) if first == last else f"{first}-{last}"
            first = line
        last = line


def print_refused(refused: Sequence[str]) -> None:
    """Prints the refused rows and the reasons. Called before steps that may still fail, such as
    publishing."""
    for each in refused[:MOST_REFUSED_SHOWN]:
        click.echo(each)
    if len(refused) > MOST_REFUSED_SHOWN:
        click.echo(f"… and {len(refused) - MOST_REFUSED_SHOWN} more.")


def fail_if_refused(refused: Sequence[str], allow_rejects: bool) -> None:
    """Exits with 1 if anything was refused, unless rejects are allowed."""
    if refused and not allow_rejects:
        sys.exit(1)
