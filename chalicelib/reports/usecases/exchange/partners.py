"""Stores reports and updates that other systems send through Open311, and finds reports' ids by
token."""

from collections.abc import Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound
from chalicelib.kernel.observability import logs
from chalicelib.reports import reference
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.partner import (
    MOST_PHOTOS,
    Partner,
    PartnerReport,
    PartnerUpdate,
    state_for_partner,
)
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import State
from chalicelib.reports.usecases.access import EVERYWHERE, Author, get_visible_report
from chalicelib.reports.usecases.held_updates import find_held_update
from chalicelib.reports.usecases.notes import keep_full_text
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import NewEntry, append_entry, find_update

UNREVIEWED = ("waiting", "held", "unconfirmed")


def submit_for_partner(
    sent: PartnerReport, key: str, partner: Partner, ports: Ports
) -> ServiceRequest:
    """Stores a report; the same key returns the stored report, whatever comes with it: a partner
    that got no answer sends what it has by then. Raises Invalid."""
    author = _author_of(partner)
    request_id = ports.ids.service_request_id(author.scope, key)
    report = ports.repository.get(request_id) or _submit(sent, key, author, ports)
    _keep_full_text(request_id, request_id, sent.full_text, author, ports)
    _fetch_photos(report, sent.media_urls, key, author, ports)
    return report


def update_for_partner(
    service_request_id: str, sent: PartnerUpdate, key: str, partner: Partner, ports: Ports
) -> str:
    """Adds an update to a report that is public or that this partner sent; the same key adds once,
    whatever comes with it. An update of a public report waits for an officer if this partner's
    reports do. Returns its update_id. Raises NotFound, Forbidden, Invalid, Conflict, TooMany."""
    author = _author_of(partner)
    update_id = ports.ids.update_id(author.scope, service_request_id, key)
    state_after = partial(_state_after, sent=sent, partner=partner)
    if sent.files:
        # Checked before the files are taken: a refusal, or a repeat, leaves no files behind.
        report = get_visible_report(service_request_id, author, ports)
        state_after(report)
        if find_update(report, update_id, ports) or find_held_update(report, update_id):
            sent = replace(sent, files=())
    entry = NewEntry(
        update_id=update_id,
        fingerprint=_fingerprint(sent, ports),
        text=sent.text,
        photo_ids=_photo_ids(sent, key, author, ports, about=service_request_id),
        state_after=state_after,
        is_partners=True,
        is_held=partner.reports != "public",
        requested_state=_requested_state(sent, partner),
    )
    _, report = append_entry(service_request_id, entry, author, ports)
    _keep_full_text(service_request_id, update_id, sent.full_text, author, ports)
    _fetch_photos(report, sent.media_urls, key, author, ports)
    return update_id


def _state_after(report: ServiceRequest, *, sent: PartnerUpdate, partner: Partner) -> State:
    """The state of the report after the update. Raises Forbidden, Invalid."""
    if not partner.may_report(report.service_code):
        raise Forbidden("This api_key is not valid for reports of this service.")
    return state_for_partner(report, sent.state, sets_state=partner.sets_state)


def _fingerprint(sent: PartnerUpdate, ports: Ports) -> str:
    """The same for every repeat of an update, with or without its files."""
    return ports.ids.fingerprint(msgspec.json.encode(replace(sent, files=()), order="sorted"))


def _requested_state(sent: PartnerUpdate, partner: Partner) -> State | None:
    """The state that the partner asks for, if this partner may."""
    may = partner.sets_state or sent.state in ("open", "reopen")
    return sent.state if may else None


def _keep_full_text(
    request_id: str, of: str, whole: str | None, author: Author, ports: Ports
) -> None:
    """Keeps the whole text once for the report or update `of`. Raises UpstreamFailed."""
    note_id = ports.ids.update_id(f"whole:{author.scope}", request_id, of)
    keep_full_text(request_id, note_id, author.scope, whole, ports)


def batch_token_of(report: ServiceRequest, ports: Ports) -> str:
    """The token with which a partner asks for the id of a report if it did not get one at once."""
    return f"{report.service_request_id}-{ports.ids.batch_token(report.service_request_id)}"


def find_id_of_token(token: str, ports: Ports) -> str | None:
    """The id of the token's report, None until somebody has looked at it. Raises NotFound."""
    request_id, _, proof = token.partition("-")
    if reference.parse_reference(request_id) != request_id or not _holds(request_id, proof, ports):
        raise NotFound("There is no such token.")
    report = ports.repository.get(request_id)
    if report is None:
        raise NotFound("There is no such token.")
    return None if report.visibility in UNREVIEWED else request_id


def _holds(request_id: str, proof: str, ports: Ports) -> bool:
    return ports.ids.is_batch_token(request_id, proof)


def _author_of(partner: Partner) -> Author:
    return Author(
        partner=partner.key_id,
        staff_in=EVERYWHERE if partner.sets_state else (),
        reports=partner.reports,
    )


def _submit(sent: PartnerReport, key: str, author: Author, ports: Ports) -> ServiceRequest:
    photo_ids = _photo_ids(sent, key, author, ports, about=None)
    draft = replace(sent.draft, photo_ids=photo_ids or None)
    try:
        return submit(draft, key, author, ports)
    except Conflict:
        # Two requests came at the same time: the first one is the report.
        stored = ports.repository.get(ports.ids.service_request_id(author.scope, key))
        if stored is None:
            raise
        return stored


def _photo_ids(
    sent: PartnerReport | PartnerUpdate,
    key: str,
    author: Author,
    ports: Ports,
    *,
    about: str | None,
) -> list[str]:
    """The ids of the photos to fetch, and of the files that are photos, up to MOST_PHOTOS. Other
    files (FixMyStreet sends all kinds) are left out and must not cause a refusal of the report."""
    photo_ids = list(ports.photos.photo_ids_for(author.scope, key, len(sent.media_urls)))
    taken = 0
    for raw in sent.files:
        if len(photo_ids) == MOST_PHOTOS:
            break
        try:
            photo_ids.append(ports.photos.add_file(raw, key, author.scope, photo_ids, about))
        except Invalid:
            continue
        taken += 1
    if left_out := len(sent.files) - taken:
        logs.event("files were left out", "warning", failed=left_out, key_id=str(author.partner))
    return photo_ids


def _fetch_photos(
    report: ServiceRequest, urls: Sequence[str], key: str, author: Author, ports: Ports
) -> None:
    """Has the report's photos fetched, even if that was requested before."""
    photo_ids = ports.photos.photo_ids_for(author.scope, key, len(urls))
    held = {photo.photo_id for photo in report.photos}
    for photo_id, url in zip(photo_ids, urls, strict=True):
        if photo_id in held:
            ports.photos.fetch_later(report.service_request_id, photo_id, url)
