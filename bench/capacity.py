"""DynamoDB's capacity units, by AWS's rules.

Source: "Read and write operations" and "DynamoDB item sizes and formats" in the Amazon DynamoDB
Developer Guide, read 2026: a read is 4 KB, half of one where it is eventually consistent; a write
is 1 KB, of the larger of the item before and after; an index pays for each entry that changes.
"""

import math
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]
READ_BYTES, WRITE_BYTES = 4096, 1024


@dataclass(frozen=True)
class Index:
    """A secondary index: its keys, and all attributes of its entries."""

    keys: frozenset[str]
    attributes: frozenset[str]


def indexes_of(table: Mapping[str, Any]) -> list[Index]:
    """The indexes of a table as a template declares it."""
    own = [key["AttributeName"] for key in table["KeySchema"]]
    found = []
    for index in table.get("GlobalSecondaryIndexes", []):
        keys = frozenset(key["AttributeName"] for key in index["KeySchema"])
        projected = index["Projection"].get("NonKeyAttributes", [])
        found.append(Index(keys, keys.union(own, projected)))
    return found


def item_bytes(item: Item) -> int:
    """The size of an item by DynamoDB's rules: its names and its values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def read_units(size: int, *, consistent: bool) -> float:
    """The units of one read of that many bytes: an item, or everything that a query reads."""
    units = max(1, math.ceil(size / READ_BYTES))
    return units if consistent else units / 2


def write_units(old: Item | None, new: Item | None, indexes: Iterable[Index]) -> float:
    """The units of one write outside a transaction, with the changed index entries."""
    table = _written_units(old, new)
    return table + sum(_index_units(old, new, index) for index in indexes)


def _index_units(old: Item | None, new: Item | None, index: Index) -> int:
    before, after = _entry(old, index), _entry(new, index)
    if before == after:
        return 0
    if before and after and all(before[key] == after[key] for key in index.keys):
        return _written_units(before, after)
    return sum(_written_units(entry, None) for entry in (before, after) if entry)


def _entry(item: Item | None, index: Index) -> Item | None:
    if item is None or not index.keys <= item.keys():
        return None
    return {name: value for name, value in item.items() if name in index.attributes}


def _written_units(old: Item | None, new: Item | None) -> int:
    size = max(item_bytes(old or {}), item_bytes(new or {}))
    return max(1, math.ceil(size / WRITE_BYTES))


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind not in _BYTES:
        raise ValueError(f"The size of a value of type {kind} is not known here: add it.")
    return _BYTES[kind](content)


def _number_bytes(text: str) -> int:
    digits = text.lstrip("-").replace(".", "").strip("0")
    return math.ceil(len(digits) / 2) + 1


_BYTES: dict[str, Callable[[Any], int]] = {
    "S": lambda text: len(text.encode()),
    "N": _number_bytes,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "B": lambda text: len(b64decode(text)),
    "SS": lambda texts: sum(len(text.encode()) for text in texts),
    "NS": lambda texts: sum(map(_number_bytes, texts)),
    "L": lambda values: 3 + sum(1 + _value_bytes(each) for each in values),
    "M": lambda values: 3 + len(values) + item_bytes(values),
}
