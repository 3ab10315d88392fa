"""Reads a restored table in segments at the same time, each of which goes on where it stopped.

DynamoDB divides a table into SEGMENTS shares by its hash keys: all records of a report are in one.
"""

import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import groupby
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple, TypeVar

import click

from chalicelib.errors import ConfigurationError
from infra.local.running import FOLDER
from infra.positions import Position

SEGMENTS = 32
KEPT_AFTER = 200
"""Items after which the position is kept: so many are looked at twice after an interruption."""

Item = dict[str, Any]
Result = TypeVar("Result")


class Part(NamedTuple):
    """The segments of one process, and the folder of their positions (None: they are not kept)."""

    number: int = 1
    of: int = 1
    folder: Path | None = None

    def segments(self) -> range:
        return range(self.number - 1, SEGMENTS, self.of)

    def position(self, segment: int) -> Position | None:
        return Position(self.folder / f"{segment}.json") if self.folder else None

    def forget(self) -> None:
        for segment in self.segments():
            if position := self.position(segment):
                position.forget()


EVERYTHING = Part()


class Copying(NamedTuple):
    """From which table to which one, and what is called with the number of items that are done."""

    client: Any
    source: str
    live: str
    progress: Callable[[int], None]
    part: Part


PART = click.option(
    "--part",
    "part",
    default="1/1",
    show_default=True,
    metavar="N/OF",
    help="Copy the Nth of so many parts, to run several of these commands at the same time.",
)
FROM_START = click.option(
    "--from-start", is_flag=True, help="Start from the beginning, also after an interruption."
)


def part_of(text: str, source: str, live: str, *, from_start: bool) -> Part:
    """The part that "2/4" names. Raises ConfigurationError."""
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})", text)
    number, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= of <= SEGMENTS:
        raise ConfigurationError(
            f"--part {text}: give the number of a part and of all parts, such as 2/4, at most "
            f"{SEGMENTS}."
        )
    part = Part(number, of, FOLDER / "restore" / f"{source}-to-{live}")
    if from_start:
        part.forget()
    return part


def print_estimate(client: Any, table: str, part: Part, ms_an_item: float) -> None:
    """Says on standard error how many items there are, as of some hours ago, and how long they
    take."""
    items = client.describe_table(TableName=table)["Table"]["ItemCount"] // part.of
    hours = items * ms_an_item / 3_600_000
    click.echo(
        f"About {items:,} items in this part: {hours:.1f} hours at {ms_an_item:g} ms each.",
        file=sys.stderr,
    )


def in_segments(copying: Copying, copy: Callable[[Copying, int, Event], Result]) -> list[Result]:
    """What `copy` returns for each segment of the part, all of them at the same time. The event
    says that one has failed, or that the operator interrupts: then all stop after their group."""
    segments, stopped = copying.part.segments(), Event()
    with ThreadPoolExecutor(len(segments)) as workers:
        running = [workers.submit(copy, copying, segment, stopped) for segment in segments]
        try:
            return [each.result() for each in as_completed(running)]
        except BaseException:
            stopped.set()
            raise


def groups(copying: Copying, key: str, segment: int, stopped: Event) -> Iterator[list[Item]]:
    """The items of a segment that were not read before, those of one hash key together. The
    position moves when the caller is done with a group."""
    client, table = copying.client, copying.source
    position = copying.part.position(segment)
    start: dict[str, Any] = position.load() if position else {"after": None, "ended": False}
    if start["ended"]:
        return
    waiting = 0
    for _, found in groupby(
        _items(client, table, segment, start["after"]), lambda item: str(item[key])
    ):
        group = list(found)
        if stopped.is_set():
            return
        yield group
        waiting += len(group)
        if position and waiting >= KEPT_AFTER:
            position.store(after=_key_of(client, table, group[-1]))
            waiting = 0
    if position:
        position.store(ended=True)


def _items(client: Any, table: str, segment: int, after: Item | None) -> Iterator[Item]:
    where: dict[str, Any] = {"TableName": table, "Segment": segment, "TotalSegments": SEGMENTS}
    while True:
        begin = {"ExclusiveStartKey": after} if after else {}
        page = client.scan(**where, ConsistentRead=True, **begin)
        yield from page["Items"]
        after = page.get("LastEvaluatedKey")
        if after is None:
            return


def _key_of(client: Any, table: str, item: Item) -> Item:
    schema = client.describe_table(TableName=table)["Table"]["KeySchema"]
    return {each["AttributeName"]: item[each["AttributeName"]] for each in schema}
