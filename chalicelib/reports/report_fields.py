"""The fields of a report."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from chalicelib.catalogue.decisions import Opens, Priority, Reason
from chalicelib.reports.needs import Needs
from chalicelib.reports.orders import Order
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
from chalicelib.reports.published import Delay, Visibility
from chalicelib.reports.states import State


class ReportFields(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it is stored. `version` is 0 until the report is stored. `updates` are the recent
    updates, oldest first; `held_updates` wait for an officer; `archived` counts the updates that
    were moved out of the item. Without `lat` and `long` an officer has to find the place,
    unless it is `placeless`, because its service needs none.
    `premises_id` names the premises whose place and address it has, and `collection` the missed one
    that it is about. `order` is what it costs and books.
    `review_on` is when officers look again at what was granted. `publish_at` is
    when a held report becomes public. `duplicates` are the ids of the reports that were merged into
    this one. `redactions` counts how often something was taken back. `ward_code` is the ward that
    the place belonged to when the report was requested. `once_public` says that everybody could see
    the report, so that followers of public reports hear when it stops being public. `email_key` and
    `phone_key` are digests: a person who confirms the contact's address finds the report among
    their own by them. `closed_datetime` is when the report was closed, None if it is not closed or
    the time is not known. `forgotten` says that the sender was forgotten: no note is kept from then
    on. `alerts` says that the sender wants to hear what becomes of the report, and `language` in
    which language they asked; the language of their account comes first. `repairs` counts how often
    the report was said to be done, `failed_repairs` how often a resident then said that it is not;
    `said_fixed` and `said_not_fixed` count the answers of the people who were asked. `opens` says
    whether rules gave the report to a crew or to an officer, and `because` has their reasons.
    `decided_by_hand` names what an officer chose; rules leave that alone. `delays` are the later
    dates that were given, the last one last. `planned_day` is when a crew is planned to come, while
    the state says so. `needs` are the reasons to look at the report, including those that an
    officer dealt with. `officer_changes` are the last changes by officers, oldest first."""

    service_request_id: str
    fingerprint: str
    service_code: str
    team: str
    state: State
    visibility: Visibility
    description: str
    lat: float | None
    long: float | None
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    delays: tuple[Delay, ...] = ()
    planned_day: date | None = None
    title: str | None = None
    address: str | None = None
    premises_id: str | None = None
    placeless: bool = False
    review_on: date | None = None
    collection: MissedCollection | None = None
    order: Order | None = None
    asset_id: str | None = None
    attributes: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    photos: tuple[Photo, ...] = ()
    priority: Priority = "normal"
    opens: Opens = "officer"
    because: tuple[Reason, ...] = ()
    decided_by_hand: tuple[ManualChoice, ...] = ()
    duplicate_of: str | None = None
    duplicates: tuple[str, ...] = ()
    publish_at: datetime | None = None
    contact: Contact | None = None
    anonymous: bool = False
    channel: Channel = "online"
    reporter: str | None = None
    email_key: str | None = None
    phone_key: str | None = None
    closed_datetime: datetime | None = None
    forgotten: bool = False
    alerts: bool = False
    language: str | None = None
    external_reference: str | None = None
    ward_code: str | None = None
    once_public: bool = False
    followers: int = 0
    repairs: int = 0
    failed_repairs: int = 0
    said_fixed: int = 0
    said_not_fixed: int = 0
    redactions: int = 0
    flags: tuple[Flag, ...] = ()
    questions: tuple[Question, ...] = ()
    needs: Needs = ()
    updates: tuple[Update, ...] = ()
    held_updates: tuple[HeldUpdate, ...] = ()
    archived: int = 0
    officer_changes: tuple[OfficerChange, ...] = ()
    version: int = 0
