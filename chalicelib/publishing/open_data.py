"""Public reports as open data: as an Open311 list, as CSV and as GeoJSON. An entry is a report as
in `GET /requests.json?extensions=true`.

Sources: GeoReport v2 (wiki.open311.org/GeoReport_v2), RFC 4180 (CSV), RFC 7946 (GeoJSON), OWASP's
page on CSV injection; read in 2026.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import msgspec

CSV = "text/csv; charset=utf-8; header=present"
GEOJSON = "application/geo+json"
FORMULA = re.compile(r"[\s\0\ufeff\u200b]*[=+@＝＋－＠-]|[\t\r\n\0]")
"""Characters with which a cell must not begin, also after invisible ones: a spreadsheet would
calculate it."""
EXTENSIONS = "extended_attributes"
COLUMNS = (
    "service_request_id",
    "status",
    "state",
    "status_notes",
    "service_code",
    "service_name",
    "title",
    "description",
    "agency_responsible",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "lat",
    "long",
    "ward_code",
    "media_url",
    "duplicate_of",
    "external_reference",
    "tracking_url",
)

Entry = Mapping[str, Any]


class Licence(msgspec.Struct, frozen=True):
    """The licence of all files."""

    name: str = "Open Government Licence v3.0"
    url: str = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


def decode_entries(listed: bytes | None) -> list[Entry]:
    """The reports of a published list."""
    entries: list[Entry] = msgspec.json.decode(listed) if listed else []
    return entries


def merge_entries(listed: bytes | None, now: Mapping[str, Entry | None]) -> list[Entry]:
    """The list with each report of `now` (by id) as given, or removed if that is None; the newest
    first."""
    entries: dict[str, Entry | None] = {
        each["service_request_id"]: each for each in decode_entries(listed)
    }
    entries |= now
    found = [each for _, each in sorted(entries.items()) if each is not None]
    return sorted(found, key=lambda each: str(each["requested_datetime"]), reverse=True)


def as_csv(entries: Iterable[Entry]) -> bytes:
    """The reports as a table in UTF-8, without a byte order mark: programs that do not expect it
    would make it part of the first column's name."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for entry in entries:
        table.writerow([escape_formula(_value(entry, column)) for column in COLUMNS])
    return written.getvalue().encode()


def as_geojson(entries: Iterable[Entry]) -> bytes:
    """The reports as features; one without a known place has no geometry."""
    features = [_feature(entry) for entry in entries]
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def version_of(listed: bytes) -> str:
    """A short digest of a published list."""
    return sha256(listed).hexdigest()[:12]


def _value(entry: Entry, column: str) -> Any:
    return entry[column] if column in entry else entry[EXTENSIONS].get(column)


def escape_formula(value: Any) -> Any:
    """Puts an apostrophe before text that a spreadsheet would read as a formula."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def _feature(entry: Entry) -> dict[str, Any]:
    lat, long = entry["lat"], entry["long"]
    place = None if lat is None else {"type": "Point", "coordinates": [long, lat]}
    properties = {name: entry[name] for name in entry if name not in ("lat", "long", EXTENSIONS)}
    return {
        "type": "Feature",
        "id": entry["service_request_id"],
        "geometry": place,
        "properties": properties | entry[EXTENSIONS],
    }
