"""Parses the forms that other systems post through Open311 into drafts.

Field names are those of GeoReport v2, "POST Service Request", and of its extension for updates;
`deviceid` is FixMyStreet's spelling. Fields that are not named here (device_id, account_id and the
like) are accepted and not kept. The sender is a program that cannot change what it sends, and
would send a refused report again and again. So optional values are cut, or left out if they cannot
be used. If a text is cut, the whole text is kept for officers.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from chalicelib.catalogue.services import PlaceKind
from chalicelib.errors import FieldError, Invalid
from chalicelib.kernel.field_types import Email, Phone
from chalicelib.kernel.parsing import parse
from chalicelib.kernel.typed_text import clean_text
from chalicelib.reports.drafts import Draft
from chalicelib.reports.partner import MOST_PHOTOS, PartnerReport, PartnerUpdate
from chalicelib.reports.states import EXTERNAL_STATES, LABELS, State

FormFields = Mapping[str, tuple[str, ...]]
"""A posted form: texts without white space round them, at least one under each name."""

AnswerLimits = Mapping[str, int | None]
"""The questions of a service by their codes: how many characters an answer may have, None if the
answer is not free text."""

_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]+)\](?:\[[0-9]*\])?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]*)?", re.ASCII)
_POINT = ("lat", "long")
LONGEST_LINE = 200
LONGEST_DESCRIPTION = 4000
LONGEST_UPDATE = 2000
_EMPTY_NAMES = ("", "-")
_STATUSES: Mapping[str, State | None] = {**EXTERNAL_STATES, "unchanged": None}
_OPEN311_NAMES = {
    "contact.email": "email",
    "contact.name": "first_name",
    "contact.phone": "phone",
    "address": "address_string",
    "photo_ids": "media_url",
    "premises_id": "address_id",
    "text": "description",
}


def attributes_in(fields: FormFields) -> dict[str, list[str]]:
    """The answers that were given, by code: `attribute[C]`, `attribute[C][]`, `attribute[C][0]`,
    each as often as it comes."""
    found: dict[str, list[str]] = {}
    for name, values in fields.items():
        if named := _ATTRIBUTE.fullmatch(name):
            found.setdefault(named[1], []).extend(values)
    return found


def check_location(fields: FormFields) -> None:
    """Raises Invalid if no field says where the problem is."""
    if not (_has_point(fields) or "address_string" in fields or "address_id" in fields):
        raise Invalid.field("lat", "lat and long, address_string or address_id required")


def parse_report(
    fields: FormFields,
    files: tuple[bytes, ...],
    *,
    service_name: str,
    asked: AnswerLimits,
    needs: PlaceKind,
) -> PartnerReport:
    """The report from a posted form. A description is not required: the service's name replaces a
    missing one. A point with only one coordinate is ignored, and answers to questions that are no
    longer `asked` are left out. Where a service needs premises, `address_id` is their id; where it
    needs no place, the location that Open311 requires is left out. Raises Invalid."""
    cutter = _Cutter()
    answers = _answers_in(fields, asked, cutter)
    description = _clean_text(_first_value(fields, "description")) or service_name
    sent = {
        "service_code": _first_value(fields, "service_code"),
        **_PLACES[needs](fields),
        "description": cutter.cut(description, LONGEST_DESCRIPTION),
        "attributes": answers or None,
        "contact": _contact_in(fields),
    }
    return PartnerReport(
        draft=parse(sent, Draft),
        full_text=cutter.full_text,
        media_urls=_media_urls_in(fields),
        files=files,
    )


def _answers_in(fields: FormFields, asked: AnswerLimits, cutter: "_Cutter") -> dict[str, list[str]]:
    given = attributes_in(fields)
    return {
        code: [cutter.cut(_clean_text(each), asked[code], f"{code}: ") for each in given[code]]
        for code in given
        if code in asked
    }


def parse_update(fields: FormFields, files: tuple[bytes, ...]) -> PartnerUpdate:
    """The update from a posted form; if it has no text, the text is its status. Raises Invalid."""
    said = _first_value(fields, "status") or "unchanged"
    status = said.lower().replace(" ", "_")
    if status not in _STATUSES:
        known = ", ".join(_STATUSES).upper()
        raise Invalid.field("status", f"must be one of {known}")
    state, cutter = _STATUSES[status], _Cutter()
    words = _clean_text(_first_value(fields, "description")) or (
        LABELS[state] if state else "Updated"
    )
    sent = {
        "text": cutter.cut(words, LONGEST_UPDATE),
        "state": state,
        "media_urls": _media_urls_in(fields),
    }
    return replace(parse(sent, PartnerUpdate), files=files, full_text=cutter.full_text)


class _Cutter:
    """Shortens texts to the length that a report allows, and collects the full texts."""

    def __init__(self) -> None:
        self._wholes: list[str] = []

    @property
    def full_text(self) -> str | None:
        return "\n\n".join(self._wholes) or None

    def cut(self, text: str, longest: int | None, label: str = "") -> str:
        """The text, cut to at most `longest` characters; None does not cut it."""
        if longest is None or len(text) <= longest:
            return text
        self._wholes.append(f"{label}{text}")
        return _shorten(text, longest)


def with_open311_names(faults: tuple[FieldError, ...]) -> Iterator[FieldError]:
    """The faults of a draft, under the field names that the sender uses."""
    for field, message in faults:
        if field.startswith("attributes."):
            yield FieldError(f"attribute[{field.removeprefix('attributes.')}]", message)
        else:
            yield FieldError(_OPEN311_NAMES.get(field, field), message)


def _has_point(fields: FormFields) -> bool:
    return all(name in fields for name in _POINT)


def _first_value(fields: FormFields, name: str) -> str | None:
    return next(iter(fields.get(name, ())), None)


def _degrees_in(fields: FormFields, name: str) -> float | str | None:
    text = _first_value(fields, name)
    if text is None or not _NUMBER.fullmatch(text):
        return text
    return float(text)


def _place_in(fields: FormFields) -> dict[str, Any]:
    point = {name: _degrees_in(fields, name) for name in _POINT} if _has_point(fields) else {}
    return point | {
        "address": _clean_line(_first_value(fields, "address_string")) or _address_id_line(fields)
    }


def _premises_in(fields: FormFields) -> dict[str, Any]:
    return {"premises_id": _clean_line(_first_value(fields, "address_id"))}


def _nothing_in(fields: FormFields) -> dict[str, Any]:
    return {}


def _address_id_line(fields: FormFields) -> str | None:
    number = _first_value(fields, "address_id")
    return _clean_line(f"address_id {number}") if number else None


def _media_urls_in(fields: FormFields) -> tuple[str, ...]:
    return fields.get("media_url", ())[:MOST_PHOTOS]


def _clean_text(text: str | None) -> str:
    return clean_text(text or "")


def _clean_line(text: str | None) -> str:
    return _shorten(" ".join(_clean_text(text).split()), LONGEST_LINE)


def _shorten(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


class _Address(msgspec.Struct):
    email: Email | None = None
    phone: Phone | None = None


def _usable_or_none(name: str, fields: FormFields) -> str | None:
    """The email address or phone number of that field, None if it is not one."""
    try:
        found = parse({name: _first_value(fields, name)}, _Address)
    except Invalid:
        return None
    return found.email or found.phone


def _contact_in(fields: FormFields) -> dict[str, str] | None:
    names = (_first_value(fields, name) or "" for name in ("first_name", "last_name"))
    name = " ".join(each for each in names if each not in _EMPTY_NAMES)
    email, phone = (_usable_or_none(name, fields) for name in ("email", "phone"))
    given = {"name": _clean_line(name), "email": email, "phone": phone}
    return {key: value for key, value in given.items() if value} or None


_PLACES: Mapping[PlaceKind, Callable[[FormFields], dict[str, Any]]] = {
    "point": _place_in,
    "premises": _premises_in,
    "none": _nothing_in,
}
