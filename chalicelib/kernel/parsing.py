"""Parses sent values into a draft: checks every field and names every fault with its fix. Field by
field, because msgspec stops at the first fault and a person wants to see all of them.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from msgspec import structs

from chalicelib.errors import FieldError, Invalid, TooLarge
from chalicelib.kernel.languages import translatable
from chalicelib.kernel.typed_text import clean_texts_in
from chalicelib.texts import Text

MAX_BODY_BYTES = 64 * 1024

MOST_EXACT = 2**53
"""Up to here a float represents each integer exactly."""

T = TypeVar("T")

_MESSAGES = (
    (
        r"Expected `(?:array|object)` of length <= (?P<most>\d+)",
        translatable("must have at most {most} entries"),
    ),
    (
        r"Expected `str` of length <= (?P<most>\d+)",
        translatable("must have at most {most} characters"),
    ),
    (
        r"Expected `str` of length >= (?P<least>\d+)",
        translatable("must have at least {least} characters"),
    ),
    (r"Expected `(?:float|int)` >= (?P<least>\S+)", translatable("must be at least {least}")),
    (r"Expected `(?:float|int)` <= (?P<most>\S+)", translatable("must be at most {most}")),
    (r"Expected `float(?: \| null)?`, got .*", translatable("must be a number")),
    (r"Expected `int(?: \| null)?`, got .*", translatable("must be a whole number")),
    (r"Expected `str(?: \| null)?`, got .*", translatable("must be text")),
    (r"Expected `bool(?: \| null)?`, got .*", translatable("must be true or false")),
    (r"Expected `array(?: \| null)?`, got .*", translatable("must be a list")),
    (r"Expected `object(?: \| null)?`, got .*", translatable("must be an object")),
    (r"Invalid enum value (?P<value>.*)", translatable("{value} is not an allowed value")),
)


def parse_json(body: bytes, kind: type[T]) -> T:
    """The draft of Struct `kind` in a JSON body.

    Texts are cleaned and tidied as their types say; a blank optional one counts as absent.
    Raises TooLarge, or Invalid with one entry for each faulty field.
    """
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(
            Text(
                "The body has {size} bytes; the limit is {limit}.",
                size=len(body),
                limit=MAX_BODY_BYTES,
            )
        )
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid.field("body", Text("must be a JSON object ({error})", error=error)) from error
    if not isinstance(sent, dict):
        raise Invalid.field("body", Text("must be a JSON object"))
    return parse(sent, kind)


def parse(sent: dict[str, Any], kind: type[T]) -> T:
    """The draft of Struct `kind` made of decoded values, whose texts are cleaned and have no card
    numbers. Raises as `parse_json`.

    `kind.faults_in(sent)`, if it exists, finds faults that concern several fields.
    """
    faults: list[FieldError] = []
    try:
        texts = clean_texts_in(sent)
    except RecursionError as error:
        raise Invalid.field("body", Text("must be a JSON object ({error})", error=error)) from error
    draft = _convert(texts, kind, "", faults)
    if faults:
        raise Invalid.fields(faults)
    return draft  # type: ignore[no-any-return]


def _convert(sent: dict[str, Any], kind: Any, path: str, faults: list[FieldError]) -> Any:
    before = len(faults)
    fields = {field.name: field for field in structs.fields(kind)}
    for name in sorted(set(sent) - set(fields)):
        known = ", ".join(fields)
        unknown = Text("is not a known field; known are: {known}", known=known)
        faults.append(FieldError(path + name, unknown))
    values = {
        name: _parse_value(_tidy_value(sent.get(name), field.type), field, path + name, faults)
        for name, field in fields.items()
    }
    if check := getattr(kind, "faults_in", None):
        faults += check(sent)
    return None if len(faults) > before else kind(**values)


def _parse_value(value: Any, field: structs.FieldInfo, path: str, faults: list[FieldError]) -> Any:
    hint = field.type
    if value is None:
        if field.default is msgspec.NODEFAULT:
            faults.append(FieldError(path, Text("is required")))
            return None
        return field.default
    nested = _struct_in(hint)
    if nested and isinstance(value, dict):
        return _convert(value, nested, path + ".", faults)
    entry = _entry_in(hint)
    if entry and isinstance(value, list) and all(isinstance(each, dict) for each in value):
        before = len(faults)
        value = [
            _convert(each, entry, f"{path}[{number}].", faults) for number, each in enumerate(value)
        ]
        if len(faults) > before:
            return None
    try:
        found = msgspec.convert(_as_integer(value), hint, from_attributes=True)
    except msgspec.ValidationError as error:
        faults.append(FieldError(path, _message(str(error), hint)))
        return None
    if not all(is_valid(found) for is_valid in _extras(hint, "is_valid")):
        faults.append(FieldError(path, _format_message(hint)))
    return found


def _as_integer(value: Any) -> Any:
    """Converts a number that JSON Schema counts as an integer, such as 3.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= MOST_EXACT:
        return int(value)
    return value


def _message(text: str, hint: Any) -> str:
    plain = text.split(" - at `$", maxsplit=1)[0]
    if "matching regex" in plain:
        return _format_message(hint)
    for pattern, message in _MESSAGES:
        if found := re.fullmatch(pattern, plain):
            return Text(message, **found.groupdict())
    return plain


def _format_message(hint: Any) -> str:
    described = (meta.description for meta in _metas(hint) if meta.description)
    return Text("must be {format}", format=Text(next(described, Text("in another format"))))


def _extras(hint: Any, name: str) -> Iterator[Any]:
    """The functions of that name that the types of a field have."""
    return (meta.extra[name] for meta in _metas(hint) if meta.extra and name in meta.extra)


def _metas(hint: Any) -> Iterator[msgspec.Meta]:
    for part in getattr(hint, "__metadata__", ()):
        if isinstance(part, msgspec.Meta):
            yield part
    for inner in get_args(hint):
        yield from _metas(inner)


def _struct_in(hint: Any) -> Any:
    if get_origin(hint) in (list, tuple, dict):
        return None
    candidates = (hint, *get_args(hint))
    return next((part for part in candidates if _is_struct(part)), None)


def _is_struct(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, msgspec.Struct)


def _entry_in(hint: Any) -> Any:
    """The Struct of a list's or tuple's entries."""
    if get_origin(hint) in (list, tuple):
        return _struct_in(get_args(hint)[0])
    return next(filter(None, map(_entry_in, get_args(hint))), None)


def _tidy_value(value: Any, hint: Any) -> Any:
    """A text, or the texts of a list, as the field's types tidy them; None for a blank text."""
    if isinstance(value, list):
        return [_tidy_text(each, hint) for each in value]
    return _tidy_text(value, hint) or None if isinstance(value, str) else value


def _tidy_text(value: Any, hint: Any) -> Any:
    if isinstance(value, str):
        for tidy in _extras(hint, "tidy"):
            value = tidy(value)
    return value
