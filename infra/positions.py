"""Reads a table page by page, and keeps the position in a file of the operator's machine, so that
an interrupted command goes on where it stopped."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Raw = dict[str, Any]
"""An item as DynamoDB has it: name → type and value."""


class Position:
    """Values in a file: `after` (the key of the last item), `seen` (the number of items), `ended`
    (there are no more), and others that a command needs."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> dict[str, Any]:
        start: dict[str, Any] = {"after": None, "seen": 0, "ended": False}
        if self._file.exists():
            start |= json.loads(self._file.read_text(encoding="utf-8"))
        return start

    def store(self, **values: Any) -> None:
        """Replaces these values."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        written = self._file.with_suffix(".new")
        written.write_text(json.dumps(self.load() | values), encoding="utf-8")
        written.replace(self._file)

    def forget(self) -> None:
        """The next run begins at the start of the table."""
        self._file.unlink(missing_ok=True)


def read_pages(
    client: Any, table: str, position: Position, progress: Callable[[int], None], page_size: int
) -> Iterator[list[Raw]]:
    """The items from the position on, which is kept after each page. `progress` is called with the
    number of items that were read, also by an earlier run."""
    start = position.load()
    seen = start["seen"]
    progress(seen)
    while not start["ended"]:
        after = {"ExclusiveStartKey": start["after"]} if start["after"] else {}
        found = client.scan(TableName=table, Limit=page_size, **after)
        yield found["Items"]
        seen += len(found["Items"])
        progress(len(found["Items"]))
        last = found.get("LastEvaluatedKey")
        start = {"after": last, "seen": seen, "ended": last is None}
        position.store(**start)
