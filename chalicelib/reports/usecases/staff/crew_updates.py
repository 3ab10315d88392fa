"""Adds what the council's crews say and do to the report's timeline."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec.structs import replace

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import LABELS, OPEN_STATES, moves_from
from chalicelib.reports.usecases.access import get_report, update_report
from chalicelib.reports.usecases.target_dates import new_date_text, with_new_date
from chalicelib.reports.usecases.updating import MOST_PHOTOS, council_update, find_update


def add_work_update(
    service_request_id: str,
    update_id: str,
    text: str,
    ports: Ports,
    *,
    state: str | None = None,
    photo_ids: Sequence[str] = (),
    photos_wait: bool = False,
    planned_day: date | None = None,
) -> None:
    """Adds the result of the work in the council's name; once for each `update_id`, whatever the
    text of the first one. A state that cannot follow the present state is ignored. Photos that find
    no room are left out; with `photos_wait` they wait for an officer. A withdrawn report stays as
    it is, and so does a closed one if `state` is given.

    Raises NotFound, UpstreamFailed.
    """

    def change(report: ServiceRequest) -> ServiceRequest:
        is_over = state is not None and report.state not in OPEN_STATES
        if is_over or report.visibility == "withdrawn" or find_update(report, update_id, ports):
            return report
        after = state if state in moves_from(report.state) else report.state
        update = council_update(update_id, update_id, after, text or LABELS[after], ports)
        photos = (*report.photos, *_new_photos(report, update_id, photo_ids, wait=photos_wait))
        updated = replace(report.with_update(update), photos=photos)
        return replace(updated, planned_day=planned_day) if planned_day else updated

    update_report(lambda: get_report(service_request_id, ports), change, ports)


def add_new_date_update(
    service_request_id: str,
    update_id: str,
    ports: Ports,
    *,
    day: date,
    reason: str,
    given_at: datetime,
) -> None:
    """Gives an open report the new date that a crew named, and adds it to the timeline; once for
    each `update_id`. A date that somebody gave later stands. Raises NotFound, UpstreamFailed."""

    def change(report: ServiceRequest) -> ServiceRequest:
        is_over = report.state not in OPEN_STATES or report.visibility == "withdrawn"
        is_outdated = bool(report.delays) and report.delays[-1].given_at > given_at
        if is_over or is_outdated or find_update(report, update_id, ports):
            return report
        words = new_date_text(day, reason)
        update = council_update(update_id, update_id, report.state, words, ports)
        return with_new_date(report.with_update(update), day, reason, given_at, ports)

    update_report(lambda: get_report(service_request_id, ports), change, ports)


def _new_photos(
    report: ServiceRequest, update_id: str, photo_ids: Sequence[str], *, wait: bool
) -> list[Photo]:
    """The photos that the report does not have yet, as far as there is room."""
    known = {photo.photo_id for photo in report.photos}
    new = [
        Photo(photo_id=photo_id, state="waiting" if wait else "shown", update_id=update_id)
        for photo_id in photo_ids
        if photo_id not in known
    ]
    return new[: max(0, MOST_PHOTOS - len(report.photos))]
