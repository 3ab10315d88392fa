"""The public reports of a month as open data: as an Open311 list, as CSV and as GeoJSON; and the
index of all such files. Months are those of UTC, as in the store's indexes.

An entry is a report as in `GET /requests.json?extensions=true`.

Sources: GeoReport v2 (wiki.open311.org/GeoReport_v2), RFC 4180 (CSV), RFC 7946 (GeoJSON), OWASP's
page on CSV injection; read in 2026.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

from chalicelib.publishing.model import JSON
from chalicelib.publishing.ports import Document

FOLDER = "data/open/"
INDEX = f"{FOLDER}index.json"
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


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a month; `version` is a digest of its list, `updated_datetime` when the last of
    its reports was updated."""

    month: str
    count: int
    version: str
    updated_datetime: datetime
    open311: str
    csv: str
    geojson: str


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed of `kind` all, ward or service, with the code and the name of its subject."""

    kind: str
    code: str
    name: str
    url: str


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """The files and feeds, the newest month first. They include all changes before
    `updated_datetime`."""

    updated_datetime: datetime
    months: tuple[Month, ...] = ()
    feeds: tuple[Feed, ...] = ()
    licence: Licence = Licence()


def month_of(moment: datetime) -> str:
    """The month in UTC, such as 2026-06."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def list_key(month: str) -> str:
    """The key of the month's reports as an Open311 list."""
    return f"{FOLDER}{month}/requests.json"


def csv_key(month: str) -> str:
    return f"{FOLDER}{month}/requests.csv"


def geojson_key(month: str) -> str:
    return f"{FOLDER}{month}/requests.geojson"


def entries_in(listed: bytes | None) -> list[Entry]:
    """The reports of a published list."""
    entries: list[Entry] = msgspec.json.decode(listed) if listed else []
    return entries


def with_entries(listed: bytes | None, now: Mapping[str, Entry | None]) -> list[Entry]:
    """The list with each report of `now` (by id) as given, or removed if that is None; the newest
    first."""
    entries: dict[str, Entry | None] = {
        each["service_request_id"]: each for each in entries_in(listed)
    }
    entries |= now
    found = [each for _, each in sorted(entries.items()) if each is not None]
    return sorted(found, key=lambda each: str(each["requested_datetime"]), reverse=True)


def month_documents(month: str, entries: Sequence[Entry]) -> dict[str, Document]:
    """The files of a month, by key."""
    return {
        list_key(month): Document(msgspec.json.encode(entries), JSON),
        csv_key(month): Document(as_csv(entries), CSV),
        geojson_key(month): Document(as_geojson(entries), GEOJSON),
    }


def as_csv(entries: Iterable[Entry]) -> bytes:
    """The reports as a table in UTF-8, without a byte order mark: programs that do not expect it
    would make it part of the first column's name."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for entry in entries:
        table.writerow([cell(_value(entry, column)) for column in COLUMNS])
    return written.getvalue().encode()


def as_geojson(entries: Iterable[Entry]) -> bytes:
    """The reports as features; one without a known place has no geometry."""
    features = [_feature(entry) for entry in entries]
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def version_of(listed: bytes) -> str:
    """A short digest of a published list."""
    return sha256(listed).hexdigest()[:12]


def digest_of(entry: Entry) -> str:
    """A short digest of a report's entry, whatever the order of its fields."""
    return version_of(msgspec.json.encode(entry, order="deterministic"))


def month_entry(month: str, listed: bytes) -> Month | None:
    """The index's entry for a month; None if it has no report."""
    entries = entries_in(listed)
    if not entries:
        return None
    return Month(
        month=month,
        count=len(entries),
        version=version_of(listed),
        updated_datetime=max(datetime.fromisoformat(each["updated_datetime"]) for each in entries),
        open311=f"/{list_key(month)}",
        csv=f"/{csv_key(month)}",
        geojson=f"/{geojson_key(month)}",
    )


def _value(entry: Entry, column: str) -> Any:
    return entry[column] if column in entry else entry[EXTENSIONS].get(column)


def cell(value: Any) -> Any:
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
