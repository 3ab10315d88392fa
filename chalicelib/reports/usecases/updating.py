"""Adds entries to a report's timeline."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.errors import Forbidden, Invalid
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.drafts import UpdateDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import Need, mark_settled, with_need
from chalicelib.reports.parts import HeldUpdate, Photo, PhotoState, Update
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import State, next_state
from chalicelib.reports.usecases.access import (
    Admit,
    Author,
    author_digest,
    canonical_bytes,
    entry_key_conflict,
    get_visible_report,
    refuse_if_withdrawn,
    update_report,
)
from chalicelib.reports.usecases.attention import SETTLED_BY_REPLY
from chalicelib.reports.usecases.held_updates import find_held_update, with_held_update
from chalicelib.reports.usecases.reading import read_timeline
from chalicelib.reports.usecases.submission import photo_faults
from chalicelib.texts import Text

MOST_PHOTOS = 50
"""The most photos of a report and all its updates together: its item has to stay small."""

MOST_PHOTOS_OF_FORM = 3
"""The most photos in an update that a form posts: a request has a limited size."""


class NewEntry(Struct, frozen=True, kw_only=True):
    """A new entry for a timeline. `state_after` gives the state of the report after it. If the id
    is there already, that entry stays, and a different entry under it is refused; photos that do
    not fit are refused. With `is_partners` neither is refused: the partner would send it for ever.
    With `is_held` the entry waits for an officer if everybody would see it; `requested_state`
    is then the state that it asks for."""

    update_id: str
    fingerprint: str
    text: str
    photo_ids: Sequence[str]
    state_after: Callable[[ServiceRequest], State]
    is_partners: bool = False
    is_held: bool = False
    requested_state: State | None = None


def council_update(
    update_id: str, fingerprint: str, state: State, text: str, ports: Ports
) -> Update:
    """A new update in the council's name, at the present time."""
    return Update(
        update_id=update_id,
        datetime=truncate_to_second(ports.now()),
        state=state,
        text=text,
        by="council",
        fingerprint=fingerprint,
    )


def add_update(
    service_request_id: str,
    draft: UpdateDraft,
    key: str,
    author: Author,
    ports: Ports,
    *,
    admit: Admit | None = None,
) -> tuple[Update, ServiceRequest]:
    """Adds an update to a report's timeline; the same draft under the same key is added once.
    Returns the update and the report that has it.

    Raises NotFound, Forbidden (the caller asks for a state and is not the report's staff), Invalid,
    Conflict, and as `admit` does.
    """
    if faults := list(photo_faults(draft.photo_ids or [], key, author, ports)):
        raise Invalid(faults[0].message, faults)
    entry = NewEntry(
        update_id=ports.ids.update_id(author.scope, service_request_id, key),
        fingerprint=ports.ids.fingerprint(canonical_bytes(draft)),
        text=draft.text,
        photo_ids=draft.photo_ids or (),
        state_after=lambda report: _state_after(report, draft, author),
    )
    added, report = append_entry(service_request_id, entry, author, ports, admit=admit)
    assert added, "An update that was stored is in the timeline."
    return added, report


def add_update_with_files(
    service_request_id: str,
    draft: UpdateDraft,
    key: str,
    author: Author,
    ports: Ports,
    *,
    files: Sequence[bytes],
    admit: Admit | None = None,
) -> tuple[Update, ServiceRequest]:
    """Adds an update with the photos that a form posted. A repeat takes no photo again. Raises as
    `add_update` does."""
    if len(files) > MOST_PHOTOS_OF_FORM:
        raise Invalid.field(
            "photos", Text("choose at most {most} photos", most=MOST_PHOTOS_OF_FORM)
        )
    report = get_visible_report(service_request_id, author, ports)
    update_id = ports.ids.update_id(author.scope, service_request_id, key)
    photo_ids = [each.photo_id for each in report.photos if each.update_id == update_id]
    if not find_update(report, update_id, ports):
        for raw in files:
            photo_ids.append(
                ports.photos.add_file(raw, key, author.scope, photo_ids, about=service_request_id)
            )
    with_photos = replace(draft, photo_ids=photo_ids or None)
    return add_update(service_request_id, with_photos, key, author, ports, admit=admit)


def append_entry(
    service_request_id: str,
    entry: NewEntry,
    author: Author,
    ports: Ports,
    *,
    admit: Admit | None = None,
) -> tuple[Update | None, ServiceRequest]:
    """Adds the entry. Returns it as it is in the timeline, or None if it waits for an officer, and
    the report that has it. Raises NotFound, Conflict, Invalid, TooMany, and as `state_after` and
    `admit` do."""

    def change(report: ServiceRequest) -> ServiceRequest:
        refuse_if_withdrawn(report)
        if earlier := find_update(report, entry.update_id, ports):
            if earlier.fingerprint != entry.fingerprint and not entry.is_partners:
                raise entry_key_conflict(report, ports)
            return report
        if find_held_update(report, entry.update_id):
            return report
        if entry.is_held and report.visibility == "public":
            return _with_held_entry(report, entry, author, ports)
        return _with_entry(report, entry, author, ports, admit)

    after = update_report(
        lambda: get_visible_report(service_request_id, author, ports), change, ports
    )
    return find_update(after, entry.update_id, ports), after


def _with_entry(
    report: ServiceRequest, entry: NewEntry, author: Author, ports: Ports, admit: Admit | None
) -> ServiceRequest:
    """The report with the entry in its timeline. Raises as `append_entry` does."""
    update = Update(
        update_id=entry.update_id,
        datetime=truncate_to_second(ports.now()),
        state=entry.state_after(report),
        text=entry.text,
        by="council" if author.is_staff_for(report) else "resident",
        fingerprint=entry.fingerprint,
    )
    if author.account and update.by == "resident":
        update = replace(update, author=author_digest(author.account, ports))
    longer = _with_needs(_with_update_and_photos(report, update, entry, ports), update, author)
    if admit:
        admit()
    if update.author:
        ports.repository.add_author(report.service_request_id, update.author)
    return longer


def _with_held_entry(
    report: ServiceRequest, entry: NewEntry, author: Author, ports: Ports
) -> ServiceRequest:
    """The report with the entry waiting for an officer. Raises TooMany, and as `state_after`
    does."""
    entry.state_after(report)
    update = HeldUpdate(
        update_id=entry.update_id,
        datetime=truncate_to_second(ports.now()),
        text=entry.text,
        by="council" if author.is_staff_for(report) else "resident",
        requested_state=entry.requested_state,
    )
    photos = _photos_of_entry(report, entry, "waiting")
    return with_held_update(report, update, photos)


def _state_after(report: ServiceRequest, draft: UpdateDraft, author: Author) -> State:
    if draft.state not in (None, "not_fixed") and not author.is_staff_for(report):
        raise Forbidden(
            "Only council staff who deal with this report can set its state. Residents can send "
            "not_fixed."
        )
    return next_state(report.state, draft.state)


def find_update(report: ServiceRequest, update_id: str, ports: Ports) -> Update | None:
    """The update of the report's timeline with that id."""
    return next((u for u in read_timeline(report, ports) if u.update_id == update_id), None)


def _with_update_and_photos(
    report: ServiceRequest, update: Update, entry: NewEntry, ports: Ports
) -> ServiceRequest:
    looked_at = update.by == "council" or not ports.council.photos_wait
    state: PhotoState = "shown" if looked_at else "waiting"
    return replace(
        report.with_update(update), photos=(*report.photos, *_photos_of_entry(report, entry, state))
    )


def _photos_of_entry(
    report: ServiceRequest, entry: NewEntry, state: PhotoState
) -> tuple[Photo, ...]:
    """The entry's photos, as far as the report takes them. Raises Invalid."""
    photos = tuple(
        Photo(photo_id=photo_id, state=state, update_id=entry.update_id)
        for photo_id in entry.photo_ids
    )
    room = max(0, MOST_PHOTOS - len(report.photos))
    if len(photos) > room and not entry.is_partners:
        raise Invalid.field(
            "photo_ids",
            Text(
                "this report has {most} photos, the most that it can have: send the text without "
                "photos",
                most=MOST_PHOTOS,
            ),
        )
    return photos[:room]


def _with_needs(report: ServiceRequest, update: Update, author: Author) -> ServiceRequest:
    """The report with its needs after the update, for the queue: an officer has dealt with it, or a
    resident said something that an officer should read."""
    if update.by == "resident":
        need = Need(need_id=update.update_id, reason="updated", since=update.datetime)
        return replace(report, needs=with_need(report.needs, need))
    if author.is_officer_for(report):
        return replace(
            report, needs=mark_settled(report.needs, update.datetime, reasons=SETTLED_BY_REPLY)
        )
    return report
