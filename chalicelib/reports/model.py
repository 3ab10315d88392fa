"""The ServiceRequest: one aggregate, its recent timeline within, and the rules of its life.

Field names are Open311's (GeoReport v2). Datetimes are aware and in UTC; `lat` and `long` are
WGS84 degrees.
"""

from datetime import UTC, datetime, time
from typing import Literal

import msgspec
from msgspec.structs import replace

from chalicelib.geo.point import Point, point_if_known
from chalicelib.kernel.time import text_of, truncate_to_second
from chalicelib.reports.needs import open_needs
from chalicelib.reports.parts import (
    ATTENTIONS,
    Attention,
    Contact,
    ContactKind,
    HeldUpdate,
    OfficerChange,
    Update,
)
from chalicelib.reports.published import Delay, Visibility
from chalicelib.reports.report_fields import ReportFields
from chalicelib.reports.states import CLOSED_STATES, DONE_STATES, OPEN_STATES, status_of

TIMELINE_LIMIT_BYTES = 48 * 1024
"""The size of the timeline in the report's item; older updates are stored in archive items."""
NO_TARGET = "9999-12-31T23:59:59Z"
"""The target in the sort key of a report without a target, so that these reports come last."""
MOST_DUPLICATES = 1000
"""How many reports can be merged into one: their ids are in its item, which has at most 400 KB."""
MOST_OFFICER_CHANGES = 10
"""How many of the officers' last changes a report keeps: those of the last minutes."""
RetentionKind = Literal["unconfirmed", "closed"]


class ServiceRequest(ReportFields, frozen=True, kw_only=True):
    """A report: its fields, and the values that follow from them."""

    @property
    def point(self) -> Point | None:
        return point_if_known(self.lat, self.long)

    @property
    def promised_datetime(self) -> datetime | None:
        """The target that the report had first."""
        return self.delays[0].promised_datetime if self.delays else self.expected_datetime

    @property
    def delay(self) -> Delay | None:
        """The reason for the present date if it is later than the date that was promised first;
        else None."""
        expected, first = self.expected_datetime, self.promised_datetime
        return self.delays[-1] if expected and first and expected > first else None

    @property
    def is_untouched(self) -> bool:
        """True while nobody has worked on the report. A report with archived updates counts as
        worked on."""
        is_new = self.state == "open" and self.visibility not in ("hidden", "withdrawn")
        return is_new and not self.archived and all(u.by == "resident" for u in self.updates)

    @property
    def attention(self) -> Attention | None:
        """The most urgent reason why an officer has to look at the report, None if there is
        none."""
        found = self.attentions
        return next((each for each in ATTENTIONS if each in found), None)

    @property
    def attentions(self) -> frozenset[Attention]:
        """Every reason to look at the report."""
        if self.visibility in ("hidden", "withdrawn"):
            return frozenset()
        if self.visibility == "held":
            return frozenset(("held",))
        reasons = {need.reason for need in self.needs if need.is_open}
        photo_waits = any(photo.state == "waiting" for photo in self.photos)
        is_lost = self.point is None and not self.placeless
        waits = self.visibility == "waiting" or is_lost or photo_waits
        found: dict[Attention, bool] = {
            "waiting": waits or bool(self.waiting_updates) or "contractor_text" in reasons,
            "flagged": bool(self.flags),
            "slot_lost": "slot_lost" in reasons,
            "refund_failed": "refund_failed" in reasons,
            "could_not": "could_not" in reasons,
            "handed_over": "handed_over" in reasons,
            "answered": "answered" in reasons,
            "updated": "updated" in reasons,
            "review": self.review_on is not None,
        }
        return frozenset(each for each in found if found[each])

    @property
    def attention_since(self) -> datetime:
        """When the report began to need attention; for a held report, when it is released."""
        if self.visibility == "held" and self.publish_at:
            return self.publish_at
        if self.attention == "flagged":
            return self.flags[0].datetime
        if self.attention == "review" and self.review_at:
            return self.review_at
        since = (each.since for each in open_needs(self.needs) if each.reason == self.attention)
        return next(since, self.requested_datetime)

    @property
    def review_at(self) -> datetime | None:
        """The beginning of the day of its review in UTC."""
        return datetime.combine(self.review_on, time(), UTC) if self.review_on else None

    @property
    def queue_target(self) -> datetime | None:
        """The time until which officers have to deal with the report: its target, or its review if
        nothing else is to be done."""
        return self.review_at if self.attention == "review" else self.expected_datetime

    @property
    def waits_for(self) -> Literal["reporter"] | None:
        """`reporter` while an open report has a question that the reporter has not answered."""
        is_open = self.state in OPEN_STATES and any(each.is_open for each in self.questions)
        return "reporter" if is_open else None

    @property
    def is_to_do(self) -> bool:
        """True while officers have work to do on the report."""
        return status_of(self.state) == "open" and not self.is_inactive

    @property
    def is_in_queue(self) -> bool:
        """True if the report is in the queue: it is still to be done, or it is closed but somebody
        has to look at it."""
        return self.is_to_do or (self.attention is not None and not self.is_inactive)

    @property
    def target_position(self) -> str:
        """The sort key of the report in the queue: by target; reports without one come last."""
        target = self.queue_target
        return f"{text_of(target) if target else NO_TARGET}#{self.service_request_id}"

    @property
    def is_inactive(self) -> bool:
        """True if the report is hidden, withdrawn or unconfirmed, so nobody works on it."""
        return self.visibility in ("hidden", "withdrawn", "unconfirmed")

    @property
    def retention_kind(self) -> RetentionKind | None:
        """The retention rule that applies: `unconfirmed` removes the whole report, `closed` the
        sender and then the flags. None if neither applies, or nothing is left to remove."""
        if self.visibility == "unconfirmed":
            return "unconfirmed"
        is_closed = self.state in CLOSED_STATES and self.visibility != "withdrawn"
        return "closed" if is_closed and (self.flags or not self.forgotten) else None

    @property
    def retention_since(self) -> datetime:
        """The moment at which the retention time for `retention_kind` begins."""
        if self.retention_kind != "closed":
            return self.requested_datetime
        closed = self.closed_datetime or self.updated_datetime
        reviewed = max(closed, self.review_at) if self.review_at else closed
        return max(reviewed, self.flags[0].datetime) if self.forgotten else reviewed

    def find_officer_change(self, change_id: str) -> OfficerChange | None:
        """Find the change with that id among the last MOST_OFFICER_CHANGES; None if it is not
        there."""
        return next((each for each in self.officer_changes if each.change_id == change_id), None)

    @property
    def told_from(self) -> datetime | None:
        """The moment from which people are notified of the present state, None if at once. Until
        then an officer can undo the change."""
        effective = (each for each in self.officer_changes if not each.is_taken_back)
        return max((each.told_from for each in effective if each.told_from), default=None)

    @property
    def taken_back(self) -> frozenset[int]:
        """The versions of changes that an officer undid before anybody was notified of them."""
        return frozenset(each.version for each in self.officer_changes if each.is_taken_back)

    @property
    def was_ever_public(self) -> bool:
        """True if people have, or may have, been notified that the report is public."""
        shown = [each for each in self.officer_changes if each.shows]
        never = bool(shown) and all(each.is_taken_back for each in shown)
        return self.once_public and not never

    @property
    def waiting_updates(self) -> tuple[HeldUpdate, ...]:
        """The held updates that no officer has refused."""
        return tuple(each for each in self.held_updates if not each.refused)

    def photos_of(self, update_id: str | None) -> tuple[str, ...]:
        """Ids of the shown photos of an update, or of the report itself."""
        return tuple(
            photo.photo_id
            for photo in self.photos
            if photo.update_id == update_id and photo.state == "shown"
        )

    def with_update(self, update: Update) -> "ServiceRequest":
        """The report with the update at the end of its timeline; the caller has checked the
        state."""
        was_done, is_done = (each in DONE_STATES for each in (self.state, update.state))
        has_failed = was_done and update.state == "reopen" and update.by == "resident"
        return replace(
            self,
            state=update.state,
            repairs=self.repairs + (is_done and not was_done),
            failed_repairs=self.failed_repairs + has_failed,
            duplicate_of=self.duplicate_of if update.state == "duplicate" else None,
            planned_day=self.planned_day if update.state == self.state else None,
            updated_datetime=max(self.updated_datetime, update.datetime),
            closed_datetime=self._closed_after(update),
            updates=(*self.updates, replace(update, version=self.version + 1)),
        )

    def _closed_after(self, update: Update) -> datetime | None:
        if update.state not in CLOSED_STATES:
            return None
        return self.closed_datetime if self.state in CLOSED_STATES else update.datetime

    def with_visibility(self, visibility: Visibility, at: datetime) -> "ServiceRequest":
        """The report with a new visibility since `at`."""
        return replace(
            self.with_updated_datetime(at),
            visibility=visibility,
            publish_at=None,
            once_public=self.once_public or visibility == "public",
        )

    def without_contact(self) -> "ServiceRequest":
        """The report without its contact, their language and the keys of their addresses."""
        return replace(self, contact=None, language=None, email_key=None, phone_key=None)

    def without_address(self, kind: ContactKind) -> "ServiceRequest":
        """The report without that address of its contact and the key of the address."""
        contact = replace(self.contact or Contact(), **{kind: None})
        rest = contact if contact != Contact() else None
        return replace(self, contact=rest, **{f"{kind}_key": None})  # type: ignore[arg-type]

    def with_updated_datetime(self, at: datetime) -> "ServiceRequest":
        """The report with a new `updated_datetime`, after a change that others can see."""
        return replace(self, updated_datetime=max(self.updated_datetime, truncate_to_second(at)))

    def split_timeline(self) -> tuple["ServiceRequest", tuple[Update, ...]]:
        """Split off the oldest updates so that the timeline fits the report's item.

        Returns: the report with the shorter timeline, and the updates to archive.
        """
        sizes = [len(msgspec.json.encode(update)) for update in self.updates]
        cut = 0
        while sum(sizes[cut:]) > TIMELINE_LIMIT_BYTES:
            cut += 1
        kept = replace(self, updates=self.updates[cut:], archived=self.archived + cut)
        return kept, self.updates[:cut]
