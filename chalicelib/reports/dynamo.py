"""Reports in DynamoDB: one item a report, one conditional write a change.

Table: hash `service_request_id`, range `record`: `report` for the aggregate, `update#<update_id>`
for an archived update, `follower#<person>` for somebody who follows. docs/ARCHITECTURE.md lists
the indexes and what each is for. Only public reports carry `cell` and `place`, and only those
that somebody has to look at carry `attention`: nothing else can be found on those indexes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from botocore.exceptions import ClientError
from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.constants import STRING
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model

from chalicelib import trace
from chalicelib.errors import UpstreamFailed
from chalicelib.events import Event, ReportChanged, ReportSubmitted
from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import FINEST, MAP_ZOOM, cells_touched, cover, key_of
from chalicelib.reports.model import (
    Attention,
    Contact,
    Flag,
    Photo,
    Priority,
    ServiceRequest,
    Summary,
    Update,
    Visibility,
    Waiting,
)
from chalicelib.reports.ports import Exists, Filters, Page, Stale
from chalicelib.reports.states import State, status_of

REPORT = "report"
ARCHIVED = "update#"
FOLLOWER = "follower#"
CELL_LENGTH = 12
"""Digits of the index's partition key: cells of about 6 km at 54° N."""

T = TypeVar("T")


class Packed(Attribute[T]):
    """A value kept as JSON text, read back as `kind`."""

    attr_type = STRING

    def __init__(self, kind: Any, **options: Any) -> None:
        super().__init__(**options)
        self._kind = kind

    def serialize(self, value: T) -> str:
        return msgspec.json.encode(value).decode()

    def deserialize(self, value: str) -> T:
        decoded: T = msgspec.json.decode(value, type=self._kind)
        return decoded


class MomentAttribute(Attribute[datetime]):
    """A moment in UTC as sortable text: 2026-01-31T10:00:00Z."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return _text_of(value)

    def deserialize(self, value: str) -> datetime:
        return datetime.fromisoformat(value)


def _text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class ByTile(GlobalSecondaryIndex["ReportItem"]):  # type: ignore[no-untyped-call]
    """Public reports by place: `cell` is a coarse quadkey, `place` the finest one and the id."""

    class Meta:
        index_name = "by-tile"
        projection = IncludeProjection(
            ["service_code", "state", "title", "lat", "long", "requested_datetime"]
        )

    cell = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class ByAttention(GlobalSecondaryIndex["ReportItem"]):  # type: ignore[no-untyped-call]
    """Reports that somebody has to look at: by why, and since (or, if held, until) when."""

    class Meta:
        index_name = "by-attention"
        projection = IncludeProjection(
            ["service_code", "state", "visibility", "title", "requested_datetime"]
        )

    attention = UnicodeAttribute(hash_key=True)
    attention_since = UnicodeAttribute(range_key=True)


class ReportItem(Model):
    """The aggregate as it is stored. Personal data: contact, reporter, attributes, flags."""

    class Meta:
        table_name = ""

    service_request_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True, default=REPORT)
    version = VersionAttribute()
    # Of the request that wrote this version.
    request_id = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute()
    service_code = UnicodeAttribute()
    team = UnicodeAttribute()
    state: Attribute[State] = UnicodeAttribute()  # type: ignore[assignment]
    visibility: Attribute[Visibility] = UnicodeAttribute()  # type: ignore[assignment]
    description = UnicodeAttribute()
    lat = NumberAttribute(null=True)
    long = NumberAttribute(null=True)
    requested_datetime = MomentAttribute()
    updated_datetime = MomentAttribute()
    expected_datetime = MomentAttribute(null=True)
    title = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    asset_id = UnicodeAttribute(null=True)
    attributes = Packed[Mapping[str, tuple[str, ...]]](dict[str, tuple[str, ...]])
    photos = Packed[tuple[Photo, ...]](tuple[Photo, ...])
    priority: Attribute[Priority] = UnicodeAttribute()  # type: ignore[assignment]
    duplicate_of = UnicodeAttribute(null=True)
    publish_at = MomentAttribute(null=True)
    contact = Packed[Contact](Contact, null=True)
    anonymous = BooleanAttribute(default=False)
    reporter = UnicodeAttribute(null=True)
    external_reference = UnicodeAttribute(null=True)
    ward_code = UnicodeAttribute(null=True)
    followers = NumberAttribute(default=0)
    has_duplicates = BooleanAttribute(default=False)
    redactions = NumberAttribute(default=0)
    flags = Packed[tuple[Flag, ...]](tuple[Flag, ...])
    updates = Packed[tuple[Update, ...]](tuple[Update, ...])
    archived = NumberAttribute(default=0)
    # What the indexes are keyed by, derived at each write.
    cell = UnicodeAttribute(null=True)
    place = UnicodeAttribute(null=True)
    requested_month = UnicodeAttribute()
    updated_month = UnicodeAttribute()
    team_state = UnicodeAttribute()
    attention = UnicodeAttribute(null=True)
    attention_since = UnicodeAttribute(null=True)

    by_tile = ByTile()
    by_attention = ByAttention()


class ArchivedUpdateItem(Model):
    """An update that was moved out of its report's item; `version` is the report's."""

    class Meta:
        table_name = ""

    service_request_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    number = NumberAttribute()
    version = NumberAttribute()
    entry = Packed[Update](Update)


class FollowerItem(Model):
    """Somebody follows a report. `record` says who, in a way that only we can tell."""

    class Meta:
        table_name = ""

    service_request_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)


class DynamoRepository:
    """The reports' Repository on one DynamoDB table."""

    def __init__(self, table_name: str) -> None:
        for item in (ReportItem, ArchivedUpdateItem, FollowerItem):
            item.Meta.table_name = table_name

    def create(self, report: ServiceRequest) -> ServiceRequest:
        item = _item(report)
        with _translated(clash=Exists):
            item.save(ReportItem.service_request_id.does_not_exist())
        return _report(item)

    def save(self, report: ServiceRequest) -> ServiceRequest:
        if not report.version:
            raise Stale
        item = _item(report)
        with _translated(clash=Stale):
            item.save()
        return _report(item)

    def get(self, service_request_id: str) -> ServiceRequest | None:
        with _translated():
            try:
                return _report(ReportItem.get(service_request_id, REPORT, consistent_read=True))
            except ReportItem.DoesNotExist:
                return None

    def many(self, service_request_ids: Sequence[str]) -> Mapping[str, ServiceRequest]:
        keys = [(service_request_id, REPORT) for service_request_id in set(service_request_ids)]
        with _translated():
            found = list(ReportItem.batch_get(keys, consistent_read=True))
        return {item.service_request_id: _report(item) for item in found}

    def archive(
        self, service_request_id: str, updates: Sequence[Update], *, first: int, version: int
    ) -> None:
        for number, update in enumerate(updates, first):
            _keep(service_request_id, number, update, version)

    def archived(self, service_request_id: str) -> Sequence[Update]:
        within = ArchivedUpdateItem.record.startswith(ARCHIVED)
        with _translated():
            items = list(ArchivedUpdateItem.query(service_request_id, within, consistent_read=True))
        return [item.entry for item in sorted(items, key=lambda item: item.number)]

    def rewrite_archived(self, service_request_id: str, update: Update, *, version: int) -> None:
        with _translated():
            item = ArchivedUpdateItem.get(
                service_request_id, ARCHIVED + update.update_id, consistent_read=True
            )
        _keep(service_request_id, int(item.number), update, version)

    def drop_archived(self, service_request_id: str) -> None:
        within = ArchivedUpdateItem.record.startswith(ARCHIVED)
        with _translated(), ArchivedUpdateItem.batch_write() as batch:
            for item in ArchivedUpdateItem.query(service_request_id, within, consistent_read=True):
                batch.delete(item)

    def add_follower(self, service_request_id: str, person: str) -> None:
        with _translated():
            FollowerItem(service_request_id, FOLLOWER + person).save()

    def followers(self, service_request_id: str) -> Sequence[str]:
        within = FollowerItem.record.startswith(FOLLOWER)
        with _translated():
            items = list(FollowerItem.query(service_request_id, within, consistent_read=True))
        return [item.record.removeprefix(FOLLOWER) for item in items]

    def in_box(self, box: Box, filters: Filters, *, limit: int, after: str | None) -> Page:
        found: list[ReportItem] = []
        with _translated():
            for item in self._places_in(box, after or "", budget=8):
                if not _passes(item, box, filters):
                    continue
                if len(found) == limit:
                    return Page([_summary(item) for item in found], found[-1].place)
                found.append(item)
        return Page([_summary(item) for item in found], None)

    def near(self, box: Box, filters: Filters, *, budget: int) -> Sequence[Summary]:
        for_each_cell = max(1, budget // max(1, cells_touched(box, CELL_LENGTH)))
        with _translated():
            items = list(self._places_in(box, "", budget=for_each_cell))
        return [_summary(item) for item in items if _passes(item, box, filters)]

    def needing(
        self, attention: Attention, *, until: datetime | None, limit: int, after: str | None
    ) -> Sequence[Waiting]:
        index, since = ReportItem.by_attention, ReportItem.attention_since
        high = f"{_text_of(until)}~" if until else "~"
        with _translated():
            items = list(
                index.query(attention, since.between((after or "") + "!", high), limit=limit)
            )
        return [_waiting(item) for item in items]

    def ids(self) -> Iterator[str]:
        with _translated():
            for item in ReportItem.scan(
                ReportItem.record == REPORT,
                consistent_read=True,
                attributes_to_get=["service_request_id"],
            ):
                yield item.service_request_id

    def _places_in(self, box: Box, after: str, *, budget: int) -> Iterator[ReportItem]:
        for part in cover(box, length=FINEST, at_least=CELL_LENGTH, budget=budget):
            low, high = max(part.low, after + "!"), part.high + "~"
            if low <= high:
                cell = part.low[:CELL_LENGTH]
                yield from ReportItem.by_tile.query(cell, ReportItem.place.between(low, high))


def _keep(service_request_id: str, number: int, update: Update, version: int) -> None:
    """Stores the update outside its report, unless a later version of the report did: a writer
    that was held up must not bring back what was redacted meanwhile."""
    item = ArchivedUpdateItem(service_request_id, ARCHIVED + update.update_id)
    item.number, item.version, item.entry = number, version, update
    is_new = ArchivedUpdateItem.service_request_id.does_not_exist()
    try:
        with _translated(clash=Exists):
            item.save(is_new | (ArchivedUpdateItem.version < version))
    except Exists:
        return


def fact_of(record: Mapping[str, Any]) -> Event | None:
    """The fact that a record of the table's stream tells; None where it is not about a report.

    `record` has the shape that DynamoDB Streams gives to Lambda, with both images.
    """
    change = record["dynamodb"]
    new, old = change.get("NewImage"), change.get("OldImage")
    if new is None or new["record"]["S"] != REPORT:
        return None
    event_id = record["eventID"]
    service_request_id, version = new["service_request_id"]["S"], int(new["version"]["N"])
    request_id = new.get("request_id", {}).get("S", "")
    stored_at_ms = int(change.get("ApproximateCreationDateTime", 0) * 1000)
    if old is None:
        return ReportSubmitted(
            event_id=event_id,
            service_request_id=service_request_id,
            request_id=request_id,
            stored_at_ms=stored_at_ms,
            version=version,
            tile=_tile_in(new),
            photos=tuple(sorted(_photos_in(new))),
        )
    return ReportChanged(
        event_id=event_id,
        service_request_id=service_request_id,
        request_id=request_id,
        stored_at_ms=stored_at_ms,
        version=version,
        old_tile=_tile_in(old),
        tile=_tile_in(new),
        photos=tuple(sorted(_photos_in(old) | _photos_in(new))),
        purge=_taken_back(old, new),
    )


def _tile_in(image: Mapping[str, Any]) -> str | None:
    if "lat" not in image or "long" not in image:
        return None
    return key_of(Point(lat=float(image["lat"]["N"]), long=float(image["long"]["N"])), MAP_ZOOM)


def _photos_in(image: Mapping[str, Any]) -> set[str]:
    return {photo["photo_id"] for photo in msgspec.json.decode(image["photos"]["S"])}


def _taken_back(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """True where something that everybody could see is not for everybody any more."""
    was_public, is_public = "cell" in old, "cell" in new
    return was_public and (not is_public or old["redactions"] != new["redactions"])


@contextmanager
def _translated(clash: type[Exception] | None = None) -> Iterator[None]:
    """PynamoDB's errors as ours; `clash` stands for a condition that did not hold."""
    try:
        yield
    except PynamoDBException as error:
        if clash and _condition_failed(error):
            raise clash from error
        raise UpstreamFailed("The store of reports did not answer; send it again.") from error


def _condition_failed(error: PynamoDBException) -> bool:
    # PynamoDB's own `cause_response_code` breaks on a cause that brought no response.
    cause = error.cause
    return isinstance(cause, ClientError) and (
        cause.response["Error"].get("Code") == "ConditionalCheckFailedException"
    )


def _item(report: ServiceRequest) -> ReportItem:
    values = {name: getattr(report, name) for name in report.__dataclass_fields__}
    if not report.version:
        del values["version"]
    item = ReportItem(**values)
    if report.visibility == "public" and report.point:
        key = key_of(report.point)
        item.cell = key[:CELL_LENGTH]
        item.place = f"{key}-{report.service_request_id}"
    item.request_id = trace.current()
    item.requested_month = report.requested_datetime.date().isoformat()[:7]
    item.updated_month = report.updated_datetime.date().isoformat()[:7]
    item.team_state = f"{report.team}#{report.state}"
    if report.attention:
        item.attention = report.attention
        since = _text_of(report.attention_since)
        item.attention_since = f"{since}#{report.service_request_id}"
    return item


def _report(item: ReportItem) -> ServiceRequest:
    names = ServiceRequest.__dataclass_fields__
    return ServiceRequest(**{name: getattr(item, name) for name in names})


def _summary(item: ReportItem) -> Summary:
    return Summary(**{name: getattr(item, name) for name in Summary.__dataclass_fields__})


def _waiting(item: ReportItem) -> Waiting:
    return Waiting(
        service_request_id=item.service_request_id,
        service_code=item.service_code,
        state=item.state,
        visibility=item.visibility,
        title=item.title,
        requested_datetime=item.requested_datetime,
        place=item.attention_since,
    )


def _passes(item: ReportItem, box: Box, filters: Filters) -> bool:
    return (
        box.contains(Point(lat=item.lat, long=item.long))
        and filters.status in (None, status_of(item.state))
        and filters.service_code in (None, item.service_code)
    )
