"""Simulates a newer version of Ginnel that writes to the same tables: it stores attributes, and
fields within each JSON value, that this version does not know."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

import chalicelib
from chalicelib.kernel.dynamo.attributes import JsonAttribute
from chalicelib.kernel.dynamo.item import Item

LATER = "of_a_newer_version"
ATTRIBUTE = {"S": LATER}
ROOT = Path(chalicelib.__file__).parent


def item_classes() -> list[type[Item]]:
    """The classes of all stored items, of every slice."""
    for path in sorted(ROOT.rglob("dynamo*")):
        for module in [path] if path.suffix == ".py" else sorted(path.glob("*.py")):
            parts = module.relative_to(ROOT.parent).with_suffix("").parts
            import_module(".".join(parts))
    return sorted(set(_below(Item)), key=lambda each: f"{each.__module__}.{each.__name__}")


def _below(kind: type[Item]) -> Iterator[type[Item]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("chalicelib"):
            yield each
            yield from _below(each)


def json_kinds() -> dict[str, list[Any]]:
    """The types of the attributes that are stored as JSON, by the attribute's name."""
    found: dict[str, list[Any]] = {}
    for item in item_classes():
        for attribute in item.get_attributes().values():
            if isinstance(attribute, JsonAttribute):
                found.setdefault(str(attribute.attr_name), []).append(attribute.kind)
    return found


def with_later_fields(text: str, kinds: list[Any]) -> str:
    """The JSON text with one more field in each object that is a Struct."""
    for kind in kinds:
        try:
            value = msgspec.json.decode(text, type=kind)
        except msgspec.DecodeError:
            continue
        return json.dumps(_with_later(json.loads(text), value))
    return text


def _with_later(plain: Any, value: Any) -> Any:
    if isinstance(plain, dict) and isinstance(value, msgspec.Struct):
        kind = type(value)
        names = dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
        return {
            name: _with_later(each, getattr(value, names[name])) if name in names else each
            for name, each in plain.items()
        } | {LATER: [{"depth": 1}]}
    if isinstance(plain, dict) and isinstance(value, Mapping):
        pairs = zip(plain.items(), value.values(), strict=True)
        return {name: _with_later(each, typed) for (name, each), typed in pairs}
    if isinstance(plain, list) and isinstance(value, list | tuple):
        return [_with_later(each, typed) for each, typed in zip(plain, value, strict=True)]
    return plain


def without_later_fields(plain: Any) -> Any:
    """A JSON value without those fields."""
    if isinstance(plain, list):
        return [without_later_fields(each) for each in plain]
    if isinstance(plain, dict):
        return {key: without_later_fields(each) for key, each in plain.items() if key != LATER}
    return plain


class Loss(AssertionError):
    """This version stored an item without what the newer one had stored in it."""


@contextmanager
def take_turns() -> Iterator[None]:
    """Within it, the newer version stores what it knows in each item before this version reads it.
    Raises Loss where this version then stores the item without that."""
    kinds = json_kinds()
    moto: Any = Table
    put_item, get_item, query = moto.put_item, moto.get_item, moto.query

    def put(self: Table, attributes: dict[str, Any], *how: Any, **named: Any) -> Any:
        key = [DynamoType(attributes[name]) for name in _key_names(self)]
        before = get_item(self, *key)
        if before is not None:
            check_kept(before.to_json()["Attributes"], attributes)
        return put_item(self, attributes, *how, **named)

    def get(self: Table, *key: Any, **how: Any) -> Any:
        found = get_item(self, *key)
        if found is not None:
            _upgrade(found, kinds)
        return get_item(self, *key, **how)

    def look(self: Table, *key: Any, **how: Any) -> Any:
        for each in self.all_items():
            _upgrade(each, kinds)
        return query(self, *key, **how)

    moto.put_item, moto.get_item, moto.query = put, get, look
    try:
        yield
    finally:
        moto.put_item, moto.get_item, moto.query = put_item, get_item, query


def _key_names(table: Any) -> list[str]:
    return [name for name in (table.hash_key_attr, table.range_key_attr) if name]


def _upgrade(item: Any, kinds: Mapping[str, list[Any]]) -> None:
    """Stores what the newer version knows in an item, once."""
    if LATER in item.attrs:
        return
    for name, value in item.attrs.items():
        if name in kinds and value.type == "S":
            item.attrs[name] = DynamoType({"S": with_later_fields(value.value, kinds[name])})
    item.attrs[LATER] = DynamoType(ATTRIBUTE)


def check_kept(stored: Mapping[str, Any], written: Mapping[str, Any]) -> None:
    """Raises Loss if what a newer version stored is not written again."""
    if LATER in stored and LATER not in written:
        raise Loss(f"an item with {sorted(written)} lost an attribute")
    for name, each in written.items():
        if lost := _lost_in(stored.get(name, {}).get("S"), each.get("S")):
            raise Loss(f"{name} lost a field of {lost}")


def _lost_in(stored: str | None, written: str | None) -> list[Any]:
    """The objects that are in both texts but for the fields of the newer version."""
    if written is None or f'"{LATER}"' not in (stored or ""):
        return []
    newer = {
        json.dumps(without_later_fields(each))
        for each in _objects(json.loads(str(stored)))
        if LATER in each
    }
    return [
        each
        for each in _objects(json.loads(written))
        if LATER not in each and json.dumps(without_later_fields(each)) in newer
    ]


def _objects(plain: Any) -> Iterator[dict[str, Any]]:
    if isinstance(plain, dict):
        yield plain
    inner = plain.values() if isinstance(plain, dict) else plain if isinstance(plain, list) else ()
    for each in inner:
        yield from _objects(each)
