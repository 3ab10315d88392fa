"""Values are copied by the names of their fields."""

from typing import NamedTuple

import msgspec
import pytest

from chalicelib.kernel.fields import copy_fields, fields_of


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    secret: str = "s"

    @property
    def length(self) -> int:
        return len(self.name)


class View(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    length: int
    shown_as: str = ""


class Pair(NamedTuple):
    name: str
    secret: str


def test_fields_of_every_kind_of_class_are_known() -> None:
    assert fields_of(Stored) == fields_of(Pair) == {"name", "secret"}
    assert fields_of(View) == {"name", "length", "shown_as"}


def test_given_values_come_before_those_of_the_source_and_others_are_left_out() -> None:
    assert copy_fields(View, Stored(name="abc"), shown_as="x") == View(
        name="abc", length=3, shown_as="x"
    )
    assert copy_fields(Pair, Stored(name="abc"), name="d") == Pair("d", "s")


def test_field_with_a_default_is_never_left_out_silently() -> None:
    with pytest.raises(AttributeError, match="shown_as"):
        copy_fields(View, Stored(name="abc"))
