"""Copies values between classes that have fields of the same names."""

from typing import Any, TypeVar

Made = TypeVar("Made")


def fields_of(kind: type) -> frozenset[str]:
    """The names of the fields of a dataclass, a named tuple or a msgspec Struct."""
    of_struct, of_tuple = getattr(kind, "__struct_fields__", ()), getattr(kind, "_fields", ())
    return frozenset(of_struct or of_tuple or kind.__dataclass_fields__)  # type: ignore[attr-defined]


def made_from(kind: type[Made], source: object, **given: Any) -> Made:
    """An object whose fields are what is `given`, and the attributes of the same name that the
    source has for all others. Raises AttributeError if the source has no such attribute."""
    names = fields_of(kind) - given.keys()
    return kind(**given, **{name: getattr(source, name) for name in names})
