"""Completes the address of a place: adds the street to a house number that was typed alone."""

import re

from chalicelib.geo.point import Point
from chalicelib.reports.ports import Ports

NUMBER = re.compile(r"\s*(\d+[a-z]?(?:\s*[-/]\s*\d+[a-z]?)?)[\s,.]*", re.IGNORECASE)


def whole_address(
    typed: str | None, before: str | None, point: Point | None, ports: Ports
) -> str | None:
    """The typed address. If it is only a number, the street is added: the street that the place is
    on, or the street of the address before."""
    alone = NUMBER.fullmatch(typed or "")
    if alone is None:
        return typed
    known = ports.whereabouts.street(point) if point else None
    numbered = NUMBER.match(before or "")
    street = known or (before or "")[numbered.end() if numbered else 0 :].strip()
    return f"{alone[1]} {street}" if street else typed
