"""Reads the XML of another Open311 server as a tree. Refuses XML that could harm the reader:
document types, entities, and nesting deeper than Open311 uses."""

from typing import TYPE_CHECKING, NamedTuple

from chalicelib.georeport.wire import ITEMS, Tree

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405: a name for types

MAX_DEPTH = 20


class UnreadableXml(ValueError):
    """The bytes are not XML, or not XML that an Open311 server sends."""


class Document(NamedTuple):
    """The name of the outermost element, and its content: texts, lists and mappings."""

    root: str
    tree: Tree


def read_xml(raw: bytes) -> Document:
    """Parses the XML of an Open311 server. An element with the name of a list gives a list, also if
    it is empty, and so do several elements of one name; every other value is text. Raises
    UnreadableXml."""
    from xml.etree.ElementTree import ParseError  # nosec B405: only defusedxml reads

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(raw, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise UnreadableXml("this is not XML that an Open311 server sends") from error
    return Document(_name(root), _tree(root, MAX_DEPTH))


def _tree(element: "Element", deeper: int) -> Tree:
    if not deeper:
        raise UnreadableXml(f"this is nested deeper than {MAX_DEPTH} elements")
    if _name(element) in ITEMS:
        return [_tree(child, deeper - 1) for child in element]
    if not len(element):
        return element.text or ""
    named: dict[str, list[Tree]] = {}
    for child in element:
        named.setdefault(_name(child), []).append(_tree(child, deeper - 1))
    return {name: found[0] if len(found) == 1 else found for name, found in named.items()}


def _name(element: "Element") -> str:
    """The name without the namespace that some servers put before it."""
    return str(element.tag).rpartition("}")[2]
