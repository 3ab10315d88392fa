"""JSON that a newer version stored is read, changed and stored again without a loss."""

import json
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, Literal

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.kernel.private_fields import HidesPrivate, Private
from chalicelib.kernel.stored_json import decode, encode, without_unknown


class Colour(Enum):
    RED = "red"


class Inner(HidesPrivate, frozen=True, kw_only=True):
    word: Literal["a", "b"]
    text: Private[str] = ""


class Tagged(msgspec.Struct, frozen=True, tag=True):
    number: int


class Outer(msgspec.Struct, frozen=True, kw_only=True):
    inner: Inner
    many: tuple[Inner, ...] = ()
    by_name: Mapping[str, Inner] = {}
    by_day: dict[date, tuple[int, Inner]] = {}
    maybe: Literal["x"] | Inner | None = None
    colour: Colour = Colour.RED
    day: date | None = None
    either: Tagged | None = None


INNER = {"word": "c", "text": "t", "later": {"x": [1]}}
NEWER: dict[str, Any] = {
    "inner": INNER,
    "many": [INNER, {"word": "a"} | {"text": "u"}],
    "by_name": {"n": INNER},
    "by_day": {"2026-11-25": [1, INNER]},
    "maybe": INNER,
    "colour": "blue",
    "day": "2026-11-25",
    "either": {"type": "Tagged", "number": 1, "later": True},
    "later": "at the top",
}


def test_unknown_fields_and_words_stay_when_a_value_is_changed() -> None:
    value: Outer = decode(json.dumps(NEWER), Outer)
    words = f"{value.inner.word} {value.colour} {value.day}"
    assert words == "c blue 2026-11-25"
    changed = replace(value, inner=replace(value.inner, text="changed"), day=date(2027, 1, 1))
    assert json.loads(encode(changed)) == NEWER | {
        "inner": INNER | {"text": "changed"},
        "day": "2027-01-01",
    }


def test_unknown_word_is_read_alone_when_nothing_else_is_new() -> None:
    assert decode('["a","c"]', tuple[Literal["a", "b"], ...]) == ("a", "c")
    assert decode('"y"', Literal["x"] | None) == "y"


def test_value_has_its_own_class_when_nothing_is_unknown() -> None:
    assert type(decode('{"inner":{"word":"a"}}', Outer)) is Outer


def test_value_without_a_field_that_it_needs_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode('{"later":1}', Outer)


def test_private_fields_stay_hidden_when_something_is_unknown() -> None:
    assert "secret" not in repr(decode('{"word":"a","text":"secret","later":1}', Inner))


def test_unknown_fields_are_not_in_answers() -> None:
    value = decode(json.dumps(NEWER), Outer)
    body = without_unknown(msgspec.json.encode(value))
    assert b"later" not in body and b"unknown" not in body
    assert json.loads(body)["inner"] == {"word": "c", "text": "t"}
