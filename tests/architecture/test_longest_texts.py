"""Each text in the body of a call has a longest length, so that none is too long for a key."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec import inspect as shapes

from chalicelib.handlers.registry import ROUTES

COMPARED = {"items.code", "grants.teams", "grants.wards"}
"""Codes that are compared with those of the council's document, and refused if they differ."""


def unbounded_texts(
    shape: shapes.Type, path: str = "", inside: frozenset[type] = frozenset()
) -> Iterator[str]:
    """The paths of the fields whose texts may have any length; a body has at most so many keys and
    bytes as a whole."""
    match shape:
        case shapes.StructType() if shape.cls not in inside:
            for field in shape.fields:
                name = f"{path}.{field.encode_name}".strip(".")
                yield from unbounded_texts(field.type, name, inside | {shape.cls})
        case shapes.UnionType():
            for each in shape.types:
                yield from unbounded_texts(each, path, inside)
        case shapes.ListType() | shapes.VarTupleType():
            yield from unbounded_texts(shape.item_type, path, inside)
        case shapes.DictType():
            yield from unbounded_texts(shape.value_type, path, inside)
        case shapes.StrType() if shape.max_length is None:
            yield path


def test_each_text_of_a_body_has_a_longest_length() -> None:
    found = {
        f"{facts.method} {facts.path}: {path}"
        for group in ROUTES
        for facts in group.facts
        if facts.body
        for path in unbounded_texts(shapes.type_info(facts.body))
        if path not in COMPARED
    }
    assert found == set()


class Careless(Struct):
    """A body with a text of any length."""

    key: str


def test_text_of_any_length_is_found() -> None:
    assert list(unbounded_texts(shapes.type_info(list[Careless]))) == ["key"]
