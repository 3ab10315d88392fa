"""A report's timeline grows."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.errors import Forbidden, Invalid
from chalicelib.reports.model import (
    Photo,
    PhotoState,
    ServiceRequest,
    Update,
    UpdateDraft,
    next_state,
    to_the_second,
)
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import (
    Author,
    canonical,
    other_body,
    refuse_if_withdrawn,
    rewritten,
    visible,
)
from chalicelib.reports.usecases.reading import timeline
from chalicelib.reports.usecases.submission import photo_faults

MOST_PHOTOS = 50
"""Photos of a report and all its updates together: its item has to stay small."""


def add_update(
    service_request_id: str, draft: UpdateDraft, key: str, author: Author, ports: Ports
) -> tuple[Update, ServiceRequest]:
    """Adds to a report's timeline; the same draft under the same key is added once. Answers the
    update and the report that has it.

    Raises NotFound, Forbidden (a state asked by somebody who is not staff), Invalid, Conflict.
    """
    if draft.state not in (None, "not_fixed") and not author.is_staff:
        raise Forbidden("Only the council's staff can set a state; a resident may send not_fixed.")
    if faults := list(photo_faults(draft.photo_ids or [], key, author, ports)):
        raise Invalid(faults[0].message, faults)
    update_id = ports.ids.update_id(author.scope, service_request_id, key)
    fingerprint = ports.ids.fingerprint(canonical(draft))

    def change(report: ServiceRequest) -> ServiceRequest:
        refuse_if_withdrawn(report)
        if earlier := _find(report, update_id, ports):
            if earlier.fingerprint != fingerprint:
                raise other_body(report, ports)
            return report
        update = Update(
            update_id=update_id,
            datetime=to_the_second(ports.now()),
            state=next_state(report, draft.state),
            text=draft.text,
            by="council" if author.is_staff else "resident",
            fingerprint=fingerprint,
        )
        return _with(report, update, draft.photo_ids or (), ports)

    after = rewritten(lambda: visible(service_request_id, author, ports), change, ports)
    added = _find(after, update_id, ports)
    assert added, "An update that was stored is in the timeline."
    return added, after


def _with(
    report: ServiceRequest, update: Update, photo_ids: Sequence[str], ports: Ports
) -> ServiceRequest:
    looked_at = update.by == "council" or not ports.council.photos_wait
    state: PhotoState = "shown" if looked_at else "waiting"
    photos = [
        Photo(photo_id=photo_id, state=state, update_id=update.update_id) for photo_id in photo_ids
    ]
    if photos and len(report.photos) + len(photos) > MOST_PHOTOS:
        raise Invalid.field("photo_ids", f"this report has its {MOST_PHOTOS} photos; send the text")
    return replace(report.with_update(update), photos=(*report.photos, *photos))


def _find(report: ServiceRequest, update_id: str, ports: Ports) -> Update | None:
    return next((u for u in timeline(report, ports) if u.update_id == update_id), None)
