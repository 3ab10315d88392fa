"""The kinds of facilities that a council shows, and the meaning of its files' columns."""

import re
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from chalicelib.catalogue.words import Code, ShortText, Strict

Text = Annotated[str, Meta(min_length=1, max_length=300)]
"""A text with columns in braces: `{Street}, {Town}`. Columns with a question mark are optional in a
file, as in `{Hours?}`."""
_COLUMN = re.compile(r"\{([^{}?]+)(\??)\}")


class FacilityColumns(Strict, frozen=True, kw_only=True):
    """The columns of a facility's texts. `id`: identifies it in every edition of the file; by
    default its name and place do."""

    name: Text
    id: Text | None = None
    address: Text | None = None
    opening_hours: Text | None = None
    accessible: Text | None = None
    phone: Text | None = None
    url: Text | None = None
    notes: Text | None = None

    @property
    def texts(self) -> dict[str, str]:
        """The given ones, by the field that they fill."""
        given = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: text for name, text in given.items() if text is not None}


class FacilityKind(Strict, frozen=True, kw_only=True):
    """One kind of facility. `service_code` is the service for reports about one; `only`: columns
    that must have a value for a row to count, such as a stop that is active; `found_by_name`: False
    for assets that nobody knows by a name, such as street lights."""

    kind: Code
    label: ShortText
    plural: ShortText
    icon: Code
    columns: FacilityColumns
    only: Mapping[ShortText, ShortText] = {}
    service_code: Code | None = None
    found_by_name: bool = True
    attribution: Annotated[str, Meta(max_length=300)] = ""

    @property
    def required_columns(self) -> frozenset[str]:
        """The columns that its files must have."""
        texts = self.columns.texts.values()
        return frozenset(self.only).union(*map(columns_in, texts))


def columns_in(text: str) -> frozenset[str]:
    """The columns that a text names and every file must have."""
    return frozenset(name for name, optional in _COLUMN.findall(text) if not optional)


def names_columns(text: str) -> bool:
    """True if the text names at least one column, and every brace belongs to one."""
    rest, count = _COLUMN.subn("", text)
    return count > 0 and "{" not in rest and "}" not in rest


def fill_text(text: str, values: Mapping[str, str]) -> str:
    """The text with each column's value. N/A counts as empty; a part between semicolons whose
    columns are all empty is removed, and no comma, bracket or dash stays alone."""
    parts = (_fill_part(part, values) for part in text.split(";"))
    return "; ".join(part for part in parts if part)


def _fill_part(part: str, values: Mapping[str, str]) -> str:
    if not any(_value(values, name) for name, _ in _COLUMN.findall(part)):
        return ""
    plain = _COLUMN.sub(lambda column: _value(values, column[1]), part)
    plain = re.sub(r"\(\s*\)", "", plain)
    plain = re.sub(r"\s*,(\s*,)+", ",", plain)
    return re.sub(r"\s+", " ", plain).strip(" ,;-")


def _value(values: Mapping[str, str], name: str) -> str:
    value = values.get(name, "")
    return "" if value.upper() == "N/A" else value
