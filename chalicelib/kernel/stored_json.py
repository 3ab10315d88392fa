"""Reads and writes values as JSON that another version may have written.

A newer version stores fields, and words of a `Literal`, that this one does not know. Both are kept.
A Struct with unknown fields is read as one of a subclass that also holds these: `replace` of
msgspec passes them on, and they are written in their places again. A named tuple has no room for
them (ADR 101).
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

import msgspec
from msgspec import Struct, ValidationError

from chalicelib.kernel.fields import copy_fields

UNKNOWN = "unknown_fields"
"""The field in which a subclass holds what is unknown."""
MARK = "~unknown"
"""The name of that field in JSON, until its content is put beside the other fields."""

Value = TypeVar("Value")


def with_unknown(value: Value, unknown: Mapping[str, Any]) -> Value:
    """The value; if it is a Struct and something is unknown, one that also holds that."""
    if not unknown or not isinstance(value, Struct):
        return value
    return cast(Value, copy_fields(_holder_of(type(value)), value, **{UNKNOWN: unknown}))


def unknown_in(value: object) -> Mapping[str, Any]:
    """What a Struct holds that is unknown."""
    found: Mapping[str, Any] = getattr(value, UNKNOWN, None) or {}
    return found


def decode(text: str, kind: Any) -> Any:
    """The value in JSON text, of that type. Raises msgspec.DecodeError."""
    plain = msgspec.json.decode(text)
    try:
        value = msgspec.json.decode(text, type=kind)
    except ValidationError:
        return _read(plain, kind)
    return _read(plain, kind) if _has_unknown(value, plain) else value


def encode(value: object) -> str:
    """The value as JSON text, with what is unknown in its place."""
    return _change_unknown(msgspec.json.encode(value), _in_place).decode()


def without_unknown(body: bytes) -> bytes:
    """JSON that was encoded from stored values, without what is unknown: a newer version may not
    show it to everybody."""
    return _change_unknown(body, lambda _: {})


def _change_unknown(body: bytes, change: Any) -> bytes:
    if MARK.encode() not in body:
        return body
    return msgspec.json.encode(_change_marked(msgspec.json.decode(body), change))


def _in_place(unknown: Mapping[str, Any]) -> Mapping[str, Any]:
    return unknown


def _change_marked(plain: Any, change: Any) -> Any:
    if isinstance(plain, list):
        return [_change_marked(each, change) for each in plain]
    if not isinstance(plain, dict):
        return plain
    known = {name: _change_marked(each, change) for name, each in plain.items() if name != MARK}
    return known | change(plain[MARK] or {}) if MARK in plain else known


@cache
def _holder_of(kind: type[Struct]) -> type[Any]:
    config = kind.__struct_config__
    return msgspec.defstruct(
        kind.__name__,
        [(UNKNOWN, Any, None)],
        bases=(kind,),
        module=kind.__module__,
        frozen=config.frozen,
        kw_only=True,
        tag=config.tag,
        tag_field=config.tag_field,
        rename={UNKNOWN: MARK},
    )


@cache
def _fields_of(kind: type[Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    """The fields of a class by their names in JSON."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _has_unknown(value: object, plain: object) -> bool:
    """Whether a plain JSON value has fields that the typed value has not."""
    if isinstance(plain, dict):
        if isinstance(value, Struct):
            return _struct_has_unknown(value, plain)
        if isinstance(value, Mapping):
            return any(map(_has_unknown, value.values(), plain.values()))
    if isinstance(plain, list) and isinstance(value, Iterable):
        return any(map(_has_unknown, value, plain))
    return False


def _struct_has_unknown(value: Struct, plain: Mapping[str, object]) -> bool:
    fields, tag = _fields_of(type(value)), value.__struct_config__.tag_field
    return any(
        name not in fields or _has_unknown(getattr(value, fields[name].name), each)
        for name, each in plain.items()
        if name != tag
    )


def _read(plain: Any, kind: Any) -> Any:
    """The value of that type in a plain JSON value, with what is unknown."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _read(plain, inner[0])
    if origin in (Union, UnionType):
        return _read_one_of(plain, inner)
    if origin is Literal or _is_a(kind, Enum):
        return _read_word(plain, kind)
    if isinstance(plain, dict) and _is_a(kind, Struct):
        return _read_struct(plain, kind)
    if isinstance(plain, dict | list) and inner:
        return _read_container(plain, origin, inner)
    return msgspec.convert(plain, kind)


def _read_word(plain: Any, kind: Any) -> Any:
    with suppress(ValidationError):
        return msgspec.convert(plain, kind)
    return plain


def _read_struct(plain: Mapping[str, Any], kind: type[Struct]) -> Any:
    fields, tag = _fields_of(kind), kind.__struct_config__.tag_field
    known = {
        fields[name].name: _read(each, fields[name].type)
        for name, each in plain.items()
        if name in fields
    }
    unknown = {name: each for name, each in plain.items() if name not in fields and name != tag}
    try:
        return with_unknown(kind(**known), unknown)
    except TypeError as error:
        raise ValidationError(f"{kind.__name__} misses a field") from error


def _read_container(plain: Any, origin: Any, inner: Sequence[Any]) -> Any:
    if isinstance(plain, dict):
        names = [msgspec.convert(each, inner[0], strict=False) for each in plain]
        return dict(zip(names, (_read(each, inner[1]) for each in plain.values()), strict=True))
    if origin is tuple and Ellipsis not in inner:
        return tuple(_read(each, kind) for each, kind in zip(plain, inner, strict=True))
    found = [_read(each, inner[0]) for each in plain]
    return found if _is_a(list, origin) else origin(found)


def _read_one_of(plain: Any, kinds: Sequence[Any]) -> Any:
    """The value as the first type that fits; a word that none of them knows stays as it is."""
    if plain is None and NoneType in kinds:
        return None
    for kind in kinds:
        is_struct = _is_a(kind, Struct)
        if is_struct and isinstance(plain, dict) and _has_tag(plain, kind):
            return _read_struct(plain, kind)
        if not is_struct and get_origin(kind) is not Literal:
            with suppress(ValidationError):
                return _read(plain, kind)
    if any(get_origin(kind) is Literal for kind in kinds):
        return plain
    raise ValidationError("a value of a type that this version does not know")


def _has_tag(plain: Mapping[str, Any], kind: type[Struct]) -> bool:
    config = kind.__struct_config__
    return config.tag is None or plain.get(str(config.tag_field)) == config.tag


def _is_a(kind: Any, base: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)
