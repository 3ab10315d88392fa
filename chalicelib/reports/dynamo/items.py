"""How reports are kept in DynamoDB: their item and its indexes.

Table: hash `service_request_id`, range `record`: `report` for the aggregate, `update#<update_id>`
for an archived update, `follower#<person>` for a follower, `answer#<answer_id>` for an answer to
the question whether the report is mended, `note#<note_id>` for a note that only officers see.
docs/ARCHITECTURE.md lists the indexes and the purpose of each. Only public reports carry `cell` and
`place`, and only reports that somebody has to look at carry `attention`: those two indexes find no
other reports.
"""

from collections.abc import Mapping
from datetime import date

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from chalicelib.catalogue.decisions import Opens, Priority, Reason
from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import key_of
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute, TextAttribute
from chalicelib.kernel.dynamo.item import Index, Item, index
from chalicelib.kernel.observability import trace
from chalicelib.kernel.time import text_of
from chalicelib.reports.keys import CELL_LENGTH, REPORT
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import Needs
from chalicelib.reports.orders import Order
from chalicelib.reports.outcome import Outcome, outcome_in
from chalicelib.reports.parts import (
    Channel,
    Contact,
    Flag,
    HeldUpdate,
    ManualChoice,
    MissedCollection,
    OfficerChange,
    Photo,
    Question,
    Update,
)
from chalicelib.reports.published import Delay, ReportOutline, Visibility
from chalicelib.reports.states import State, status_of
from chalicelib.texts import Text

TO_CARRY_OUT = "to carry out"


class ReportsItem(Item):
    """An item of the table."""

    store = Text("reports")
    service_request_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)


class ReportItem(ReportsItem):
    """The aggregate as it is stored. Personal data: contact, reporter, premises,
    attributes, flags."""

    record = UnicodeAttribute(range_key=True, default=REPORT)
    version = VersionAttribute()
    # Of the request that wrote this version.
    request_id = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute()
    service_code = UnicodeAttribute()
    team = UnicodeAttribute()
    state = TextAttribute[State]()
    visibility = TextAttribute[Visibility]()
    description = UnicodeAttribute()
    lat = NumberAttribute(null=True)
    long = NumberAttribute(null=True)
    requested_datetime = MomentAttribute()
    updated_datetime = MomentAttribute()
    expected_datetime = MomentAttribute(null=True)
    delays = JsonAttribute[tuple[Delay, ...]](tuple[Delay, ...], default=())
    planned_day = JsonAttribute[date](date, null=True)
    title = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    premises_id = UnicodeAttribute(null=True)
    placeless = BooleanAttribute(default=False)
    review_on = JsonAttribute[date](date, null=True)
    collection = JsonAttribute[MissedCollection](MissedCollection, null=True)
    order = JsonAttribute[Order](Order, null=True)
    asset_id = UnicodeAttribute(null=True)
    attributes = JsonAttribute[Mapping[str, tuple[str, ...]]](dict[str, tuple[str, ...]])
    photos = JsonAttribute[tuple[Photo, ...]](tuple[Photo, ...])
    priority = TextAttribute[Priority]()
    opens = TextAttribute[Opens](default="officer")
    because = JsonAttribute[tuple[Reason, ...]](tuple[Reason, ...], default=())
    decided_by_hand = JsonAttribute[tuple[ManualChoice, ...]](tuple[ManualChoice, ...], default=())
    duplicate_of = UnicodeAttribute(null=True)
    publish_at = MomentAttribute(null=True)
    contact = JsonAttribute[Contact](Contact, null=True)
    anonymous = BooleanAttribute(default=False)
    channel = TextAttribute[Channel](default="online")
    reporter = UnicodeAttribute(null=True)
    email_key = UnicodeAttribute(null=True)
    phone_key = UnicodeAttribute(null=True)
    alerts = BooleanAttribute(default=False)
    language = UnicodeAttribute(null=True)
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
    # For the figures of a month; derived at each write, like the keys of the indexes.
    outcome = JsonAttribute[Outcome](Outcome, null=True)
    # The keys of the indexes.
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
    order_work = UnicodeAttribute(null=True)
    order_since = UnicodeAttribute(null=True)

    # Public reports: `cell` is a coarse quadkey, `place` the finest one and the id.
    by_tile: Index["ReportItem"] = index("by-tile", "cell", "place")
    # Reports that somebody has to look at: by the reason, and by the moment since when they need
    # it (or, if held, until when they are held).
    by_attention: Index["ReportItem"] = index("by-attention", "attention", "attention_since")
    by_requested_month: Index["ReportItem"] = index(
        "by-requested-month", "requested_month", "requested_datetime"
    )
    by_updated_month: Index["ReportItem"] = index(
        "by-updated-month", "updated_month", "updated_datetime"
    )
    # The reports that a team has to deal with, by when each is to be done.
    by_target: Index["ReportItem"] = index("by-target", "open_team", "target_place")
    by_team_state: Index["ReportItem"] = index("by-team-state", "team_state", "requested_datetime")
    by_reporter: Index["ReportItem"] = index("by-reporter", "reporter", "requested_datetime")
    by_contact_email: Index["ReportItem"] = index(
        "by-contact-email", "email_key", "requested_datetime"
    )
    by_contact_phone: Index["ReportItem"] = index(
        "by-contact-phone", "phone_key", "requested_datetime"
    )
    # Reports with data that expires: by what expires, and since when that time runs.
    by_forgetting: Index["ReportItem"] = index("by-forgetting", "forget", "forget_since")
    # Requests whose order is not carried out, by when they were updated.
    by_order: Index["ReportItem"] = index("by-order", "order_work", "order_since")


OUTLINE_ATTRIBUTES = (
    *("service_request_id", "visibility", "state", "lat", "long", "requested_datetime"),
    *("updated_datetime", "photos"),
)
"""The attributes that an outline is made from."""


def item_of(report: ServiceRequest) -> ReportItem:
    item = ReportItem.of(report)
    if report.visibility == "public" and report.point:
        key = key_of(report.point)
        item.cell = key[:CELL_LENGTH]
        item.place = f"{key}-{report.service_request_id}"
    item.request_id = trace.current_id()
    item.requested_month = report.requested_datetime.date().isoformat()[:7]
    if not report.archived:
        item.outcome = outcome_in(report.updates, report)
    item.updated_month = report.updated_datetime.date().isoformat()[:7]
    item.team_state = f"{report.team}#{report.state}"
    if report.is_in_queue:
        item.open_team = report.team
        item.target_place = report.target_position
        item.waits_for = report.waits_for
    if report.attention:
        item.attention = report.attention
        since = text_of(report.attention_since)
        item.attention_since = f"{since}#{report.service_request_id}"
    if report.retention_kind:
        item.forget = report.retention_kind
        since = text_of(report.retention_since)
        item.forget_since = f"{since}#{report.service_request_id}"
    if report.order and report.order.is_to_carry_out:
        item.order_work = TO_CARRY_OUT
        since = text_of(report.updated_datetime)
        item.order_since = f"{since}#{report.service_request_id}"
    return item


def report_of(item: ReportItem) -> ServiceRequest:
    return item.read_as(ServiceRequest)


def outline_of(item: ReportItem) -> ReportOutline:
    """The outline in an item of which at least OUTLINE_ATTRIBUTES was read."""
    has_place = item.lat is not None and item.long is not None
    return item.read_as(
        ReportOutline,
        is_public=item.visibility == "public",
        is_open=status_of(item.state) == "open",
        point=Point(lat=float(item.lat), long=float(item.long)) if has_place else None,
        has_photos=bool(item.photos),
    )
