"""Copies values between classes that have fields of the same names."""

from typing import Any, TypeVar

from msgspec import Struct

Target = TypeVar("Target")


def fields_of(kind: type) -> frozenset[str]:
    """The names of the fields of a msgspec Struct or a named tuple."""
    if issubclass(kind, Struct):
        return frozenset(kind.__struct_fields__)
    return frozenset(kind._fields)  # type: ignore[attr-defined]


def copy_fields(kind: type[Target], source: object, **given: Any) -> Target:
    """An object of `kind`: fields that are not `given` are copied from the attributes of `source`
    with the same name. Raises AttributeError if the source has no such attribute."""
    names = fields_of(kind) - given.keys()
    return kind(**given, **{name: getattr(source, name) for name in names})
