"""Ends the retention time: forgets unconfirmed reports, and who sent reports closed long ago."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.reports.model import RetentionKind, ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import get_report, update_report
from chalicelib.reports.usecases.lifecycle.forgetting import forget_sender
from chalicelib.reports.usecases.resident.withdrawing import drop_related_items, without_content

BATCH_SIZE = 100


def forget_expired(ports: Ports) -> Mapping[str, Exception]:
    """Forgets data that the council no longer keeps. Returns the failures by service_request_id:
    the next run finds these reports again. Raises UpstreamFailed if the lists cannot be read."""
    failed: dict[str, Exception] = {}
    days: Mapping[RetentionKind, int] = {
        "unconfirmed": ports.council.unconfirmed_kept_days,
        "closed": ports.council.sender_kept_days,
    }
    for what, kept in days.items():
        failed |= _forget_until(what, ports.now() - timedelta(days=kept), ports)
    return failed


def _forget_until(what: RetentionKind, until: datetime, ports: Ports) -> dict[str, Exception]:
    failed: dict[str, Exception] = {}
    after: str | None = None
    while due := ports.repository.list_past_retention(
        what, until=until, limit=BATCH_SIZE, after=after
    ):
        after = due[-1].place
        for each in due:
            try:
                _forget(each.service_request_id, what, until, ports)
            except Exception as error:
                failed[each.service_request_id] = error
    return failed


def _forget(service_request_id: str, what: RetentionKind, until: datetime, ports: Ports) -> None:
    """Forgets what is due in one report. The list may lag, so the report itself says whether its
    time is over."""
    report = ports.repository.get(service_request_id)
    if report is None or not _is_expired(report, what, until):
        return
    if what == "closed":
        forget_sender(service_request_id, redact=False, ports=ports)
        _forget_flags(service_request_id, until, ports)
        return
    drop_related_items(service_request_id, ports)
    ports.photos.remove_later(service_request_id, [photo.photo_id for photo in report.photos])

    def change(present: ServiceRequest) -> ServiceRequest:
        return without_content(present, ports) if _is_expired(present, what, until) else present

    update_report(lambda: get_report(service_request_id, ports), change, ports)


def _forget_flags(service_request_id: str, until: datetime, ports: Ports) -> None:
    def change(report: ServiceRequest) -> ServiceRequest:
        left = tuple(flag for flag in report.flags if flag.datetime > until)
        return report if left == report.flags else replace(report, flags=left)

    update_report(lambda: get_report(service_request_id, ports), change, ports)


def _is_expired(report: ServiceRequest, what: RetentionKind, until: datetime) -> bool:
    return report.retention_kind == what and report.retention_since <= until
