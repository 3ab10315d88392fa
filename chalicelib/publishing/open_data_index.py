"""The addresses of open data, and the documents that list it. The reports that were requested on a
day (in UTC) are in one file of each format. A day with very many reports has several parts, each
with its own files. A month lists its days, the index lists the months.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from chalicelib.publishing.open_data import Licence, decode_entries, version_of

FOLDER = "data/open/"
INDEX = f"{FOLDER}index.json"
ARCHIVES = "feeds/all/"
MOST_IN_A_PART = 2_000
"""A day with more reports in one part gets twice as many parts."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The files of a day, or of one part of it; `version` is a digest of its list,
    `updated_datetime` when the last of its reports was updated, None if it has none."""

    count: int
    version: str
    open311: str
    csv: str
    geojson: str
    feed: str
    updated_datetime: datetime | None = None


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A day (YYYY-MM-DD in UTC) and its parts; nearly always one."""

    day: str
    count: int
    updated_datetime: datetime | None
    parts: tuple[Part, ...]


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A month (YYYY-MM) and its days with reports, the newest first."""

    month: str
    days: tuple[Day, ...] = ()
    licence: Licence = Licence()


class MonthSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A month in the index; `url` is the list of its days, `first` and `last` are days."""

    month: str
    count: int
    first: str
    last: str
    updated_datetime: datetime
    url: str


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed of `kind` all, ward or service, with the code and the name of its subject."""

    kind: str
    code: str
    name: str
    url: str


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """The months with reports, the newest first, and the feeds."""

    months: tuple[MonthSummary, ...] = ()
    feeds: tuple[Feed, ...] = ()
    licence: Licence = Licence()


def day_of(moment: datetime) -> str:
    """The day in UTC, such as 2026-06-01."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def month_of_day(day: str) -> str:
    return day[:7]


def part_of(service_request_id: str, parts: int) -> int:
    """The part of its day, from 0, that a report is in."""
    return int.from_bytes(sha256(service_request_id.encode()).digest()[:4]) % parts


def number_of_parts(ids: Collection[str]) -> int:
    """The number of parts of a day with these reports, so that none has too many."""
    parts = 1
    while max(Counter(part_of(each, parts) for each in ids).values(), default=0) > MOST_IN_A_PART:
        parts *= 2
    return parts


def month_key(month: str) -> str:
    return f"{FOLDER}{month}/index.json"


def day_key(day: str) -> str:
    """The key of the document that lists the parts of a day."""
    return f"{_folder(day)}index.json"


def list_key(day: str, part: int = 0, parts: int = 1) -> str:
    """The key of the reports of a part as an Open311 list."""
    return f"{_folder(day)}requests{_suffix(part, parts)}.json"


def csv_key(day: str, part: int = 0, parts: int = 1) -> str:
    return f"{_folder(day)}requests{_suffix(part, parts)}.csv"


def geojson_key(day: str, part: int = 0, parts: int = 1) -> str:
    return f"{_folder(day)}requests{_suffix(part, parts)}.geojson"


def archive_key(day: str, part: int = 0, parts: int = 1) -> str:
    """The key of the archive feed of a part."""
    return f"{ARCHIVES}{day}{_suffix(part, parts)}.atom"


def archive_links(day: str, part: int, parts: int, outer: Mapping[str, str]) -> dict[str, str]:
    """The keys of this archive and of those before and after it, by relation; `outer` are those of
    other days."""
    links = {"self": archive_key(day, part, parts)}
    if part:
        links["prev-archive"] = archive_key(day, part - 1, parts)
    elif "prev-archive" in outer:
        links["prev-archive"] = outer["prev-archive"]
    if part + 1 < parts:
        links["next-archive"] = archive_key(day, part + 1, parts)
    elif "next-archive" in outer:
        links["next-archive"] = outer["next-archive"]
    return links


def keys_of_part(day: str, part: int, parts: int) -> tuple[str, ...]:
    """All documents of a part, the list last."""
    return tuple(make(day, part, parts) for make in (archive_key, csv_key, geojson_key, list_key))


def part_entry(day: str, part: int, parts: int, listed: bytes | None) -> Part:
    """What the day's document says of a published list."""
    entries = decode_entries(listed)
    moments = [datetime.fromisoformat(each["updated_datetime"]) for each in entries]
    return Part(
        count=len(entries),
        version=version_of(listed or b"[]"),
        updated_datetime=max(moments, default=None),
        open311=f"/{list_key(day, part, parts)}",
        csv=f"/{csv_key(day, part, parts)}",
        geojson=f"/{geojson_key(day, part, parts)}",
        feed=f"/{archive_key(day, part, parts)}",
    )


def day_entry(day: str, parts: Iterable[Part]) -> Day:
    listed = tuple(parts)
    moments = [each.updated_datetime for each in listed if each.updated_datetime]
    return Day(
        day=day,
        count=sum(each.count for each in listed),
        updated_datetime=max(moments, default=None),
        parts=listed,
    )


def month_summary(month: Month) -> MonthSummary:
    """The index's entry for a month with days."""
    return MonthSummary(
        month=month.month,
        count=sum(each.count for each in month.days),
        first=month.days[-1].day,
        last=month.days[0].day,
        updated_datetime=max(each.updated_datetime for each in month.days if each.updated_datetime),
        url=f"/{month_key(month.month)}",
    )


def _folder(day: str) -> str:
    return f"{FOLDER}{day[:7]}/{day[8:]}/"


def _suffix(part: int, parts: int) -> str:
    return "" if parts == 1 else f"-{part + 1}-of-{parts}"
