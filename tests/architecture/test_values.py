"""Values are Structs of msgspec, because every cold start defines them (ADR 53). Those with private
fields show none of them in a log or a traceback.
"""

import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from importlib import import_module
from pkgutil import walk_packages

from msgspec import Struct

import chalicelib
from chalicelib.kernel.private_fields import HidesPrivate, Private, private_fields


def classes() -> Iterator[type]:
    """Every class that a module of the application defines."""
    for found in walk_packages(chalicelib.__path__, "chalicelib."):
        for each in vars(import_module(found.name)).values():
            if isinstance(each, type) and each.__module__ == found.name:
                yield each


def test_no_class_of_the_application_is_a_dataclass() -> None:
    assert [each.__qualname__ for each in classes() if is_dataclass(each)] == []


def shows_private_fields(kind: type) -> bool:
    has_some = issubclass(kind, Struct) and bool(private_fields(kind))
    return has_some and not issubclass(kind, HidesPrivate)


def test_every_class_with_private_fields_hides_them() -> None:
    may_have = [each for each in classes() if hasattr(sys.modules[each.__module__], "Private")]
    assert len(may_have) > 10
    assert [each.__qualname__ for each in may_have if shows_private_fields(each)] == []


def test_private_field_is_detected_when_its_class_shows_it() -> None:
    class Receiver(Struct):
        secret: Private[str]

    assert shows_private_fields(Receiver)
