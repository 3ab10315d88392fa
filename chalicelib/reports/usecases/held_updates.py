"""Updates of other systems wait for an officer if the reports of the system's key do.

Only officers see a held update; nobody is notified of it, and it changes no state. When an officer
shows it, it is added to the timeline with the present time, so that followers are notified.
"""

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from chalicelib.errors import Invalid, TooMany
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.partner import state_for_partner
from chalicelib.reports.parts import HeldUpdate, Photo, PhotoState, Update
from chalicelib.reports.ports import Ports
from chalicelib.texts import Text

MOST_HELD_UPDATES = 20
"""The most updates of one report that wait: its item has to stay small. A further update has to be
sent again after an officer has looked."""
RETRY_AFTER_S = 3600


def find_held_update(report: ServiceRequest, update_id: str) -> HeldUpdate | None:
    """The waiting or refused update with that id."""
    return next((each for each in report.held_updates if each.update_id == update_id), None)


def with_held_update(
    report: ServiceRequest, update: HeldUpdate, photos: tuple[Photo, ...]
) -> ServiceRequest:
    """The report with one more waiting update. Raises TooMany."""
    if len(report.waiting_updates) >= MOST_HELD_UPDATES:
        raise TooMany(
            Text(
                "{most} updates of this report are waiting for an officer. Send it again later.",
                most=MOST_HELD_UPDATES,
            ),
            retry_after_s=RETRY_AFTER_S,
        )
    waiting = (replace(photo, state="waiting") for photo in photos)
    return replace(
        report,
        held_updates=(*report.held_updates, update),
        photos=(*report.photos, *waiting),
    )


def decide_held_updates(
    report: ServiceRequest, changes: ReportChanges, ports: Ports
) -> ServiceRequest:
    """The report after an officer decided about waiting updates. Raises Invalid."""
    wanted = changes.held_updates or {}
    waiting = {each.update_id: each for each in report.waiting_updates}
    if unknown := sorted(set(wanted) - set(waiting)):
        raise Invalid.field(f"held_updates.{unknown[0]}", "is not an update that is waiting")
    for update_id, decision in wanted.items():
        decide: Callable[[ServiceRequest, HeldUpdate], ServiceRequest] = (
            partial(_show_update, ports) if decision == "shown" else _refuse_update
        )
        report = decide(report, waiting[update_id])
    return report


def _show_update(ports: Ports, report: ServiceRequest, update: HeldUpdate) -> ServiceRequest:
    photo_state: PhotoState = "waiting" if ports.council.photos_wait else "shown"
    kept = tuple(each for each in report.held_updates if each.update_id != update.update_id)
    without = replace(_with_photo_state(report, update, photo_state), held_updates=kept)
    return without.with_update(
        Update(
            update_id=update.update_id,
            datetime=truncate_to_second(ports.now()),
            state=state_for_partner(report, update.requested_state, sets_state=True),
            text=update.text,
            by=update.by,
            fingerprint="",
        )
    )


def _refuse_update(report: ServiceRequest, update: HeldUpdate) -> ServiceRequest:
    emptied = replace(update, text="", refused=True)
    kept = tuple(
        emptied if each.update_id == update.update_id else each for each in report.held_updates
    )
    return replace(_with_photo_state(report, update, "hidden"), held_updates=kept)


def _with_photo_state(
    report: ServiceRequest, update: HeldUpdate, state: PhotoState
) -> ServiceRequest:
    photos = tuple(
        replace(photo, state=state)
        if photo.update_id == update.update_id and (photo.state == "waiting" or state == "hidden")
        else photo
        for photo in report.photos
    )
    return replace(report, photos=photos)
