"""How reports are kept in DynamoDB: their item and its indexes.

Table: hash `service_request_id`, range `record`: `report` for the aggregate, `update#<update_id>`
for an archived update, `follower#<person>` for a follower, `answer#<answer_id>` for an answer to
the question whether the report is mended, `note#<note_id>` for a note that only officers see.
docs/ARCHITECTURE.md lists the indexes and the purpose of each. Only public reports carry `cell` and
`place`, and only reports that somebody has to look at carry `attention`: those two indexes find no
other reports.
"""

from collections.abc import Mapping
from functools import partial

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.catalogue.decisions import Opens, Priority, Reason
from chalicelib.geo.quadkey import key_of
from chalicelib.kernel.dynamo import errors
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute
from chalicelib.kernel.observability import trace
from chalicelib.kernel.time import text_of
from chalicelib.reports.keys import CELL_LENGTH, REPORT, place_by_target
from chalicelib.reports.model import (
    ByHand,
    Channel,
    Contact,
    Flag,
    HeldUpdate,
    OfficerChange,
    Photo,
    Question,
    ServiceRequest,
    Update,
    Visibility,
)
from chalicelib.reports.needs import Needs
from chalicelib.reports.states import State

translated = partial(errors.translated, "reports")


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
    """Reports that somebody has to look at: by the reason, and by the moment since when they need
    it (or, if held, until when they are held)."""

    class Meta:
        index_name = "by-attention"
        projection = IncludeProjection(
            ["service_code", "state", "visibility", "title", "requested_datetime"]
        )

    attention = UnicodeAttribute(hash_key=True)
    attention_since = UnicodeAttribute(range_key=True)


class ByRequestedMonth(GlobalSecondaryIndex["ReportItem"]):  # type: ignore[no-untyped-call]
    """All reports by when they were requested."""

    class Meta:
        index_name = "by-requested-month"
        projection = IncludeProjection(["service_code", "state", "visibility"])

    requested_month = UnicodeAttribute(hash_key=True)
    requested_datetime = MomentAttribute(range_key=True)


class ByUpdatedMonth(GlobalSecondaryIndex["ReportItem"]):  # type: ignore[no-untyped-call]
    """All reports by when they last changed."""

    class Meta:
        index_name = "by-updated-month"
        projection = IncludeProjection(["service_code", "state", "visibility"])

    updated_month = UnicodeAttribute(hash_key=True)
    updated_datetime = MomentAttribute(range_key=True)


class ByTarget(GlobalSecondaryIndex["ReportItem"]):  # type: ignore[no-untyped-call]
    """The reports that a team has to deal with, by when each is to be done."""

    class Meta:
        index_name = "by-target"
        projection = IncludeProjection(
            [
                *("service_code", "state", "title", "priority", "ward_code"),
                *("opens", "attention", "waits_for"),
            ]
        )

    open_team = UnicodeAttribute(hash_key=True)
    target_place = UnicodeAttribute(range_key=True)


class ByTeamState(GlobalSecondaryIndex["ReportItem"]):  # type: ignore[no-untyped-call]
    """All reports of a team in one state, by when they were requested."""

    class Meta:
        index_name = "by-team-state"
        projection = IncludeProjection(["service_code", "title", "lat", "long"])

    team_state = UnicodeAttribute(hash_key=True)
    requested_datetime = MomentAttribute(range_key=True)


class ByReporter(GlobalSecondaryIndex["ReportItem"]):  # type: ignore[no-untyped-call]
    """Reports by the account that sent them."""

    class Meta:
        index_name = "by-reporter"
        projection = IncludeProjection(["service_code", "state", "title"])

    reporter = UnicodeAttribute(hash_key=True)
    requested_datetime = MomentAttribute(range_key=True)


class ByContactEmail(GlobalSecondaryIndex["ReportItem"]):  # type: ignore[no-untyped-call]
    """Reports by a digest of their contact's email address."""

    class Meta:
        index_name = "by-contact-email"
        projection = KeysOnlyProjection()

    email_key = UnicodeAttribute(hash_key=True)
    requested_datetime = MomentAttribute(range_key=True)


class ByContactPhone(GlobalSecondaryIndex["ReportItem"]):  # type: ignore[no-untyped-call]
    """Reports by a digest of their contact's phone number."""

    class Meta:
        index_name = "by-contact-phone"
        projection = KeysOnlyProjection()

    phone_key = UnicodeAttribute(hash_key=True)
    requested_datetime = MomentAttribute(range_key=True)


class ByForgetting(GlobalSecondaryIndex["ReportItem"]):  # type: ignore[no-untyped-call]
    """Reports with data that expires: by what expires, and since when that time runs."""

    class Meta:
        index_name = "by-forgetting"
        projection = KeysOnlyProjection()

    forget = UnicodeAttribute(hash_key=True)
    forget_since = UnicodeAttribute(range_key=True)


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
    attributes = JsonAttribute[Mapping[str, tuple[str, ...]]](dict[str, tuple[str, ...]])
    photos = JsonAttribute[tuple[Photo, ...]](tuple[Photo, ...])
    priority: Attribute[Priority] = UnicodeAttribute()  # type: ignore[assignment]
    opens: Attribute[Opens] = UnicodeAttribute(default="officer")  # type: ignore[assignment]
    because = JsonAttribute[tuple[Reason, ...]](tuple[Reason, ...], default=())
    decided_by_hand = JsonAttribute[tuple[ByHand, ...]](tuple[ByHand, ...], default=())
    duplicate_of = UnicodeAttribute(null=True)
    publish_at = MomentAttribute(null=True)
    contact = JsonAttribute[Contact](Contact, null=True)
    anonymous = BooleanAttribute(default=False)
    channel: Attribute[Channel] = UnicodeAttribute(default="online")  # type: ignore[assignment]
    reporter = UnicodeAttribute(null=True)
    email_key = UnicodeAttribute(null=True)
    phone_key = UnicodeAttribute(null=True)
    alerts = BooleanAttribute(default=False)
    closed_datetime = MomentAttribute(null=True)
    forgotten = BooleanAttribute(default=False)
    external_reference = UnicodeAttribute(null=True)
    ward_code = UnicodeAttribute(null=True)
    once_public = BooleanAttribute(default=False)
    followers = NumberAttribute(default=0)
    repairs = NumberAttribute(default=0)
    failed_repairs = NumberAttribute(default=0)
    said_fixed = NumberAttribute(default=0)
    said_not_fixed = NumberAttribute(default=0)
    duplicates = JsonAttribute[tuple[str, ...]](tuple[str, ...], default=())
    redactions = NumberAttribute(default=0)
    flags = JsonAttribute[tuple[Flag, ...]](tuple[Flag, ...])
    questions = JsonAttribute[tuple[Question, ...]](tuple[Question, ...], default=())
    needs = JsonAttribute[Needs](Needs, default=())
    updates = JsonAttribute[tuple[Update, ...]](tuple[Update, ...])
    held_updates = JsonAttribute[tuple[HeldUpdate, ...]](tuple[HeldUpdate, ...], default=())
    archived = NumberAttribute(default=0)
    officer_changes = JsonAttribute[tuple[OfficerChange, ...]](
        tuple[OfficerChange, ...], default=()
    )
    # The keys of the indexes, derived at each write.
    cell = UnicodeAttribute(null=True)
    place = UnicodeAttribute(null=True)
    requested_month = UnicodeAttribute()
    updated_month = UnicodeAttribute()
    team_state = UnicodeAttribute()
    open_team = UnicodeAttribute(null=True)
    target_place = UnicodeAttribute(null=True)
    waits_for = UnicodeAttribute(null=True)
    attention = UnicodeAttribute(null=True)
    attention_since = UnicodeAttribute(null=True)
    forget = UnicodeAttribute(null=True)
    forget_since = UnicodeAttribute(null=True)

    by_tile = ByTile()
    by_attention = ByAttention()
    by_requested_month = ByRequestedMonth()
    by_updated_month = ByUpdatedMonth()
    by_target = ByTarget()
    by_team_state = ByTeamState()
    by_reporter = ByReporter()
    by_contact_email = ByContactEmail()
    by_contact_phone = ByContactPhone()
    by_forgetting = ByForgetting()


def item_of(report: ServiceRequest) -> ReportItem:
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
    if report.is_in_queue:
        item.open_team = report.team
        item.target_place = place_by_target(report.expected_datetime, report.service_request_id)
        item.waits_for = report.waits_for
    if report.attention:
        item.attention = report.attention
        since = text_of(report.attention_since)
        item.attention_since = f"{since}#{report.service_request_id}"
    if report.to_forget:
        item.forget = report.to_forget
        since = text_of(report.to_forget_since)
        item.forget_since = f"{since}#{report.service_request_id}"
    return item


def report_of(item: ReportItem) -> ServiceRequest:
    names = ServiceRequest.__dataclass_fields__
    return ServiceRequest(**{name: getattr(item, name) for name in names})
