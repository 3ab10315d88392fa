"""Reads the stream of the reports' table: each change of a report is a fact."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.events import CaseChange, Event, ReportChanged, ReportSubmitted
from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import MAP_ZOOM, key_of
from chalicelib.reports.keys import REPORT
from chalicelib.reports.states import OPEN_STATES

UNPUBLISHED_VALUES = frozenset(
    (
        *("schema", "version", "request_id", "fingerprint", "redactions", "archived"),
        *("duplicates",),
        *("team", "team_state", "priority", "attention", "attention_since", "flags", "publish_at"),
        *("contact", "anonymous", "reporter", "attributes", "once_public", "channel"),
        *("premises_id", "order", "review_on"),
        *("email_key", "phone_key", "closed_datetime", "forgotten", "forget", "forget_since"),
        *("opens", "because", "decided_by_hand", "officer_changes", "held_updates"),
        *("questions", "needs", "waits_for", "open_team", "target_place"),
        *("alerts", "repairs", "failed_repairs", "said_fixed", "said_not_fixed"),
    )
)
"""Values of a report that not everybody sees, or that say nothing by themselves."""

FIGURE_VALUES = ("visibility", "service_code", "ward_code", "outcome")
"""Values of a report that its figures follow from, besides that it is open."""

WORK_VALUES = (
    *("service_code", "lat", "long", "address", "premises_id"),
    *("collection", "attributes", "redactions"),
)
"""Values of a report that say what its work is, besides what it orders and whether it is
cancelled."""
CANCELLED = "cancelled"

Image = Mapping[str, Any]
"""An item as the stream has it: each value under the name of its type."""


def fact_of(record: Mapping[str, Any]) -> Event | None:
    """The fact in a record of the table's stream; None if it is not about a report.

    `record` has the shape that DynamoDB Streams gives to Lambda, with both images.
    """
    change = record["dynamodb"]
    new, old = change.get("NewImage"), change.get("OldImage")
    if new is None or new["record"]["S"] != REPORT:
        return None
    common = {
        "event_id": record["eventID"],
        "service_request_id": new["service_request_id"]["S"],
        "request_id": new.get("request_id", {}).get("S", ""),
        "stored_at_ms": int(change.get("ApproximateCreationDateTime", 0) * 1000),
        "version": int(new["version"]["N"]),
        "tile": _tile_in(new),
        "day": new["requested_datetime"]["S"][:10],
        "state": new["state"]["S"],
    }
    return _submission_fact(common, new) if old is None else _change_fact(common, old, new)


def _submission_fact(common: Mapping[str, Any], new: Image) -> ReportSubmitted:
    return ReportSubmitted(
        **common,
        photos=tuple(sorted(_photos_in(new))),
        is_new=_is_public(new) and not _was_elsewhere(new),
        shows_change=_is_public(new),
        moves_figures=_is_public(new),
        moves_order=bool(_order_in(new)),
        case_change="opened" if _is_settled(new) else None,
    )


def _change_fact(common: Mapping[str, Any], old: Image, new: Image) -> ReportChanged:
    return ReportChanged(
        **common,
        old_tile=_tile_in(old),
        photos=tuple(sorted(_photos_in(old) | _photos_in(new))),
        purge=_needs_purge(old, new),
        appeared=_has_appeared(old, new),
        is_new=_has_appeared(old, new) and not _was_public(old),
        shows_change=_shows_change(old, new),
        old_state=old["state"]["S"],
        says_more=bool(_texts_in(new) - _texts_in(old)),
        lost_sender=_names_sender(old) and not _names_sender(new),
        repair=_repairs_in(new) if _repairs_in(new) > _repairs_in(old) else 0,
        question=_last_question_in(new) if _last_question_in(new) > _last_question_in(old) else 0,
        told_from=_told_from_in(new, common["version"]),
        takes_back=bool(_undone_changes_in(new) - _undone_changes_in(old)),
        moves_figures=_may_change_figures(old, new),
        moves_order=_order_in(old) != _order_in(new),
        is_confirmed=_is_confirmed(old, new),
        case_change=_case_change(old, new),
        old_service_code=old.get("service_code", {}).get("S", ""),
    )


def _tile_in(image: Image) -> str | None:
    if "lat" not in image or "long" not in image:
        return None
    return key_of(Point(lat=float(image["lat"]["N"]), long=float(image["long"]["N"])), MAP_ZOOM)


def _photos_in(image: Image) -> set[str]:
    return {photo["photo_id"] for photo in msgspec.json.decode(image["photos"]["S"])}


def _texts_in(image: Image) -> set[str]:
    """Ids of the updates that have text; updates moved out of the item were told before."""
    updates = msgspec.json.decode(image["updates"]["S"])
    return {update["update_id"] for update in updates if update.get("text")}


def _repairs_in(image: Image) -> int:
    # Reports that were stored before repairs were counted have none.
    return int(image.get("repairs", {"N": "0"})["N"])


def _last_question_in(image: Image) -> int:
    """The number of the newest question, 0 if none was asked."""
    questions = msgspec.json.decode(image.get("questions", {"S": "[]"})["S"])
    return max((question["number"] for question in questions), default=0)


def _is_confirmed(old: Image, new: Image) -> bool:
    """True if somebody deals with the report from now on."""
    was, is_now = (image["visibility"]["S"] for image in (old, new))
    return was == "unconfirmed" and is_now in ("private", "public")


def _order_in(image: Image) -> str | None:
    found: str | None = image.get("order", {}).get("S")
    return found


def _case_change(old: Image, new: Image) -> CaseChange | None:
    if not _is_settled(old):
        is_new = _is_settled(new) and not _is_cancelled(new) and not _is_forgotten(new)
        return "opened" if is_new else None
    if not _is_settled(new) or _is_forgotten(new) > _is_forgotten(old):
        return "gone"
    return "changed" if _work_in(old) != _work_in(new) else None


def _is_settled(image: Image) -> bool:
    """As `is_settled` of forwarding says of a report whose sender is not forgotten."""
    order = msgspec.json.decode(_order_in(image) or "{}")
    is_ordered = order.get("state", "settled") in ("settled", CANCELLED)
    return is_ordered and image["visibility"]["S"] in ("public", "private")


def _is_forgotten(image: Image) -> bool:
    return bool(image.get("forgotten", {}).get("BOOL"))


def _is_cancelled(image: Image) -> bool:
    return bool(image["state"]["S"] == CANCELLED)


def _work_in(image: Image) -> tuple[Any, ...]:
    order = msgspec.json.decode(_order_in(image) or "{}")
    booked = (order.get("booking") or {}).get("place")
    known = (image.get(name) for name in WORK_VALUES)
    return (*known, order.get("items"), booked, order.get("state"), _is_cancelled(image))


def _officer_changes_in(image: Image) -> list[dict[str, Any]]:
    # Reports that were stored before officers' changes were kept have none.
    found = image.get("officer_changes", {"S": "[]"})["S"]
    return msgspec.json.decode(found, type=list[dict[str, Any]])


def _told_from_in(image: Image, version: int) -> datetime | None:
    """Nobody is told of the officer's change in this version before this moment."""
    found = _officer_changes_in(image)
    told_from = next((each["told_from"] for each in found if each["version"] == version), None)
    return datetime.fromisoformat(told_from) if told_from else None


def _undone_changes_in(image: Image) -> set[str]:
    found = _officer_changes_in(image)
    return {each["change_id"] for each in found if each["is_taken_back"]}


def _may_change_figures(old: Image, new: Image) -> bool:
    """True if the figures may change. A report with a long timeline stores no outcome."""
    if not _is_public(old) and not _is_public(new):
        return False
    if any("S" not in image.get("outcome", {}) for image in (old, new)):
        return True
    return _is_open(old) != _is_open(new) or any(
        old.get(name) != new.get(name) for name in FIGURE_VALUES
    )


def _is_open(image: Image) -> bool:
    return image["state"]["S"] in OPEN_STATES


def _names_sender(image: Image) -> bool:
    return any("S" in image.get(name, {}) for name in ("contact", "reporter"))


def _needs_purge(old: Image, new: Image) -> bool:
    """True if something that everybody could see is no longer visible to everybody."""
    return _is_public(old) and (not _is_public(new) or old["redactions"] != new["redactions"])


def _has_appeared(old: Image, new: Image) -> bool:
    return not _is_public(old) and _is_public(new)


def _was_elsewhere(new: Image) -> bool:
    """True if the report was taken over from another system: only those have a reference when they
    are stored."""
    return "S" in new.get("external_reference", {})


def _was_public(image: Image) -> bool:
    """True if everybody could see the report at some time. A time that an officer took back before
    anybody was told does not count."""
    shown = [each["is_taken_back"] for each in _officer_changes_in(image) if each["shows"]]
    never = bool(shown) and all(shown)
    return bool(image.get("once_public", {}).get("BOOL")) and not never


def _shows_change(old: Image, new: Image) -> bool:
    changed = (name for name in {*old, *new} - UNPUBLISHED_VALUES if old.get(name) != new.get(name))
    return (_is_public(old) or _is_public(new)) and any(changed)


def _is_public(image: Image) -> bool:
    # Not by `cell`: a report whose place nobody knows has none.
    return bool(image["visibility"]["S"] == "public")
