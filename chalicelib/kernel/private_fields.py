"""Values with private fields, which logs and tracebacks never show."""

from functools import cache
from typing import Annotated, TypeVar, get_type_hints

from msgspec import Struct

Value = TypeVar("Value")

_PRIVATE = "private"
Private = Annotated[Value, _PRIVATE]
"""The type of a field that the representation of a `HidesPrivate` leaves out."""


class HidesPrivate(Struct, frozen=True):
    """A value whose representation leaves out its private fields."""

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in _public_fields(type(self)))
        return f"{type(self).__name__}({', '.join(shown)})"


def private_fields(kind: type[Struct]) -> frozenset[str]:
    """The names of the private fields of a class."""
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(
        name for name, hint in hints.items() if _PRIVATE in getattr(hint, "__metadata__", ())
    )


@cache
def _public_fields(kind: type[Struct]) -> tuple[str, ...]:
    hidden = private_fields(kind)
    return tuple(name for name in kind.__struct_fields__ if name not in hidden)
