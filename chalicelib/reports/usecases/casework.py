"""Officers work on cases: they write notes, change one or many, and take back what they did for
some minutes.

What is put back is where a report stands: its state, service, team, priority, place, who sees it.
What was typed or taken out for good (a title, a text, a contact) is not kept anywhere to be put
back.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal, NamedTuple

from chalicelib.errors import AppError, Conflict, NotFound, UpstreamFailed
from chalicelib.reports.cases import BulkDraft, Left, OneOfMany, Standing
from chalicelib.reports.model import Changes, Note, ServiceRequest, Update, to_the_second
from chalicelib.reports.needs import open_needs, reopened
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import SAID_TO_BE_DONE
from chalicelib.reports.usecases.access import (
    ATTEMPTS,
    Author,
    other_body,
    refuse_beyond_her_remit,
    rewritten,
    stored,
    visible,
)
from chalicelib.reports.usecases.changing import change, checked, saved_or_refused
from chalicelib.reports.usecases.merging import change_id
from chalicelib.reports.usecases.notes import add_note
from chalicelib.reports.usecases.unmerging import apart

OFFICER = "account:"
"""What the sender of a note begins with that an officer wrote."""

WITH_STATE = ("duplicate_of", "closed_datetime")
"""What is put back with the state, or not at all."""
DECIDED = ("service_code", "team", "priority", "expected_datetime", "lat", "long")
WITH_DECIDED = ("opens", "because", "decided_by_hand")
"""What is put back with all that was decided, or not at all."""
FOLLOWING = (*WITH_STATE, *WITH_DECIDED, "publish_at", "needs")
"""What says nothing by itself of how much was put back."""

PutBack = Literal["undone", "partly", "not_undone"]


class Changed(NamedTuple):
    """A report after a change, and what of it can be put back."""

    report: ServiceRequest
    left: Left


class Outcome(NamedTuple):
    """What became of one of many: `because` says why it was not changed."""

    service_request_id: str
    changed: Changed | None
    because: str | None


def write_note(
    service_request_id: str, text: str, key: str, author: Author, ports: Ports
) -> tuple[Note, ServiceRequest]:
    """Keeps an officer's note beside the report; the same under the same key once.

    Raises NotFound, Forbidden, Conflict.
    """
    report = visible(service_request_id, author, ports)
    refuse_beyond_her_remit(report, author)
    note_id = ports.ids.update_id(f"note:{author.scope}", service_request_id, key)
    add_note(service_request_id, note_id, f"{OFFICER}{author.account}", text, ports)
    notes = ports.repository.notes(service_request_id)
    kept = next((each for each in notes if each.note_id == note_id), None)
    if kept is None:
        raise NotFound(f"There is no report {service_request_id}.")
    if kept.text != text:
        raise other_body(report, ports)
    return kept, report


def change_case(
    service_request_id: str,
    changes: Changes,
    version: int,
    author: Author,
    ports: Ports,
    *,
    reply: str | None = None,
) -> Changed:
    """Changes a report as `change` does. Raises as that does."""
    before = visible(service_request_id, author, ports)
    after = change(service_request_id, changes, version, author, ports, reply=reply)
    return Changed(after, left_by(before, after, ports))


def change_many(
    draft: BulkDraft,
    author: Author,
    ports: Ports,
    *,
    note: Callable[[str], None],
    words: Callable[[str, ServiceRequest], str],
) -> Sequence[Outcome]:
    """Changes each of many reports that still has its version; with `check` it only says what
    would go wrong. `note` is told of each before it is changed; `words` makes the reply to each of
    the one to all."""

    def changed(one: OneOfMany) -> Changed | None:
        report = visible(one.service_request_id, author, ports)
        changes, text = draft.changes.changes, draft.changes.text
        reply = words(text, report) if text else None
        if draft.check:
            checked(one.service_request_id, changes, one.version, author, ports, reply=reply)
            return None
        note(one.service_request_id)
        return change_case(one.service_request_id, changes, one.version, author, ports, reply=reply)

    return [_outcome(each.service_request_id, partial(changed, each)) for each in draft.ids]


def put_back(left: Left, author: Author, ports: Ports) -> PutBack:
    """Puts back what is still as the change has left it; done again, it answers the same.

    Raises NotFound, Forbidden, UpstreamFailed.
    """
    for _ in range(ATTEMPTS):
        report = stored(left.service_request_id, ports)
        _refuse_if_not_hers(report, left, author, ports)
        after = _put_back(report, left, ports)
        if after is report:
            return _how_far(standing(report), left)
        try:
            return _how_far(standing(_saved(report, after, ports)), left)
        except Conflict:
            continue
    raise UpstreamFailed("Many people are writing to this report just now; send it again.")


def _refuse_if_not_hers(report: ServiceRequest, left: Left, author: Author, ports: Ports) -> None:
    """Raises NotFound, Forbidden, but of what the change itself has taken out of her remit."""
    before = replace(report, team=left.before.team, ward_code=left.before.ward_code)
    stands = (report.team, report.ward_code) == (left.after.team, left.after.ward_code)
    if not (stands and author.is_officer_for(before)):
        refuse_beyond_her_remit(visible(left.service_request_id, author, ports), author)


def publish_pictures_anew(service_request_id: str, ports: Ports) -> ServiceRequest:
    """Has the report's pictures published once more and their copies dropped, after something was
    taken out of one. Raises NotFound, UpstreamFailed."""
    return rewritten(
        lambda: stored(service_request_id, ports),
        lambda report: replace(report, redactions=report.redactions + 1),
        ports,
    )


def left_by(before: ServiceRequest, after: ServiceRequest, ports: Ports) -> Left:
    """What can be put back of that change."""
    update_id = change_id(before, ports)
    said = any(each.update_id == update_id for each in after.updates)
    return Left(
        service_request_id=before.service_request_id,
        before=standing(before),
        after=standing(after),
        update_id=update_id if said else None,
    )


def standing(report: ServiceRequest) -> Standing:
    """Where the report stands."""
    names = set(Standing.__dataclass_fields__) - {"photos", "needs"}
    values: dict[str, Any] = {name: getattr(report, name) for name in names}
    needs = (each.need_id for each in open_needs(report.needs) if each.reason != "words")
    return Standing(
        **values, needs=tuple(needs), photos={each.photo_id: each.state for each in report.photos}
    )


def _outcome(service_request_id: str, changed: Callable[[], Changed | None]) -> Outcome:
    try:
        return Outcome(service_request_id, changed(), None)
    except AppError as error:
        # Also where the store fails: those before it are changed, and their answer is worth more.
        return Outcome(service_request_id, None, error.detail)


def _saved(report: ServiceRequest, after: ServiceRequest, ports: Ports) -> ServiceRequest:
    """What was put back, stored. Raises Conflict where somebody else wrote meanwhile."""
    was_merged = report.duplicate_of is not None and after.duplicate_of is None
    return apart(report, after, ports) if was_merged else saved_or_refused(after, ports)


def _put_back(report: ServiceRequest, left: Left, ports: Ports) -> ServiceRequest:
    """The report with each thing as it was before, if it is as the change has left it; the very
    same where there is none."""
    present = standing(report)
    values = {
        name: getattr(left.before, name)
        for name in Standing.__dataclass_fields__
        if name != "photos"
        and getattr(present, name) == getattr(left.after, name) != getattr(left.before, name)
    }
    decided = {name for name in DECIDED if _differs(left, name)}
    alone = (
        *(() if "state" in values else WITH_STATE),
        *(() if decided and decided <= values.keys() else WITH_DECIDED),
    )
    values = {name: values[name] for name in values if name not in alone}
    if "needs" in values:
        values["needs"] = reopened(report.needs, values["needs"])
    photos = tuple(
        replace(each, state=_photo_state(each.photo_id, each.state, left)) for each in report.photos
    )
    if not values and photos == report.photos:
        return report
    hidden = values.get("visibility") not in (None, "public") or photos != report.photos
    state = values.pop("state", None)
    after = replace(report, photos=photos, redactions=report.redactions + hidden, **values)
    return _in_state(after, state, left, ports).touched(ports.now())


def _differs(left: Left, name: str) -> bool:
    return bool(getattr(left.before, name) != getattr(left.after, name))


def _photo_state(photo_id: str, state: Any, left: Left) -> Any:
    was = left.before.photos.get(photo_id)
    return was if was and left.after.photos.get(photo_id) == state else state


def _in_state(report: ServiceRequest, state: Any, left: Left, ports: Ports) -> ServiceRequest:
    """With the state as it was before, and what the timeline says of the change taken out where
    nothing came after it."""
    is_last = bool(report.updates) and report.updates[-1].update_id == left.update_id
    if is_last:
        return _without_last(report, state or report.state)
    if state is None:
        return report
    update_id = ports.ids.update_id("undo", report.service_request_id, left.update_id or "")
    return report.with_update(
        Update(
            update_id=update_id,
            datetime=to_the_second(ports.now()),
            state=state,
            text="",
            by="council",
            fingerprint=update_id,
        )
    )


def _without_last(report: ServiceRequest, state: Any) -> ServiceRequest:
    was_done = report.state in SAID_TO_BE_DONE and state not in SAID_TO_BE_DONE
    return replace(
        report,
        state=state,
        updates=report.updates[:-1],
        repairs=report.repairs - was_done,
        redactions=report.redactions + 1,
    )


def _how_far(present: Standing, left: Left) -> PutBack:
    names = [name for name in Standing.__dataclass_fields__ if name not in FOLLOWING]
    changed = [name for name in names if _differs(left, name)]
    back = [name for name in changed if getattr(present, name) == getattr(left.before, name)]
    if len(back) == len(changed):
        return "undone"
    return "partly" if back else "not_undone"
