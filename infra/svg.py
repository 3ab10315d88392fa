"""Checks a council's logo as SVG, and draws SVG as PNG.

A logo has permitted elements and attributes only, because SVG can also hold scripts and load other
files (SVG 2, "Conformance criteria": the secure static mode).
"""

import re
from xml.etree import ElementTree

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from chalicelib.errors import ConfigurationError

MOST_BYTES, MOST_ELEMENTS = 20_000, 200
SPACE = "http://www.w3.org/2000/svg"
ELEMENTS = frozenset(
    {
        "svg",
        "g",
        "defs",
        "title",
        "desc",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
    }
)
ATTRIBUTES = frozenset(
    {
        "viewBox",
        "width",
        "height",
        "version",
        "id",
        "transform",
        "d",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "points",
        "offset",
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-dasharray",
        "opacity",
        "color",
        "stop-color",
        "stop-opacity",
        "gradientUnits",
        "gradientTransform",
        "spreadMethod",
        "clip-path",
        "clip-rule",
        "clipPathUnits",
    }
)
_VALUE = re.compile(r"(?:url\(#[\w-]+\)|[\w\s#.,+%()-])*", re.ASCII)
_LOCAL = re.compile(r"url\(#[\w-]+\)")
_FIXES = {
    "style": "give each shape its fill and stroke as attributes",
    "class": "give each shape its fill and stroke as attributes",
    "text": "convert text to paths",
    "tspan": "convert text to paths",
    "use": "draw the shape itself",
    "image": "draw it as shapes, or save the logo as PNG",
}


def check_svg(raw: bytes, name: str) -> ElementTree.Element:
    """The drawing, with permitted elements and attributes only. Raises ConfigurationError naming
    what is not permitted, and the fix."""
    if len(raw) > MOST_BYTES:
        raise ConfigurationError(
            f"{name}: it has {len(raw)} bytes, and a logo may have {MOST_BYTES}; simplify it"
        )
    try:
        root: ElementTree.Element = defusedxml.ElementTree.fromstring(raw, forbid_dtd=True)
    except DefusedXmlException as error:
        raise ConfigurationError(
            f"{name}: it has a document type or entities; remove <!DOCTYPE>"
        ) from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ConfigurationError(f"{name}: it is not XML ({error}); export it again") from error
    if root.tag != f"{{{SPACE}}}svg" or not root.get("viewBox"):
        raise ConfigurationError(f"{name}: it needs <svg xmlns={SPACE!r} viewBox=…> as its root")
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise ConfigurationError(f"{name}: it has more than {MOST_ELEMENTS} elements; simplify it")
    for element in root.iter():
        _check(element, name)
    return root


def ratio(root: ElementTree.Element, name: str) -> float:
    """The width of the drawing by its height."""
    try:
        _, _, width, height = map(float, root.get("viewBox", "").replace(",", " ").split())
        return width / height
    except (ValueError, ZeroDivisionError) as error:
        raise ConfigurationError(
            f"{name}: viewBox needs four numbers, such as 0 0 48 40"
        ) from error


def as_text(root: ElementTree.Element) -> str:
    """The drawing as SVG."""
    ElementTree.register_namespace("", SPACE)
    return ElementTree.tostring(root, encoding="unicode")


def as_png(svg: str, width: int, height: int) -> bytes:
    """The drawing as PNG, without text: no font of this machine is read."""
    import resvg_py

    return resvg_py.svg_to_bytes(svg_string=svg, width=width, height=height, skip_system_fonts=True)


def _check(element: ElementTree.Element, name: str) -> None:
    space, _, tag = element.tag.rpartition("}")
    if space != f"{{{SPACE}" or tag not in ELEMENTS:
        raise ConfigurationError(f"{name}: <{tag}> is not permitted; {_fix(tag)}")
    for attribute, value in element.attrib.items():
        if attribute not in ATTRIBUTES:
            said = attribute.rpartition("}")[2]
            raise ConfigurationError(f"{name}: {said} of <{tag}> is not permitted; {_fix(said)}")
        if not _VALUE.fullmatch(value) or "url" in _LOCAL.sub("", value):
            raise ConfigurationError(
                f"{name}: {attribute} of <{tag}> may hold colours, numbers and url(#id) only"
            )


def _fix(what: str) -> str:
    return _FIXES.get(what, "remove it")
