"""An answer in Open311's two forms, from one tree of values: JSON is the XML less its root.

Source: GeoReport v2 (wiki.open311.org/GeoReport_v2), and its extension for updates as FixMyStreet
reads it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from chalicelib.georeport import moments

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405: a name for types

Format = Literal["xml", "json"]
Scalar = str | bool | int | float | datetime | None
Tree = Scalar | Sequence["Tree"] | Mapping[str, "Tree"]

CONTENT_TYPES: Mapping[Format, str] = {
    "xml": "text/xml; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
ITEMS = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "groups": "group",
    "items": "item",
    "media_urls": "media_url",
    "service_request_updates": "request_update",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
"""The name of a list's entries in XML, by the list's name. A list with another name has no element
of its own: each of its entries is an element with that name."""
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""The characters that XML does not allow: they compile in a tenth of the time of the allowed
ones."""


class Answer(NamedTuple):
    """A tree to send, and the name of the XML's outermost element."""

    root: str
    tree: Tree


def write(root: str, tree: Tree, form: Format) -> bytes:
    """Encodes the tree; `root` is the name of the XML's outermost element."""
    return _encode_xml(root, tree) if form == "xml" else msgspec.json.encode(_json_values(tree))


def xml_text(text: str) -> str:
    """The text with line feeds as line ends, and U+FFFD for each character that XML does not
    allow."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", lines)


def _json_values(tree: Tree) -> Tree:
    match tree:
        case datetime():
            return moments.write(tree)
        case Mapping():
            return {name: _json_values(inner) for name, inner in tree.items()}
        case list() | tuple():
            return [_json_values(inner) for inner in tree]
        case _:
            return tree


def _encode_xml(root: str, tree: Tree) -> bytes:
    # Loaded only for answers in XML.
    from xml.etree.ElementTree import Element, tostring  # nosec B405: they write, and read nothing

    element = Element(root)
    _fill(element, tree, Element)
    written: bytes = tostring(element, encoding="utf-8", xml_declaration=True)
    return written


def _fill(element: "Element", tree: Tree, made: "type[Element]") -> None:
    match tree:
        # The most frequent type comes first: a thousand reports have twenty thousand texts.
        case str() | None | int() | float() | datetime():
            element.text = _text_of(tree)
        case _:
            for name, inner in _child_elements(element.tag, tree):
                child = made(name)
                _fill(child, inner, made)
                element.append(child)


def _child_elements(
    name: str, tree: Mapping[str, Tree] | Sequence[Tree]
) -> Iterable[tuple[str, Tree]]:
    if isinstance(tree, Mapping):
        # A missing moment has no element: readers cannot parse an empty one as a date.
        there = [(k, v) for k, v in tree.items() if v is not None or not k.endswith("_datetime")]
        return [(name, each) for name, value in there for each in _occurrences(name, value)]
    return [(ITEMS[name], inner) for inner in tree]


def _occurrences(name: str, value: Tree) -> Sequence[Tree]:
    """The elements with that name: one for each entry of a list whose name is not in ITEMS, such as
    `media_url`, or one for the value."""
    if isinstance(value, list | tuple) and name not in ITEMS:
        return value
    return (value,)


def _text_of(value: Tree) -> str:
    match value:
        case str():
            return xml_text(value)
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return f"{Decimal(repr(value)):f}"
        case datetime():
            return moments.write(value)
        case _:
            return str(value)
