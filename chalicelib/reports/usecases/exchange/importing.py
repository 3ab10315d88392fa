"""Imports reports of another system, with the values that they have there."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.errors import FieldError
from chalicelib.kernel.optimistic import AlreadyExists
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.drafts import ImportedReport
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import CLOSED_STATES
from chalicelib.reports.usecases.access import limit_to_service
from chalicelib.reports.usecases.submission import (
    get_repeated,
    new_report,
    raise_all,
    service_and_place_faults,
)
from chalicelib.reports.usecases.triage import without_target
from chalicelib.reports.usecases.withholding import withhold_if_private

IMPORT_SCOPE = "import"
"""Keeps the references of another system apart from callers' keys."""


class ImportResult(NamedTuple):
    """A report of another system as it is stored; `is_new` is False if it was stored before."""

    report: ServiceRequest
    is_new: bool


def import_report(imported: ImportedReport, ports: Ports) -> ImportResult:
    """Stores a report of another system under its reference.

    The report keeps its values: no question is asked again. But it is no more public than its
    service allows, even if it was stored before. If it changed before it was received, or at a time
    that is not known, it counts as last changed, and closed, when it was received.
    Raises Invalid, Conflict (stored with other values).
    """
    raise_all([*service_and_place_faults(imported.draft, ports), *_date_faults(imported, ports)])
    request_id = ports.ids.service_request_id(IMPORT_SCOPE, imported.external_reference)
    fingerprint = ports.ids.fingerprint(msgspec.json.encode(imported))
    report = _build_report(imported, request_id, fingerprint, ports)
    try:
        return ImportResult(ports.repository.create(without_target(report)), is_new=True)
    except AlreadyExists:
        stored = get_repeated(request_id, fingerprint, ports)
        return ImportResult(withhold_if_private(stored, ports), is_new=False)


def _date_faults(imported: ImportedReport, ports: Ports) -> Iterator[FieldError]:
    """A date in the future: it would be first in every list and feed, and count in no month."""
    for name in ("requested_datetime", "updated_datetime"):
        moment = getattr(imported, name)
        if moment and moment > ports.now():
            yield FieldError(name, f"{moment:%Y-%m-%d %H:%M} is in the future: correct the date")


def _build_report(
    imported: ImportedReport, request_id: str, fingerprint: str, ports: Ports
) -> ServiceRequest:
    requested = truncate_to_second(imported.requested_datetime)
    updated = max(requested, truncate_to_second(imported.updated_datetime or requested))
    is_closed = imported.state in CLOSED_STATES
    visibility = limit_to_service(imported.visibility, imported.draft.service_code, ports)
    return replace(
        new_report(imported.draft, {}, request_id, fingerprint, requested=requested, ports=ports),
        external_reference=imported.external_reference,
        state=imported.state,
        visibility=visibility,
        once_public=visibility == "public",
        publish_at=None,
        updated_datetime=updated,
        closed_datetime=updated if is_closed else None,
        # It comes without a sender's name.
        forgotten=is_closed and visibility == "public",
    )
