"""Parameters of paths and queries, checked; keys for form submissions."""

import math
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from chalicelib.errors import Invalid, NotFound
from chalicelib.geo.point import Point
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.route_facts import Query
from chalicelib.reports import reference
from chalicelib.texts import Text

Choice = TypeVar("Choice", bound=str)
MOST_IN_A_LIST = 100
DAY = {"type": "string", "format": "date"}
NOT_BLANK = r"[^\s\x1c-\x1f\x85]"
"""More counts as white space in Python than in JSON Schema's patterns."""
POINT_EDGES = {"lat": 90.0, "long": 180.0}
CURSOR_QUERY = Query("cursor", "`next` of the previous page")
HEX_ID = re.compile(r"[0-9a-f]{32}")
"""The form of the ids that are no references."""
NEAR_M = 100
"""The distance within which reports count as near a place, in metres, if the caller gives none."""


def limit_query(default: int = MOST_IN_A_LIST) -> Query:
    """The parameter that `limit_of` reads."""
    schema = {"type": "integer", "minimum": 1, "maximum": MOST_IN_A_LIST}
    return Query("limit", f"1 to {MOST_IN_A_LIST}; {default} by default", schema=schema)


PAGED = (limit_query(), CURSOR_QUERY)
"""The parameters of a list that comes in pages, which `limit_of` and `cursor_of` read."""


def point_query(*, required: bool) -> tuple[Query, Query]:
    """The parameters that `point_of` reads."""
    lat, long = (
        {"type": "number", "minimum": -edge, "maximum": edge} for edge in POINT_EDGES.values()
    )
    return (
        Query("lat", "WGS84 degrees north", required, lat),
        Query("long", "WGS84 degrees east", required, long),
    )


def one_of(choices: Iterable[str]) -> dict[str, Any]:
    """The schema of a parameter that is one of these."""
    return {"type": "string", "enum": sorted(choices)}


def some_of(choices: Iterable[str]) -> dict[str, Any]:
    """The schema of a parameter that is some of these, with commas between them."""
    one = f"({'|'.join(sorted(choices))})"
    return {"type": "string", "pattern": f"^{one}(,{one})*$"}


def day_of(text: str | None, field: str = "date") -> date | None:
    """Raises Invalid."""
    if text is None:
        return None
    has_its_form = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
    try:
        return date.fromisoformat(text if has_its_form else "")
    except ValueError as error:
        raise Invalid.field(field, "must be a day such as 2026-06-01") from error


def id_of(text: str) -> str:
    """The service_request_id in a path, in any grouping of its digits. Raises NotFound."""
    found = reference.parse_reference(text)
    if found is None:
        raise NotFound(Text("A reference has 12 letters and digits, such as 7K3M-2QXV-9HTD."))
    return found


def limit_of(call: Call, default: int = MOST_IN_A_LIST) -> int:
    """The number of entries that the caller wants in a list. Raises Invalid."""
    text = call.parameter("limit")
    if text is None:
        return default
    if not re.fullmatch(r"[1-9][0-9]?|100", text):
        raise Invalid.field(
            "limit", Text("must be a whole number from 1 to {most}", most=MOST_IN_A_LIST)
        )
    return int(text)


def cursor_of(call: Call, form: re.Pattern[str]) -> str | None:
    """The cursor from which a list goes on, in the form that its pages give it. Raises Invalid."""
    text = call.parameter("cursor")
    if text is not None and not form.fullmatch(text):
        raise Invalid.field("cursor", "send `next` of the previous page, unchanged")
    return text


def choice_of(
    call: Call, name: str, choices: Sequence[Choice], default: Choice | None = None
) -> Choice:
    """The one of the choices that a parameter names; without a default it has to name one. Raises
    Invalid."""
    text = call.parameter(name) or default
    for each in choices:
        if each == text:
            return each
    raise Invalid.field(name, Text("must be one of {known}", known=", ".join(choices)))


def hex_id_of(text: str, missing: str) -> str:
    """The id in a path. Raises NotFound, with the text `missing`, if this id cannot exist."""
    if not HEX_ID.fullmatch(text):
        raise NotFound(missing)
    return text


def point_of(call: Call) -> Point:
    """The place that `lat` and `long` give, in WGS84 degrees. Raises Invalid."""
    degrees = {name: number_of(call.parameter(name)) for name in POINT_EDGES}
    for name, edge in POINT_EDGES.items():
        if not abs(degrees[name]) <= edge:
            raise Invalid.field(
                name, Text("give WGS84 degrees from -{edge} to {edge}", edge=f"{edge:g}")
            )
    return Point(**degrees)


def number_of(text: str | None) -> float:
    """The number in the text; NaN if it is not a number."""
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def new_key() -> str:
    """A random Idempotency-Key for a form, long enough that nobody can guess it."""
    return secrets.token_urlsafe(18)
